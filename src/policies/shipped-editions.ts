/** Which edition of the shipped policy decided when: each is written down in the organization with the first decision by it, bytes and all, so that decisions are made again by what they were made by. */
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import type { Digest } from '../domain/digest.js';
import { recordEdition } from '../domain/policy-edition.js';
import type { GatePolicy } from '../domain/policy.js';
import type { PolicyDocument } from '../domain/policy-version.js';
import type { ReadScope } from '../platform/scope.js';
import type { Tx } from '../platform/transaction.js';
import { EditionTable } from './policy-edition.table.js';
import { PolicyTable } from './policy.table.js';
import { policyOf, SHIPPED } from './shipped-policy.js';

/** While a fleet changes over, servers of both editions decide, and each writes its own down in the place of the other’s: so soon it is looked at again. */
const KNOWN_MS = 60_000;

@Injectable()
export class ShippedEditions {
  /** By organization, what was written down last, and until when that needs no look. */
  readonly #known = new Map<string, { readonly digest: Digest; readonly until: number }>();

  /** The edition that this program carries. */
  get current(): GatePolicy {
    return SHIPPED;
  }

  /** Called before anything else is locked: whoever waits here for its turn holds nothing that others wait for. */
  async note(tx: Tx): Promise<void> {
    const { current } = this;
    const now = Date.parse(tx.now);
    const known = this.#known.get(tx.ctx.tenantId);
    if (known?.digest === current.digest && now < known.until) return;
    if (await lastEdition(tx) === current.digest || await isReplaced(tx, current)) {
      this.#known.set(tx.ctx.tenantId, { digest: current.digest, until: now + KNOWN_MS });
      return;
    }
    await tx.query("select pg_advisory_xact_lock(hashtextextended('editions ' || identity.current_tenant()::text, 0))");
    const before = await lastEdition(tx);
    if (before === current.digest) return;
    const { digest: _digest, ...document } = current;
    await tx.put(EditionTable, recordEdition({ id: tx.newId(), number: await tx.nextNumber(EditionTable), recordedAt: tx.now }, document as PolicyDocument, before));
  }
}

async function lastEdition(scope: ReadScope): Promise<Digest | null> {
  const [last] = await scope.query<{ digest: Digest }>('select document_digest as digest from policy_editions order by recorded_at desc, id desc limit 1');
  return last?.digest ?? null;
}

/** By a policy of the organization’s own with its id, which is superseded only by another one. */
async function isReplaced(scope: ReadScope, { id }: GatePolicy): Promise<boolean> {
  return (await scope.all(PolicyTable, { state: 'ACTIVE', policyId: id })).length > 0;
}

/** The edition that a decision of this instant was made by: the one that it names; else the last that was written down until then; else the first one after. */
export async function editionAt(scope: ReadScope, at: Instant, named: Digest | null = null): Promise<GatePolicy> {
  if (named === SHIPPED.digest) return SHIPPED;
  const [found] = await scope.query<{ document: PolicyDocument }>(`
    select document from policy_editions
    order by (document_digest = $2) is true desc, recorded_at <= $1 desc, case when recorded_at <= $1 then recorded_at end desc, recorded_at, id limit 1`, [at, named]);
  return found === undefined ? SHIPPED : policyOf(found.document);
}
