/** Holds each operation to its limits once its variables are known, and keeps what is told about a broken document short. */
import type { ApolloServerPlugin, BaseContext, GraphQLRequestListener } from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import { Refusal } from '../../domain/refusal.js';
import { fewErrors, refusedDocument, requireAffordable } from './limits.js';

export const heldToLimits: ApolloServerPlugin = {
  async requestDidStart(): Promise<GraphQLRequestListener<BaseContext>> {
    return {
      didResolveOperation: async ({ schema, document, operation, request }): Promise<void> => {
        if (operation?.operation === OperationTypeNode.SUBSCRIPTION) throw refusedDocument(new Refusal('INVALID_INPUT', { message: 'There are no subscriptions.', next: 'Follow the log with the query changes.' }));
        if (operation != null) requireAffordable({ schema, document, operation, variables: request.variables ?? {} });
      },
      willSendResponse: async ({ response: { body, http } }): Promise<void> => {
        if (body.kind !== 'single' || body.singleResult.data !== undefined || body.singleResult.errors === undefined) return;
        body.singleResult.errors = fewErrors(body.singleResult.errors);
        // Nothing was carried out: whoever looks at the status alone must see that, too.
        if ((http.status ?? 200) < 400) http.status = 400;
      },
    };
  },
};
