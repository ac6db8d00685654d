/** Findings: raised, rated, planned and done by their owner, closed by somebody else, or carried by an acceptance. */
import { Injectable } from '@nestjs/common';
import { AcceptanceTable } from '../acceptances/acceptance.table.js';
import { besideAcceptances } from '../acceptances/standing.js';
import type { Permission } from '../domain/actor.js';
import type { Instant } from '../domain/clock.js';
import type { Decided } from '../domain/events.js';
import { acceptFinding, closeFinding, completeFinding, planFinding, raiseFinding, rateFinding, type Finding, type FindingDescription, type FindingJudge } from '../domain/finding.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import type { Level } from '../domain/scoring.js';
import { withSuccessors } from '../evidence/evidence.queries.js';
import { evidenceOfSystem } from '../evidence/evidence.service.js';
import { resolvePerson } from '../identity/people.service.js';
import { MitigationTable } from '../mitigations/mitigation.table.js';
import { proofAbout } from '../mitigations/proofs.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { RiskTable } from '../risks/risk.table.js';
import { ReleaseTable, SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { FindingTable } from './finding.table.js';

/** A description in which people and records are named as clients name them. */
export type FindingInput = Pick<FindingDescription, 'source' | 'severity' | 'statement'> & { readonly owner: string; readonly release: string | null; readonly risk: string | null; readonly mitigation: string | null; readonly theme?: string | null };

@Injectable()
export class FindingsService {
  constructor(private readonly work: UnitOfWork) {}

  async raise(ctx: RequestContext, systemRef: string, input: FindingInput): Promise<Stored<Finding>> {
    return this.work.write(ctx, 'finding.raise', async (tx) => {
      const system = await tx.get(SystemTable, systemRef);
      tx.requireFor('finding.raise', system.id);
      const { source, severity, statement, theme = null } = input;
      const description = { source, severity, statement, theme, ownerId: await resolvePerson(tx, input.owner, 'owner'), ...await resolveSubjects(tx, system.id, input) };
      const identity = { id: tx.newId(), systemId: system.id, raisedBy: tx.personId, raisedAt: tx.now, number: await tx.nextNumber(FindingTable) };
      return tx.put(FindingTable, raiseFinding(identity, description));
    });
  }

  async plan(ctx: RequestContext, change: Change, plan: { action: string; due: Instant }): Promise<Stored<Finding>> {
    return this.#change(ctx, 'finding.work', change, (finding, tx) => planFinding(finding, { personId: tx.personId, now: tx.now }, plan));
  }

  async complete(ctx: RequestContext, change: Change, evidence: readonly string[]): Promise<Stored<Finding>> {
    return this.#change(ctx, 'finding.work', change, async (finding, tx) => completeFinding(finding, tx.personId, await evidenceOfSystem(tx, finding.systemId, evidence)));
  }

  async close(ctx: RequestContext, change: Change, reason: string): Promise<Stored<Finding>> {
    return this.#change(ctx, 'finding.close', change, async (finding, tx) => closeFinding(finding, await judge(tx, finding), await withSuccessors(tx, finding.evidenceIds), reason));
  }

  async acceptRisk(ctx: RequestContext, change: Change, acceptanceRef: string): Promise<Stored<Finding>> {
    return this.#change(ctx, 'finding.acceptRisk', change, async (finding, tx) => {
      const acceptance = await tx.get(AcceptanceTable, acceptanceRef);
      const weighing = { ...await besideAcceptances(tx, [acceptance]), risks: await tx.byIds(RiskTable, [acceptance.riskId]), proof: await proofAbout(tx, [acceptance.riskId]) };
      return acceptFinding(finding, acceptance, await judge(tx, finding), weighing);
    });
  }

  async rate(ctx: RequestContext, change: Change, severity: Level, reason: string): Promise<Stored<Finding>> {
    return this.#change(ctx, 'finding.raise', change, async (finding, tx) => rateFinding(finding, severity, await judge(tx, finding), reason));
  }

  /** Load and lock, decide, put. */
  async #change(ctx: RequestContext, permission: Permission, change: Change, decide: (finding: Stored<Finding>, tx: Tx) => Decided<Finding> | Promise<Decided<Finding>>): Promise<Stored<Finding>> {
    return this.work.write(ctx, permission, async (tx) => {
      const finding = await tx.lock(FindingTable, change.id, change.expectedVersion);
      tx.requireFor(permission, finding.systemId);
      return tx.put(FindingTable, await decide(finding, tx), finding);
    });
  }
}

async function judge(tx: Tx, finding: Finding): Promise<FindingJudge> {
  return { personId: tx.personId, principal: tx.actor, system: await tx.get(SystemTable, finding.systemId), clock: tx.clock() };
}

async function resolveSubjects(scope: ReadScope, systemId: string, input: FindingInput): Promise<Pick<Finding, 'releaseId' | 'riskId' | 'mitigationId'>> {
  const release = input.release === null ? null : await scope.get(ReleaseTable, input.release);
  const risk = input.risk === null ? null : await scope.get(RiskTable, input.risk);
  requireSameSystem(release, systemId, 'release');
  const mitigation = input.mitigation === null ? null : await scope.get(MitigationTable, input.mitigation);
  requireSameSystem(risk, systemId, 'risk');
  requireSameSystem(mitigation, systemId, 'mitigation');
  return { releaseId: release?.id ?? null, riskId: risk?.id ?? null, mitigationId: mitigation?.id ?? null };
}

function requireSameSystem(record: { readonly systemId: string; readonly number: string } | null, systemId: string, field: string): void {
  if (record === null || record.systemId === systemId) return;
  throw new Refusal('INVALID_INPUT', { field, actual: record.number, message: `${record.number} belongs to another system.` });
}
