/** A decision as it is recorded: the canonical answer, the facts it was made from by digest, and how long it may be given again. */
import type { Instant, NotingClock } from './clock.js';
import { digestOf, type Digest } from './digest.js';
import type { Decided } from './events.js';
import type { Override } from './gate-break-glass.js';
import { ENGINE_VERSION, type Evaluation, type Verdict } from './gate.js';
import type { GateAction, GateFacts, GateQuestion, Reason, ReleaseFacts } from './gate-question.js';
import type { GateObligation } from './gate-conditions.js';
import type { LaneState } from './gate-reviews.js';
import type { GatePolicy } from './policy.js';
import type { Mode } from './policy-terms.js';
import type { Component } from './release.js';
import type { IdentityFreshness } from './trusted-issuer.js';

export interface DecidedTarget {
  readonly systemId: string; readonly systemNumber: string; readonly releaseId: string; readonly releaseNumber: string; readonly bundleDigest: Digest; readonly components: readonly Component[];
}

/** What is hashed, compared and replayed. Messages are rendered when it is read. */
export interface CanonicalDecision {
  readonly verdict: Verdict;
  /** What the rules say, and how strictly the policy applies there; both absent in decisions of before policies had modes: then nothing was let off. */
  readonly enforcedVerdict?: Verdict;
  readonly mode?: Mode;
  readonly engine: string;
  readonly action: GateAction;
  readonly environment: string;
  readonly target: DecidedTarget | null;
  readonly policy: { readonly id: string; readonly version: string; readonly digest: Digest };
  readonly reasons: readonly Reason[];
  readonly lanes: readonly Omit<LaneState, 'reasons' | 'attested' | 'conditional' | 'approvedBy' | 'abstainedBy'>[];
  /** What has to be done beside, whatever the answer is; absent in decisions of before there were conditions. */
  readonly obligations?: readonly GateObligation[];
  readonly promotionId: string | null;
  /** By what it says yes although requirements are not met; null = by nothing. */
  readonly override: Override | null;
  /** Which input ends or begins first. */
  readonly limitedBy: { readonly what: string; readonly ref: string } | null;
}

export interface GateDecision {
  readonly id: string;
  readonly version: number;
  readonly question: GateQuestion;
  readonly questionHash: Digest;
  readonly callerId: string;
  /** How surely the caller was known; null = nobody wrote it down then. */
  readonly identityFreshness: IdentityFreshness | null;
  readonly systemId: string | null;
  readonly releaseId: string | null;
  readonly environmentId: string | null;
  readonly decision: CanonicalDecision;
  readonly factsDigest: Digest;
  readonly epochs: Readonly<Record<string, number>>;
  readonly decidedAt: Instant;
  readonly holdsUntil: Instant | null;
}

/** The same caller asking the same about the same, of the same program. The organization's own policies are facts: what changes them raises its epoch. */
export function questionHash(question: GateQuestion, callerId: string, shipped: Pick<GatePolicy, 'digest'>): Digest {
  return digestOf({ question, callerId, policy: shipped.digest, engine: ENGINE_VERSION });
}

export type PolicyReference = CanonicalDecision['policy'];

/** What a decision names where no policy was asked: none is bound there, or nothing was found to ask it about. */
export const NO_POLICY: PolicyReference = { id: 'none', version: '0', digest: digestOf({}) };

export function referenceTo(policy: GatePolicy | null): PolicyReference {
  return policy === null ? NO_POLICY : { id: policy.id, version: policy.version, digest: policy.digest };
}

export function canonicalDecision(policy: GatePolicy | null, facts: GateFacts, evaluation: Evaluation): CanonicalDecision {
  const { about } = facts;
  const { holdsUntil } = evaluation;
  return {
    verdict: evaluation.verdict, enforcedVerdict: evaluation.enforcedVerdict, mode: evaluation.mode, engine: ENGINE_VERSION, action: facts.question.action, environment: facts.question.environment,
    target: about === null ? null : {
      systemId: about.system.id, systemNumber: about.system.number, releaseId: about.release.id, releaseNumber: about.release.number,
      bundleDigest: about.release.bundleDigest, components: about.release.components,
    },
    policy: referenceTo(policy),
    reasons: evaluation.reasons,
    lanes: evaluation.lanes.map(({ lane, level, passed, signOffs, carriedFrom }) => ({ lane, level, passed, signOffs, carriedFrom })),
    obligations: evaluation.obligations, promotionId: evaluation.promotionId, override: evaluation.override,
    limitedBy: holdsUntil === null ? null : { what: holdsUntil.what, ref: holdsUntil.ref },
  };
}

/** What a caller is told: where the policy only observes, nothing but that; what it would have said is in the record. */
export function told(decision: CanonicalDecision): CanonicalDecision {
  if (decision.mode !== 'OBSERVE' || decision.verdict === decision.enforcedVerdict) return decision;
  return { ...decision, reasons: [{ code: 'NOT_ENFORCED', severity: 'INFO', rule: 'GATE', requirement: 'GATE', params: {} }] };
}

export interface FactsManifest {
  readonly facts: readonly (readonly [type: string, id: string, digest: Digest])[];
  readonly now: Instant;
  readonly policy: Digest;
  readonly engine: string;
  /** No two decisions share a manifest: whoever holds the log's lock must never wait for the same bytes of somebody who queues for it. */
  readonly decision: string;
}

/** The sorted list of everything that was looked at, with the time and the rules: by it a decision can be made again. */
export function factsManifest(policy: GatePolicy | null, facts: GateFacts, made: { now: Instant; decision: string }): FactsManifest {
  const listed: [string, string, Digest][] = [];
  const note = (type: string, records: readonly ({ id: string; digest: Digest } | null)[]): void => {
    for (const record of records) if (record !== null) listed.push([type, record.id, record.digest]);
  };
  note('Principal', [facts.caller]);
  note('Environment', [facts.environment]);
  note('AiSystem', [facts.namedSystem]);
  note('Release', facts.candidates);
  note('Policy', facts.policies);
  if (facts.about !== null) noteRelease(facts.about, note, listed);
  const unique = new Map(listed.map((entry) => [entry.join(' '), entry]));
  return { facts: [...unique.keys()].sort().map((key) => unique.get(key) ?? ['', '', '']), ...made, policy: referenceTo(policy).digest, engine: ENGINE_VERSION };
}

function noteRelease(about: ReleaseFacts, note: (type: string, records: readonly { id: string; digest: Digest }[]) => void, listed: [string, string, Digest][]): void {
  note('AiSystem', [about.system]);
  note('RiskCriteria', [about.criteria]);
  note('Risk', about.risks);
  note('Mitigation', about.mitigations);
  note('Evidence', about.evidence);
  note('RiskAcceptance', about.acceptances);
  note('ImpactAssessment', about.impactAssessments);
  note('Finding', about.findings);
  note('Promotion', about.promotions);
  note('SignOff', about.signOffs);
  note('Condition', about.conditions);
  note('Suspension', about.suspensions);
  note('Waiver', about.waivers);
  note('Principal', about.signers);
  note('Principal', about.voters);
  note('Delegation', about.delegations);
  note('Deployment', about.deployments);
  note('BreakGlass', about.breakGlasses);
  note('Grant', about.grants);
  note('Baseline', about.baselines);
  for (const digest of Object.keys(about.packages)) listed.push(['DecisionPackage', digest, digest]);
}

export function decide(
  identity: Pick<GateDecision, 'id' | 'factsDigest' | 'epochs' | 'questionHash' | 'identityFreshness'>, policy: GatePolicy | null, facts: GateFacts, judged: { evaluation: Evaluation; clock: NotingClock },
): Decided<GateDecision> {
  const { evaluation, clock } = judged;
  const next: GateDecision = {
    ...identity, version: 1, question: facts.question, callerId: facts.caller.id,
    systemId: facts.about?.system.id ?? null, releaseId: facts.about?.release.id ?? null, environmentId: facts.environment?.id ?? null,
    decision: canonicalDecision(policy, facts, evaluation), decidedAt: clock.now, holdsUntil: evaluation.holdsUntil?.at ?? null,
  };
  return { next, event: 'gate.decided' };
}
