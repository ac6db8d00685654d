/**
 * Whether the tier by which everything else is asked for still holds, beyond a pilot and where its team has answered the questionnaire: newer
 * answers may give a higher one, something may have happened since, and a judgement ends. Waivable like any other requirement; what runs has the
 * days of grace after the end, and what has happened since is only said of it.
 */
import { classificationOf } from './classification.js';
import { plusDays, type NotingClock } from './clock.js';
import { blocks, type GateAction, type Reason, type ReasonParams, type ReleaseFacts } from './gate-question.js';
import type { GatePolicy } from './policy.js';
import { environmentRank, type Environment } from './release.js';
import type { Tier } from './system.js';
import { raisedBy } from './tier-assessment.js';
import { eventsSince, TIER_EVENTS, type TierEvent } from './tier-events.js';

const PILOT_RANK = environmentRank('PILOT');
const REQUIREMENT = 'R1/TIER';

interface Asked { readonly about: Pick<ReleaseFacts, 'system' | 'release' | 'findings' | 'evidence'>; readonly environment: Pick<Environment, 'kind'>; readonly action: GateAction; readonly clock: NotingClock }

/** A system that nobody has assessed counts as CRITICAL: nothing could raise it. */
export function tierReasons({ validityDays }: Pick<GatePolicy, 'validityDays'>, { about, environment, action, clock }: Asked): Reason[] {
  const { system } = about;
  const last = system.tierAssessments.at(-1);
  if (environmentRank(environment.kind) <= PILOT_RANK || last === undefined || system.tieringAnswers.length === 0) return [];
  const due = blocks('R1', REQUIREMENT, 'TIER_DUE');
  const raised = raisedBy(system);
  const { tier } = classificationOf(system);
  if (raised === 'HIGHER' || (raised === 'UNKNOWN' && action !== 'run')) return [due];
  const until = plusDays(last.at, validityDays[tier]);
  if (clock.reached(until, 'TIER_ASSESSMENT', system.number)) return [{ ...due, params: { until } }];
  return happenedSince(about, { tier, action, mayBeHigher: raised !== null });
}

function happenedSince(about: Asked['about'], { tier, action, mayBeHigher }: { readonly tier: Tier; readonly action: GateAction; readonly mayBeHigher: boolean }): Reason[] {
  const events = eventsSince(about.system, { ...about, releases: [about.release] }, tier);
  // What runs is held up by nothing that may raise the tier or may not, until the judgement ends.
  const holds = action !== 'run' && events.some((event) => event.holds);
  return mayBeHigher || events.length > 0 ? [{ ...blocks('R1', REQUIREMENT, 'TIER_DUE', said(events)), severity: holds ? 'BLOCK' : 'WARN' }] : [];
}

/** What has happened, and the first record of each kind. */
function said(events: readonly TierEvent[]): ReasonParams {
  const first = (cause: TierEvent['cause']): string | undefined => events.find((event) => event.cause === cause)?.named ?? undefined;
  const [finding, evidence] = [first('INCIDENT'), first('USE_GROWN')];
  const causes = TIER_EVENTS.filter((cause) => events.some((event) => event.cause === cause));
  return { ...(causes.length > 0 && { tierEvents: causes }), ...(finding !== undefined && { finding }), ...(evidence !== undefined && { evidence: [evidence] }) };
}
