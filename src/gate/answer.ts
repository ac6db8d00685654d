/** What a caller is told: a recorded decision as it was given, or a judgement that is recorded nowhere. */
import { NotingClock, type Instant } from '../domain/clock.js';
import { evaluateGate } from '../domain/gate.js';
import { canonicalDecision, type CanonicalDecision, type GateDecision } from '../domain/gate-decision.js';
import type { GateFacts } from '../domain/gate-question.js';
import type { Grant } from '../domain/grant.js';
import type { Stored } from '../domain/package.js';
import type { GatePolicy } from '../domain/policy.js';
import type { IdentityFreshness } from '../domain/trusted-issuer.js';
import { policyFor } from './gate.facts.js';

/** `id` is null for a dry run and for an ERROR that kept us from judging: then nothing was recorded. */
export interface Answer {
  readonly id: string | null;
  readonly decision: CanonicalDecision;
  readonly decidedAt: Instant;
  readonly holdsUntil: Instant | null;
  readonly factsDigest: string | null;
  /** Null where nothing was recorded, and in records of before. */
  readonly identityFreshness: IdentityFreshness | null;
  readonly grant: Stored<Grant> | null;
}

/** A recorded decision, as it was given. */
export function answerOf(decided: Stored<GateDecision>): Answer {
  return { id: decided.id, decision: decided.decision, decidedAt: decided.decidedAt, holdsUntil: decided.holdsUntil, factsDigest: decided.factsDigest, identityFreshness: decided.identityFreshness, grant: null };
}

/** Judged, and recorded nowhere. */
export function dryAnswer(facts: GateFacts, at: Instant, shipped?: GatePolicy): Answer {
  const policy = policyFor(facts, shipped);
  const evaluation = evaluateGate(policy, facts, new NotingClock(at));
  return { id: null, decision: canonicalDecision(policy, facts, evaluation), decidedAt: at, holdsUntil: evaluation.holdsUntil?.at ?? null, factsDigest: null, identityFreshness: null, grant: null };
}
