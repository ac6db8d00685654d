// What no policy can change: requirements that nobody waives.
import { expect, test } from '@jest/globals';
import { defaultPolicy } from '../../test/support/given.js';
import { isWaivable } from './policy.js';
import type { SystemFlag } from './system.js';

test('what may never be waived is fixed in code where the law or the question itself is at stake, whatever a policy says', () => {
  const lax = { waivers: { ...defaultPolicy().waivers, never: [] } };
  const none: SystemFlag[] = [];

  expect(['TARGET/RELEASE', 'CALLER/SYSTEM', 'GATE', 'D1', 'D2', 'D3'].filter((requirement) => isWaivable(lax, requirement, none))).toEqual([]);
  expect(['R19', 'R5/LEGAL', 'D10'].filter((requirement) => !isWaivable(lax, requirement, none))).toEqual([]);
});
