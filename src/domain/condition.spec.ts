// Conditions: imposed for good, shown by their owner, confirmed by somebody else of the lane; missed by time alone.
import { describe, expect, test } from '@jest/globals';
import { givenCondition, givenEvidence, givenReviewer, givenSystem, refusal, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays } from './clock.js';
import { conditionOutcome, conditionsOfVotes, confirmCondition, fulfilCondition, imposeCondition, type BearingVote, type Condition } from './condition.js';

const clock = new NotingClock(TODAY);
const reviewer = givenReviewer('checker', ['SECURITY']);
const asked = { text: 'Limit the rate of requests.', evidence: 'A test report.', due: plusDays(TODAY, 10), ownerId: 'fixer', effect: 'BLOCK' } as const;
const shown = givenCondition({ state: 'FULFILLED', evidenceIds: ['ev-1'] });
const judge = { principal: reviewer, system: givenSystem(), evidence: [givenEvidence({ submittedBy: 'fixer' })], clock };

describe('a condition is imposed', () => {
  const identity = { id: 'con-1', number: 'C-1', systemId: 'sys-1', signOffId: 'sig-1', acceptanceId: null, lanes: ['SECURITY'] as const, imposedBy: 'reviewer', imposedAt: TODAY };

  test('with what has to be done, until when, and what follows', () => {
    expect(imposeCondition(identity, asked, plusDays(TODAY, 300))).toMatchObject({ event: 'condition.imposed', next: { ...asked, state: 'OPEN', evidenceIds: [], confirmation: null } });
  });

  test('ahead of now, and before what bears it ends', () => {
    expect(() => imposeCondition(identity, { ...asked, due: TODAY }, plusDays(TODAY, 300))).toThrow(refusal('INVALID_INPUT', { field: 'due' }));
    expect(() => imposeCondition(identity, asked, plusDays(TODAY, 9))).toThrow(refusal('VALIDITY_TOO_LONG', { field: 'due', expected: plusDays(TODAY, 9) }));
  });
});

describe('a condition is fulfilled', () => {
  test('by its owner, with evidence; once more while it waits, which adds to it', () => {
    const once = fulfilCondition(givenCondition(), { personId: 'fixer', clock }, ['ev-2']).next;

    expect(once).toMatchObject({ state: 'FULFILLED', evidenceIds: ['ev-2'] });
    expect(fulfilCondition(once, { personId: 'fixer', clock }, ['ev-1', 'ev-2']).next.evidenceIds).toEqual(['ev-1', 'ev-2']);
  });

  test('by nobody else, and not by words alone', () => {
    expect(() => fulfilCondition(givenCondition(), { personId: 'owner', clock }, ['ev-1'])).toThrow(refusal('NOT_ELIGIBLE'));
    expect(() => fulfilCondition(givenCondition(), { personId: 'fixer', clock }, [])).toThrow(refusal('INVALID_INPUT', { field: 'evidence' }));
  });
});

describe('a condition is met', () => {
  test('only when somebody of its lane, without a part in it, confirms', () => {
    expect(confirmCondition(shown, judge, 'I read the report.').next).toMatchObject({ state: 'CONFIRMED', confirmation: { by: 'checker', at: TODAY, reason: 'I read the report.' } });
    expect(() => confirmCondition(givenCondition(), judge, 'I believe it.')).toThrow(refusal('INVALID_TRANSITION', { state: 'OPEN', allowedActions: ['fulfil'] }));
  });

  test.each([
    ['its owner', 'fixer', ['CONDITION_OWNER', 'SUBMITTER']], ['the owner of the system', 'owner', ['SYSTEM_OWNER', 'AUTHOR']], ['a developer', 'dev', ['DEVELOPER']],
  ])('not by %s', (_, personId, because) => {
    expect(() => confirmCondition(shown, { ...judge, principal: givenReviewer(personId, ['SECURITY']) }, 'It is done.')).toThrow(refusal('SEPARATION_OF_DUTIES', { because }));
  });

  test('not by whoever submitted what shows it, nor without a grant for the lane', () => {
    expect(() => confirmCondition(shown, { ...judge, evidence: [givenEvidence({ submittedBy: 'checker' })] }, 'It is done.')).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['SUBMITTER'] }));
    expect(() => confirmCondition(shown, { ...judge, principal: givenReviewer('checker', ['LEGAL']) }, 'It is done.')).toThrow(refusal('NOT_ELIGIBLE'));
  });

  test('not by whoever submitted what has superseded what was named', () => {
    const evidence = [givenEvidence({ submittedBy: 'fixer' }), givenEvidence({ id: 'ev-2', submittedBy: 'checker', supersedesId: 'ev-1' })];

    expect(() => confirmCondition(shown, { ...judge, evidence }, 'It is done.')).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['SUBMITTER'] }));
  });

  test('not by whoever wants the risk accepted, while a reviewer confirms what they asked for', () => {
    const imposed = { ...shown, imposedBy: 'checker' };

    expect(() => confirmCondition({ ...imposed, signOffId: null, acceptanceId: 'acc-1' }, judge, 'It is done.')).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['REQUESTER'] }));
    expect(confirmCondition(imposed, judge, 'It is done.').next.state).toBe('CONFIRMED');
  });

  test('not on evidence that was turned down, or is over', () => {
    for (const more of [{ state: 'REJECTED' }, { state: 'REVOKED' }, { validUntil: TODAY }] as const) {
      expect(() => confirmCondition(shown, { ...judge, evidence: [givenEvidence({ submittedBy: 'fixer', ...more })] }, 'It is done.')).toThrow(refusal('EVIDENCE_NOT_VALID'));
    }
  });
});

describe('a condition is missed', () => {
  const late = new NotingClock(shown.due);
  const outcome = (more: Partial<Condition>, at = late): string => conditionOutcome(givenCondition(more), at);

  test('from the instant at which it is due, unless it was confirmed: what its owner shows is not enough', () => {
    expect([outcome({}, clock), outcome({}), outcome({ state: 'FULFILLED' }), outcome({ state: 'CONFIRMED' })]).toEqual(['OPEN', 'OVERDUE', 'OVERDUE', 'CONFIRMED']);
    expect(outcome({ effect: 'LAPSE' })).toBe('LAPSED');
  });

  test('and can be met late where it blocks, never where it has lapsed', () => {
    expect(confirmCondition(shown, { ...judge, clock: late }, 'At last.').next.state).toBe('CONFIRMED');
    const lapsed = givenCondition({ ...shown, effect: 'LAPSE' });
    expect(() => confirmCondition(lapsed, { ...judge, clock: late }, 'At last.')).toThrow(refusal('INVALID_TRANSITION', { state: 'LAPSED' }));
    expect(() => fulfilCondition(lapsed, { personId: 'fixer', clock: late }, ['ev-1'])).toThrow(refusal('INVALID_TRANSITION', { state: 'LAPSED' }));
  });
});

describe('a condition binds', () => {
  const vote: BearingVote = { id: 'sig-usr-reviewer', personId: 'reviewer', choice: 'APPROVE_WITH_CONDITIONS', signedAt: TODAY, withdrawn: null, subjects: [{ promotionId: 'pro-1', lanes: ['SECURITY', 'OPS'] }] };
  const again: BearingVote = { ...vote, id: 'sig-later', signedAt: plusDays(TODAY, 1), choice: 'APPROVE' };
  const binds = (...votes: BearingVote[]): boolean => conditionsOfVotes([givenCondition()], votes).length > 0;

  test('until its vote is taken back, or its signer approves the same anew', () => {
    expect([binds(vote), binds({ ...vote, withdrawn: {} }), binds(vote, again)]).toEqual([true, false, false]);
  });

  test.each<[string, Partial<BearingVote>]>([
    ['somebody else', { personId: 'second' }], ['less', { subjects: [{ promotionId: 'pro-1', lanes: ['SECURITY'] }] }], ['another request', { subjects: [{ promotionId: 'pro-2', lanes: ['SECURITY', 'OPS'] }] }],
    ['an objection', { choice: 'REJECT' }], ['an abstention', { choice: 'ABSTAIN' }], ['an earlier yes', { signedAt: plusDays(TODAY, -1) }], ['a yes that was taken back', { withdrawn: {} }],
  ])('whatever is said by %s', (_, more) => {
    expect(binds(vote, { ...again, ...more })).toBe(true);
  });
});
