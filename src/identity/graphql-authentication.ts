/**
 * Who is asking over GraphQL, found out once before anything of a document is carried out: a credential that is no good refuses the request
 * as a whole, with the status of its refusal. Whoever may read the register may ask what it can be asked; nobody else is told of the schema.
 */
import type { ApolloServerPlugin, GraphQLRequestListener, GraphQLResponse } from '@apollo/server';
import { Plugin } from '@nestjs/apollo';
import type { DocumentNode } from 'graphql';
import { INTROSPECTION, shapesOf } from '../platform/graphql-limits/document-shape.js';
import { poolOfFields } from '../platform/pools.js';
import { refusedRequest } from '../platform/refused-request.js';
import { SharedReads } from '../platform/shared-reads.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import type { HttpRequest } from './credentials.js';
import { Authenticator } from './strategies.js';

@Plugin()
export class GraphqlAuthentication implements ApolloServerPlugin<{ req: HttpRequest }> {
  constructor(private readonly authenticator: Authenticator, private readonly work: UnitOfWork) {}

  async requestDidStart(): Promise<GraphQLRequestListener<{ req: HttpRequest }>> {
    return { responseForOperation: async ({ document, contextValue }) => this.#refusalOf(document, contextValue.req) };
  }

  /** Null = the request goes on, with whoever sent it known where anything is asked of the register. */
  async #refusalOf(document: DocumentNode, request: HttpRequest): Promise<GraphQLResponse | null> {
    const asked = shapesOf(document).flatMap(({ here }) => Object.keys(here));
    if (asked.every((name) => name === '__typename') && request.headers['authorization'] === undefined) return null;
    try {
      request.pool = poolOfFields(asked);
      request.reads = new SharedReads();
      request.user = await this.authenticator.authenticate(request);
      if (asked.some((name) => INTROSPECTION.has(name))) await this.work.read(request.user, 'register.read', () => Promise.resolve());
      return null;
    } catch (error) {
      return refusedRequest(error);
    }
  }
}
