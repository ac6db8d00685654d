/**
 * What has happened to a system since its tier was judged, and what the judgement therefore does not know: a serious incident, data that the
 * release before did not have, or use beyond what its team has answered. Derived whenever it is asked for; another judgement settles it.
 */
import type { Instant } from './clock.js';
import { standingAmong, type Evidence } from './evidence.js';
import type { Finding } from './finding.js';
import type { Release } from './release.js';
import { isAbove } from './scoring.js';
import type { Answers } from './tiering.js';
import type { AiSystem, Tier } from './system.js';

export const TIER_EVENTS = ['INCIDENT', 'NEW_DATA', 'USE_GROWN'] as const;
export interface TierEvent {
  readonly cause: (typeof TIER_EVENTS)[number];
  readonly since: Instant;
  /** The finding, or the piece of evidence, by number; of data, null. */
  readonly named: string | null;
  /** Whether it holds a release back at the tier that holds, or is only said. */
  readonly holds: boolean;
}

/** What may have happened to a system. */
export interface Happened {
  readonly findings: readonly Pick<Finding, 'number' | 'source' | 'severity' | 'raisedAt'>[];
  readonly evidence: readonly Evidence[];
  readonly releases: readonly Pick<Release, 'dataChangedAt' | 'sourcesAdded'>[];
}
type Judged = Pick<AiSystem, 'tierAssessments' | 'tieringAnswers'>;

/** What a signal of monitoring may measure, the question that was answered about it, and where its second to fifth options begin; an edge is in the upper one. */
export const MEASURES: Readonly<Record<string, { readonly question: string; readonly from: readonly number[] }>> = {
  PEOPLE_AFFECTED_PER_YEAR: { question: 'X1', from: [100, 10_000, 100_000, 1_000_000] },
  MONEY_MOVED_PER_YEAR: { question: 'M3', from: [100_000, 1_000_000, 10_000_000, 100_000_000] },
};
const OPTIONS = ['a', 'b', 'c', 'd', 'e'];

/** Everything that the last judgement does not know; `tier`: the one that holds. What nobody has judged yet is not judged again. */
export function eventsSince(system: Judged, { findings, evidence, releases }: Happened, tier: Tier): TierEvent[] {
  const last = system.tierAssessments.at(-1);
  if (last === undefined) return [];
  const later = (at: Instant | null): at is Instant => at !== null && at > last.at;
  return [
    ...findings.filter(isSerious).filter(({ raisedAt }) => later(raisedAt)).map(({ raisedAt, number }): TierEvent => ({ cause: 'INCIDENT', since: raisedAt, named: number, holds: true })),
    ...releases.flatMap((release) => newData(release, tier)).filter(({ since }) => later(since)),
    ...speaking(evidence).filter((one) => later(knownAt(one))).flatMap((one) => grownUse(system, one, tier)),
  ];
}

/** Whether something has happened at or after an instant that was not known then. Use that was measured to be as large already is nothing new. */
export function hasHappenedSince(system: Judged, happened: Happened, { tier, at }: { readonly tier: Tier; readonly at: Instant }): boolean {
  const known = speaking(happened.evidence.filter((one) => knownAt(one) < at));
  const isLarger = (number: string | null): boolean => {
    const one = happened.evidence.find((each) => each.number === number);
    const before = known.find((each) => measureOf(each) === (one && measureOf(one)));
    return one === undefined || before === undefined || optionsAbove(system, before) < optionsAbove(system, one);
  };
  return eventsSince(system, happened, tier).some(({ cause, since, named }) => since >= at && (cause !== 'USE_GROWN' || isLarger(named)));
}

/** From HIGH on; whatever has become of it: that it was closed tells nobody how critical the system is. */
export function isSerious({ source, severity }: Happened['findings'][number]): boolean {
  return source === 'INCIDENT' && isAbove(severity, 'MODERATE');
}

/** A source that was not there before holds back from MODERATE on; other bytes of a known one from HIGH on, since refreshing data is everyday work below that. */
function newData({ dataChangedAt, sourcesAdded }: Happened['releases'][number], tier: Tier): TierEvent[] {
  const event = (since: Instant, holds: boolean): TierEvent => ({ cause: 'NEW_DATA', since, named: null, holds });
  const strict = tier === 'HIGH' || tier === 'CRITICAL';
  if (dataChangedAt !== null && strict) return [event(dataChangedAt, true)];
  return sourcesAdded.map(({ at }) => event(at, tier !== 'MINIMAL'));
}

/** Of each measure the piece that was collected last. That it has ended makes the use no smaller; one that was taken back leaves a gap, which nothing older fills. */
function speaking(evidence: Happened['evidence']): Happened['evidence'] {
  const byMeasure = new Map<string, Evidence[]>();
  for (const one of evidence) {
    const measure = measureOf(one);
    if (measure !== null) byMeasure.set(measure, [...byMeasure.get(measure) ?? [], one]);
  }
  return [...byMeasure.values()].flatMap((pieces) => standingAmong(pieces).reduce((last, one) => (`${one.collectedAt} ${one.id}` > `${last.collectedAt} ${last.id}` ? one : last)));
}

/** What a piece measures that somebody has verified; null = nothing, or without a number. */
function measureOf({ type, state, payload }: Evidence): string | null {
  const measure = payload?.['measures'];
  const isVerified = state === 'VERIFIED' || state === 'REVOKED';
  return type === 'monitoring_live' && isVerified && typeof measure === 'string' && Object.hasOwn(MEASURES, measure) && typeof payload?.['value'] === 'number' ? measure : null;
}

/** Since when a measurement counts: whoever judged before it was verified could not go by it. */
function knownAt({ collectedAt, verification }: Evidence): Instant {
  return verification !== null && verification.at > collectedAt ? verification.at : collectedAt;
}

/** More than the option that was answered. One option more is only said of a MINIMAL system: a number at an edge goes to and fro. */
function grownUse(system: Judged, one: Evidence, tier: Tier): TierEvent[] {
  const more = optionsAbove(system, one);
  return more <= 0 ? [] : [{ cause: 'USE_GROWN', since: knownAt(one), named: one.number, holds: tier !== 'MINIMAL' || more > 1 }];
}

/** By how many options a value lies above what was answered; what was not answered counted as the worst. */
function optionsAbove(system: Judged, one: Evidence): number {
  const [answers, measure, value] = [restingOn(system), MEASURES[measureOf(one) ?? ''], one.payload?.['value']];
  if (answers === null || measure === undefined) return 0;
  return measure.from.filter((from) => Number(value) >= from).length - OPTIONS.indexOf(answers[measure.question] ?? 'e');
}

/** The answers by which it was judged last; where it was by none, the first that were given since; null = nobody has answered. */
function restingOn({ tierAssessments, tieringAnswers }: Judged): Answers | null {
  return tieringAnswers[Math.max(tierAssessments.at(-1)?.restsOn?.revision ?? 0, 1) - 1]?.answers ?? null;
}
