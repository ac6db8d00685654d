/** How API keys are stored: the digest of the secret, never the secret. */
import type { ApiKey } from '../domain/api-key.js';
import { governedTable, instant, optionalJson, text, uuid, type GovernedTable } from '../platform/columns.table.js';

export const ApiKeyTable: GovernedTable<ApiKey> = governedTable<ApiKey>({
  type: 'ApiKey', table: 'api_keys', prefix: 'KEY', scopeOf: () => null,
  columns: { name: text, accountId: uuid, secretHash: text, permissions: optionalJson, validUntil: instant, state: text, issuedBy: uuid, issuedAt: instant },
});
