/** Who is asking: the guard of every route, and the context that goes with a request. */
import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GqlExecutionContext } from '@nestjs/graphql';
import { AuthGuard } from '@nestjs/passport';
import { commandOf } from '../platform/command-of.js';
import { PUBLIC_ROUTE } from '../platform/public-route.js';
import type { RequestContext } from '../platform/request-context.js';
import { SharedReads } from '../platform/shared-reads.js';
import { unauthenticated, type HttpRequest } from './credentials.js';
import { FailedAuthentications } from './failed-authentications.js';
import { STRATEGIES } from './strategies.js';

@Injectable()
export class AuthenticationGuard extends AuthGuard([...STRATEGIES]) {
  readonly #asked = new WeakMap<HttpRequest, Promise<boolean>>();

  constructor(private readonly reflector: Reflector, private readonly failed: FailedAuthentications) {
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
    try {
      return (await super.canActivate(context)) === true;
    } catch (error) {
      throw await this.failed.refusalOf(request, error);
    }
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
