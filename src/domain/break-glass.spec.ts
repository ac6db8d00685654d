// Break-glass: who may say that it cannot wait, who has to agree, for how long, and who judges it afterwards.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenBreakGlass, givenReviewer, givenSystem, refusal, stored, TODAY } from '../../test/support/given.js';
import { roleGrant, user } from '../../test/support/world-people.js';
import { breakGlassOutcome, invokeBreakGlass, reviewBreakGlass, turnSecondKey, useBreakGlass, type BreakGlass } from './break-glass.js';
import { NotingClock, plusHours, type Instant } from './clock.js';

const policy = defaultPolicy();
const clock = new NotingClock(TODAY);
const team = givenSystem();
const executive = stored(user('exec', 'executive', [roleGrant('EXECUTIVE')]));

function invoke(more: { invokedBy?: string; validUntil?: Instant; earlier?: readonly BreakGlass[] } = {}): BreakGlass {
  const { systemId, releaseId, environmentId, bundleDigest } = givenBreakGlass();
  const identity = { id: 'bgl-1', number: 'BG-1', invokedBy: more.invokedBy ?? 'owner' };
  const input = { emergency: 'OUTAGE' as const, incident: 'Nobody gets an answer.', validUntil: more.validUntil ?? plusHours(TODAY, 24) };
  return invokeBreakGlass(identity, { systemId, releaseId, environmentId, bundleDigest }, input, { policy, team, earlier: more.earlier ?? [], clock }).next;
}

const outcome = (breakGlass: BreakGlass, now: Instant): string => breakGlassOutcome(breakGlass, policy, new NotingClock(now));

describe('break-glass', () => {
  test('is invoked by the owner or a developer of the system, and by nobody else', () => {
    expect([invoke().state, invoke({ invokedBy: 'dev' }).state]).toEqual(['INVOKED', 'INVOKED']);
    expect(() => invoke({ invokedBy: 'officer' })).toThrow(refusal('NOT_ELIGIBLE'));
  });

  test('reaches no further than 24 hours, and not into the past', () => {
    expect(() => invoke({ validUntil: plusHours(TODAY, 24.01) })).toThrow(refusal('VALIDITY_TOO_LONG', { expected: plusHours(TODAY, 24) }));
    expect(() => invoke({ validUntil: TODAY })).toThrow(refusal('INVALID_INPUT', { field: 'validUntil' }));
  });

  test('is invoked once at a time for a release in an environment', () => {
    expect(() => invoke({ earlier: [invoke()] })).toThrow(refusal('ALREADY_EXISTS', { id: 'BG-1' }));
    expect(invoke({ earlier: [{ ...invoke(), validUntil: TODAY }, { ...invoke(), environmentId: 'env-2' }, givenBreakGlass({ state: 'USED' })] }).state).toBe('INVOKED');
  });

  test('opens nothing before somebody else has turned the second key, and nothing once its hours are over', () => {
    const invoked = invoke();
    const ready = turnSecondKey(invoked, executive, { policy, clock }).next;

    expect([outcome(invoked, TODAY), outcome(ready, TODAY)]).toEqual(['AWAITS_SECOND_KEY', 'READY']);
    expect([outcome(ready, plusHours(TODAY, 23.99)), outcome(ready, plusHours(TODAY, 24))]).toEqual(['READY', 'EXPIRED']);
    expect(breakGlassOutcome(invoked, { breakGlass: { ...policy.breakGlass, secondKey: [] } }, clock)).toBe('READY');
  });

  test('gets its second key from a person whom the policy names, never from whoever invoked it', () => {
    const turn = (principal: Parameters<typeof turnSecondKey>[1], breakGlass = invoke()): BreakGlass => turnSecondKey(breakGlass, principal, { policy, clock }).next;

    expect(() => turn(executive, { ...invoke(), invokedBy: 'exec' })).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['REQUESTER'] }));
    expect(() => turn(givenReviewer('officer', ['RISK']))).toThrow(refusal('NOT_ELIGIBLE', { expected: 'EXECUTIVE' }));
    expect(() => turn({ ...executive, grants: [roleGrant('EXECUTIVE', null, { validFrom: plusHours(TODAY, 1) })] })).toThrow(refusal('NOT_ELIGIBLE'));
    expect(() => turn({ ...executive, personId: null })).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['NOT_A_PERSON'] }));
    expect(() => turn(executive, turn(executive))).toThrow(refusal('INVALID_TRANSITION', { state: 'READY' }));
    expect(() => turnSecondKey(invoke(), executive, { policy, clock: new NotingClock(plusHours(TODAY, 24)) })).toThrow(refusal('INVALID_TRANSITION', { state: 'EXPIRED' }));
  });

  test('is used once', () => {
    const used = useBreakGlass(turnSecondKey(invoke(), executive, { policy, clock }).next, { at: TODAY, personId: null, policy }).next;

    expect(() => useBreakGlass(used, { at: TODAY, personId: null, policy })).toThrow(refusal('INVALID_TRANSITION', { state: 'USED' }));
  });

  test('is owed a review 72 hours after its use, until somebody has given it, however late', () => {
    const used = givenBreakGlass({ state: 'USED', usedAt: TODAY });
    const review = { personId: 'officer', team, at: plusHours(TODAY, 100) };

    expect([outcome(used, plusHours(TODAY, 71.99)), outcome(used, plusHours(TODAY, 72))]).toEqual(['AWAITS_REVIEW', 'OVERDUE']);
    expect(outcome(reviewBreakGlass(used, 'ratify', 'It was right.', review).next, plusHours(TODAY, 101))).toBe('RATIFIED');
    expect(outcome(reviewBreakGlass(used, 'condemn', 'It was not.', review).next, plusHours(TODAY, 101))).toBe('CONDEMNED');
  });

  test('keeps the hour at which its review is due, whatever the policy says later; what was used before that was kept goes by the policy', () => {
    const used = useBreakGlass(invoke(), { at: TODAY, personId: null, policy: { breakGlass: { ...policy.breakGlass, reviewHours: 24 } } }).next;

    expect(used.reviewDue).toBe(plusHours(TODAY, 24));
    expect([outcome(used, plusHours(TODAY, 23.9)), outcome(used, plusHours(TODAY, 24))]).toEqual(['AWAITS_REVIEW', 'OVERDUE']);
    expect(outcome({ ...used, reviewDue: null }, plusHours(TODAY, 24))).toBe('AWAITS_REVIEW');
  });

  test.each([['owner', ['REQUESTER', 'TEAM']], ['exec', ['SECOND_KEY']], ['dev', ['TEAM']]])('is not reviewed by %s', (personId, because) => {
    const used = givenBreakGlass({ state: 'USED', usedAt: TODAY });

    expect(() => reviewBreakGlass(used, 'ratify', 'Fine.', { personId, team, at: TODAY })).toThrow(refusal('SEPARATION_OF_DUTIES', { because }));
  });

  test('is reviewed neither by whoever was on the team then, or is now, nor by whoever used it', () => {
    const used = useBreakGlass(invoke(), { at: TODAY, personId: 'operator', policy }).next;
    const others = givenSystem({ ownerId: 'heir', developerIds: [] });
    const judge = (personId: string, breakGlass = used): BreakGlass => reviewBreakGlass(breakGlass, 'ratify', 'Fine.', { personId, team: others, at: TODAY }).next;

    expect(used).toMatchObject({ team: ['dev', 'owner'], usedBy: 'operator' });
    for (const personId of ['dev', 'heir']) expect(() => judge(personId)).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['TEAM'] }));
    expect(() => judge('operator')).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['AUTHORIZER'] }));
    expect([judge('officer').state, judge('dev', { ...used, team: null }).state]).toEqual(['RATIFIED', 'RATIFIED']);
  });

  test('is reviewed once, and only after it was used', () => {
    const by = { personId: 'officer', team, at: TODAY };

    expect(() => reviewBreakGlass(givenBreakGlass(), 'ratify', 'Fine.', by)).toThrow(refusal('INVALID_TRANSITION', { state: 'INVOKED' }));
    expect(() => reviewBreakGlass(givenBreakGlass({ state: 'CONDEMNED' }), 'ratify', 'Fine.', by)).toThrow(refusal('INVALID_TRANSITION', { state: 'CONDEMNED' }));
  });
});
