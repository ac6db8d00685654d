/** What a request brings along: the bearer token, and what is noted of its sender before anybody is known. */
import { createHash, createHmac } from 'node:crypto';
import { Refusal } from '../domain/refusal.js';
import { poolOfRoute, type PoolName } from '../platform/pools.js';
import type { RequestContext } from '../platform/request-context.js';
import type { SharedReads } from '../platform/shared-reads.js';
import type { ServerKeys } from './keys.js';
import type { Arrival } from './sign-in.service.js';

export const SERVER_KEYS = Symbol('SERVER_KEYS');

export interface HttpRequest { readonly id: string; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly ip?: string; readonly routeOptions?: { readonly url?: string }; user?: RequestContext; pool?: PoolName; reads?: SharedReads }

export function bearerOf(request: HttpRequest): string {
  const token = /^Bearer ([A-Za-z0-9._~+/=-]{1,8192})$/i.exec(header(request, 'authorization') ?? '')?.[1];
  if (token === undefined) throw unauthenticated('No bearer token was sent.');
  return token;
}

export function arrivalOf(request: HttpRequest, token: string, keys: Pick<ServerKeys, 'addressKey'>): Arrival {
  return {
    pool: request.pool ?? poolOfRoute(request.routeOptions?.url), reads: request.reads ?? null, command: null, identityFreshness: 'FRESH', requestId: request.id, traceId: traceId(request),
    tokenHash: createHash('sha256').update(token).digest('hex'),
    ipCommitment: request.ip === undefined ? null : createHmac('sha256', keys.addressKey).update(request.ip).digest('hex'),
  };
}

export function unauthenticated(message: string): Refusal {
  return new Refusal('UNAUTHENTICATED', { message, next: 'Send "Authorization: Bearer <token>"; in embedded mode "countersign token --as <person>" prints one.' });
}

function header(request: HttpRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}

/** W3C Trace Context: the trace id of `traceparent`. */
function traceId(request: HttpRequest): string | null {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(header(request, 'traceparent') ?? '')?.[1] ?? null;
}
