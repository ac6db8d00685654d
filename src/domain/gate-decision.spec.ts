import { expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenFacts, TODAY } from '../../test/support/given.js';
import { NotingClock } from './clock.js';
import { evaluateGate } from './gate.js';
import { canonicalDecision, told, type CanonicalDecision } from './gate-decision.js';
import type { Mode } from './policy-terms.js';

/** About a release that nobody has signed. */
function decided(mode: Mode): CanonicalDecision {
  const policy = { ...defaultPolicy(), bindings: [{ priority: 0, mode }] };
  const facts = givenFacts(givenAbout());
  return canonicalDecision(policy, facts, evaluateGate(policy, facts, new NotingClock(TODAY)));
}

test('where a policy warns the caller is told everything, where it observes only that it does; the record says the same in every mode', () => {
  const [enforced, warned, observed] = [decided('ENFORCE'), decided('WARN'), decided('OBSERVE')];

  expect(enforced.reasons.map(({ code }) => code)).toContain('REVIEW_PENDING');
  expect([warned.reasons, observed.reasons]).toEqual([enforced.reasons, enforced.reasons]);
  expect([told(enforced), told(warned)]).toEqual([enforced, warned]);
  expect(told(observed)).toEqual({ ...observed, reasons: [{ code: 'NOT_ENFORCED', severity: 'INFO', rule: 'GATE', requirement: 'GATE', params: {} }] });
});
