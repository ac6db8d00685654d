/** A decision made again: from exactly the facts and the policy that it was made from, under the clock of that moment. */
import { Injectable } from '@nestjs/common';
import { NotingClock } from '../domain/clock.js';
import { digestOf } from '../domain/digest.js';
import { evaluateGate } from '../domain/gate.js';
import { decide, factsManifest, NO_POLICY, type CanonicalDecision, type FactsManifest, type GateDecision } from '../domain/gate-decision.js';
import type { GateFacts } from '../domain/gate-question.js';
import { compareDecisions, type ReplayOutcome } from '../domain/gate-replay.js';
import type { Stored } from '../domain/package.js';
import type { GatePolicy } from '../domain/policy.js';
import type { RequestContext } from '../platform/request-context.js';
import { notFound, type ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import type { PolicyDocument } from '../domain/policy-version.js';
import { editionAt } from '../policies/shipped-editions.js';
import { SHIPPED } from '../policies/shipped-policy.js';
import type { Dossier, Unpacked } from './dossier.js';
import { loadFacts, policyFor } from './gate.facts.js';
import { DecisionTable } from './gate.table.js';
import { FactsGone, manifestOf, RecordedFacts, type Contents } from './recorded-facts.js';

export interface Replay {
  readonly recorded: Stored<GateDecision>;
  readonly outcome: ReplayOutcome;
  /** What is decided now from the same facts; null when they or the policy are gone. */
  readonly again: CanonicalDecision | null;
  readonly differences: readonly string[];
}

@Injectable()
export class ReplayService {
  constructor(private readonly work: UnitOfWork) {}

  async replay(ctx: RequestContext, id: string): Promise<Replay> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const recorded = await scope.get(DecisionTable, id);
      const [kept] = await scope.kept([recorded.factsDigest]);
      if (kept === undefined) return gone(recorded, 'FACTS_GONE');
      const manifest = manifestOf(kept.bytes);
      return replayFrom({ recorded, manifest, contents: await contentsOf(scope, manifest), shipped: await editionOf(scope, recorded) });
    });
  }

  /** Everything that it takes to make the decision again somewhere else. Refused as NOT_FOUND when bytes of it are kept no longer. */
  async dossier(ctx: RequestContext, id: string): Promise<{ readonly facts: FactsManifest['facts']; readonly dossier: Dossier }> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const recorded = await scope.get(DecisionTable, id);
      const kept = new Map((await scope.kept([recorded.digest, recorded.factsDigest])).map(({ digest, bytes }) => [digest, bytes.toString('utf8')]));
      const [decision, manifest] = [kept.get(recorded.digest), kept.get(recorded.factsDigest)];
      if (decision === undefined || manifest === undefined) throw notFound('GateDecision', id);
      const { facts } = manifestOf(Buffer.from(manifest, 'utf8'));
      const contents = await scope.kept(facts.map(([, , digest]) => digest));
      const { digest, ...document } = await editionOf(scope, recorded);
      return {
        facts, dossier: {
          dossierFormat: 1, decisionDigest: recorded.digest, decision, manifest, contents: Object.fromEntries(contents.map((one) => [one.digest, one.bytes.toString('utf8')])),
          policy: recorded.decision.policy.digest === digest ? document as PolicyDocument : null,
        },
      };
    });
  }
}

/** Without any database: what is needed is the decision, the list of its facts, and the bytes of these; `shipped` is the edition of the shipped policy, where it is another. */
export async function replayFrom({ recorded, manifest, contents, shipped }: Unpacked): Promise<Replay> {
  try {
    const facts = await loadFacts(new RecordedFacts(manifest, contents), recorded.question, { callerId: recorded.callerId, now: manifest.now, shipped: shipped ?? SHIPPED });
    const policy = policyFor(facts, shipped ?? SHIPPED);
    if (!isThePolicyOf(recorded, policy)) return gone(recorded, 'POLICY_GONE');
    const clock = new NotingClock(manifest.now);
    const again = decide({ ...recorded, id: manifest.decision }, policy, facts, { evaluation: evaluateGate(policy, facts, clock), clock }).next;
    const { outcome, differences } = compareDecisions(recorded, again);
    const made = { recorded, again: again.decision };
    return isSameList(manifest, policy, facts) ? { ...made, outcome, differences } : { ...made, outcome: 'DIFFERENT', differences: [...differences, 'facts'] };
  } catch (error) {
    if (error instanceof FactsGone) return gone(recorded, 'FACTS_GONE');
    throw error;
  }
}

function gone(recorded: Stored<GateDecision>, outcome: 'FACTS_GONE' | 'POLICY_GONE'): Replay {
  return { recorded, outcome, again: null, differences: [] };
}

/** The organization's own policies are facts; of the shipped one, editions of before they were written down may be gone. */
function isThePolicyOf({ decision }: GateDecision, policy: GatePolicy | null): boolean {
  return (policy?.digest ?? NO_POLICY.digest) === decision.policy.digest;
}

/** Reading the list once more must give the list: nothing was left aside, nothing came in. */
function isSameList(manifest: FactsManifest, policy: GatePolicy | null, facts: GateFacts): boolean {
  const { now, decision, engine } = manifest;
  return digestOf({ ...factsManifest(policy, facts, { now, decision }), engine }) === digestOf(manifest);
}

/** The shipped policy as it was when this was decided, whichever policy judged it. */
function editionOf(scope: ReadScope, { decidedAt, decision }: GateDecision): Promise<GatePolicy> {
  return editionAt(scope, decidedAt, decision.policy.digest);
}

async function contentsOf(scope: ReadScope, manifest: FactsManifest): Promise<Contents> {
  const kept = await scope.kept(manifest.facts.map(([, , digest]) => digest));
  return new Map(kept.map(({ digest, bytes }) => [digest, bytes]));
}
