/** Risks: logged, edited, assessed, treated, reopened, closed. */
import { Injectable } from '@nestjs/common';
import { holdsRole } from '../domain/actor.js';
import type { Decided } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import { assessRisk, editRisk, logRisk, planTreatment, submitRisk, turnRisk, type AssessmentInput, type Risk, type RiskDescription, type TreatmentOption } from '../domain/risk.js';
import type { RiskCriteria } from '../domain/scoring.js';
import type { Catalogues } from '../domain/taxonomy.js';
import type { Permission } from '../domain/actor.js';
import { partiesTo } from '../domain/system.js';
import { resolvePerson } from '../identity/people.service.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { ReleaseTable, SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { CatalogueService } from '../taxonomies/catalogue.service.js';
import { CriteriaTable, RiskTable } from './risk.table.js';

/** A description in which the owner is named by handle, user number or person id, and the release by id or number. */
export type RiskInput = Omit<RiskDescription, 'ownerId' | 'releaseId'> & { readonly owner: string; readonly release: string | null };

@Injectable()
export class RisksService {
  constructor(private readonly work: UnitOfWork, private readonly taxonomies: CatalogueService) {}

  async log(ctx: RequestContext, systemRef: string, input: RiskInput, draft: boolean): Promise<Stored<Risk>> {
    return this.work.write(ctx, 'risk.log', async (tx) => {
      const system = await tx.get(SystemTable, systemRef);
      tx.requireFor('risk.log', system.id);
      const description = { ...input, ...await resolveReferences(tx, system.id, input) } as RiskDescription;
      const identity = { id: tx.newId(), systemId: system.id, loggedAt: tx.now };
      return tx.put(RiskTable, logRisk({ ...identity, number: await tx.nextNumber(RiskTable) }, tx.personId, description, { catalogues: this.taxonomies.catalogues, draft }));
    });
  }

  async edit(ctx: RequestContext, change: Change, input: Partial<RiskInput>): Promise<Stored<Risk>> {
    return this.#change(ctx, 'risk.edit', change, async (risk, tx) => {
      const changes = await resolveReferences(tx, risk.systemId, input);
      return decideEdit(tx, risk, { ...given(input), ...changes }, this.taxonomies.catalogues);
    });
  }

  async submit(ctx: RequestContext, change: Change): Promise<Stored<Risk>> {
    return this.#change(ctx, 'risk.log', change, (risk) => submitRisk(risk, this.taxonomies.catalogues));
  }

  async assess(ctx: RequestContext, change: Change, input: AssessmentInput): Promise<Stored<Risk>> {
    return this.#change(ctx, 'risk.assess', change, async (risk, tx) => {
      requireOwnerOrOfficer(tx, risk, 'assess');
      return assessRisk(risk, await presentCriteria(tx), input, { personId: tx.personId, at: tx.now });
    });
  }

  async planTreatment(ctx: RequestContext, change: Change, option: TreatmentOption, reason: string): Promise<Stored<Risk>> {
    return this.#change(ctx, 'risk.treat', change, (risk, tx) => {
      requireOwner(tx, risk);
      return planTreatment(risk, option, reason);
    });
  }

  async turn(ctx: RequestContext, change: Change, action: 'reopen' | 'close' | 'reject', reason: string): Promise<Stored<Risk>> {
    return this.#change(ctx, 'risk.confirm', change, async (risk, tx) => {
      if (action !== 'reopen') await refuseTeam(tx, risk);
      return turnRisk(risk, action, tx.personId, reason);
    });
  }

  /** Load and lock, decide, put. */
  async #change(ctx: RequestContext, permission: Permission, change: Change, decide: (risk: Stored<Risk>, tx: Tx) => Decided<Risk> | Promise<Decided<Risk>>): Promise<Stored<Risk>> {
    return this.work.write(ctx, permission, async (tx) => {
      const risk = await tx.lock(RiskTable, change.id, change.expectedVersion);
      tx.requireFor(permission, risk.systemId);
      return tx.put(RiskTable, await decide(risk, tx), risk);
    });
  }
}

/** The criteria that were adopted; null = none yet. */
export async function knownCriteria(scope: ReadScope): Promise<Stored<RiskCriteria> | null> {
  const [criteria] = await scope.all(CriteriaTable, {});
  return criteria ?? null;
}

/** The criteria by which everything is judged now. */
export async function presentCriteria(scope: ReadScope): Promise<Stored<RiskCriteria>> {
  const criteria = await knownCriteria(scope);
  if (criteria === null) throw new Refusal('NOT_FOUND', { subject: 'RiskCriteria', message: 'No risk criteria were adopted yet.', next: 'Let a policy administrator adopt the risk criteria.' });
  return criteria;
}

/** What an edit comes to, and whether this person may make it. */
export async function decideEdit(scope: ReadScope, risk: Risk, changes: Partial<RiskDescription>, catalogues: Catalogues): Promise<Decided<Risk>> {
  if (risk.state !== 'DRAFT' && changes.releaseId !== undefined && changes.releaseId !== risk.releaseId) {
    requireOfficer(scope, risk, 'rescope');
    await refuseTeam(scope, risk);
  }
  if (changes.ownerId !== undefined && changes.ownerId !== risk.ownerId) requireHandover(scope, risk, changes.ownerId);
  return editRisk(risk, scope.personId, changes, catalogues);
}

function requireOwnerOrOfficer(tx: ReadScope, risk: Risk, action: string): void {
  if (tx.personId === risk.ownerId || holdsRole(tx.actor, ['RISK_OFFICER', 'HEAD_OF_RISK'], risk.systemId, tx.clock())) return;
  throw new Refusal('NOT_ELIGIBLE', { message: `${risk.number} is assessed by its owner or a risk officer.`, because: ['NOT_OWNER', 'NOT_RISK_OFFICER'], action });
}

/** A risk is given to somebody, never taken: who may accept it as its owner was named by somebody else. */
function requireHandover(tx: ReadScope, risk: Risk, ownerId: string): void {
  requireOwnerOrOfficer(tx, risk, 'edit');
  if (ownerId === tx.personId) throw new Refusal('NOT_ELIGIBLE', { message: `${risk.number} is handed to you by its owner or another risk officer.`, because: ['OWN_HANDOVER'], action: 'edit' });
}

/** Taking a risk out of a release is like rejecting it there: an officer's act. */
function requireOfficer(tx: ReadScope, risk: Risk, action: string): void {
  if (holdsRole(tx.actor, ['RISK_OFFICER', 'HEAD_OF_RISK'], risk.systemId, tx.clock())) return;
  throw new Refusal('NOT_ELIGIBLE', { message: `The scope of ${risk.number} is changed by a risk officer.`, because: ['NOT_RISK_OFFICER'], action });
}

/** Whoever owns or builds the system does not end its risks. */
async function refuseTeam(tx: ReadScope, risk: Risk): Promise<void> {
  const because = partiesTo(await tx.get(SystemTable, risk.systemId), tx.personId);
  if (because.length === 0) return;
  throw new Refusal('SEPARATION_OF_DUTIES', { message: 'The owner and the developers of a system do not end its risks.', because, next: 'Ask another risk officer.' });
}

function requireOwner(tx: Tx, risk: Risk): void {
  if (tx.personId === risk.ownerId) return;
  throw new Refusal('NOT_ELIGIBLE', { message: `The treatment of ${risk.number} is chosen by its owner.`, because: ['NOT_OWNER'], action: 'planTreatment' });
}

async function resolveReferences(scope: ReadScope, systemId: string, input: Partial<RiskInput>): Promise<Partial<RiskDescription>> {
  const ownerId = input.owner === undefined ? undefined : await resolvePerson(scope, input.owner, 'owner');
  if (input.release === undefined || input.release === null) return { ...(ownerId !== undefined && { ownerId }), ...(input.release === null && { releaseId: null }) };
  const release = await scope.get(ReleaseTable, input.release);
  if (release.systemId !== systemId) throw new Refusal('INVALID_INPUT', { field: 'release', message: `${release.number} is a release of another system.` });
  return { ...(ownerId !== undefined && { ownerId }), releaseId: release.id };
}

function given(input: Partial<RiskInput>): Partial<RiskDescription> {
  const { owner: _owner, release: _release, ...rest } = input;
  return rest;
}
