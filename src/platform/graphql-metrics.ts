/**
 * Counts GraphQL operations by the root fields of our own schema. What a client calls its operation and its answers is its own affair: here
 * an alias only tells which answer an error belongs to.
 */
import type { ApolloServerPlugin, BaseContext, GraphQLRequestContext, GraphQLRequestContextWillSendResponse, GraphQLRequestListener, GraphQLServerContext } from '@apollo/server';
import { Plugin } from '@nestjs/apollo';
import { defaultFieldResolver, OperationTypeNode, type GraphQLField, type GraphQLFormattedError, type GraphQLResolveInfo } from 'graphql';
import type { RefusalCode } from '../domain/refusal.js';
import { Metrics, secondsSince, type AnsweredField } from './metrics.js';

type AskedField = Pick<GraphQLResolveInfo, 'fieldName' | 'operation' | 'path'>;
type RootField = GraphQLField<unknown, BaseContext>;

@Plugin()
export class GraphqlMetrics implements ApolloServerPlugin {
  /** The root fields of each operation, by its context, in the order in which they were asked. */
  readonly #asked = new WeakMap<object, AskedField[]>();

  constructor(private readonly metrics: Metrics) {}

  /** Only root fields are watched: looking at every field would cost more than answering it. */
  async serverWillStart({ schema }: GraphQLServerContext): Promise<void> {
    for (const root of [schema.getQueryType(), schema.getMutationType()]) {
      for (const field of Object.values(root?.getFields() ?? {})) this.#watch(field as RootField);
    }
  }

  async requestDidStart({ contextValue }: GraphQLRequestContext<BaseContext>): Promise<GraphQLRequestListener<BaseContext>> {
    const begun = performance.now();
    const asked: AskedField[] = [];
    this.#asked.set(contextValue, asked);
    return {
      willSendResponse: async ({ response }): Promise<void> => {
        for (const field of answered(asked, errorsOf(response))) this.metrics.fieldAnswered(field, secondsSince(begun));
      },
    };
  }

  #watch(field: RootField): void {
    const resolve = field.resolve ?? defaultFieldResolver;
    field.resolve = (source, args: unknown, context, info) => {
      this.#asked.get(context)?.push(info);
      return resolve(source, args, context, info);
    };
  }
}

function errorsOf({ body }: GraphQLRequestContextWillSendResponse<BaseContext>['response']): readonly GraphQLFormattedError[] {
  return body.kind === 'single' ? body.singleResult.errors ?? [] : [];
}

function answered(asked: readonly AskedField[], errors: readonly GraphQLFormattedError[]): AnsweredField[] {
  if (asked.length === 0) return [{ type: 'none', name: null, outcome: outcomeOf(errors[0]) }];
  return asked.map(({ fieldName, operation, path }) => ({
    type: operation.operation === OperationTypeNode.MUTATION ? 'mutation' : 'query', name: fieldName, outcome: outcomeOf(errors.find((error) => error.path?.[0] === path.key)),
  }));
}

/** Errors are formatted already: each carries a code of ours. */
function outcomeOf(error: GraphQLFormattedError | undefined): AnsweredField['outcome'] {
  return error === undefined ? 'OK' : error.extensions?.['code'] as RefusalCode;
}
