/** What acceptances come to for one risk at the gate: one lives, or those that were granted are suspended or over, and why. */
import { acceptanceOutcome, conditionsOf, coversRisk, isGranted, type RiskAcceptance } from './acceptance.js';
import type { Instant } from './clock.js';
import { conditionOutcome, type Condition } from './condition.js';
import { blocks, type Reason, type ReleaseFacts } from './gate-question.js';
import type { Proof } from './residual.js';
import type { Risk } from './risk.js';
import { suspensionsOver } from './suspension.js';

/** What stands in the way is empty where nothing was ever granted that speaks of the risk as it is. */
interface Carrying { readonly live: readonly RiskAcceptance[]; readonly suspended: readonly RiskAcceptance[]; readonly lapsed: Instant | null }

/** Null = a live acceptance carries the risk. `otherwise`: where nothing that was granted has ever carried it. */
export function carryReason(about: ReleaseFacts, risk: Risk, proof: Proof, otherwise: Reason): Reason | null {
  const { live, suspended, lapsed } = carrying(about, risk, proof);
  if (live.length > 0) return null;
  const { rule, requirement } = otherwise;
  if (suspended.length > 0) return blocks(rule, requirement, 'ACCEPTANCE_SUSPENDED', { risk: risk.number, ...suspendedBy(suspended, about, proof) });
  return lapsed === null ? otherwise : blocks(rule, requirement, 'ACCEPTANCE_EXPIRED', { risk: risk.number, until: lapsed });
}

/** What the live acceptances of this risk ask for beside. */
export function conditionsOfLive(about: ReleaseFacts, risk: Risk, proof: Proof): Condition[] {
  return carrying(about, risk, proof).live.flatMap((acceptance) => conditionsOf(acceptance, about.conditions));
}

function carrying(about: ReleaseFacts, risk: Risk, proof: Proof): Carrying {
  const basis = { criteria: about.criteria, acceptances: about.acceptances, conditions: about.conditions, suspensions: about.suspensions, clock: proof.clock };
  const speaking = about.acceptances.filter((acceptance) => acceptance.riskId === risk.id && coversRisk(acceptance, risk, proof)).map((acceptance) => ({ acceptance, outcome: acceptanceOutcome(acceptance, basis) }));
  const that = (outcome: string): RiskAcceptance[] => speaking.filter((one) => one.outcome === outcome).map(({ acceptance }) => acceptance);
  const ends = [
    ...that('EXPIRED').filter((acceptance) => isGranted(acceptance, about.criteria)).map(({ validUntil }) => validUntil),
    ...that('LAPSED').flatMap((acceptance) => conditionsOf(acceptance, about.conditions).filter((condition) => conditionOutcome(condition, proof.clock) === 'LAPSED').map(({ due }) => due)),
  ];
  return { live: that('GRANTED'), suspended: that('SUSPENDED'), lapsed: ends.sort().at(-1) ?? null };
}

function suspendedBy(suspended: readonly RiskAcceptance[], about: ReleaseFacts, { clock }: Proof): Pick<Reason['params'], 'conditions' | 'suspensions'> {
  const missed = suspended.flatMap((acceptance) => conditionsOf(acceptance, about.conditions)).filter((condition) => conditionOutcome(condition, clock) === 'OVERDUE');
  const conditions = numbersOf(missed);
  const suspensions = numbersOf(suspended.flatMap((acceptance) => suspensionsOver(about.suspensions, acceptance)));
  return { ...(conditions.length > 0 && { conditions }), ...(suspensions.length > 0 && { suspensions }) };
}

export function numbersOf(records: readonly { readonly number: string }[]): string[] {
  return [...new Set(records.map(({ number }) => number))].sort();
}
