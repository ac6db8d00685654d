// Answers of before their tier was kept: what goes in waits for a judgement, what runs is only warned.
import { expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenEnvironment, givenSystem, givenTier, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays } from './clock.js';
import { sha256 } from './digest.js';
import type { GateAction } from './gate-question.js';
import { tierReasons } from './gate-tier.js';

test.each<[GateAction, number, string[]]>([
  ['promote', 1, ['BLOCK R1/TIER TIER_DUE']], ['rollback', 1, ['BLOCK R1/TIER TIER_DUE']], ['run', 1, ['WARN R1/TIER TIER_DUE']], ['run', 400, ['BLOCK R1/TIER TIER_DUE']],
])('to %s, %i days after the judgement', (action, days, wanted) => {
  const answers = { questionnaire: { id: 'tiering', version: '1', digest: sha256('q') }, answers: {}, rationale: 'As it is.', answeredBy: 'dev', at: TODAY };
  const system = { ...givenSystem({ tierAssessments: [givenTier({ at: plusDays(TODAY, -days) })], tieringAnswers: [answers] }) };
  const reasons = tierReasons(defaultPolicy(), { about: { ...givenAbout(), system }, environment: givenEnvironment(), action, clock: new NotingClock(TODAY) });
  expect(reasons.map(({ severity, requirement, code }) => `${severity} ${requirement} ${code}`)).toEqual(wanted);
});
