// Baselines: proposed by one, confirmed by another, once, and over by themselves.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenBaseline, givenGrant, givenRelease, refusal, TODAY } from '../../test/support/given.js';
import { baselineOutcome, confirmBaseline, endBaseline, proposeBaseline, type Baseline, type Place } from './baseline.js';
import { NotingClock, plusDays } from './clock.js';

const identity = { id: 'bas-1', number: 'BL-1', proposedBy: 'owner', proposedAt: TODAY };
const clock = new NotingClock(TODAY);

function propose(until: string, place: Partial<Place> = {}): Baseline {
  return proposeBaseline(identity, { release: givenRelease(), environmentId: 'env-1' }, { until, reason: 'It ran before.' }, { policy: defaultPolicy(), place: { baselines: [], grants: [], ...place } }).next;
}

describe('a baseline', () => {
  test('lets nothing run before somebody else has confirmed it', () => {
    const proposed = propose(plusDays(TODAY, 180));

    expect(baselineOutcome(proposed, clock)).toBe('PROPOSED');
    expect(baselineOutcome(confirmBaseline(proposed, 'head', clock).next, clock)).toBe('BASELINED');
  });

  test('is not confirmed by whoever proposed it', () => {
    expect(() => confirmBaseline(propose(plusDays(TODAY, 30)), 'owner', clock)).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['REQUESTER'] }));
  });

  test('reaches no further than 180 days, and not into the past', () => {
    expect(() => propose(plusDays(TODAY, 180.1))).toThrow(refusal('VALIDITY_TOO_LONG', { expected: plusDays(TODAY, 180) }));
    expect(() => propose(TODAY)).toThrow(refusal('INVALID_INPUT', { field: 'until' }));
  });

  test('ends by itself, at the very instant', () => {
    const baseline = givenBaseline();

    expect(baselineOutcome(baseline, new NotingClock(plusDays(baseline.until, -0.0001)))).toBe('BASELINED');
    expect(baselineOutcome(baseline, new NotingClock(baseline.until))).toBe('EXPIRED');
    expect(() => confirmBaseline({ ...baseline, state: 'PROPOSED' }, 'rita', new NotingClock(baseline.until))).toThrow(refusal('INVALID_TRANSITION', { state: 'EXPIRED' }));
  });

  test('is given once for a release in an environment, unless it was taken back before it counted', () => {
    expect(() => propose(plusDays(TODAY, 9), { baselines: [givenBaseline({ state: 'ENDED' })] })).toThrow(refusal('ALREADY_EXISTS', { id: 'BL-1' }));
    expect(propose(plusDays(TODAY, 9), { baselines: [givenBaseline({ state: 'WITHDRAWN', confirmedAt: null })] }).state).toBe('PROPOSED');
  });

  test('is for the beginning: what was registered after the gate had let something in here is promoted', () => {
    const { createdAt } = givenRelease();
    const other = (confirmedAt: string | null): Baseline => givenBaseline({ releaseId: 'rel-0', confirmedAt });

    expect(() => propose(plusDays(TODAY, 9), { grants: [givenGrant({ issuedAt: plusDays(createdAt, -0.1) })] })).toThrow(refusal('NOT_ELIGIBLE', { because: ['REGISTERED_SINCE'] }));
    expect(() => propose(plusDays(TODAY, 9), { baselines: [other(plusDays(createdAt, -0.1))] })).toThrow(refusal('NOT_ELIGIBLE', { because: ['REGISTERED_SINCE'] }));
    expect(propose(plusDays(TODAY, 9), { grants: [givenGrant({ issuedAt: createdAt })], baselines: [other(null), other(createdAt)] }).state).toBe('PROPOSED');
  });

  test('is ended before its time', () => {
    const ended = endBaseline(givenBaseline(), 'end', { reason: 'It is replaced.', at: TODAY }).next;

    expect([baselineOutcome(ended, clock), ended.endedAt]).toEqual(['ENDED', TODAY]);
    expect(() => endBaseline(ended, 'end', { reason: 'Again.', at: TODAY })).toThrow(refusal('INVALID_TRANSITION'));
  });
});
