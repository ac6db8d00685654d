/** Mitigations: proposed for a risk, carried out by their owner, verified by somebody else. */
import { Injectable } from '@nestjs/common';
import { holdsRole, type Permission } from '../domain/actor.js';
import type { Decided } from '../domain/events.js';
import {
  attachEvidence, cancelMitigation, editMitigation, failMitigation, implementMitigation, MAX_MITIGATIONS, proposeMitigation, verifyMitigation, workOnMitigation, type Mitigation, type MitigationActor, type MitigationDescription,
} from '../domain/mitigation.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import { partiesTo } from '../domain/system.js';
import { evidenceByReferences } from '../evidence/evidence.service.js';
import { withSuccessors } from '../evidence/evidence.queries.js';
import { EvidenceTable } from '../evidence/evidence.table.js';
import { resolvePerson } from '../identity/people.service.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { RiskTable } from '../risks/risk.table.js';
import { SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { CatalogueService } from '../taxonomies/catalogue.service.js';
import { MitigationTable } from './mitigation.table.js';

/** A description in which the owner is named by handle, user number or person id. */
export type MitigationInput = Omit<MitigationDescription, 'ownerId'> & { readonly owner: string };

@Injectable()
export class MitigationsService {
  constructor(private readonly work: UnitOfWork, private readonly taxonomies: CatalogueService) {}

  async propose(ctx: RequestContext, riskRef: string, { owner, ...input }: MitigationInput): Promise<Stored<Mitigation>> {
    return this.work.write(ctx, 'mitigation.propose', async (tx) => {
      const risk = await tx.lock(RiskTable, riskRef);
      tx.requireFor('mitigation.propose', risk.systemId);
      await requireRoom(tx, risk.id);
      const description = { ...input, ownerId: await resolvePerson(tx, owner, 'owner') };
      const identity = { id: tx.newId(), proposedAt: tx.now, number: await tx.nextNumber(MitigationTable) };
      return tx.put(MitigationTable, proposeMitigation(identity, { risk, catalogues: this.taxonomies.catalogues }, tx.personId, description));
    });
  }

  async edit(ctx: RequestContext, change: Change, { owner, ...input }: Partial<MitigationInput>): Promise<Stored<Mitigation>> {
    return this.#change(ctx, 'mitigation.work', change, async (mitigation, tx) => {
      const ownerId = owner === undefined ? mitigation.ownerId : await resolvePerson(tx, owner, 'owner');
      return editMitigation(mitigation, await actorIn(tx, mitigation), { ...input, ownerId }, this.taxonomies.catalogues);
    });
  }

  async begin(ctx: RequestContext, change: Change, action: 'start' | 'restart'): Promise<Stored<Mitigation>> {
    return this.#change(ctx, 'mitigation.work', change, (mitigation, tx) => workOnMitigation(mitigation, action, tx.personId));
  }

  async implement(ctx: RequestContext, change: Change, evidence: readonly string[]): Promise<Stored<Mitigation>> {
    return this.#change(ctx, 'mitigation.work', change, async (mitigation, tx) => implementMitigation(mitigation, tx.personId, await evidenceByReferences(tx, evidence)));
  }

  async attach(ctx: RequestContext, change: Change, evidence: readonly string[]): Promise<Stored<Mitigation>> {
    return this.#change(ctx, 'mitigation.work', change, async (mitigation, tx) => attachEvidence(mitigation, tx.personId, await evidenceByReferences(tx, evidence), await tx.byIds(EvidenceTable, mitigation.evidenceIds)));
  }

  async verify(ctx: RequestContext, change: Change): Promise<Stored<Mitigation>> {
    return this.#change(ctx, 'mitigation.judge', change, async (mitigation, tx) => verifyMitigation(mitigation, { personId: tx.personId, clock: tx.clock() }, await withSuccessors(tx, mitigation.evidenceIds)));
  }

  async fail(ctx: RequestContext, change: Change, reason: string): Promise<Stored<Mitigation>> {
    return this.#change(ctx, 'mitigation.judge', change, (mitigation, tx) => failMitigation(mitigation, tx.personId, reason));
  }

  async cancel(ctx: RequestContext, change: Change, reason: string): Promise<Stored<Mitigation>> {
    return this.#change(ctx, 'mitigation.work', change, async (mitigation, tx) => cancelMitigation(mitigation, { ...await actorIn(tx, mitigation), at: tx.now }, reason));
  }

  /** Load and lock, decide, put. */
  async #change(
    ctx: RequestContext, permission: Permission, change: Change, decide: (mitigation: Stored<Mitigation>, tx: Tx) => Decided<Mitigation> | Promise<Decided<Mitigation>>,
  ): Promise<Stored<Mitigation>> {
    return this.work.write(ctx, permission, async (tx) => {
      const mitigation = await tx.lock(MitigationTable, change.id, change.expectedVersion);
      tx.requireFor(permission, mitigation.systemId);
      return tx.put(MitigationTable, await decide(mitigation, tx), mitigation);
    });
  }
}

async function actorIn(tx: Tx, { systemId }: Mitigation): Promise<MitigationActor> {
  const { personId } = tx;
  return { personId, isOfficer: holdsRole(tx.actor, ['RISK_OFFICER', 'HEAD_OF_RISK'], systemId, tx.clock()), parts: partiesTo(await tx.get(SystemTable, systemId), personId) };
}

/** The list of a risk is read as a whole, so it has an end. The risk is locked. */
async function requireRoom(tx: Tx, riskId: string): Promise<void> {
  const rows = await tx.query<{ count: string }>('select count(*) from mitigations where risk_id = $1', [riskId]);
  if (Number(rows[0]?.count) < MAX_MITIGATIONS) return;
  throw new Refusal('TOO_LARGE', { message: `A risk has at most ${String(MAX_MITIGATIONS)} mitigations.`, next: 'Split the risk, or edit a mitigation that exists.' });
}
