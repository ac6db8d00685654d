/** The answer as every REST caller gets it: always a non-empty object with `decision` and `verdict`; true only for ALLOW. */
import type { Instant } from '../domain/clock.js';
import { dated, type DatedObligation } from '../domain/gate-obligations.js';
import type { Verdict } from '../domain/gate.js';
import type { CanonicalDecision } from '../domain/gate-decision.js';
import { render, type RenderedReason } from '../domain/gate-messages.js';
import type { Reason } from '../domain/gate-question.js';
import type { Mode } from '../domain/policy-terms.js';
import type { IdentityFreshness } from '../domain/trusted-issuer.js';
import type { Answer } from './answer.js';

export interface GateAnswerBody extends Pick<CanonicalDecision, 'verdict' | 'action' | 'environment' | 'target' | 'policy' | 'override'> {
  readonly decisionId: string | null;
  readonly decision: boolean;
  readonly enforcedVerdict: Verdict;
  readonly mode: Mode;
  readonly firstDecidedAt: Instant;
  readonly basis: { readonly asOf: Instant; readonly factsDigest: string | null; readonly identityFreshness: IdentityFreshness | null; readonly reviews: CanonicalDecision['lanes'] };
  readonly reasons: readonly (Reason & RenderedReason)[];
  readonly obligations: readonly DatedObligation[];
  readonly validity: { readonly issuedAt: Instant; readonly expiresAt: Instant | null; readonly limitedBy: CanonicalDecision['limitedBy'] };
  readonly grant: { readonly id: string; readonly issuedAt: Instant; readonly expiresAt: Instant; readonly useLimit: 1 } | null;
}

export function answerBody(answer: Answer): GateAnswerBody {
  const { decision, grant } = answer;
  return {
    decisionId: answer.id, decision: decision.verdict === 'ALLOW', verdict: decision.verdict, enforcedVerdict: decision.enforcedVerdict ?? decision.verdict, mode: decision.mode ?? 'ENFORCE', firstDecidedAt: answer.decidedAt, action: decision.action, environment: decision.environment,
    target: decision.target, policy: decision.policy,
    basis: { asOf: answer.decidedAt, factsDigest: answer.factsDigest, identityFreshness: answer.identityFreshness, reviews: decision.lanes },
    reasons: decision.reasons.map((reason) => ({ ...reason, ...render(reason) })),
    obligations: dated(decision.obligations ?? [], answer.decidedAt),
    override: decision.override,
    validity: { issuedAt: answer.decidedAt, expiresAt: answer.holdsUntil, limitedBy: decision.limitedBy },
    grant: grant === null ? null : { id: grant.id, issuedAt: grant.issuedAt, expiresAt: grant.expiresAt, useLimit: 1 },
  };
}
