/** What follows from a risk and the criteria of today: when it is looked at again, whether its levels still hold, whether it is more than anybody wants. */
import { plusDays, type Instant, type NotingClock } from './clock.js';
import { residualLevel, type Risk } from './risk.js';
import { isAbove, rate, type RiskCriteria } from './scoring.js';

/** Only what was assessed and has not ended is reviewed from time to time. */
const REVIEWED: readonly Risk['state'][] = ['ASSESSED', 'TREATING', 'MONITORED', 'ACCEPTED'];

/** When somebody last assessed or confirmed it; null = no review is due. */
export function reviewedAt(risk: Risk): Instant | null {
  const assessed = risk.assessments.at(-1)?.at;
  if (assessed === undefined || !REVIEWED.includes(risk.state)) return null;
  const confirmed = risk.confirmation?.at ?? assessed;
  return confirmed > assessed ? confirmed : assessed;
}

/** The interval is that of the present estimate: what weighs more is looked at more often. */
export function reviewDueAt(risk: Risk, criteria: RiskCriteria): Instant | null {
  const reviewed = reviewedAt(risk);
  const level = risk.assessments.at(-1)?.current.level;
  return reviewed === null || level === undefined ? null : plusDays(reviewed, criteria.reviewDays[level]);
}

export function isReviewOverdue(risk: Risk, criteria: RiskCriteria, clock: NotingClock): boolean {
  const due = reviewDueAt(risk, criteria);
  return due !== null && clock.reached(due, 'REVIEW', risk.id);
}

/** Whether the same estimates would have other levels by the criteria of today; null = never assessed. */
export function isAssessmentStale(risk: Risk, criteria: RiskCriteria): boolean | null {
  const latest = risk.assessments.at(-1);
  if (latest === undefined) return null;
  return [latest.inherent, latest.current].some((rating) => rate(criteria, rating, 'assessment').level !== rating.level);
}

/** Whether what is left weighs more than the organization is content to carry; null = never assessed. */
export function isAboveAppetite(risk: Risk, criteria: RiskCriteria): boolean | null {
  const level = residualLevel(risk);
  return level === null ? null : isAbove(level, criteria.appetite);
}
