/** GraphQL: code-first, over Apollo, with our refusals in place of its errors. */
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginUsageReportingDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import type { DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { GraphQLError, type ASTVisitor, type ValidationContext } from 'graphql';
import { RefusalCodeEnum } from './graphql-types.js';
import { formatError } from './refusal-to-graphql.js';

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

export function graphqlModule(): DynamicModule {
  return GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver, path: '/graphql', autoSchemaFile: true, sortSchema: true, graphiql: false, introspection: true,
    csrfPrevention: true, allowBatchedHttpRequests: false, hideSchemaDetailsFromClientErrors: true, includeStacktraceInErrorResponses: false,
    persistedQueries: false, parseOptions: { maxTokens: MAX_TOKENS }, validationRules: [fewAliases], autoTransformHttpErrors: false, formatError,
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginUsageReportingDisabled()],
    buildSchemaOptions: { numberScalarMode: 'integer', orphanedTypes: [RefusalCodeEnum] },
  });
}
