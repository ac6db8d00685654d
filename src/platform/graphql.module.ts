/** GraphQL: code-first, over Apollo, with our refusals in place of its errors. */
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginUsageReportingDisabled } from '@apollo/server/plugin/disabled';
import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { GraphQLError, type ASTVisitor, type ValidationContext } from 'graphql';
import { RefusalCodeEnum } from './graphql-types.js';
import { formatError } from './refusal-to-graphql.js';
import type { SharedReads } from './shared-reads.js';

/** Each root field runs the door by itself: one document must not be many requests. */
const MAX_ALIASES = 15;
const MAX_TOKENS = 2000;

function fewAliases(context: ValidationContext): ASTVisitor {
  let aliases = 0;
  return {
    Field(node): void {
      if (node.alias !== undefined) aliases += 1;
      if (node.alias !== undefined && aliases === MAX_ALIASES + 1) context.reportError(new GraphQLError(`A document has at most ${String(MAX_ALIASES)} aliases.`, { nodes: node }));
    },
  };
}

/** Whatever became of the operation, and whether or not its client still waits. */
const endSharedReads: ApolloServerPlugin<{ req?: { reads?: SharedReads } }> = {
  async requestDidStart(): Promise<GraphQLRequestListener<{ req?: { reads?: SharedReads } }>> {
    return { willSendResponse: async ({ contextValue }): Promise<void> => contextValue.req?.reads?.end() };
  },
};

export function graphqlModule(): DynamicModule {
  return GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver, path: '/graphql', autoSchemaFile: true, sortSchema: true, graphiql: false, introspection: true,
    csrfPrevention: true, allowBatchedHttpRequests: false, hideSchemaDetailsFromClientErrors: true, includeStacktraceInErrorResponses: false,
    persistedQueries: false, parseOptions: { maxTokens: MAX_TOKENS }, validationRules: [fewAliases], autoTransformHttpErrors: false, formatError,
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginUsageReportingDisabled(), endSharedReads],
    buildSchemaOptions: { numberScalarMode: 'integer', orphanedTypes: [RefusalCodeEnum] },
  });
}
