// R5: how many people, of which functions, a lane needs at each level of review.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenFacts, givenReviewer, givenSigned, givenSignOff, givenSystem, givenTier, packageOf, TODAY } from '../../test/support/given.js';
import { roleGrant } from '../../test/support/world-people.js';
import type { Principal } from './actor.js';
import { NotingClock } from './clock.js';
import type { Reason, ReleaseFacts } from './gate-question.js';
import { evaluateGate, type Evaluation } from './gate.js';
import type { Stored } from './package.js';

function judge(about: ReleaseFacts): Evaluation {
  return evaluateGate(defaultPolicy(), givenFacts(about), new NotingClock(TODAY));
}

function reasonsOf(about: ReleaseFacts, lane: string): Reason[] {
  return judge(about).reasons.filter((reason) => reason.requirement === `R5/${lane}`);
}

describe('four eyes', () => {
  /** Personal data of a special category: PRIVACY is FOUR_EYES. The first reviewer works in the function `risk`. */
  const system = givenSystem({ tierAssessments: [givenTier({ flags: ['SPECIAL_CATEGORY'] })] });
  const signedBy = (second: Stored<Principal>): ReleaseFacts => {
    const about = givenSigned(givenAbout({ system }));
    const vote = givenSignOff(second, packageOf(about).digest, ['PRIVACY'], { id: 'sig-second' });
    return { ...about, signers: [...about.signers, second], signOffs: [...about.signOffs, vote] };
  };

  test('are not two while one person has signed', () => {
    expect(reasonsOf(givenSigned(givenAbout({ system })), 'PRIVACY')).toEqual([
      expect.objectContaining({ code: 'QUORUM_NOT_MET', params: { lane: 'PRIVACY', level: 'FOUR_EYES', have: 1, need: 2 } }),
    ]);
  });

  test('are met by a second person of the function of the lane', () => {
    expect(judge(signedBy(givenReviewer('second', ['PRIVACY'], { function: 'privacy' }))).verdict).toBe('ALLOW');
  });

  test('are not met by two people of other functions, nor by a second account of the first person', () => {
    expect(reasonsOf(signedBy(givenReviewer('second', ['PRIVACY'], { function: 'legal' })), 'PRIVACY')).toEqual([expect.objectContaining({ code: 'QUORUM_NOT_MET' })]);
    const account = givenReviewer('reviewer', ['PRIVACY'], { id: 'usr-reviewer-b', function: 'privacy' });
    expect(reasonsOf(signedBy(account), 'PRIVACY')).toEqual([expect.objectContaining({ code: 'QUORUM_NOT_MET', params: expect.objectContaining({ have: 1 }) })]);
  });
});

test('a self attestation of the team counts for a lane of level SELF', () => {
  const about = givenAbout();
  const { pkg, digest } = packageOf(about);
  const self = pkg.lanes.filter((ask) => ask.level === 'SELF').map((ask) => ask.lane);
  const dev = givenReviewer('dev', [], { grants: [roleGrant('CONTRIBUTOR')] });
  const lanes = judge({ ...about, packages: { [digest]: pkg }, signers: [dev], signOffs: [givenSignOff(dev, digest, self)] }).lanes;

  expect(self).toEqual(['FAIRNESS']);
  expect(lanes.filter((lane) => lane.passed).map((lane) => lane.lane)).toEqual(self);
});
