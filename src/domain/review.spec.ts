// Reviews as records: who may take one up and for how long, and what their votes come to.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenPromotion, givenReviewer, givenSigned, packageOf, refusal, TODAY } from '../../test/support/given.js';
import { user, roleGrant } from '../../test/support/world-people.js';
import type { Principal } from './actor.js';
import { NotingClock, plusDays } from './clock.js';
import type { Recusal } from './eligibility.js';
import { judgeLane } from './gate-reviews.js';
import type { ReasonCode } from './gate-question.js';
import { openPromotion, type Promotion } from './promotion.js';
import { atPresent, claimReview, isOverdue, liveClaim, parseReviewReference, releaseReview, reviewActions, reviewOutcome, reviewsOf, reviewState, standingTo } from './review.js';

const clock = (): NotingClock => new NotingClock(TODAY);
const about = givenAbout();
const { pkg, digest } = packageOf(about);
const opened = givenPromotion({ lanes: pkg.lanes });
const anna = givenReviewer('anna', ['LEGAL']);
const ben = givenReviewer('ben', ['LEGAL']);

function claimed(by: Principal = anna, until = plusDays(TODAY, 3), promotion: Promotion = opened): Promotion {
  return claimReview(promotion, 'LEGAL', until, { principal: by, pkg, recusals: [], lent: [], clock: clock() }).next;
}

describe('a claim', () => {
  test('is held by one person until it ends by itself', () => {
    const held = claimed();

    expect(reviewState(held, 'LEGAL', clock())).toBe('CLAIMED');
    expect(() => claimed(ben, plusDays(TODAY, 1), held)).toThrow(refusal('REVIEW_CLAIMED', { until: plusDays(TODAY, 3) }));
    expect(liveClaim(claimed(anna, plusDays(TODAY, 9), held), 'LEGAL', clock())).toMatchObject({ personId: 'anna', until: plusDays(TODAY, 9) });
    const later = new NotingClock(plusDays(TODAY, 3));
    expect(reviewState(held, 'LEGAL', later)).toBe('REQUESTED');
    expect(claimReview(held, 'LEGAL', plusDays(TODAY, 4), { principal: ben, pkg, recusals: [], lent: [], clock: later }).next.claims).toEqual([expect.objectContaining({ personId: 'ben' })]);
  });

  test('ends ahead, within 14 days', () => {
    expect(() => claimed(anna, TODAY)).toThrow(refusal('INVALID_INPUT', { field: 'until' }));
    expect(() => claimed(anna, plusDays(TODAY, 15))).toThrow(refusal('VALIDITY_TOO_LONG', { expected: plusDays(TODAY, 14) }));
    expect(claimed(anna, plusDays(TODAY, 14)).claims).toHaveLength(1);
  });

  test('is for those who could sign, while the promotion is open', () => {
    expect(() => claimed(givenReviewer('dev', ['LEGAL']))).toThrow(refusal('SEPARATION_OF_DUTIES'));
    expect(() => claimed(givenReviewer('carl', ['OPS']))).toThrow(refusal('NOT_ELIGIBLE'));
    expect(() => claimed(anna, plusDays(TODAY, 1), givenPromotion({ state: 'PROMOTED', lanes: pkg.lanes }))).toThrow(refusal('ROUND_CLOSED'));
    expect(() => claimed(anna, plusDays(TODAY, 1), givenPromotion({ state: 'CANCELLED', lanes: pkg.lanes }))).toThrow(refusal('INVALID_TRANSITION', { state: 'WITHDRAWN' }));
  });

  test('is given back by its holder, or by a risk officer with a reason', () => {
    const officer = user('olga', 'risk', [roleGrant('RISK_OFFICER')]);

    expect(releaseReview(claimed(), 'LEGAL', { principal: anna, reason: null, clock: clock() }).next.claims).toEqual([]);
    expect(() => releaseReview(claimed(), 'LEGAL', { principal: ben, reason: 'x', clock: clock() })).toThrow(refusal('NOT_ELIGIBLE'));
    expect(() => releaseReview(claimed(), 'LEGAL', { principal: officer, reason: null, clock: clock() })).toThrow(refusal('INVALID_TEXT', { field: 'reason' }));
    expect(releaseReview(claimed(), 'LEGAL', { principal: officer, reason: 'On leave.', clock: clock() })).toMatchObject({ event: 'review.released', reason: 'On leave.' });
    expect(() => releaseReview(opened, 'LEGAL', { principal: anna, reason: null, clock: clock() })).toThrow(refusal('INVALID_TRANSITION', { allowedActions: ['claim', 'withdraw'] }));
  });

  test('changes nothing for the lane', () => {
    const signed = givenSigned(givenAbout({ promotions: [givenPromotion({ lanes: pkg.lanes })] }));
    const round = (promotions: typeof signed.promotions): Parameters<typeof judgeLane>[0] => ({ policy: defaultPolicy(), about: { ...signed, promotions }, environmentId: 'env-1', pkg, clock: clock() });
    const ask = pkg.lanes.find(({ lane }) => lane === 'LEGAL')!;

    expect(judgeLane(round([{ ...claimed(), digest }]), ask)).toEqual(judgeLane(round([opened]), ask));
    expect(judgeLane(round([opened]), ask).passed).toBe(true);
  });
});

describe('a review as it is listed', () => {
  test('forgets a claim whose time is over, and is overdue only while it is open', () => {
    const [review] = reviewsOf({ ...claimed(), due: plusDays(TODAY, 2), lanes: [{ lane: 'LEGAL', level: 'INDEPENDENT' }] });
    const later = new NotingClock(plusDays(TODAY, 3));

    expect(atPresent(review!, clock())).toMatchObject({ state: 'CLAIMED', assigneeId: 'anna' });
    expect(atPresent(review!, later)).toMatchObject({ state: 'REQUESTED', assigneeId: null, claimedUntil: null });
    expect([isOverdue(review!, clock()), isOverdue(review!, later), isOverdue({ ...review!, open: false }, later), isOverdue({ ...review!, due: null }, later)]).toEqual([false, true, false, false]);
    expect(reviewActions(atPresent(review!, clock()))).toEqual(['claim', 'release', 'withdraw']);
    expect(reviewActions({ ...review!, open: false })).toEqual([]);
  });

  test('is named by promotion and lane', () => {
    expect(parseReviewReference('P-17/RISK')).toEqual({ promotion: 'P-17', lane: 'RISK' });
    expect(['P-17', 'P-17/RISKY', 'P-17/RISK/OPS', '', '/'].map(parseReviewReference)).toEqual([null, null, null, null, null]);
  });
});

describe('what the votes come to', () => {
  const judged = (...codes: ReasonCode[]): Parameters<typeof reviewOutcome>[1] => ({ passed: false, conditional: false, reasons: codes.map((code) => ({ code, severity: 'BLOCK', rule: 'R5', requirement: 'R5/LEGAL', params: {} })) });

  test.each([
    [judged('REVIEW_PENDING'), 'OPEN'], [judged('SIGN_OFF_REVOKED'), 'OPEN'], [judged('REVIEW_STALE', 'QUORUM_NOT_MET'), 'QUORUM_NOT_MET'], [judged('SIGN_OFF_EXPIRED', 'REVIEW_STALE'), 'STALE'], [judged('REVIEW_STALE', 'NO_ELIGIBLE_REVIEWER'), 'NO_ELIGIBLE_REVIEWER'],
    [judged('SIGN_OFF_EXPIRED'), 'EXPIRED'], [judged('CHANGES_REQUESTED', 'REVIEW_REJECTED'), 'REJECTED'], [judged('CHANGES_REQUESTED'), 'CHANGES_REQUESTED'], [{ passed: true, conditional: false, reasons: [] }, 'APPROVED'], [{ passed: true, conditional: true, reasons: [] }, 'APPROVED_WITH_CONDITIONS'], [judged('CONDITION_OVERDUE'), 'EXPIRED'],
    [null, 'NOT_REQUIRED'],
  ] as const)('%j is %s', (votes, outcome) => {
    expect(reviewOutcome(opened, votes)).toBe(outcome);
    expect(reviewOutcome({ state: 'CANCELLED' }, votes)).toBe('WITHDRAWN');
  });

  test('a reviewer sees by which grant it waits, what excludes, and that a vote counts already', () => {
    const standing = (principal: Principal, judged: { approvedBy?: string[]; abstainedBy?: string[] } = {}, recusals: readonly Recusal[] = []): unknown =>
      standingTo(opened, { lane: 'LEGAL', level: 'INDEPENDENT' }, { principal, pkg, clock: clock(), recusals, lent: [], judged: { approvedBy: [], abstainedBy: [], ...judged } });

    expect(standing(anna)).toEqual({ grant: anna.grants[0], delegation: null, excludedBy: [], approved: false, abstained: false });
    expect(standing(anna, { approvedBy: ['anna'] })).toMatchObject({ approved: true });
    expect(standing(anna, { abstainedBy: ['anna'] })).toMatchObject({ approved: false, abstained: true, excludedBy: [] });
    expect(standing(anna, {}, [{ lane: 'LEGAL', personId: 'anna', takenBackAt: null }])).toMatchObject({ excludedBy: ['RECUSED'] });
    expect(standing(givenReviewer('owner', ['LEGAL']))).toMatchObject({ grant: expect.objectContaining({ role: 'REVIEWER' }), excludedBy: expect.arrayContaining(['SYSTEM_OWNER']) });
    expect(standing(givenReviewer('carl', ['OPS']))).toMatchObject({ grant: null, excludedBy: ['NO_GRANT_FOR_LANE'] });
  });
});

describe('a due date', () => {
  const open = (due: string | null): string | null => openPromotion({ id: 'p', number: 'P-1', requestedBy: 'owner', openedAt: TODAY }, { ...about, pkg, packageDigest: digest }, { reason: 'First customers.', due, predecessor: null }).next.due;

  test('is two weeks ahead unless said otherwise, and at most 90 days', () => {
    expect(open(null)).toBe(plusDays(TODAY, 14));
    expect(open(plusDays(TODAY, 90))).toBe(plusDays(TODAY, 90));
    expect(() => open(plusDays(TODAY, 91))).toThrow(refusal('VALIDITY_TOO_LONG', { field: 'due' }));
    expect(() => open(TODAY)).toThrow(refusal('INVALID_INPUT', { field: 'due' }));
  });
});
