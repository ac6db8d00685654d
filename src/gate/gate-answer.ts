/** The answer as every REST caller gets it: always a non-empty object with `decision` and `verdict`; true only for ALLOW. */
import { render } from '../domain/gate-messages.js';
import type { Answer } from './gate.service.js';

export interface GateAnswerBody { readonly decision: boolean; readonly verdict: string; readonly [field: string]: unknown }

export function answerBody(answer: Answer): GateAnswerBody {
  const { decision, grant } = answer;
  return {
    decisionId: answer.id, decision: decision.verdict === 'ALLOW', verdict: decision.verdict, firstDecidedAt: answer.decidedAt, action: decision.action, environment: decision.environment,
    target: decision.target, policy: decision.policy,
    basis: { asOf: answer.decidedAt, factsDigest: answer.factsDigest, reviews: decision.lanes },
    reasons: decision.reasons.map((reason) => ({ ...reason, ...render(reason) })),
    validity: { issuedAt: answer.decidedAt, expiresAt: answer.holdsUntil, limitedBy: decision.limitedBy },
    grant: grant === null ? null : { id: grant.id, issuedAt: grant.issuedAt, expiresAt: grant.expiresAt, useLimit: 1 },
  };
}
