/** What holds for every answer over HTTP, whatever the route: who may read it from a page, whether it may be kept, and by which methods a route is asked. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Refusal } from '../domain/refusal.js';
import { problemOf } from './refusal-to-http.js';

const METHODS = ['GET', 'POST'] as const;
const GRAPHQL = '/graphql';

/** Documents are posted: an address with a question in it would be kept by everything on its way. */
export function postDocumentsOnly(app: NestFastifyApplication, crossOrigin: boolean): void {
  app.getHttpAdapter().getInstance().addHook('onRequest', (request, reply, done) => {
    const isFine = request.routeOptions.url !== GRAPHQL || request.method === 'POST' || (request.method === 'OPTIONS' && crossOrigin);
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
