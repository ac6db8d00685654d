/**
 * Whether the tier by which everything else is asked for still holds, beyond a pilot and where its team has answered the questionnaire: newer
 * answers may give a higher one, and a judgement ends. Waivable like any other requirement; what runs has the days of grace after the end.
 */
import { classificationOf } from './classification.js';
import { plusDays, type NotingClock } from './clock.js';
import { blocks, type GateAction, type Reason, type ReleaseFacts } from './gate-question.js';
import type { GatePolicy } from './policy.js';
import { environmentRank, type Environment } from './release.js';
import { raisedBy } from './tier-assessment.js';

const PILOT_RANK = environmentRank('PILOT');
const REQUIREMENT = 'R1/TIER';

interface Asked { readonly about: Pick<ReleaseFacts, 'system'>; readonly environment: Pick<Environment, 'kind'>; readonly action: GateAction; readonly clock: NotingClock }

/** A system that nobody has assessed counts as CRITICAL: nothing could raise it. */
export function tierReasons({ validityDays }: Pick<GatePolicy, 'validityDays'>, { about: { system }, environment, action, clock }: Asked): Reason[] {
  const last = system.tierAssessments.at(-1);
  if (environmentRank(environment.kind) <= PILOT_RANK || last === undefined || system.tieringAnswers.length === 0) return [];
  const due = blocks('R1', REQUIREMENT, 'TIER_DUE');
  const raised = raisedBy(system);
  if (raised === 'HIGHER' || (raised === 'UNKNOWN' && action !== 'run')) return [due];
  const until = plusDays(last.at, validityDays[classificationOf(system).tier]);
  if (clock.reached(until, 'TIER_ASSESSMENT', system.number)) return [{ ...due, params: { until } }];
  // Answers of before their tier was kept hold up no system that runs, until the judgement ends.
  return raised === 'UNKNOWN' ? [{ ...due, severity: 'WARN' }] : [];
}
