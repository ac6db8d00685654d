// R5: how many people, of which functions, a lane needs at each level of review; and what becomes of votes when the level rises.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenFacts, givenReviewer, givenSigned, givenSignOff, givenSystem, givenTier, packageOf, TODAY } from '../../test/support/given.js';
import { roleGrant } from '../../test/support/world-people.js';
import { LANES, type Lane, type Principal } from './actor.js';
import type { Choice } from './choice.js';
import { NotingClock } from './clock.js';
import { render } from './gate-messages.js';
import type { Reason, ReleaseFacts } from './gate-question.js';
import { evaluateGate, type Evaluation } from './gate.js';
import type { Stored } from './package.js';
import type { GatePolicy, ReviewLevel } from './policy.js';

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

describe('when another policy demands more of a lane', () => {
  const policy = defaultPolicy();
  const stricter = (lane: Lane, level: ReviewLevel): GatePolicy => ({ ...policy, version: '2', tierMatrix: { ...policy.tierMatrix, MODERATE: { ...policy.tierMatrix.MODERATE, [lane]: { PRODUCTION: level } } } });
  const under = (by: GatePolicy, about: ReleaseFacts): Evaluation => evaluateGate(by, givenFacts(about), new NotingClock(TODAY));
  const rise = (lane: Lane, then: ReviewLevel, now: ReviewLevel): object => ({ kind: 'REVIEW_LEVEL_UP', path: `lanes.${lane}`, then: `${then} by baseline ${policy.version}`, now: `${now} by baseline 2` });
  const dev = givenReviewer('dev', ['FAIRNESS']);
  /** In place of `reviewer`, the developer has signed what the team may sign. */
  const attested = (choice: Choice, about = givenAbout()): ReleaseFacts => {
    const signed = givenSigned(about);
    const { digest } = packageOf(about);
    const [vote] = signed.signOffs.map((signOff) => ({ ...signOff, subjects: signOff.subjects.map((subject) => ({ ...subject, lanes: subject.lanes.filter((lane) => lane !== 'FAIRNESS') })) }));
    return { ...signed, signers: [...signed.signers, dev], signOffs: [vote!, givenSignOff(dev, digest, ['FAIRNESS'], { choice })] };
  };

  test('an approval counts as one of four eyes: the reason says how many are missing, and since when', () => {
    const { verdict, reasons, lanes } = under(stricter('LEGAL', 'FOUR_EYES'), givenSigned(givenAbout()));

    expect(verdict).toBe('PENDING');
    expect(reasons).toEqual([expect.objectContaining({
      requirement: 'R5/LEGAL', code: 'QUORUM_NOT_MET', params: { lane: 'LEGAL', level: 'FOUR_EYES', have: 1, need: 2, signOffs: ['S-sig-usr-reviewer'], differences: [rise('LEGAL', 'INDEPENDENT', 'FOUR_EYES')] },
    })]);
    expect(render(reasons[0]!).message).toBe(`The LEGAL review has 1 of 2 sign-offs of different people and functions. More is asked for than when S-sig-usr-reviewer was given, which goes on to count (lanes.LEGAL was INDEPENDENT by baseline ${policy.version}, is FOUR_EYES by baseline 2).`);
    expect(lanes.find(({ lane }) => lane === 'LEGAL')).toMatchObject({ passed: false, approvedBy: ['reviewer'] });
  });

  test('the other two eyes are enough', () => {
    const about = givenSigned(givenAbout());
    const second = givenReviewer('second', ['LEGAL'], { function: 'legal' });
    const vote = givenSignOff(second, packageOf(about).digest, ['LEGAL'], { id: 'sig-second' });

    expect(under(stricter('LEGAL', 'FOUR_EYES'), { ...about, signers: [...about.signers, second], signOffs: [...about.signOffs, vote] }).verdict).toBe('ALLOW');
  });

  test('an approval from outside the team stands where the team would have been enough', () => {
    expect(under(stricter('FAIRNESS', 'INDEPENDENT'), givenSigned(givenAbout())).verdict).toBe('ALLOW');
  });

  test('what the team attested of its own work is outdated, and the reason names both levels and both policies', () => {
    const { verdict, reasons } = under(stricter('FAIRNESS', 'INDEPENDENT'), attested('APPROVE'));

    expect(judge(attested('APPROVE')).verdict).toBe('ALLOW');
    expect(verdict).toBe('PENDING');
    expect(reasons).toEqual([expect.objectContaining({ requirement: 'R5/FAIRNESS', code: 'REVIEW_STALE', params: expect.objectContaining({ signOffs: ['S-sig-usr-dev'], differences: [rise('FAIRNESS', 'SELF', 'INDEPENDENT')] }) })]);
    expect(render(reasons[0]!).message).toContain('no review by somebody outside the team, and one is asked for now');
  });

  test('it stays so when its signer has left the team', () => {
    const { reasons } = under(stricter('FAIRNESS', 'INDEPENDENT'), { ...attested('APPROVE'), system: givenSystem({ developerIds: ['other'] }) });

    expect(reasons).toEqual([expect.objectContaining({ requirement: 'R5/FAIRNESS', code: 'REVIEW_STALE' })]);
  });

  test('whoever joined the team since is a party, like any other signer', () => {
    const { reasons } = under(stricter('FAIRNESS', 'INDEPENDENT'), { ...givenSigned(givenAbout()), system: givenSystem({ developerIds: ['dev', 'reviewer'] }) });

    expect(reasons).toContainEqual(expect.objectContaining({ requirement: 'R5/FAIRNESS', code: 'SEPARATION_OF_DUTIES', params: expect.objectContaining({ because: ['DEVELOPER'] }) }));
  });

  test('an objection stays one, whoever raised it', () => {
    expect(under(stricter('FAIRNESS', 'INDEPENDENT'), attested('REJECT')).reasons).toEqual([expect.objectContaining({ requirement: 'R5/FAIRNESS', code: 'REVIEW_REJECTED' })]);
    expect(under(stricter('FAIRNESS', 'FOUR_EYES'), givenSigned(givenAbout(), { choice: 'REQUEST_CHANGES' })).reasons).toContainEqual(expect.objectContaining({ requirement: 'R5/FAIRNESS', code: 'CHANGES_REQUESTED' }));
  });

  test('a lane that nobody was asked to sign has no approval', () => {
    const about = givenSigned(givenAbout());
    const { digest } = packageOf(about);
    const signOffs = about.signOffs.map((signOff) => ({ ...signOff, subjects: [{ promotionId: 'pro-1', packageDigest: digest, lanes: LANES }] }));

    expect(packageOf(about).pkg.lanes.map(({ lane }) => lane)).not.toContain('EXEC');
    expect(under(stricter('EXEC', 'INDEPENDENT'), { ...about, signers: [givenReviewer('reviewer', LANES)], signOffs }).reasons).toEqual([expect.objectContaining({ requirement: 'R5/EXEC', code: 'REVIEW_STALE' })]);
  });

  test('a policy that demands no more outdates nothing', () => {
    expect(under(stricter('DATA', 'SELF'), givenSigned(givenAbout())).verdict).toBe('ALLOW');
  });
});
