// What no policy can change, and whom what a policy never waives is for: requirements that nobody waives.
import { expect, test } from '@jest/globals';
import { defaultPolicy } from '../../test/support/given.js';
import type { Classification } from './classification.js';
import { isWaivable } from './policy.js';

const plain: Classification = { tier: 'HIGH', euClass: 'LIMITED', flags: [] };

test('what may never be waived is fixed in code where the law or the question itself is at stake, whatever a policy says', () => {
  const lax = { waivers: { ...defaultPolicy().waivers, never: [] } };

  expect(['TARGET/RELEASE', 'CALLER/SYSTEM', 'GATE', 'D1', 'D2', 'D3'].filter((requirement) => isWaivable(lax, requirement, plain))).toEqual([]);
  expect(['R19', 'R5/LEGAL', 'D10'].filter((requirement) => !isWaivable(lax, requirement, plain))).toEqual([]);
});

test('what is never waived for systems with a flag is not waived for those of the class of that name, either', () => {
  const strict = { waivers: { ...defaultPolicy().waivers, never: [{ requirement: 'R7/EVAL', flags: ['GPAI_SYSTEMIC_PROVIDER' as const] }] } };
  const waivable = (more: Partial<Classification>): boolean => isWaivable(strict, 'R7/EVAL', { ...plain, ...more });

  expect([waivable({}), waivable({ flags: ['GPAI_SYSTEMIC_PROVIDER'] }), waivable({ euClass: 'GPAI_SYSTEMIC_PROVIDER' })]).toEqual([true, false, false]);
});
