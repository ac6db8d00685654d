/** R3: the risks are known, and each is confirmed by somebody else or accepted. R4: none is above tolerance without a live acceptance. */
import { acceptanceOutcome, coversRisk, type RiskAcceptance } from './acceptance.js';
import { plusDays, type NotingClock } from './clock.js';
import { blocks, type Reason, type ReleaseFacts } from './gate-question.js';
import { risksInScope } from './package.js';
import type { GatePolicy } from './policy.js';
import { residualLevel, type Risk } from './risk.js';
import { isAbove, rate, type RiskCriteria } from './scoring.js';

/** `attested`: a live sign-off states that no risk above LOW was found; enough for an empty register at tier MINIMAL. */
export function registerReasons(policy: GatePolicy, about: ReleaseFacts, attested: boolean, clock: NotingClock): Reason[] {
  const known = about.risks.some((risk) => risk.state !== 'DRAFT' && risk.state !== 'REJECTED');
  const empty = known || attested ? [] : [blocks('R3', 'R3', 'RISK_REGISTER_EMPTY')];
  return [...empty, ...risksInScope(about.risks, about.release.id).flatMap((risk) => riskReasons(policy, about.criteria, risk, clock))];
}

function riskReasons(policy: GatePolicy, criteria: RiskCriteria, risk: Risk, clock: NotingClock): Reason[] {
  const requirement = `R3/${risk.number}`;
  const params = { risk: risk.number };
  switch (risk.state) {
    case 'DRAFT': {
      const late = clock.reached(plusDays(risk.loggedAt, policy.draftGraceDays), 'DRAFT', risk.id);
      return [{ ...blocks('R3', requirement, 'RISK_UNASSESSED', params), severity: late ? 'BLOCK' : 'WARN' }];
    }
    case 'IDENTIFIED':
      return [blocks('R3', requirement, 'RISK_UNASSESSED', params)];
    case 'ASSESSED':
    case 'TREATING':
      return [blocks('R3', requirement, 'RISK_UNCONFIRMED', params)];
    case 'MONITORED':
    case 'ACCEPTED':
      return judgedOtherwiseNow(criteria, risk) ? [blocks('R3', requirement, 'RISK_ASSESSMENT_STALE', params)] : [];
    case 'CLOSED':
    case 'REJECTED':
      return [];
  }
}

/** Newer criteria outdate an assessment only where they give another level. */
function judgedOtherwiseNow(criteria: RiskCriteria, risk: Risk): boolean {
  const assessment = risk.assessments.at(-1);
  if (assessment === undefined || assessment.criteriaVersion === criteria.version) return false;
  return rate(criteria, assessment.current, 'current').level !== assessment.current.level;
}

export function toleranceReasons(about: ReleaseFacts, clock: NotingClock): Reason[] {
  return risksInScope(about.risks, about.release.id).flatMap((risk) => {
    const level = residualLevel(risk);
    const above = level !== null && isAbove(level, about.criteria.tolerance);
    if (!above && risk.state !== 'ACCEPTED') return [];
    const acceptances = about.acceptances.filter((acceptance) => acceptance.riskId === risk.id && coversRisk(acceptance, risk));
    const outcomes = acceptances.map((acceptance) => acceptanceOutcome(acceptance, about.criteria, clock));
    if (outcomes.includes('GRANTED')) return [];
    return [lapsed(acceptances, outcomes, risk) ?? withoutAcceptance(about, risk, above)];
  });
}

function lapsed(acceptances: readonly RiskAcceptance[], outcomes: readonly string[], risk: Risk): Reason | null {
  const until = acceptances.filter((_, i) => outcomes[i] === 'EXPIRED').map((acceptance) => acceptance.validUntil).sort().at(-1);
  return until === undefined ? null : blocks('R4', `R4/${risk.number}`, 'ACCEPTANCE_EXPIRED', { risk: risk.number, until });
}

/** An accepted risk whose acceptance was taken back is unconfirmed again, whatever its level. */
function withoutAcceptance(about: ReleaseFacts, risk: Risk, above: boolean): Reason {
  const params = { risk: risk.number, riskLevel: residualLevel(risk) ?? undefined, tolerance: about.criteria.tolerance };
  return blocks('R4', `R4/${risk.number}`, above ? 'RISK_ABOVE_TOLERANCE' : 'RISK_UNCONFIRMED', above ? params : { risk: risk.number });
}
