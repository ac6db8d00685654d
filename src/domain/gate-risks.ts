/** R3: the risks are known, and each is confirmed by somebody else or accepted. R4: none is above tolerance without a live acceptance. */
import { acceptanceOutcome, coversRisk, isGranted } from './acceptance.js';
import { plusDays, type Instant } from './clock.js';
import { blocks, type Reason, type ReleaseFacts } from './gate-question.js';
import { risksInScope } from './package.js';
import type { GatePolicy } from './policy.js';
import { residualLevel, type Proof } from './residual.js';
import type { Risk } from './risk.js';
import { isAbove, rate, type RiskCriteria } from './scoring.js';

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
      return staleReasons(about.criteria, risk);
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

/** An accepted risk stands on a live acceptance; without one it is unconfirmed again, whatever its level. */
function acceptanceReasons(about: ReleaseFacts, risk: Risk, proof: Proof): Reason[] {
  const found = acceptancesOf(about, risk, proof);
  if (found.live) return [];
  const params = { risk: risk.number };
  return [found.lapsed === null ? blocks('R3', `R3/${risk.number}`, 'RISK_UNCONFIRMED', params) : blocks('R3', `R3/${risk.number}`, 'ACCEPTANCE_EXPIRED', { ...params, until: found.lapsed })];
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
    const found = acceptancesOf(about, risk, proof);
    if (found.live) return [];
    const requirement = `R4/${risk.number}`;
    return [found.lapsed === null
      ? blocks('R4', requirement, 'RISK_ABOVE_TOLERANCE', { risk: risk.number, riskLevel, tolerance })
      : blocks('R4', requirement, 'ACCEPTANCE_EXPIRED', { risk: risk.number, until: found.lapsed })];
  });
}

/** Whether an acceptance that speaks of this risk lives, and when the last one of those that were granted and have ended did. */
function acceptancesOf(about: ReleaseFacts, risk: Risk, proof: Proof): { readonly live: boolean; readonly lapsed: Instant | null } {
  const speaking = about.acceptances.filter((acceptance) => acceptance.riskId === risk.id && coversRisk(acceptance, risk, proof));
  const outcomes = speaking.map((acceptance) => acceptanceOutcome(acceptance, about.criteria, proof.clock));
  const ended = speaking.filter((acceptance, i) => outcomes[i] === 'EXPIRED' && isGranted(acceptance, about.criteria)).map((acceptance) => acceptance.validUntil).sort();
  return { live: outcomes.includes('GRANTED'), lapsed: ended.at(-1) ?? null };
}
