/** What holds for every answer over HTTP, whatever the route: who may read it from a page, whether it may be kept, and by which methods a route is asked. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Refusal } from '../domain/refusal.js';
import { problemOf } from './refusal-to-http.js';

const METHODS = ['GET', 'POST'] as const;
const GRAPHQL = '/graphql';

/** Documents are posted: an address with a question in it would be kept by everything on its way. */
export function postDocumentsOnly(app: NestFastifyApplication, crossOrigin: boolean): void {
  app.getHttpAdapter().getInstance().addHook('onRequest', (request, reply, done) => {
    // A method that no route has still has the address.
    const isAsked = [request.routeOptions.url, request.url.split('?')[0]].includes(GRAPHQL);
    const isFine = !isAsked || request.method === 'POST' || (request.method === 'OPTIONS' && crossOrigin);
    if (isFine) { done(); return; }
    const problem = problemOf(new Refusal('METHOD_NOT_ALLOWED', { message: `${GRAPHQL} is asked by POST.`, expected: 'POST', actual: request.method }));
    void reply.status(problem.status).headers({ 'content-type': 'application/problem+json', 'allow': 'POST', 'cache-control': 'no-store' }).send(JSON.stringify(problem));
  });
}

/** An answer to somebody is for nobody else. */
export function keepAnswersPrivate(app: NestFastifyApplication): void {
  app.getHttpAdapter().getInstance().addHook('onSend', (request, reply, payload, done) => {
    if (request.headers.authorization !== undefined) void reply.header('cache-control', 'no-store');
    done(null, payload);
  });
}

/** Pages of these origins may ask with a token; of all others none may. There are no cookies, so no credentials are let through. */
export function allowOrigins(app: NestFastifyApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.enableCors({ origin: [...origins], methods: [...METHODS], allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'traceparent', 'x-request-id'], exposedHeaders: ['retry-after', 'x-request-id'], credentials: false, maxAge: 600 });
}

/** What no HTTP parser can read never becomes a request: it is answered on the bare connection, which ends. */
export function refuseUnreadable({ code }: { readonly code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) return;
  const { status, refusal } = unreadable(code);
  const body = JSON.stringify({ ...problemOf(refusal), status });
  socket.write(`HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/problem+json\r\ncontent-length: ${String(Buffer.byteLength(body))}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n${body}`);
  socket.destroySoon();
}

/** HTTP has a status of its own for headers that are too large, and for a client that is too slow. */
function unreadable(code: string | undefined): { status: number; refusal: Refusal } {
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, refusal: new Refusal('TOO_LARGE', { message: 'The headers of a request have at most 16 kB.' }) };
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, refusal: new Refusal('INVALID_INPUT', { message: 'The request did not come to its end in time.' }) };
  return { status: 400, refusal: new Refusal('INVALID_INPUT', { message: 'This is no HTTP request.' }) };
}
