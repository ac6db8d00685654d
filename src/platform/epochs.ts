/** When the facts of a scope last changed: read before any fact, compared again under the log's lock before an answer counts. */
import type { ReadScope } from './scope.js';
import type { Epochs } from './transaction.js';

/** The epochs of the tenant and of these scopes; −1 = never changed. */
export async function readEpochs(scope: ReadScope, scopeIds: readonly string[]): Promise<Epochs> {
  const ids = [...new Set([scope.ctx.tenantId, ...scopeIds])];
  const rows = await scope.query<{ scope_id: string; changed_seq: string }>('select scope_id, changed_seq from gate.epochs where scope_id = any($1::uuid[])', [ids]);
  const found = new Map(rows.map((row) => [row.scope_id, Number(row.changed_seq)]));
  return Object.fromEntries(ids.map((id) => [id, found.get(id) ?? -1]));
}
