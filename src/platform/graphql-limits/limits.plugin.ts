/** Holds each operation to its limits once its variables are known, and keeps what is told about a broken document short. */
import type { ApolloServerPlugin, GraphQLRequestListener } from '@apollo/server';
import { OperationTypeNode } from 'graphql';
import { Refusal } from '../../domain/refusal.js';
import { commandKey, type KeyedRequest } from '../idempotency-key.js';
import type { Asked } from './document-cost.js';
import { fewErrors, refusedDocument, requireAffordable } from './limits.js';

interface Context { readonly req?: KeyedRequest }

/** Whatever is wrong with the request as a whole, so that nothing of it is carried out. */
function requireSound(asked: Asked, request: KeyedRequest | undefined): void {
  const kind = asked.operation.operation;
  if (kind === OperationTypeNode.SUBSCRIPTION) throw new Refusal('INVALID_INPUT', { message: 'There are no subscriptions.', next: 'Follow the log with the query changes.' });
  if (kind === OperationTypeNode.MUTATION && request !== undefined) commandKey(request, '');
  requireAffordable(asked);
}

export const heldToLimits: ApolloServerPlugin<Context> = {
  async requestDidStart(): Promise<GraphQLRequestListener<Context>> {
    return {
      didResolveOperation: async ({ schema, document, operation, request, contextValue }): Promise<void> => {
        if (operation == null) return;
        try {
          requireSound({ schema, document, operation, variables: request.variables ?? {} }, contextValue.req);
        } catch (error) {
          throw error instanceof Refusal ? refusedDocument(error) : error;
        }
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
