/** R3: the risks are known, and each is confirmed by somebody else or accepted. R4: none is above tolerance without a live acceptance. */
import { plusDays } from './clock.js';
import { carryReason, numbersOf } from './gate-acceptances.js';
import { blocks, type Reason, type ReleaseFacts } from './gate-question.js';
import { risksInScope } from './package.js';
import type { GatePolicy } from './policy.js';
import { residualLevel, type Proof } from './residual.js';
import type { Risk } from './risk.js';
import { isAbove, rate, type RiskCriteria } from './scoring.js';
import { suspensionsOfRisk } from './suspension.js';

/** `attested`: a live sign-off states that no risk above LOW was found; enough for an empty register at tier MINIMAL. */
export function registerReasons(policy: GatePolicy, about: ReleaseFacts, attested: boolean, proof: Proof): Reason[] {
  const known = about.risks.some((risk) => risk.state !== 'DRAFT' && risk.state !== 'REJECTED');
  const empty = known || attested ? [] : [blocks('R3', 'R3', 'RISK_REGISTER_EMPTY')];
  return [...empty, ...risksInScope(about.risks, about.release.id).flatMap((risk) => riskReasons(policy, about, risk, proof))];
}

function riskReasons(policy: GatePolicy, about: ReleaseFacts, risk: Risk, proof: Proof): Reason[] {
  const requirement = `R3/${risk.number}`;
  const params = { risk: risk.number };
  switch (risk.state) {
    case 'DRAFT': {
      const late = proof.clock.reached(plusDays(risk.loggedAt, policy.draftGraceDays), 'DRAFT', risk.id);
      return [{ ...blocks('R3', requirement, 'RISK_UNASSESSED', params), severity: late ? 'BLOCK' : 'WARN' }];
    }
    case 'IDENTIFIED':
      return [blocks('R3', requirement, 'RISK_UNASSESSED', params)];
    case 'ASSESSED':
    case 'TREATING':
      return [blocks('R3', requirement, 'RISK_UNCONFIRMED', params)];
    case 'MONITORED':
      return [...staleReasons(about.criteria, risk), ...reopenedReasons(about, risk)];
    case 'ACCEPTED':
      return [...staleReasons(about.criteria, risk), ...acceptanceReasons(about, risk, proof)];
    case 'CLOSED':
    case 'REJECTED':
      return [];
  }
}

function staleReasons(criteria: RiskCriteria, risk: Risk): Reason[] {
  return judgedOtherwiseNow(criteria, risk) ? [blocks('R3', `R3/${risk.number}`, 'RISK_ASSESSMENT_STALE', { risk: risk.number })] : [];
}

/** What somebody has confirmed is open again while something that has happened to the risk is not settled. */
function reopenedReasons(about: ReleaseFacts, risk: Risk): Reason[] {
  const suspensions = numbersOf(suspensionsOfRisk(about.suspensions, risk.id));
  return suspensions.length === 0 ? [] : [blocks('R3', `R3/${risk.number}`, 'RISK_UNCONFIRMED', { risk: risk.number, suspensions })];
}

/** An accepted risk stands on a live acceptance; without one it is unconfirmed again, whatever its level. */
function acceptanceReasons(about: ReleaseFacts, risk: Risk, proof: Proof): Reason[] {
  const reason = carryReason(about, risk, proof, blocks('R3', `R3/${risk.number}`, 'RISK_UNCONFIRMED', { risk: risk.number }));
  return reason === null ? [] : [reason];
}

/** Newer criteria outdate an assessment only where they give another level. */
function judgedOtherwiseNow(criteria: RiskCriteria, risk: Risk): boolean {
  const assessment = risk.assessments.at(-1);
  if (assessment === undefined || assessment.criteriaVersion === criteria.version) return false;
  return rate(criteria, assessment.current, 'current').level !== assessment.current.level;
}

/** No residual, as far as it is earned, above tolerance without a live acceptance. */
export function toleranceReasons(about: ReleaseFacts, proof: Proof): Reason[] {
  const { tolerance } = about.criteria;
  return risksInScope(about.risks, about.release.id).flatMap((risk) => {
    const riskLevel = residualLevel(risk, proof);
    if (riskLevel === null || !isAbove(riskLevel, tolerance)) return [];
    return carryReason(about, risk, proof, blocks('R4', `R4/${risk.number}`, 'RISK_ABOVE_TOLERANCE', { risk: risk.number, riskLevel, tolerance })) ?? [];
  });
}
