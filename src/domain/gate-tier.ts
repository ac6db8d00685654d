/**
 * Whether the tier by which everything else is asked for still holds, beyond a pilot and where its team has answered the questionnaire: newer
 * answers may give a higher one, and a judgement ends. Waivable like any other requirement; what runs has the days of grace after the end.
 */
import { plusDays, type NotingClock } from './clock.js';
import { blocks, type Reason, type ReleaseFacts } from './gate-question.js';
import type { GatePolicy } from './policy.js';
import { environmentRank, type Environment } from './release.js';
import { isRaised } from './tier-assessment.js';

const PILOT_RANK = environmentRank('PILOT');
const REQUIREMENT = 'R1/TIER';

/** A system that nobody has assessed counts as CRITICAL: nothing could raise it. */
export function tierReasons({ validityDays }: Pick<GatePolicy, 'validityDays'>, { system }: Pick<ReleaseFacts, 'system'>, { kind }: Pick<Environment, 'kind'>, clock: NotingClock): Reason[] {
  const last = system.tierAssessments.at(-1);
  if (environmentRank(kind) <= PILOT_RANK || last === undefined || system.tieringAnswers.length === 0) return [];
  if (isRaised(system)) return [blocks('R1', REQUIREMENT, 'TIER_DUE')];
  const until = plusDays(last.at, validityDays[last.tier]);
  return clock.reached(until, 'TIER_ASSESSMENT', system.number) ? [blocks('R1', REQUIREMENT, 'TIER_DUE', { until })] : [];
}
