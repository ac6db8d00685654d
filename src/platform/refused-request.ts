/** A request that is refused as a whole over GraphQL, before any of its fields: told as GraphQL tells it, with the status and the headers that it has over REST. */
import { HeaderMap, type GraphQLResponse } from '@apollo/server';
import { Refusal } from '../domain/refusal.js';
import { asRefusal } from './database.js';
import { formatError } from './refusal-to-graphql.js';
import { headersOf, HTTP_STATUS } from './refusal-to-http.js';

export function refusedRequest(error: unknown): GraphQLResponse {
  const refusal = asRefusal(error) ?? new Refusal('INTERNAL_ERROR');
  return {
    http: { status: HTTP_STATUS[refusal.code], headers: new HeaderMap(Object.entries(headersOf(refusal))) },
    body: { kind: 'single', singleResult: { errors: [formatError({ message: refusal.message }, error)] } },
  };
}
