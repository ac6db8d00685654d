/** Acceptances: requested for one risk, granted by those whom the authority for its level names, taken back, ending by themselves. */
import { Injectable } from '@nestjs/common';
import { endAcceptance, grantAcceptance, imposeOnAcceptance, isGranted, requestAcceptance, type RiskAcceptance } from '../domain/acceptance.js';
import type { Instant } from '../domain/clock.js';
import type { Stored } from '../domain/package.js';
import { markAccepted } from '../domain/risk.js';
import { proofAbout } from '../mitigations/proofs.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import type { Change } from '../systems/systems.service.js';
import { RiskTable } from '../risks/risk.table.js';
import { AcceptanceTable } from './acceptance.table.js';
import { ConditionTable } from './condition.table.js';
import { newConditions, resolveObligations, type ConditionInput } from './conditions.service.js';

/** `renews`: the acceptance that it is to go on from, by id or number. */
export interface AcceptanceInput { readonly reason: string; readonly validUntil: Instant; readonly renews?: string | null; readonly conditions?: readonly ConditionInput[] }

@Injectable()
export class AcceptancesService {
  constructor(private readonly work: UnitOfWork) {}

  /** Under the lock of the risk; what it asks for beside is imposed with it. */
  async request(ctx: RequestContext, riskRef: Change, { renews: renewsRef, conditions = [], ...input }: AcceptanceInput): Promise<Stored<RiskAcceptance>> {
    return this.work.write(ctx, 'risk.requestAcceptance', async (tx) => {
      const risk = await tx.lock(RiskTable, riskRef.id, riskRef.expectedVersion);
      tx.requireFor('risk.requestAcceptance', risk.systemId);
      const identity = { id: tx.newId(), requestedBy: tx.personId, number: await tx.nextNumber(AcceptanceTable) };
      const renews = renewsRef === null || renewsRef === undefined ? null : await tx.get(AcceptanceTable, renewsRef);
      const obligations = await resolveObligations(tx, conditions);
      const requested = requestAcceptance(identity, risk, await proofAbout(tx, [risk.id]), { ...input, now: tx.now, renews, earlier: await tx.all(AcceptanceTable, { riskId: risk.id }) });
      const stored = await tx.put(AcceptanceTable, requested);
      for (const condition of imposeOnAcceptance(requested.next, await newConditions(tx, obligations.length), obligations, tx.now)) await tx.put(ConditionTable, condition);
      return stored;
    });
  }

  /** Adds the caller's grant; the one that completes the authority moves the risk to ACCEPTED in the same transaction. */
  async grant(ctx: RequestContext, change: Change): Promise<Stored<RiskAcceptance>> {
    return this.work.write(ctx, 'risk.accept', async (tx) => {
      const acceptance = await tx.lock(AcceptanceTable, change.id, change.expectedVersion);
      const risk = await tx.lock(RiskTable, acceptance.riskId);
      tx.subject = { type: 'RiskAcceptance', id: acceptance.id, version: acceptance.version };
      const proof = await proofAbout(tx, [risk.id]);
      const decided = grantAcceptance(acceptance, risk, proof, tx.actor);
      const stored = await tx.put(AcceptanceTable, decided, acceptance);
      if (isGranted(decided.next, proof.criteria)) await tx.put(RiskTable, markAccepted(risk, { personId: tx.personId, at: tx.now }), risk);
      return stored;
    });
  }

  async end(ctx: RequestContext, change: Change, action: 'withdraw' | 'revoke', reason: string): Promise<Stored<RiskAcceptance>> {
    return this.work.write(ctx, 'risk.revokeAcceptance', async (tx) => {
      const acceptance = await tx.lock(AcceptanceTable, change.id, change.expectedVersion);
      tx.requireFor('risk.revokeAcceptance', acceptance.systemId);
      return tx.put(AcceptanceTable, endAcceptance(acceptance, action, reason, { principal: tx.actor, clock: tx.clock() }), acceptance);
    });
  }
}
