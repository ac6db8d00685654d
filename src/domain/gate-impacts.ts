/** R2: the impact assessments that the policy asks for are approved, and their time lasts. */
import { classificationOf } from './classification.js';
import type { NotingClock } from './clock.js';
import { blocks, type Reason, type ReleaseFacts } from './gate-question.js';
import { approvedEdition, isOver } from './impact-assessment.js';
import type { ImpactKind } from './impact-elements.js';
import { requiredAssessments, type GatePolicy } from './policy.js';
import type { EnvironmentKind } from './release.js';

export function impactReasons(policy: GatePolicy, about: ReleaseFacts, kind: EnvironmentKind, clock: NotingClock): Reason[] {
  return requiredAssessments(policy, classificationOf(about.system), kind).flatMap((needed) => reasonsFor(about, needed, clock));
}

/** One that lives is enough; of those that are over, the last one is named. */
function reasonsFor(about: ReleaseFacts, kind: ImpactKind, clock: NotingClock): Reason[] {
  const found = about.impactAssessments.flatMap((assessment) => {
    const edition = assessment.kind === kind ? approvedEdition(assessment) : null;
    return edition === null ? [] : [{ number: assessment.number, until: edition.validUntil, over: isOver(assessment, edition, clock) }];
  }).sort((a, b) => (a.until < b.until ? -1 : 1));
  const last = found.at(-1);
  if (last === undefined) return [blocks('R2', `R2/${kind}`, 'IMPACT_ASSESSMENT_MISSING', { assessmentKind: kind })];
  return found.some(({ over }) => !over) ? [] : [blocks('R2', `R2/${kind}`, 'IMPACT_ASSESSMENT_EXPIRED', { assessmentKind: kind, assessment: last.number, until: last.until })];
}
