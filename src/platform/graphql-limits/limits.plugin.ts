/** Holds each operation to its limits once its variables are known, and keeps what is told about a broken document short. */
import type { ApolloServerPlugin, BaseContext, GraphQLRequestListener } from '@apollo/server';
import { fewErrors, requireAffordable } from './limits.js';

export const heldToLimits: ApolloServerPlugin = {
  async requestDidStart(): Promise<GraphQLRequestListener<BaseContext>> {
    return {
      didResolveOperation: async ({ schema, document, operation, request }): Promise<void> => {
        if (operation != null) requireAffordable({ schema, document, operation, variables: request.variables ?? {} });
      },
      willSendResponse: async ({ response: { body } }): Promise<void> => {
        if (body.kind === 'single' && body.singleResult.data === undefined && body.singleResult.errors !== undefined) body.singleResult.errors = fewErrors(body.singleResult.errors);
      },
    };
  },
};
