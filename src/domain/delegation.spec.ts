// Delegation: what may be lent to whom and for how long, what it carries, what ends it, and that lender and delegate are one voice.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenFacts, givenPromotion, givenReviewer, givenRisk, givenSignOff, packageOf, refusal, stored, TODAY } from '../../test/support/given.js';
import { roleGrant, user } from '../../test/support/world-people.js';
import type { Lane, Principal } from './actor.js';
import { NotingClock, plusDays } from './clock.js';
import { delegate, delegationOutcome, lentGrants, revokeDelegation, type Delegation, type DelegationInput } from './delegation.js';
import { areApart, countApart, exclusionsOf, meetsQuorum, voicesOf, type Exclusion, type Round, type Voice } from './eligibility.js';
import { factsManifest } from './gate-decision.js';
import { judgeLane } from './gate-reviews.js';
import type { ReleaseFacts } from './gate-question.js';
import { recusalsIn } from './sign-off.js';

const policy = defaultPolicy();
const clock = new NotingClock(TODAY);
const anna = givenReviewer('anna', ['LEGAL', 'PRIVACY'], { function: 'legal' });
const ben = givenReviewer('ben', ['SECURITY'], { function: 'security' });
const BEFORE = plusDays(TODAY, -10);

function made(more: Partial<DelegationInput> = {}, by: { lenders?: readonly Principal[]; delegates?: readonly Principal[]; at?: NotingClock } = {}): Delegation {
  const { lenders = [anna], delegates = [ben], at = clock } = by;
  const identity = { id: 'del-1', number: 'DEL-1', fromPersonId: lenders[0]?.personId ?? '', toPersonId: delegates[0]?.personId ?? '' };
  return delegate(identity, { lenders, delegates, clock: at }, { lanes: ['LEGAL'], systemIds: null, reason: 'On leave.', validFrom: null, validUntil: plusDays(at.now, 30), ...more }).next;
}
/** Made before the round of the tests was opened. */
const earlier = (more: Partial<DelegationInput> = {}): Delegation => made(more, { at: new NotingClock(BEFORE) });

describe('a delegation', () => {
  test('lends the vote in some lanes to a colleague, for a time that ends', () => {
    expect(made()).toMatchObject({ fromPersonId: 'anna', toPersonId: 'ben', lanes: ['LEGAL'], systemIds: null, validFrom: TODAY, validUntil: plusDays(TODAY, 30), state: 'ACTIVE', madeAt: TODAY });
  });

  test('ends after ninety days at the most, wherever it begins', () => {
    expect(made({ validUntil: plusDays(TODAY, 90) }).validUntil).toBe(plusDays(TODAY, 90));
    expect(() => made({ validUntil: plusDays(TODAY, 91) })).toThrow(refusal('VALIDITY_TOO_LONG', { field: 'validUntil' }));
    expect(() => made({ validFrom: plusDays(TODAY, 5), validUntil: plusDays(TODAY, 96) })).toThrow(refusal('VALIDITY_TOO_LONG'));
  });

  test.each([
    ['a beginning in the past', { validFrom: plusDays(TODAY, -1) }, 'validFrom'], ['an end before the beginning', { validUntil: TODAY }, 'validUntil'], ['no lane', { lanes: [] }, 'lanes'], ['no system', { systemIds: [] }, 'systems'],
  ] as const)('is refused with %s', (_, input, field) => {
    expect(() => made(input)).toThrow(refusal('INVALID_INPUT', { field }));
  });

  test('is of the own authority only: what was lent is not lent on', () => {
    expect(() => made({ lanes: ['LEGAL'] }, { lenders: [ben], delegates: [anna] })).toThrow(refusal('NOT_ELIGIBLE', { because: ['NOT_OWN_AUTHORITY'], actual: 'LEGAL' }));
    expect(() => made({ lanes: ['SECURITY', 'LEGAL'] }, { lenders: [ben], delegates: [anna] })).toThrow(refusal('NOT_ELIGIBLE', { actual: 'LEGAL' }));
  });

  test('does not reach further than the role of the lender', () => {
    const here = givenReviewer('anna', [], { grants: [roleGrant('REVIEWER', 'LEGAL', { systemIds: ['sys-1'] })] });

    expect(() => made({ systemIds: ['sys-1', 'sys-2'] }, { lenders: [here] })).toThrow(refusal('NOT_ELIGIBLE', { because: ['NOT_OWN_AUTHORITY'] }));
    expect(lentGrants({ delegation: made({}, { lenders: [here] }), owners: [here] }, clock)).toMatchObject([{ systemIds: ['sys-1'] }]);
    expect(lentGrants({ delegation: made({ systemIds: ['sys-1'] }), owners: [anna] }, clock)).toMatchObject([{ systemIds: ['sys-1'] }]);
  });

  test('never lends the vote of an executive', () => {
    const eve = givenReviewer('eve', ['EXEC', 'BUSINESS']);

    expect(() => made({ lanes: ['EXEC'] }, { lenders: [eve] })).toThrow(refusal('NOT_ELIGIBLE', { because: ['NOT_DELEGABLE'] }));
    expect(made({ lanes: ['BUSINESS'] }, { lenders: [eve] }).lanes).toEqual(['BUSINESS']);
  });

  test('is to a person who takes part in reviews, never to oneself or to a machine', () => {
    expect(() => made({}, { delegates: [anna] })).toThrow(refusal('INVALID_INPUT', { field: 'to' }));
    for (const other of [user('axel', 'legal', [roleGrant('AUDITOR')]), { ...ben, kind: 'SERVICE' as const }, { ...ben, active: false }]) {
      expect(() => made({}, { delegates: [other] })).toThrow(refusal('NOT_ELIGIBLE', { field: 'to', because: ['TAKES_NO_PART'] }));
    }
  });

  test('is revoked by either of the two or an administrator, once', () => {
    const revokedBy = (principal: Principal): Delegation => revokeDelegation(made(), 'Back again.', { principal, clock }).next;

    for (const principal of [anna, ben, user('ada', 'platform', [roleGrant('TENANT_ADMIN')])]) expect(revokedBy(principal).state).toBe('REVOKED');
    expect(() => revokedBy(givenReviewer('carl', ['LEGAL']))).toThrow(refusal('NOT_ELIGIBLE', { because: ['NOT_A_PARTY'] }));
    expect(() => revokeDelegation(revokedBy(anna), 'r', { principal: anna, clock })).toThrow(refusal('INVALID_TRANSITION', { state: 'REVOKED' }));
  });

  test('is upcoming, in force or over by the clock alone', () => {
    const delegation = made({ validFrom: plusDays(TODAY, 5) });

    expect([0, 5, 29, 30].map((days) => delegationOutcome(delegation, new NotingClock(plusDays(TODAY, days))))).toEqual(['UPCOMING', 'IN_FORCE', 'IN_FORCE', 'EXPIRED']);
    const noted = new NotingClock(plusDays(TODAY, 6));
    expect([delegationOutcome(delegation, noted), noted.holdsUntil]).toEqual(['IN_FORCE', { at: plusDays(TODAY, 30), what: 'DELEGATION', ref: 'del-1' }]);
    expect(delegationOutcome({ ...delegation, state: 'REVOKED' }, clock)).toBe('REVOKED');
  });
});

const OPENED = plusDays(TODAY, -5);
const about = givenAbout({ promotions: [givenPromotion({ openedAt: OPENED })] });
const round = (more: Partial<Round> = {}): Round => ({ requesters: ['owner'], openedAt: OPENED, pkg: packageOf(about).pkg, recusals: [], ...more });
const voice = (delegation: Delegation, principal: Principal = ben, owners: readonly Principal[] = [anna]): Voice => ({ principal, lent: { delegation, owners } });
const excluded = (by: Voice, more: Partial<Round> = {}, lane: Lane = 'LEGAL'): Exclusion[] => exclusionsOf(by, { lane, level: 'INDEPENDENT' }, round(more), clock);

describe('whoever signs by a delegation', () => {
  test('may where the lender could, and nowhere else', () => {
    expect(excluded(voice(earlier()))).toEqual([]);
    expect(excluded(voice(earlier()), {}, 'PRIVACY')).toEqual(['NO_GRANT_FOR_LANE']);
    expect(excluded(voice(earlier({ systemIds: ['sys-2'] })))).toEqual(['NO_GRANT_FOR_LANE']);
    expect(excluded({ principal: ben, lent: null })).toEqual(['NO_GRANT_FOR_LANE']);
  });

  test('is out once it is over, revoked, not begun, or for somebody else', () => {
    const carl = givenReviewer('carl', ['SECURITY']);

    for (const by of [voice(earlier({ validUntil: TODAY })), voice({ ...earlier(), state: 'REVOKED' }), voice(made({ validFrom: plusDays(TODAY, 1) })), voice(earlier(), carl), voice(earlier(), { ...ben, active: false })]) {
      expect(excluded(by)).toEqual(['DELEGATION_NOT_IN_FORCE']);
    }
  });

  test('may no longer than the lender: a role that is taken away takes the delegation with it', () => {
    const ended = { ...anna, grants: anna.grants.map((grant) => ({ ...grant, validUntil: plusDays(TODAY, -1) })) };

    expect(excluded(voice(earlier(), ben, [ended]))).toEqual(['NO_GRANT_FOR_LANE']);
    expect(excluded(voice(earlier(), ben, [{ ...anna, active: false }]))).toEqual(['NO_GRANT_FOR_LANE']);
  });

  test('is out once they take no part in reviews any more, also with what they have signed', () => {
    const gone = { ...ben, grants: [{ ...ben.grants[0]!, validUntil: TODAY }, roleGrant('AUDITOR')] };

    expect(excluded(voice(earlier(), gone))).toEqual(['DELEGATION_NOT_IN_FORCE']);
    expect(excluded(voice(earlier(), { ...gone, grants: [roleGrant('CONTRIBUTOR')] }))).toEqual([]);
  });

  test('does not sign in a round that was opened before it began, nor by a role that the lender gained since', () => {
    expect(excluded(voice(made()))).toEqual(['GAINED_AFTER_OPENING']);
    expect(excluded(voice(made()), { openedAt: TODAY })).toEqual([]);
    const late = { ...anna, grants: [roleGrant('REVIEWER', 'LEGAL', { validFrom: plusDays(TODAY, -1) })] };
    expect(excluded(voice(earlier(), ben, [late]))).toEqual(['GAINED_AFTER_OPENING']);
  });

  test('is excluded by a conflict of their own, and by one of the lender', () => {
    expect(excluded(voice(earlier()), { requesters: ['ben'] })).toEqual(['REQUESTER']);
    expect(excluded(voice(earlier()), { requesters: ['anna'] })).toEqual(['LENDER_CONFLICTED']);
    const written = packageOf(givenAbout({ risks: [givenRisk({ authoredBy: 'anna' })] })).pkg;
    expect(excluded(voice(earlier()), { pkg: written })).toEqual(['LENDER_CONFLICTED']);
    const recused = (personId: string): Partial<Round> => ({ recusals: [{ lane: 'LEGAL', personId, takenBackAt: null }] });
    expect(excluded(voice(earlier()), recused('anna'))).toEqual(['LENDER_CONFLICTED']);
    expect(excluded(voice(earlier()), recused('ben'))).toEqual(['RECUSED']);
  });

  test('does not attest for the team by it', () => {
    const dev = givenReviewer('dev', ['SECURITY']);
    const delegation = made({}, { delegates: [dev], at: new NotingClock(BEFORE) });

    expect(exclusionsOf(voice(delegation, dev), { lane: 'LEGAL', level: 'SELF' }, round(), clock)).toEqual(['DEVELOPER', 'AUTHOR']);
  });
});

describe('lender and delegate', () => {
  const privacy = givenReviewer('paul', ['LEGAL'], { function: 'privacy' });
  const own = (principal: Principal): Voice => ({ principal, lent: null });
  const met = (...voices: readonly Voice[]): boolean => meetsQuorum(policy, { lane: 'LEGAL', level: 'FOUR_EYES' }, voices);

  test('are one voice, also with several delegates', () => {
    const carl = givenReviewer('carl', ['SECURITY'], { function: 'privacy' });
    const other = { ...earlier(), id: 'del-2', toPersonId: 'carl' };

    expect([areApart(own(anna), voice(earlier())), areApart(voice(earlier()), voice(other, carl)), areApart(voice(earlier()), own(privacy))]).toEqual([false, false, true]);
    expect([countApart([own(anna), voice(earlier())]), countApart([voice(earlier()), voice(other, carl), own(privacy)])]).toEqual([1, 2]);
  });

  test('are not four eyes, while the delegate and a third person are', () => {
    const lawyer = { ...ben, function: 'legal' } as const;

    expect(met(own(anna), voice(earlier()))).toBe(false);
    expect(met(voice(earlier(), lawyer), own(privacy))).toBe(true);
    // The function of whoever reads: nobody becomes a lawyer by standing in for one.
    expect(met(voice(earlier()), own(privacy))).toBe(false);
  });

  test('have each their own voice in what both may sign by themselves', () => {
    expect(voicesOf(ben, [{ delegation: earlier(), owners: [anna] }]).map(({ lent }) => lent?.delegation.number ?? null)).toEqual([null, 'DEL-1']);
    expect(voicesOf(anna, [{ delegation: earlier(), owners: [anna] }])).toEqual([own(anna)]);
    expect(met(own(anna), own(privacy))).toBe(true);
  });
});

describe('at the gate', () => {
  const delegation = stored(earlier());
  const { pkg, digest } = packageOf(about);
  const signed = (more: Partial<ReleaseFacts> = {}, signOffs = [givenSignOff(ben, digest, ['LEGAL'], { delegationId: 'del-1', signedAt: plusDays(TODAY, -1) })]): ReleaseFacts =>
    ({ ...about, packages: { [digest]: pkg }, signers: [ben, anna], voters: [anna, ben], delegations: [delegation], signOffs, ...more });
  const codes = (facts: ReleaseFacts, lane: Lane = 'LEGAL', at = clock): unknown => {
    const judged = judgeLane({ policy, about: facts, environmentId: 'env-1', pkg: packageOf(facts).pkg, clock: at }, { lane, level: 'INDEPENDENT' });
    return judged.passed ? 'PASSED' : judged.reasons.map(({ code, params }) => [code, params.because ?? params.reviewers?.map(({ account, delegation: by, excludedBy }) => [account, by, ...excludedBy])]);
  };

  test('a vote by it counts as long as it does, and the answer holds no longer', () => {
    const noting = new NotingClock(TODAY);

    expect([codes(signed(), 'LEGAL', noting), noting.holdsUntil]).toEqual(['PASSED', { at: delegation.validUntil, what: 'DELEGATION', ref: 'del-1' }]);
    expect(codes(signed({ voters: [anna, ben], delegations: [{ ...delegation, state: 'REVOKED' }] }))).toEqual([['REVIEWER_INELIGIBLE', ['DELEGATION_NOT_IN_FORCE']]]);
    expect(codes(signed(), 'LEGAL', new NotingClock(delegation.validUntil))).toEqual([['REVIEWER_INELIGIBLE', ['DELEGATION_NOT_IN_FORCE']]]);
  });

  test('a veto by it is not undone by making the lender a party', () => {
    const veto = [givenSignOff(ben, digest, ['LEGAL'], { delegationId: 'del-1', choice: 'REJECT', signedAt: plusDays(TODAY, -1) })];

    expect(codes(signed({ promotions: [givenPromotion({ openedAt: OPENED, requestedBy: 'anna' })] }, veto))).toEqual([['REVIEW_REJECTED', undefined]]);
  });

  test('a delegate is somebody who is left, and is named with what excludes them', () => {
    const away = { ...about, delegations: [delegation], voters: [ben], signers: [] };

    expect(codes({ ...away, voters: [anna, ben] })).toEqual([['REVIEW_PENDING', undefined]]);
    expect(codes({ ...away, promotions: [givenPromotion({ openedAt: OPENED, requestedBy: 'anna' })], voters: [anna, ben] }))
      .toEqual([['NO_ELIGIBLE_REVIEWER', [[anna.number, null, 'REQUESTER'], [ben.number, 'DEL-1', 'LENDER_CONFLICTED']]]]);
  });

  test('is among the facts by which a decision can be made again', () => {
    expect(factsManifest(policy, givenFacts(signed()), { now: TODAY, decision: 'dec-1' }).facts).toContainEqual(['Delegation', 'del-1', delegation.digest]);
  });

  test('whoever recused speaks in nobody’s place either', () => {
    const recused = signed({}, [givenSignOff(ben, digest, ['LEGAL'], { id: 'a', delegationId: 'del-1', choice: 'RECUSE', signedAt: plusDays(TODAY, -2) })]);

    expect(excluded(voice(delegation), { recusals: recusalsIn(recused.signOffs) })).toEqual(['RECUSED']);
  });
});
