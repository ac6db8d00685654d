/** GraphQL: code-first, over Apollo, with our refusals in place of its errors. */
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginUsageReportingDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { RefusalCodeEnum } from './graphql-types.js';
import { formatError } from './refusal-to-graphql.js';

export function graphqlModule(): DynamicModule {
  return GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver, path: '/graphql', autoSchemaFile: true, sortSchema: true, graphiql: false, introspection: true,
    csrfPrevention: true, allowBatchedHttpRequests: false, hideSchemaDetailsFromClientErrors: true, includeStacktraceInErrorResponses: false,
    persistedQueries: false, autoTransformHttpErrors: false, formatError,
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginUsageReportingDisabled()],
    buildSchemaOptions: { numberScalarMode: 'integer', orphanedTypes: [RefusalCodeEnum] },
  });
}
