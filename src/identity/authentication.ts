/** Who is asking: the Passport strategy for bearer tokens, the guard of every route, and the context that goes with a request. */
import { createHash, createHmac } from 'node:crypto';
import { createParamDecorator, Inject, Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GqlExecutionContext } from '@nestjs/graphql';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { Refusal } from '../domain/refusal.js';
import { commandOf } from '../platform/command-of.js';
import { FailedAttempts } from '../platform/failed-attempts.js';
import { PUBLIC_ROUTE } from '../platform/public-route.js';
import type { RequestContext } from '../platform/request-context.js';
import { SharedReads } from '../platform/shared-reads.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { afterFailure } from './failed-authentications.js';
import { verifyToken } from './issuer.js';
import type { IssuerKeys } from './keys.js';

export const SERVER_KEYS = Symbol('SERVER_KEYS');

interface HttpRequest { readonly id: string; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly ip?: string; user?: RequestContext; reads?: SharedReads }

@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, 'bearer') {
  constructor(@Inject(SERVER_KEYS) private readonly keys: IssuerKeys, private readonly work: UnitOfWork, private readonly failed: FailedAttempts) {
    super();
  }

  async validate(request: HttpRequest): Promise<RequestContext> {
    return this.#authenticate(request).catch(async (error: unknown) => { throw await afterFailure(this.failed, this.keys.addressKey, request, error); });
  }

  async #authenticate(request: HttpRequest): Promise<RequestContext> {
    const token = /^Bearer ([A-Za-z0-9._~+/=-]{1,8192})$/i.exec(header(request, 'authorization') ?? '')?.[1];
    if (token === undefined) throw unauthenticated('No bearer token was sent.');
    const { issuer, subject, authenticatedAt } = await verifyToken(this.keys, token).catch(() => { throw unauthenticated('The token is not valid, or has expired.'); });
    const reads = request.reads ?? null;
    const found = await this.work.identify(issuer, subject, reads);
    if (found === null) throw unauthenticated('This account is not known here.');
    return {
      ...found, reads, command: null, requestId: request.id, traceId: traceId(request),
      authenticatedAt,
      tokenHash: createHash('sha256').update(token).digest('hex'),
      ipCommitment: request.ip === undefined ? null : createHmac('sha256', this.keys.addressKey).update(request.ip).digest('hex'),
    };
  }
}

@Injectable()
export class AuthenticationGuard extends AuthGuard('bearer') {
  readonly #asked = new WeakMap<HttpRequest, Promise<boolean>>();

  constructor(private readonly reflector: Reflector) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, [context.getHandler(), context.getClass()]) === true) return true;
    const request = this.getRequest(context);
    if (request.user !== undefined) return true;
    // A GraphQL operation asks once for each of its root fields, all at the same time.
    const asked = this.#asked.get(request) ?? this.#authenticate(context, request);
    this.#asked.set(request, asked);
    return asked;
  }

  async #authenticate(context: ExecutionContext, request: HttpRequest): Promise<boolean> {
    if (context.getType<string>() === 'graphql') request.reads = new SharedReads();
    return (await super.canActivate(context)) === true;
  }

  override getRequest(context: ExecutionContext): HttpRequest {
    return requestOf(context);
  }

  override handleRequest<TUser>(error: unknown, user: TUser | false): TUser {
    if (error !== null && error !== undefined) throw error as Error;
    if (user === false) throw unauthenticated('No bearer token was sent.');
    return user;
  }
}

/** The context of the request, for resolvers and controllers. */
export const Ctx = createParamDecorator((_: unknown, context: ExecutionContext): RequestContext => {
  const { user } = requestOf(context);
  if (user === undefined) throw unauthenticated('No bearer token was sent.');
  const command = commandOf(context);
  return command === null ? user : { ...user, command };
});

function requestOf(context: ExecutionContext): HttpRequest {
  if (context.getType<string>() === 'graphql') return GqlExecutionContext.create(context).getContext<{ req: HttpRequest }>().req;
  return context.switchToHttp().getRequest<HttpRequest>();
}

function unauthenticated(message: string): Refusal {
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
