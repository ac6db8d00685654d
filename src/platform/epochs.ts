/** When the facts of a scope last changed: read before any fact, compared again under the log's lock before an answer counts. */
import type { Instant } from '../domain/clock.js';
import { believedRows, isBelieved } from './believed.js';
import { StaleFacts } from './database.js';
import type { Epochs, Numbered, Tx } from './transaction.js';

/** From this attempt on the facts are read under the log's lock: nothing can change between reading and recording. */
const LOCKED_FROM = 3;

/** A command that was overtaken again and again has its turn. Called when each record is locked, with the kinds of records that it will number. */
export async function lockWhenContended(tx: Tx, numbered: readonly Numbered[] = []): Promise<void> {
  if (tx.attempt >= LOCKED_FROM) await tx.lockLog(numbered);
}

/**
 * From here on nothing may change in the tenant and these systems until this is written, or it is done again. Called when each record is
 * locked that others lock too, and before any other fact is read.
 */
export async function holdStill(tx: Tx, scopeIds: readonly string[], { until = null, numbered = [] }: { until?: Instant | null; numbered?: readonly Numbered[] } = {}): Promise<void> {
  await lockWhenContended(tx, numbered);
  tx.holdStill({ epochs: await readEpochs(tx, scopeIds), computedAt: tx.now, until });
}

/** The epochs of the tenant and of these scopes; −1 = never changed. Whoever acts, and what they are believed by, was read before them, so is looked at again. */
export async function readEpochs(tx: Tx, scopeIds: readonly string[]): Promise<Epochs> {
  const { tenantId, believedBy } = tx.ctx;
  const ids = [...new Set([tenantId, ...scopeIds])];
  const rows = await tx.query<{ scope_id: string; changed_seq: string }>(
    `select scope_id, changed_seq from gate.epochs where scope_id = any($1::uuid[]) union all select id, version from principals where id = $2 union all ${believedRows('$3')}`, [ids, tx.actor.id, believedBy.map(({ id }) => id)]);
  const found = new Map(rows.map((row) => [row.scope_id, Number(row.changed_seq)]));
  if (found.get(tx.actor.id) !== tx.actor.version || !isBelieved(believedBy, found)) throw new StaleFacts();
  return Object.fromEntries(ids.map((id) => [id, found.get(id) ?? -1]));
}
