// Time as the rules get it: compared, and noted.
import { describe, expect, test } from '@jest/globals';
import { NotingClock, plusDays, plusMs } from './clock.js';

const NOON = '2026-11-23T12:00:00.000Z';

describe('the noting clock', () => {
  test('says that an instant has come at that very instant', () => {
    expect(new NotingClock(NOON).reached(NOON, 'SIGN_OFF', 'sig-1')).toBe(true);
    expect(new NotingClock(NOON).reached(plusMs(NOON, 1), 'SIGN_OFF', 'sig-1')).toBe(false);
    expect(new NotingClock(NOON).reached(plusMs(NOON, -1), 'SIGN_OFF', 'sig-1')).toBe(true);
  });

  test('notes the earliest instant that is still ahead, with what ends or begins there', () => {
    const clock = new NotingClock(NOON);

    clock.reached(plusDays(NOON, 3), 'ACCEPTANCE', 'acc-1');
    clock.reached(plusDays(NOON, 2), 'SIGN_OFF', 'sig-1');
    clock.reached(plusDays(NOON, 4), 'ROLE_GRANT', 'usr-1');

    expect(clock.holdsUntil).toEqual({ at: plusDays(NOON, 2), what: 'SIGN_OFF', ref: 'sig-1' });
  });

  test('does not note what has come already: it changes nothing any more', () => {
    const clock = new NotingClock(NOON);

    clock.reached(plusDays(NOON, -1), 'SIGN_OFF', 'sig-1');
    clock.reached(NOON, 'SIGN_OFF', 'sig-2');

    expect(clock.holdsUntil).toBeNull();
  });
});

describe('instants', () => {
  test('are added to in milliseconds and in days of twenty-four hours', () => {
    expect(plusMs(NOON, 1)).toBe('2026-11-23T12:00:00.001Z');
    expect(plusDays('2027-02-28T12:00:00.000Z', 1)).toBe('2027-03-01T12:00:00.000Z');
    expect(plusDays(NOON, -23)).toBe('2026-10-31T12:00:00.000Z');
  });
});
