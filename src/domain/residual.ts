/**
 * What is left of a risk. A claim is not enough: the present estimate lies below the inherent one only as far as verified mitigations,
 * with evidence that counts now, carry it. Whatever they do not carry stays where it was before any treatment.
 */
import { isShown, type Mitigation, type Showing } from './mitigation.js';
import { lastAssessment, type Risk, type RiskAssessment } from './risk.js';
import { highest, rate, type Consequence, type Estimate, type Level, type RiskCriteria } from './scoring.js';

/** By what a residual is judged: the criteria, and what can be shown. */
export interface Proof extends Showing { readonly criteria: RiskCriteria; readonly mitigations: readonly Mitigation[] }

/** What the gate counts: the confirmed assessment as far as it is earned; before any confirmation, the present one. Null = never assessed. */
export function residualLevel(risk: Risk, proof: Proof): Level | null {
  const assessment = risk.assessments.find((candidate) => candidate.revision === risk.confirmation?.revision) ?? risk.assessments.at(-1);
  return assessment === undefined ? null : earnedLevel(risk, assessment, proof);
}

/** The present assessment as far as it is earned; refused when there is none. */
export function presentLevel(risk: Risk, proof: Proof): Level {
  return earnedLevel(risk, lastAssessment(risk), proof);
}

/** Never below the claim, and never below what the claim would be under the present criteria where it is not earned. */
export function earnedLevel(risk: Pick<Risk, 'id'>, assessment: RiskAssessment, proof: Proof): Level {
  const estimate = earnedEstimate(risk, assessment, proof);
  const claimed = assessment.current;
  if (sameEstimate(estimate, claimed)) return claimed.level;
  return highest([claimed.level, rate(proof.criteria, estimate, 'current').level]);
}

/** Each factor is at least what was claimed, and at least the inherent one less the steps that verified mitigations take off it. */
export function earnedEstimate(risk: Pick<Risk, 'id'>, assessment: RiskAssessment, proof: Proof): Estimate {
  const shown = proof.mitigations.filter((mitigation) => mitigation.riskId === risk.id && isShown(mitigation, proof));
  const steps = (effect: 'LIKELIHOOD' | 'CONSEQUENCE'): number => shown.filter((m) => m.effect === effect || m.effect === 'BOTH').reduce((sum, m) => sum + m.reduces, 0);
  const { inherent, current } = assessment;
  return {
    likelihood: Math.max(current.likelihood, inherent.likelihood - steps('LIKELIHOOD'), 1),
    consequences: earnedConsequences(inherent.consequences, current.consequences, steps('CONSEQUENCE')),
  };
}

/** A kind of harm that is no longer claimed at all needs every step of it taken off. */
function earnedConsequences(inherent: readonly Consequence[], current: readonly Consequence[], steps: number): Consequence[] {
  const classes = [...new Set([...inherent, ...current].map((consequence) => consequence.class))].sort();
  const valueIn = (list: readonly Consequence[], name: Consequence['class']): number => list.find((consequence) => consequence.class === name)?.value ?? 0;
  return classes.map((name) => ({ class: name, value: Math.max(valueIn(current, name), valueIn(inherent, name) - steps) })).filter((consequence) => consequence.value > 0);
}

function sameEstimate(a: Estimate, b: Estimate): boolean {
  const plain = (estimate: Estimate): string => JSON.stringify([estimate.likelihood, [...estimate.consequences].map((c) => `${c.class} ${String(c.value)}`).sort()]);
  return plain(a) === plain(b);
}
