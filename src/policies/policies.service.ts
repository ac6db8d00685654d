/** Policies: drafted, tested by their cases, reviewed by two who did not write them, activated. One lock for all of an organization, so that two at once see each other. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isPermittedEverywhere } from '../domain/actor.js';
import type { Digest } from '../domain/digest.js';
import type { Decided } from '../domain/events.js';
import { ENGINE_VERSION } from '../domain/gate.js';
import type { Stored } from '../domain/package.js';
import { activatePolicy, adoptPolicy, approvePolicy, draftPolicy, policyLifecycle, recordTest, submitPolicy, supersedePolicy, withdrawPolicy, type CaseRun, type PolicyActor, type PolicyDocument, type PolicyVersion } from '../domain/policy-version.js';
import { Refusal } from '../domain/refusal.js';
import { holdStill } from '../platform/epochs.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import type { Change } from '../systems/systems.service.js';
import { runCases } from './case-runs.js';
import { parseCases, prepareCases } from './policy-cases.js';
import { refusedInText } from './placed-refusals.js';
import { parsePolicy } from './policy-document.js';
import { PolicyTable } from './policy.table.js';
import { readinessPolicy } from './readiness-policy.js';

export interface PolicyDraft { readonly source: string; readonly cases: string; readonly note: string }

@Injectable()
export class PoliciesService implements OnModuleInit {
  constructor(private readonly work: UnitOfWork) {}

  onModuleInit(): void {
    prepareCases();
  }

  async draft(ctx: RequestContext, { source, cases, note }: PolicyDraft): Promise<Stored<PolicyVersion>> {
    // Reading the texts takes a while, and a transaction that stops in the middle is ended: nothing is read for whoever the door refuses.
    const read = await this.#mayDraft(ctx) ? await readTexts(source, cases) : null;
    return this.work.write(ctx, 'policy.draft', async (tx) => {
      tx.requireEverywhere('policy.draft');
      const document = read ?? await readTexts(source, cases);
      const identity = { id: tx.newId(), draftedBy: tx.personId, draftedAt: tx.now, number: await tx.nextNumber(PolicyTable) };
      return tx.put(PolicyTable, draftPolicy(identity, { document, note, sourceDigest: await tx.keep(source), casesDigest: await tx.keep(cases) }, await tx.all(PolicyTable, { policyId: document.id })));
    });
  }

  /** Hands the policy that ships beside the shipped one in for review. Its cases are the product's own, so however long they take is known. */
  async adopt(ctx: RequestContext): Promise<Stored<PolicyVersion>> {
    const { document, source, cases } = readinessPolicy();
    const run = await this.#mayDraft(ctx) ? await runCases(document, cases, () => 0) : NOT_RUN;
    return this.work.write(ctx, 'policy.draft', async (tx) => {
      tx.requireEverywhere('policy.draft');
      await holdPolicies(tx);
      const identity = { id: tx.newId(), draftedBy: tx.personId, draftedAt: tx.now, number: await tx.nextNumber(PolicyTable) };
      return tx.put(PolicyTable, adoptPolicy(identity, { document, sourceDigest: await tx.keep(source), casesDigest: await tx.keep(cases) }, run, await tx.all(PolicyTable, {})));
    });
  }

  /** Judges its cases; what fails is named, and then it stays untested. That takes a while and locks nothing: the text never changes. */
  async test(ctx: RequestContext, change: Change): Promise<Stored<PolicyVersion>> {
    const run = await this.#run(ctx, change.id);
    return this.#change(ctx, 'policy.draft', change, (policy, tx) => recordTest(policy, run, tx.now));
  }

  async submit(ctx: RequestContext, change: Change): Promise<Stored<PolicyVersion>> {
    return this.#change(ctx, 'policy.draft', change, async (policy, tx) => submitPolicy(policy, await tx.all(PolicyTable, { state: 'ACTIVE' }))).catch(this.#told(ctx, change));
  }

  async approve(ctx: RequestContext, change: Change): Promise<Stored<PolicyVersion>> {
    return this.#change(ctx, 'policy.approve', change, (policy, tx) => approvePolicy(policy, actor(tx)));
  }

  async withdraw(ctx: RequestContext, change: Change, reason: string): Promise<Stored<PolicyVersion>> {
    return this.#change(ctx, 'policy.draft', change, (policy) => withdrawPolicy(policy, reason));
  }

  /** The version before goes and this one comes, in one transaction; one activation at a time. */
  async activate(ctx: RequestContext, change: Change): Promise<Stored<PolicyVersion>> {
    await this.#readAgain(ctx, 'policy.activate', change.id);
    return this.work.write(ctx, 'policy.activate', async (tx) => {
      await holdPolicies(tx);
      const policy = await tx.lock(PolicyTable, change.id, change.expectedVersion);
      // Whoever loses a role before this is written down has not approved.
      await holdStill(tx, []);
      tx.requireEverywhere('policy.activate');
      const others = await tx.all(PolicyTable, { state: 'ACTIVE' });
      const approvers = await tx.byIds(PrincipalTable, policy.approvals.map(({ principalId }) => principalId));
      const activated = activatePolicy(policy, others, approvers, { ...actor(tx), engine: ENGINE_VERSION });
      const before = others.find(({ policyId }) => policyId === policy.policyId);
      if (before !== undefined) await tx.put(PolicyTable, supersedePolicy(before, tx.now), before);
      return tx.put(PolicyTable, activated, policy);
    }).catch(this.#told(ctx, change));
  }

  /** What is refused about its text, with its place there. */
  #told(ctx: RequestContext, { id }: Change): (error: unknown) => Promise<never> {
    return (error) => refusedInText(error, id, (act) => this.work.read(ctx, 'register.read', act));
  }

  async #mayDraft(ctx: RequestContext): Promise<boolean> {
    return await this.work.read(ctx, 'register.read', (scope) => Promise.resolve(isPermittedEverywhere(scope.actor, 'policy.draft', scope.clock()))).catch(deniedAsNull) ?? false;
  }

  /** Nothing is judged for whoever may not have it judged: the door refuses them, and that is written down. */
  async #run(ctx: RequestContext, id: string): Promise<CaseRun> {
    const texts = await this.#readAgain(ctx, 'policy.draft', id);
    return texts === null ? NOT_RUN : runCases(texts.document, texts.cases);
  }

  /** The text as it is read today: what was drafted when less was looked for is refused before it decides anything. Whoever may not, and what is no longer to be tested or activated, is refused by the door. */
  async #readAgain(ctx: RequestContext, permission: 'policy.draft' | 'policy.activate', id: string): Promise<{ readonly document: PolicyDocument; readonly cases: string } | null> {
    const action = permission === 'policy.draft' ? 'test' : 'activate';
    const kept = await this.work.read(ctx, 'register.read', async (scope) => {
      const { document, sourceDigest, casesDigest, state } = await scope.get(PolicyTable, id);
      const may = isPermittedEverywhere(scope.actor, permission, scope.clock()) && policyLifecycle.actionsFrom(state).includes(action);
      return may ? { document, source: await keptText(scope, sourceDigest), cases: await keptText(scope, casesDigest) } : null;
    }).catch(deniedAsNull);
    if (kept !== null) parsePolicy(kept.source);
    return kept;
  }

  async #change(ctx: RequestContext, permission: 'policy.draft' | 'policy.approve', change: Change, decide: (policy: Stored<PolicyVersion>, tx: Tx) => Decided<PolicyVersion> | Promise<Decided<PolicyVersion>>): Promise<Stored<PolicyVersion>> {
    return this.work.write(ctx, permission, async (tx) => {
      tx.requireEverywhere(permission);
      const policy = await tx.lock(PolicyTable, change.id, change.expectedVersion);
      return tx.put(PolicyTable, await decide(policy, tx), policy);
    });
  }
}

/** Of whoever the door refuses anyway. */
const NOT_RUN: CaseRun = { cases: 0, failed: [], engine: ENGINE_VERSION };

/** Which policies are in force changes in one transaction of an organization at a time. */
async function holdPolicies(tx: Tx): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('policies ' || identity.current_tenant()::text, 0))");
}

/** Each text is long: everybody else gets a turn in between. */
async function readTexts(source: string, cases: string): Promise<PolicyDocument> {
  const document = parsePolicy(source);
  await nextTurn();
  parseCases(cases);
  return document;
}

function deniedAsNull(error: unknown): null {
  if (error instanceof Refusal && error.code === 'PERMISSION_DENIED') return null;
  throw error;
}

/** A text that was kept with its record. */
export async function keptText(scope: ReadScope, digest: Digest): Promise<string> {
  const [kept] = await scope.kept([digest]);
  if (kept === undefined) throw new Error(`the text ${digest} is gone`);
  return kept.bytes.toString('utf8');
}

function actor(tx: Tx): PolicyActor {
  return { principal: tx.actor, personId: tx.personId, clock: tx.clock() };
}
