/** GraphQL: code-first, over Apollo, with our refusals in place of its errors. */
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginUsageReportingDisabled } from '@apollo/server/plugin/disabled';
import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { KnownDocuments } from './graphql-limits/known-documents.js';
import { heldToLimits } from './graphql-limits/limits.plugin.js';
import { MAX_ERRORS, MAX_TOKENS, withinLimits } from './graphql-limits/limits.js';
import { RefusalCodeEnum } from './graphql-types.js';
import { formatError } from './refusal-to-graphql.js';
import type { SharedReads } from './shared-reads.js';

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
    persistedQueries: false, documentStore: new KnownDocuments(), parseOptions: { maxTokens: MAX_TOKENS }, validationRules: [withinLimits], validationOptions: { maxErrors: MAX_ERRORS, hideSuggestions: true }, autoTransformHttpErrors: false, formatError,
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginUsageReportingDisabled(), endSharedReads, heldToLimits],
    // Apollo validates the schema at the start; asking it for all its types beside that took a tenth of a second of each start.
    buildSchemaOptions: { numberScalarMode: 'integer', orphanedTypes: [RefusalCodeEnum], skipCheck: true },
  });
}
