// A request and what takes its place: superseded by another, ended by a veto, made again; and what is said about it.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenBreakGlass, givenGrant, givenPromotion, givenSuspension, packageOf, refusal, TODAY } from '../../test/support/given.js';
import { commentOn } from './comment.js';
import { sha256 } from './digest.js';
import { requireStanding, type Grant, type LetIn } from './grant.js';
import { cameToNothing, openPromotion, promotionLifecycle, rejectPromotion, supersedePromotion, type Promotion } from './promotion.js';
import { isVeto } from './sign-off.js';
import type { Suspension } from './suspension.js';

const about = givenAbout();
const { system, release } = about;
const { pkg } = packageOf(about);
const identity = { id: 'pro-2', number: 'P-2', requestedBy: 'owner', openedAt: TODAY };
const here = givenPromotion({ environmentId: pkg.environment.id });
const letIn: LetIn = { grants: [givenGrant()], breakGlasses: [], isBaselined: false };

function opened(predecessor: Promotion | null): Promotion {
  return openPromotion(identity, { system, release, pkg, packageDigest: sha256('package') }, { reason: 'Smaller model.', due: null, predecessor }).next;
}

describe('a request that takes the place of another', () => {
  test.each(['OPEN', 'REJECTED', 'CANCELLED'] as const)('names it, be it %s', (state) => {
    expect(opened({ ...here, state })).toMatchObject({ state: 'OPEN', predecessorId: 'pro-1' });
    expect(opened(null).predecessorId).toBeNull();
  });

  test.each(['PROMOTED', 'SUPERSEDED'] as const)('is refused for one that is %s', (state) => {
    expect(() => opened({ ...here, state })).toThrow(refusal('INVALID_TRANSITION', { state, action: 'supersede' }));
  });

  test('is about the same system and environment', () => {
    expect(() => opened({ ...here, environmentId: 'env-9' })).toThrow(refusal('INVALID_INPUT', { field: 'supersedes' }));
    expect(() => opened({ ...here, systemId: 'sys-9' })).toThrow(refusal('INVALID_INPUT', { field: 'supersedes' }));
  });

  test('ends the open one, by whoever requested that or owns the system, with its number and reason', () => {
    const by = (personId: string): Promotion => supersedePromotion({ ...here, requestedBy: 'dev1' }, { personId, ownerId: 'owner', successor: opened(here) }).next;

    for (const personId of ['dev1', 'owner']) expect(by(personId)).toMatchObject({ state: 'SUPERSEDED', ending: 'P-2: Smaller model.' });
    expect(() => by('dev2')).toThrow(refusal('NOT_ELIGIBLE', { action: 'supersede' }));
  });
});

describe('a veto', () => {
  const policy = defaultPolicy();

  test('is a rejection in a lane that has one by the policy', () => {
    expect(isVeto(policy, 'REJECT', ['OPS', 'LEGAL'])).toBe(true);
    expect([isVeto(policy, 'REJECT', ['OPS', 'DATA']), isVeto(policy, 'REQUEST_CHANGES', ['LEGAL']), isVeto(policy, 'APPROVE', ['LEGAL'])]).toEqual([false, false, false]);
  });

  test('ends the request with the words of the vote, and only once', () => {
    const rejected = rejectPromotion(here, { number: 'SO-4', statement: 'No basis for the data.' }).next;

    expect(rejected).toMatchObject({ state: 'REJECTED', ending: 'SO-4: No basis for the data.' });
    expect(() => rejectPromotion(rejected, { number: 'SO-5', statement: 'Again.' })).toThrow(refusal('INVALID_TRANSITION', { state: 'REJECTED', action: 'reject' }));
  });
});

test('a grant does not outlive a request that came to nothing', () => {
  for (const state of promotionLifecycle.states) {
    const check = (): void => { requireStanding(givenGrant(), { release, system, suspensions: [], promotion: { ...here, state }, letIn }); };
    if (cameToNothing({ state })) expect(check).toThrow(refusal('GRANT_INVALID', { because: [`PROMOTION_${state}`] }));
    else expect(check).not.toThrow();
  }
  expect(promotionLifecycle.states.filter((state) => !cameToNothing({ state }))).toEqual(['OPEN', 'PROMOTED']);
});

test('a grant does not outlive the suspension of its system, whatever suspended it', () => {
  const check = (suspensions: Suspension[]): void => { requireStanding(givenGrant(), { release, system, suspensions, promotion: here, letIn }); };

  expect(() => { check([givenSuspension({ riskId: null })]); }).toThrow(refusal('GRANT_INVALID', { because: ['SYSTEM_SUSPENDED'] }));
  expect(() => { check([givenSuspension({ riskId: 'risk-1' }), givenSuspension({ riskId: null, state: 'LIFTED' })]); }).not.toThrow();
});

test('a grant does not outlive the emergency by which its bundle came in, be it to bring it in or back, unless it came in otherwise as well', () => {
  const broken = givenGrant({ id: 'grant-1', breakGlassId: 'bgl-1' });
  const back = givenGrant({ id: 'grant-2', action: 'rollback' });
  const check = (grant: Grant, more: Partial<LetIn> = {}, state: 'USED' | 'CONDEMNED' = 'CONDEMNED') => (): void => {
    requireStanding(grant, { release, system, suspensions: [], promotion: null, letIn: { grants: [broken, back], breakGlasses: [givenBreakGlass({ state })], isBaselined: false, ...more } });
  };

  for (const grant of [broken, back]) {
    expect(check(grant)).toThrow(refusal('GRANT_INVALID', { because: ['BREAK_GLASS_CONDEMNED'] }));
    expect(check(grant, {}, 'USED')).not.toThrow();
  }
  expect(check(back, { grants: [givenGrant(), broken, back] })).not.toThrow();
  expect(check(back, { isBaselined: true })).not.toThrow();
});

describe('a comment', () => {
  const said = { id: 'com-1', authorId: 'dev1', writtenAt: TODAY };
  const asked = { ...here, lanes: [{ lane: 'LEGAL', level: 'SELF' }] as const };

  test('is about the request, or about a review that it asks for, also after it has ended', () => {
    expect(commentOn({ ...asked, state: 'REJECTED' }, said, { lane: 'LEGAL', text: ' See the contract. ' })).toMatchObject({ event: 'promotion.commented', next: { promotionId: 'pro-1', systemId: 'sys-1', lane: 'LEGAL', version: 1 } });
    expect(commentOn(asked, said, { lane: null, text: 'Thanks.' }).next.lane).toBeNull();
    expect(() => commentOn(asked, said, { lane: 'DATA', text: 'x' })).toThrow(refusal('INVALID_INPUT', { field: 'lane', expected: 'LEGAL' }));
  });

  test('says something', () => {
    expect(() => commentOn(asked, said, { lane: null, text: '  ' })).toThrow(refusal('INVALID_TEXT', { field: 'text' }));
  });
});
