/** Who is asking: the guard of every route, and the context that goes with a request. Over GraphQL the request is known before its fields are reached. */
import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GqlExecutionContext } from '@nestjs/graphql';
import { AuthGuard } from '@nestjs/passport';
import { commandOf } from '../platform/command-of.js';
import { PUBLIC_ROUTE } from '../platform/public-route.js';
import type { RequestContext } from '../platform/request-context.js';
import { unauthenticated, type HttpRequest } from './credentials.js';
import { FailedAuthentications } from './failed-authentications.js';
import { STRATEGIES } from './strategies.js';

@Injectable()
export class AuthenticationGuard extends AuthGuard([...STRATEGIES]) {
  constructor(private readonly reflector: Reflector, private readonly failed: FailedAuthentications) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, [context.getHandler(), context.getClass()]) === true) return true;
    const request = this.getRequest(context);
    if (request.user !== undefined) return true;
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
