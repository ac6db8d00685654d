/**
 * What has happened to a system since its tier was judged, and what the judgement therefore does not know: a serious incident, data that the
 * release before did not have, or use beyond what its team has answered. Derived whenever it is asked for; another judgement settles it.
 */
import type { Instant } from './clock.js';
import type { Evidence } from './evidence.js';
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
  readonly evidence: readonly Pick<Evidence, 'id' | 'number' | 'type' | 'state' | 'payload' | 'collectedAt'>[];
  readonly releases: readonly Pick<Release, 'dataChangedAt' | 'sourceAddedAt'>[];
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
    ...latestMeasured(evidence).filter(({ collectedAt }) => later(collectedAt)).flatMap((one) => grownUse(system, one, tier)),
  ];
}

/** From HIGH on; whatever has become of it: that it was closed tells nobody how critical the system is. */
export function isSerious({ source, severity }: Happened['findings'][number]): boolean {
  return source === 'INCIDENT' && isAbove(severity, 'MODERATE');
}

/** A source that was not there before holds back from MODERATE on; other bytes of a known one from HIGH on, since refreshing data is everyday work below that. */
function newData({ dataChangedAt, sourceAddedAt }: Happened['releases'][number], tier: Tier): TierEvent[] {
  const event = (since: Instant, holds: boolean): TierEvent => ({ cause: 'NEW_DATA', since, named: null, holds });
  const strict = tier === 'HIGH' || tier === 'CRITICAL';
  if (dataChangedAt !== null && strict) return [event(dataChangedAt, true)];
  return sourceAddedAt === null ? [] : [event(sourceAddedAt, tier !== 'MINIMAL')];
}

/** Of each measure the piece that was collected last, among those that somebody has verified. That it has ended makes the use no smaller. */
function latestMeasured(evidence: Happened['evidence']): Happened['evidence'] {
  const latest = new Map<string, Happened['evidence'][number]>();
  for (const one of evidence) {
    const measure = one.type === 'monitoring_live' && one.state === 'VERIFIED' ? one.payload?.['measures'] : undefined;
    if (typeof measure !== 'string') continue;
    const before = latest.get(measure);
    if (before === undefined || `${one.collectedAt} ${one.id}` > `${before.collectedAt} ${before.id}`) latest.set(measure, one);
  }
  return [...latest.values()];
}

/** More than the option that was answered. One option more is only said of a MINIMAL system: a number at an edge goes to and fro. */
function grownUse(system: Judged, { number, collectedAt, payload }: Happened['evidence'][number], tier: Tier): TierEvent[] {
  const more = optionsAbove(restingOn(system), { measures: payload?.['measures'], value: payload?.['value'] });
  return more <= 0 ? [] : [{ cause: 'USE_GROWN', since: collectedAt, named: number, holds: tier !== 'MINIMAL' || more > 1 }];
}

/** By how many options a value lies above what was answered; what was not answered counted as the worst. */
function optionsAbove(answers: Answers | null, { measures, value }: { readonly measures: unknown; readonly value: unknown }): number {
  const measure = typeof measures === 'string' ? MEASURES[measures] : undefined;
  if (answers === null || measure === undefined || typeof value !== 'number') return 0;
  const was = answers[measure.question] ?? 'e';
  return measure.from.filter((from) => value >= from).length - OPTIONS.indexOf(was);
}

/** The answers by which it was judged last; null = by none. */
function restingOn({ tierAssessments, tieringAnswers }: Judged): Answers | null {
  return tieringAnswers[(tierAssessments.at(-1)?.restsOn?.revision ?? 0) - 1]?.answers ?? null;
}
