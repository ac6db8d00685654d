/**
 * Baselines: what ran in an environment before the gate was asked about it. Two people let it go on running until an instant, so that a new
 * organization does not begin with everything forbidden; a new release of the system is judged in full from the first day.
 */
import { plusDays, type Instant, type NotingClock } from './clock.js';
import { checkText, type Digest } from './digest.js';
import type { Decided } from './events.js';
import type { Grant } from './grant.js';
import { defineLifecycle } from './lifecycle.js';
import type { GatePolicy } from './policy.js';
import { Refusal } from './refusal.js';
import type { Release } from './release.js';

export const baselineLifecycle = defineLifecycle('baseline', {
  PROPOSED: { confirm: 'CONFIRMED', withdraw: 'WITHDRAWN' },
  CONFIRMED: { end: 'ENDED' },
  WITHDRAWN: {},
  ENDED: {},
});

export interface Baseline {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  readonly releaseId: string;
  readonly environmentId: string;
  readonly bundleDigest: Digest;
  /** From this instant on it tolerates nothing any more. */
  readonly until: Instant;
  readonly reason: string;
  readonly state: 'PROPOSED' | 'CONFIRMED' | 'WITHDRAWN' | 'ENDED';
  readonly proposedBy: string;
  readonly proposedAt: Instant;
  /** Somebody else than who proposed it. */
  readonly confirmedBy: string | null;
  readonly confirmedAt: Instant | null;
  /** When it was ended before its time, or its proposal taken back; null = neither. */
  readonly endedAt: Instant | null;
}

export const BASELINE_OUTCOMES = ['PROPOSED', 'BASELINED', 'EXPIRED', 'ENDED', 'WITHDRAWN'] as const;
export type BaselineOutcome = (typeof BASELINE_OUTCOMES)[number];

/** What there is to a place already: every baseline and every grant of the system in the environment. */
export interface Place { readonly baselines: readonly Baseline[]; readonly grants: readonly Pick<Grant, 'issuedAt'>[] }

/** One is for the beginning: there is no second one for the release, and none for what was made after the first was let in. */
export function proposeBaseline(
  identity: Pick<Baseline, 'id' | 'number' | 'proposedBy' | 'proposedAt'>, { release, environmentId }: { release: Pick<Release, 'id' | 'number' | 'systemId' | 'bundleDigest' | 'createdAt'>; environmentId: string }, input: { until: Instant; reason: string },
  { policy, place }: { policy: Pick<GatePolicy, 'baselineDays'>; place: Place },
): Decided<Baseline> {
  const { until } = input;
  const longest = plusDays(identity.proposedAt, policy.baselineDays);
  if (until <= identity.proposedAt) throw new Refusal('INVALID_INPUT', { field: 'until', message: 'until lies in the past.', actual: until });
  if (until > longest) throw new Refusal('VALIDITY_TOO_LONG', { field: 'until', message: `A baseline ends after at most ${String(policy.baselineDays)} days.`, actual: until, expected: longest });
  const before = place.baselines.find((other) => other.releaseId === release.id && other.state !== 'WITHDRAWN');
  if (before !== undefined) throw new Refusal('ALREADY_EXISTS', { subject: 'Baseline', id: before.number, message: `${before.number} is the baseline of this release here; it is given once.`, next: 'Promote the release: openPromotion.' });
  const began = beginning(place);
  if (began !== null && release.createdAt > began) {
    throw new Refusal('NOT_ELIGIBLE', { message: `${release.number} was registered after the gate had let this system in here: it is no beginning.`, because: ['REGISTERED_SINCE'], actual: release.createdAt, expected: `registered by ${began}`, next: 'Promote the release: openPromotion.' });
  }
  const reason = checkText(input.reason, 'reason', 4000);
  const where = { systemId: release.systemId, releaseId: release.id, environmentId, bundleDigest: release.bundleDigest };
  return { next: { ...identity, ...where, version: 1, until, reason, state: 'PROPOSED', confirmedBy: null, confirmedAt: null, endedAt: null }, event: 'baseline.proposed', reason };
}

export function confirmBaseline(baseline: Baseline, personId: string, clock: NotingClock): Decided<Baseline> {
  const state = baselineLifecycle.next(baseline.state, 'confirm');
  if (baselineOutcome(baseline, clock) === 'EXPIRED') throw new Refusal('INVALID_TRANSITION', { subject: 'baseline', state: 'EXPIRED', action: 'confirm', allowedActions: [], next: 'Promote the release: openPromotion.' });
  if (personId === baseline.proposedBy) {
    throw new Refusal('SEPARATION_OF_DUTIES', { message: 'You cannot confirm this baseline: you proposed it.', because: ['REQUESTER'], next: 'Ask another person who may confirm it.' });
  }
  return { next: { ...baseline, state, confirmedBy: personId, confirmedAt: clock.now }, event: 'baseline.confirmed' };
}

/** Takes back a proposal, or ends a baseline before its time. */
export function endBaseline(baseline: Baseline, action: 'withdraw' | 'end', { reason, at }: { reason: string; at: Instant }): Decided<Baseline> {
  const state = baselineLifecycle.next(baseline.state, action);
  return { next: { ...baseline, state, endedAt: at }, event: action === 'end' ? 'baseline.ended' : 'baseline.withdrawn', reason: checkText(reason, 'reason', 4000) };
}

/** When the gate first let something of the system in, or run, here; null = never. */
function beginning({ baselines, grants }: Place): Instant | null {
  const instants = [...grants.map(({ issuedAt }) => issuedAt), ...baselines.map(({ confirmedAt }) => confirmedAt)];
  return instants.filter((instant) => instant !== null).sort()[0] ?? null;
}

/** Derived at read, never stored: only a BASELINED one lets anything run. */
export function baselineOutcome(baseline: Baseline, clock: NotingClock): BaselineOutcome {
  if (baseline.state === 'WITHDRAWN' || baseline.state === 'ENDED') return baseline.state;
  if (clock.reached(baseline.until, 'BASELINE', baseline.id)) return 'EXPIRED';
  return baseline.state === 'CONFIRMED' ? 'BASELINED' : 'PROPOSED';
}
