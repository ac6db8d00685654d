/** How a refusal is told over GraphQL: `errors[0].extensions {code, details, retryable, docs}`; nothing internal leaks. */
import { unwrapResolverError } from '@apollo/server/errors';
import { HttpException, Logger } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { Refusal, RETRYABLE, type RefusalCode } from '../domain/refusal.js';
import { asRefusal } from './database.js';
import { withoutValues } from './graphql-limits/without-values.js';

const logger = new Logger('GraphQL');

/** The codes of the GraphQL layer itself, in the words of our own catalogue. */
const LAYER_CODES: Readonly<Record<string, RefusalCode>> = {
  GRAPHQL_PARSE_FAILED: 'INVALID_INPUT', GRAPHQL_VALIDATION_FAILED: 'INVALID_INPUT', BAD_USER_INPUT: 'INVALID_INPUT', BAD_REQUEST: 'INVALID_INPUT',
  OPERATION_RESOLUTION_FAILURE: 'INVALID_INPUT', PERSISTED_QUERY_NOT_FOUND: 'INVALID_INPUT', PERSISTED_QUERY_NOT_SUPPORTED: 'INVALID_INPUT',
};

/** In the words of the layer: an update without its version. */
const VERSION_MISSING = /expectedVersion" of (?:required )?type "Int!".* not provided/;

export function formatError(formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError {
  const original = unwrapResolverError(thrown);
  const refusal = asRefusal(original) ?? asRefusal((original as { originalError?: unknown } | null)?.originalError) ?? layerRefusal(formatted, original);
  if (refusal === null) {
    logger.error({ msg: 'unexpected error', path: formatted.path, error: original instanceof Error ? original.stack : String(original) });
    return { ...withPlace(formatted), message: 'Something went wrong on the server; it was logged.', extensions: extensionsOf(new Refusal('INTERNAL_ERROR')) };
  }
  return { ...withPlace(formatted), message: refusal.message, extensions: extensionsOf(refusal) };
}

export function extensionsOf(refusal: Refusal): Record<string, unknown> {
  const { message: _message, allowedActions, currentVersion, ...details } = refusal.facts;
  return {
    code: refusal.code, retryable: RETRYABLE.has(refusal.code), details,
    ...(allowedActions !== undefined && { allowedActions }), ...(currentVersion !== undefined && { currentVersion }),
    docs: `docs/refusals.md#${refusal.code.toLowerCase()}`,
  };
}

function layerRefusal(formatted: GraphQLFormattedError, original: unknown): Refusal | null {
  if (original instanceof HttpException && original.getStatus() < 500) return new Refusal('INVALID_INPUT', { message: original.message });
  if (VERSION_MISSING.test(formatted.message)) return new Refusal('PRECONDITION_REQUIRED', { field: 'expectedVersion', message: 'A change names the version that it changes.', next: 'Read the record, and send its version as expectedVersion.' });
  const isPlain = original instanceof GraphQLError && original.originalError === undefined;
  const code = LAYER_CODES[String(formatted.extensions?.code)] ?? (isPlain && formatted.path === undefined ? 'INVALID_INPUT' : null);
  return code === null ? null : new Refusal(code, { message: short(withoutValues(formatted.message, causeOf(original))) });
}

function causeOf(error: unknown): string | undefined {
  return error instanceof GraphQLError ? error.originalError?.message : undefined;
}

/** The layer repeats names that were sent, however long. */
function short(message: string): string {
  return message.length <= 500 ? message : `${message.slice(0, 500).replace(/[\uD800-\uDBFF]$/, '')} …`;
}

function withPlace(formatted: GraphQLFormattedError): Pick<GraphQLFormattedError, 'path' | 'locations'> {
  return { ...(formatted.path && { path: formatted.path }), ...(formatted.locations && { locations: formatted.locations }) };
}
