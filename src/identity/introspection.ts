/** Whoever may read the register may ask what it can be asked; everybody else is told nothing about the schema. */
import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { Plugin } from '@nestjs/apollo';
import { Refusal } from '../domain/refusal.js';
import { asRefusal } from '../platform/database.js';
import { INTROSPECTION, shapesOf } from '../platform/graphql-limits/document-shape.js';
import { refusedDocument } from '../platform/graphql-limits/limits.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import type { HttpRequest } from './credentials.js';
import { Authenticator } from './strategies.js';

@Plugin()
export class IntrospectionPermission implements ApolloServerPlugin<{ req: HttpRequest }> {
  constructor(private readonly authenticator: Authenticator, private readonly work: UnitOfWork) {}

  async requestDidStart(): Promise<GraphQLRequestListener<{ req: HttpRequest }>> {
    return {
      didResolveOperation: async ({ document, contextValue }): Promise<void> => {
        const asked = shapesOf(document).some(({ here }) => Object.keys(here).some((name) => INTROSPECTION.has(name)));
        if (asked) await this.#require(contextValue.req);
      },
    };
  }

  async #require(request: HttpRequest): Promise<void> {
    try {
      const ctx = await this.authenticator.authenticate(request);
      await this.work.read(ctx, 'register.read', () => Promise.resolve());
    } catch (error) {
      throw refusedDocument(asRefusal(error) ?? new Refusal('INTERNAL_ERROR'));
    }
  }
}
