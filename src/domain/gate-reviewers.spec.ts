// When nobody is left who could sign a lane, the gate says so and names everybody who comes into question.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenFacts, givenPromotion, givenReviewer, givenRisk, givenSigned, givenSignOff, givenSystem, givenTier, packageOf, TODAY } from '../../test/support/given.js';
import { roleGrant } from '../../test/support/world-people.js';
import type { Lane, Principal } from './actor.js';
import { NotingClock, plusDays } from './clock.js';
import { render } from './gate-messages.js';
import type { Reason, ReleaseFacts } from './gate-question.js';
import { evaluateGate, type Evaluation } from './gate.js';
import type { Stored } from './package.js';

function judge(about: ReleaseFacts): Evaluation {
  return evaluateGate(defaultPolicy(), givenFacts(about), new NotingClock(TODAY));
}

function reasonsOf(about: ReleaseFacts, lane: Lane): Reason[] {
  return judge(about).reasons.filter((reason) => reason.requirement === `R5/${lane}`);
}

/** Nobody has signed; these are all who have a role for a lane. */
function waitingFor(voters: Stored<Principal>[], more: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return givenAbout({ voters, ...more });
}

const named = (account: string, personId: string, excludedBy: readonly string[]): object => ({ account, accountId: `usr-${personId}`, personId, excludedBy });

describe('a lane of one reviewer', () => {
  test('waits while somebody may sign it', () => {
    expect(reasonsOf(waitingFor([givenReviewer('lawyer', ['LEGAL'])]), 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING' })]);
  });

  test('is denied with each candidate and what excludes them when nobody may', () => {
    const late = givenReviewer('late', [], { grants: [roleGrant('REVIEWER', 'LEGAL', { validFrom: plusDays(TODAY, -1) })] });
    const about = waitingFor([givenReviewer('author', ['LEGAL']), late, givenReviewer('owner', ['LEGAL']), givenReviewer('stranger', ['DATA'])]);
    const [reason, ...others] = reasonsOf(about, 'LEGAL');

    expect(others).toEqual([]);
    expect(judge(about).verdict).toBe('DENY');
    expect(reason).toMatchObject({
      code: 'NO_ELIGIBLE_REVIEWER', severity: 'BLOCK',
      params: {
        lane: 'LEGAL', level: 'INDEPENDENT', have: 0, need: 1,
        reviewers: [named('U-author', 'author', ['AUTHOR']), named('U-late', 'late', ['GAINED_AFTER_OPENING']), named('U-owner', 'owner', ['REQUESTER', 'SYSTEM_OWNER', 'AUTHOR'])],
      },
    });
    expect(render(reason!).message).toContain('U-author (AUTHOR); U-late (GAINED_AFTER_OPENING); U-owner (REQUESTER, SYSTEM_OWNER, AUTHOR)');
  });

  test('has no candidate in whoever has no role for it in force, or whose account is closed', () => {
    const ended = givenReviewer('ended', [], { grants: [roleGrant('REVIEWER', 'LEGAL', { validUntil: TODAY })] });
    const [reason] = reasonsOf(waitingFor([ended, givenReviewer('closed', ['LEGAL'], { active: false })]), 'LEGAL');

    expect(reason).toMatchObject({ code: 'NO_ELIGIBLE_REVIEWER', params: { reviewers: [] } });
    expect(render(reason!).message).toContain('nobody holds a role for it');
  });

  test('says beside it which sign-offs no longer count', () => {
    const about = { ...givenSigned(givenAbout(), { validUntil: TODAY }), voters: [] };

    expect(reasonsOf(about, 'LEGAL').map((reason) => reason.code)).toEqual(['SIGN_OFF_EXPIRED', 'NO_ELIGIBLE_REVIEWER']);
  });

  test('counts who gained the role since where no request is open: the next one begins anew', () => {
    const late = givenReviewer('late', [], { grants: [roleGrant('REVIEWER', 'LEGAL', { validFrom: plusDays(TODAY, -1) })] });
    const cancelled = givenPromotion({ state: 'CANCELLED' });

    expect(reasonsOf(waitingFor([late], { promotions: [cancelled] }), 'LEGAL')).toEqual([expect.objectContaining({ code: 'REVIEW_MISSING' })]);
    expect(reasonsOf(waitingFor([givenReviewer('author', ['LEGAL'])], { promotions: [cancelled] }), 'LEGAL')).toEqual([expect.objectContaining({ code: 'NO_ELIGIBLE_REVIEWER' })]);
  });

  test('names a hundred people at the most, those who may sign first', () => {
    const crowd = Array.from({ length: 120 }, (_, n) => givenReviewer(`author${String(n)}`, ['LEGAL']));
    const risks = crowd.map((one, n) => givenRisk({ id: `risk-${String(n)}`, number: `R-${String(n)}`, authoredBy: one.personId! }));
    const [reason] = reasonsOf(waitingFor(crowd, { risks }), 'LEGAL');

    expect(reason!.params.reviewers).toHaveLength(100);
  });
});

test('the end of the role of the last who may sign ends the answer', () => {
  const until = plusDays(TODAY, 3);
  const about = waitingFor([givenReviewer('lawyer', [], { grants: [roleGrant('REVIEWER', 'LEGAL', { validUntil: until })] })]);
  const pending = evaluateGate(defaultPolicy(), givenFacts(about), new NotingClock(TODAY));
  const then = evaluateGate(defaultPolicy(), givenFacts(about), new NotingClock(until));

  expect(pending.holdsUntil).toMatchObject({ at: until, what: 'ROLE_GRANT' });
  expect([pending, then].map(({ reasons }) => reasons.find((reason) => reason.requirement === 'R5/LEGAL')?.code)).toEqual(['REVIEW_PENDING', 'NO_ELIGIBLE_REVIEWER']);
});

describe('a lane that the team attests', () => {
  const dev = (grants: Principal['grants']): Stored<Principal> => givenReviewer('dev', [], { grants });

  test('has its candidates on the team', () => {
    expect(reasonsOf(waitingFor([dev([roleGrant('CONTRIBUTOR')])]), 'FAIRNESS')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING' })]);
  });

  test('has none in a member whose roles do not permit to sign at all', () => {
    expect(reasonsOf(waitingFor([dev([roleGrant('RISK_OWNER')])]), 'FAIRNESS')).toEqual([expect.objectContaining({ code: 'NO_ELIGIBLE_REVIEWER', params: expect.objectContaining({ reviewers: [] }) })]);
  });
});

describe('four eyes', () => {
  const system = givenSystem({ tierAssessments: [givenTier({ flags: ['SPECIAL_CATEGORY'] })] });
  const officer = givenReviewer('officer', ['PRIVACY'], { function: 'privacy' });
  const lawyer = givenReviewer('lawyer', ['PRIVACY'], { function: 'legal' });

  test('wait for two people of two functions', () => {
    expect(reasonsOf(waitingFor([officer, lawyer], { system }), 'PRIVACY')).toEqual([expect.objectContaining({ code: 'REVIEW_PENDING' })]);
  });

  test.each([
    ['one person is left', [officer], 1],
    ['two of the same function are left', [officer, givenReviewer('officer2', ['PRIVACY'], { function: 'privacy' })], 2],
    ['nobody of the function of the lane is left', [lawyer, givenReviewer('engineer', ['PRIVACY'], { function: 'security' })], 2],
    ['one person with two accounts is left', [officer, { ...lawyer, personId: 'officer' }], 1],
  ] as const)('are denied when %s, who is named as somebody who may sign', (_, voters, have) => {
    const [reason] = reasonsOf(waitingFor([...voters], { system }), 'PRIVACY');

    expect(reason).toMatchObject({ code: 'NO_ELIGIBLE_REVIEWER', params: { level: 'FOUR_EYES', have, need: 2 } });
    expect(reason!.params.reviewers!.map(({ excludedBy }) => excludedBy)).toEqual(voters.map(() => []));
    expect(render(reason!).message).toMatch(/two people of two functions.*may sign/);
  });

  test('count the approval that stands already', () => {
    const about = waitingFor([lawyer], { system });
    const { pkg, digest } = packageOf(about);
    const signed = { ...about, signers: [officer], packages: { [digest]: pkg }, signOffs: [givenSignOff(officer, digest, ['PRIVACY'])] };

    expect(reasonsOf(signed, 'PRIVACY')).toEqual([expect.objectContaining({ code: 'QUORUM_NOT_MET' })]);
    expect(reasonsOf({ ...signed, voters: [] }, 'PRIVACY')).toEqual([expect.objectContaining({ code: 'NO_ELIGIBLE_REVIEWER', params: expect.objectContaining({ have: 1 }) })]);
  });
});
