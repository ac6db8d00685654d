// When a sign-in is fresh: by the moment at which it was asked for.
import { expect, test } from '@jest/globals';
import { isFresh } from './provider.js';

test.each([
  ['who authenticated after being asked, and took a while to agree', 1010, 0, true], ['who did so before, as far as clocks differ', 971, 0, true], ['who did so before that', 969, 0, false],
  ['who did so within the time that is allowed', 920, 60, true], ['who did so longer ago', 900, 60, false], ['of whom nobody says when', undefined, 60, false],
])('of somebody %s', (_, authenticatedAt, maxAge, fresh) => {
  expect(isFresh(authenticatedAt, maxAge, 1000)).toBe(fresh);
});
