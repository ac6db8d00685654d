/** Which command a resolver or a controller carries out, and under which key: a mutation by the path of its answer, a route by itself. */
import type { ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import { OperationTypeNode, type GraphQLResolveInfo } from 'graphql';
import { commandKey, type KeyedRequest } from './idempotency-key.js';
import type { CommandKey } from './request-context.js';

/** Null for whatever only reads, such as the fields below a mutation. */
export function commandOf(context: ExecutionContext): CommandKey | null {
  if (context.getType<string>() === 'graphql') return mutationOf(GqlExecutionContext.create(context));
  const request = context.switchToHttp().getRequest<KeyedRequest>();
  return request.method === 'GET' ? null : commandKey(request, '');
}

function mutationOf(context: GqlExecutionContext): CommandKey | null {
  const { operation, path } = context.getInfo<GraphQLResolveInfo>();
  if (operation.operation !== OperationTypeNode.MUTATION || path.prev !== undefined) return null;
  return commandKey(context.getContext<{ req: KeyedRequest }>().req, String(path.key));
}
