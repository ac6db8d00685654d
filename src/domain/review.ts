/**
 * A review is one lane of a promotion: asked for when the promotion is opened, taken up by a reviewer for a while, withdrawn with the
 * promotion. A claim tells colleagues who is reading; it decides nothing. What a review has come to follows from its sign-offs.
 */
import { holdsRole, LANES, type Lane, type Principal, type RoleGrant } from './actor.js';
import { plusDays, type Instant, type NotingClock } from './clock.js';
import { checkText } from './digest.js';
import type { Lent } from './delegation.js';
import { exclusionsOf, qualifyingGrant, voicesOf, type Exclusion, type Recusal, type Round, type Voice } from './eligibility.js';
import type { Decided } from './events.js';
import type { ReasonCode } from './gate-question.js';
import type { LaneState } from './gate-reviews.js';
import { defineLifecycle, type ActionOf, type StateOf } from './lifecycle.js';
import type { DecisionPackage } from './package.js';
import type { DemandedLevel, RequiredLane } from './policy.js';
import type { Claim, Promotion } from './promotion.js';
import { Refusal } from './refusal.js';
import { checkEligible } from './sign-off.js';

export const reviewLifecycle = defineLifecycle('review', {
  REQUESTED: { claim: 'CLAIMED', withdraw: 'WITHDRAWN' },
  CLAIMED: { claim: 'CLAIMED', release: 'REQUESTED', withdraw: 'WITHDRAWN' },
  WITHDRAWN: {},
});
export type ReviewState = StateOf<typeof reviewLifecycle>;
export type ReviewAction = ActionOf<typeof reviewLifecycle>;

/** One lane of a promotion, as it is listed. */
export interface Review {
  readonly promotionId: string;
  readonly promotionNumber: string;
  readonly lane: Lane;
  /** What was demanded when the promotion was opened. */
  readonly level: DemandedLevel;
  readonly systemId: string;
  readonly releaseId: string;
  readonly state: ReviewState;
  /** Whether the promotion still takes sign-offs. */
  readonly open: boolean;
  readonly openedAt: Instant;
  readonly due: Instant | null;
  /** The person who claimed it, and until when. */
  readonly assigneeId: string | null;
  readonly claimedUntil: Instant | null;
}

/** The longest claim. */
export const CLAIM_DAYS = 14;

/** OPEN: nobody's vote counts yet. NO_ELIGIBLE_REVIEWER: and nobody could give the votes that are missing. NOT_REQUIRED: the policy does not ask for this lane any more. */
export const REVIEW_OUTCOMES = ['OPEN', 'QUORUM_NOT_MET', 'NO_ELIGIBLE_REVIEWER', 'APPROVED', 'APPROVED_WITH_CONDITIONS', 'CHANGES_REQUESTED', 'REJECTED', 'STALE', 'EXPIRED', 'NOT_REQUIRED', 'WITHDRAWN'] as const;
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

/** The claim on the lane that holds now; one whose time is over counts as none. */
export function liveClaim(promotion: Pick<Promotion, 'id' | 'claims'>, lane: Lane, clock: NotingClock): Claim | null {
  return promotion.claims.find((claim) => claim.lane === lane && !clock.reached(claim.until, 'CLAIM', promotion.id)) ?? null;
}

export function reviewState(promotion: Pick<Promotion, 'id' | 'state' | 'claims'>, lane: Lane, clock: NotingClock): ReviewState {
  if (isWithdrawn(promotion)) return 'WITHDRAWN';
  return liveClaim(promotion, lane, clock) === null ? 'REQUESTED' : 'CLAIMED';
}

export function reviewsOf(promotion: Promotion): Review[] {
  const { id, number, systemId, releaseId, state, openedAt, due, claims, lanes } = promotion;
  return lanes.map(({ lane, level }) => {
    const claim = claims.find((candidate) => candidate.lane === lane) ?? null;
    return {
      promotionId: id, promotionNumber: number, lane, level, systemId, releaseId, state: isWithdrawn(promotion) ? 'WITHDRAWN' : claim === null ? 'REQUESTED' : 'CLAIMED',
      open: state === 'OPEN', openedAt, due, assigneeId: claim?.personId ?? null, claimedUntil: claim?.until ?? null,
    };
  });
}

/** The review at this moment: a claim whose time is over has never been. */
export function atPresent<T extends Review>(review: T, clock: NotingClock): T {
  if (review.claimedUntil === null || !clock.reached(review.claimedUntil, 'CLAIM', review.promotionId)) return review;
  return { ...review, state: review.state === 'CLAIMED' ? 'REQUESTED' : review.state, assigneeId: null, claimedUntil: null };
}

export function isOverdue(review: Pick<Review, 'promotionId' | 'open' | 'due'>, clock: NotingClock): boolean {
  return review.open && review.due !== null && clock.reached(review.due, 'DUE', review.promotionId);
}

/** What can be done with it now; nothing once the promotion takes no more sign-offs. Withdrawing is cancelling the promotion. */
export function reviewActions(review: Pick<Review, 'open' | 'state'>): ReviewAction[] {
  return review.open ? reviewLifecycle.actionsFrom(review.state) : [];
}

/** How somebody stands to a review. */
export interface Standing {
  readonly grant: RoleGrant | null;
  /** The delegation by which they may sign, such as DEL-3; null = in their own name, or not at all. */
  readonly delegation: string | null;
  readonly excludedBy: readonly Exclusion[];
  /** A live approval of this person counts already. */
  readonly approved: boolean;
  /** This person has read it and abstained. */
  readonly abstained: boolean;
}

export function standingTo(promotion: Promotion, ask: RequiredLane, by: { principal: Principal; pkg: DecisionPackage; clock: NotingClock; recusals: readonly Recusal[]; lent: readonly Lent[]; judged: Pick<LaneState, 'approvedBy' | 'abstainedBy'> }): Standing {
  const { principal, pkg, clock, recusals, judged } = by;
  const round = { requesters: [promotion.requestedBy], openedAt: promotion.openedAt, pkg, recusals };
  const voice = strongestVoice(by, ask, round);
  return {
    grant: qualifyingGrant(voice, ask, round, clock), delegation: voice.lent?.delegation.number ?? null, excludedBy: exclusionsOf(voice, ask, round, clock),
    approved: principal.personId !== null && judged.approvedBy.includes(principal.personId),
    abstained: principal.personId !== null && judged.abstainedBy.includes(principal.personId),
  };
}

/** The first way in which somebody may sign the lane; their own name where none is enough. */
function strongestVoice({ principal, lent, clock }: { principal: Principal; lent: readonly Lent[]; clock: NotingClock }, ask: RequiredLane, round: Round): Voice {
  return voicesOf(principal, lent).find((voice) => exclusionsOf(voice, ask, round, clock).length === 0) ?? { principal, lent: null };
}

/** Takes a review up until an instant: whoever could sign the lane, unless somebody else is at it. The own claim may be prolonged. */
export function claimReview(promotion: Promotion, lane: Lane, until: Instant, by: { principal: Principal; pkg: DecisionPackage; recusals: readonly Recusal[]; lent: readonly Lent[]; clock: NotingClock }): Decided<Promotion> {
  const { principal, pkg, recusals, clock } = by;
  reviewLifecycle.next(reviewState(promotion, lane, clock), 'claim');
  const ask = pkg.lanes.find((demanded) => demanded.lane === lane);
  const round = { requesters: [promotion.requestedBy], openedAt: promotion.openedAt, pkg, recusals };
  const lent = ask === undefined ? null : strongestVoice(by, ask, round).lent;
  checkEligible(principal, { promotion, pkg, lanes: [lane], recusals, lent }, clock);
  checkUntil(until, clock.now);
  const held = liveClaim(promotion, lane, clock);
  if (held !== null && held.personId !== principal.personId) {
    throw new Refusal('REVIEW_CLAIMED', { message: `Somebody else reviews ${reviewNumber(promotion, lane)} until ${held.until}.`, until: held.until, next: 'Ask them to release it, or wait until then; you may sign all the same.' });
  }
  const claim: Claim = { lane, personId: principal.personId ?? '', principalId: principal.id, claimedAt: clock.now, until };
  return { next: { ...promotion, claims: [...without(promotion, lane), claim] }, event: 'review.claimed' };
}

/** Gives a review back: by whoever holds it, or by a risk officer with a reason. */
export function releaseReview(promotion: Promotion, lane: Lane, by: { principal: Principal; reason: string | null; clock: NotingClock }): Decided<Promotion> {
  const { principal, clock } = by;
  reviewLifecycle.next(reviewState(promotion, lane, clock), 'release');
  const next: Promotion = { ...promotion, claims: without(promotion, lane) };
  const own = liveClaim(promotion, lane, clock)?.personId === principal.personId;
  if (!own && !holdsRole(principal, ['RISK_OFFICER', 'HEAD_OF_RISK'], promotion.systemId, clock)) {
    throw new Refusal('NOT_ELIGIBLE', { message: 'A review is released by whoever claimed it, or by a risk officer.', because: ['NOT_CLAIMANT', 'NOT_RISK_OFFICER'], action: 'release' });
  }
  if (own && by.reason === null) return { next, event: 'review.released' };
  const reason = checkText(by.reason ?? '', 'reason', 4000);
  return { next, event: 'review.released', reason };
}

/** What the votes come to at this moment; null = the policy does not ask for the lane any more. */
export function reviewOutcome(promotion: Pick<Promotion, 'state'>, judged: Pick<LaneState, 'passed' | 'conditional' | 'reasons'> | null): ReviewOutcome {
  if (isWithdrawn(promotion)) return 'WITHDRAWN';
  if (judged === null) return 'NOT_REQUIRED';
  if (judged.passed) return judged.conditional ? 'APPROVED_WITH_CONDITIONS' : 'APPROVED';
  const codes = new Set(judged.reasons.map((reason) => reason.code));
  return BY_REASON.find(([code]) => codes.has(code))?.[1] ?? 'OPEN';
}

/** The first that applies: an objection outweighs all, and a vote that counts outweighs those that do not. */
const BY_REASON: readonly (readonly [ReasonCode, ReviewOutcome])[] = [
  ['REVIEW_REJECTED', 'REJECTED'], ['CHANGES_REQUESTED', 'CHANGES_REQUESTED'], ['NO_ELIGIBLE_REVIEWER', 'NO_ELIGIBLE_REVIEWER'], ['QUORUM_NOT_MET', 'QUORUM_NOT_MET'], ['REVIEW_STALE', 'STALE'], ['SIGN_OFF_EXPIRED', 'EXPIRED'], ['CONDITION_OVERDUE', 'EXPIRED'],
];

export function reviewNumber(promotion: Pick<Promotion, 'number'>, lane: Lane): string {
  return `${promotion.number}/${lane}`;
}

export function reviewId(review: { readonly promotionId: string; readonly lane: Lane }): string {
  return `${review.promotionId}/${review.lane}`;
}

/** `P-17/RISK`, or the opaque id of the promotion in place of its number; null = the text names no review. */
export function parseReviewReference(text: string): { promotion: string; lane: Lane } | null {
  const [promotion = '', name, ...more] = text.split('/');
  const lane = LANES.find((candidate) => candidate === name);
  return lane === undefined || more.length > 0 ? null : { promotion, lane };
}

function without(promotion: Promotion, lane: Lane): Claim[] {
  return promotion.claims.filter((claim) => claim.lane !== lane);
}

function checkUntil(until: Instant, now: Instant): void {
  const latest = plusDays(now, CLAIM_DAYS);
  if (until <= now) throw new Refusal('INVALID_INPUT', { field: 'until', message: 'A claim ends at an instant that is still ahead.', actual: until });
  if (until > latest) throw new Refusal('VALIDITY_TOO_LONG', { field: 'until', message: `A review is claimed for at most ${String(CLAIM_DAYS)} days.`, actual: until, expected: latest });
}

function isWithdrawn({ state }: Pick<Promotion, 'state'>): boolean {
  return state === 'CANCELLED' || state === 'SUPERSEDED';
}
