/** How reviews are shown, and what clients may send about them. */
import { ArgsType, Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { LANES, type Lane } from '../domain/actor.js';
import type { NotingClock } from '../domain/clock.js';
import { EXCLUSIONS, type Exclusion } from '../domain/eligibility.js';
import type { DemandedLevel } from '../domain/policy.js';
import { atPresent, isOverdue, REVIEW_OUTCOMES, reviewActions, reviewId, reviewLifecycle, reviewNumber, type ReviewAction, type ReviewOutcome, type ReviewState } from '../domain/review.js';
import { LaneEnum, RoleGrantModel } from '../identity/people.graphql.js';
import { connectionOf, DateTime, NodeModel, publishEnum } from '../platform/graphql-types.js';
import { NEVER } from '../platform/paging.js';
import { PageArgs, publishActions } from '../systems/systems.graphql.js';
import type { ListedReview, ReviewFilter, ReviewSort } from './lane-reviews.queries.js';
import { ReviewLevelEnum } from './reviews.graphql.js';

export const ExclusionEnum = publishEnum('Exclusion', EXCLUSIONS, 'What keeps a person from signing a lane.', {
  DELEGATION_NOT_IN_FORCE: { description: 'The delegation that was named has not begun, is over, was revoked, or is for somebody else.' },
  LENDER_CONFLICTED: { description: 'The colleague in whose place it would be signed took part in it, or declared a conflict of interest.' },
});
const ReviewStateEnum = publishEnum('ReviewState', reviewLifecycle.states, 'Whether somebody is at it. What the votes have come to is the outcome, not a state.', {
  REQUESTED: { description: 'Waits for somebody to take it up; a claim whose time is over counts as none.' },
  CLAIMED: { description: 'Somebody said that they are reading it.' },
  WITHDRAWN: { description: 'Its promotion was cancelled.' },
});
const ReviewActionEnum = publishActions('ReviewAction', reviewLifecycle, 'What can be done with a review, in the words of its lifecycle; `withdraw` is done by cancelling the promotion.');
export const ReviewOutcomeEnum = publishEnum('ReviewOutcome', REVIEW_OUTCOMES, 'What the sign-offs of a lane come to at this moment: derived when it is read, never stored. New values may be added.', {
  OPEN: { description: 'Nobody’s vote counts yet.' },
  QUORUM_NOT_MET: { description: 'An approval counts, and more are needed.' },
  NO_ELIGIBLE_REVIEWER: { description: 'More approvals are needed, and nobody is left who could give them; the gate’s reason names everybody who comes into question.' },
  APPROVED: { description: 'Eligible live approvals meet the level and no objection stands.' },
  APPROVED_WITH_CONDITIONS: { description: 'Approved, and one of the approvals asks for something beside.' },
  CHANGES_REQUESTED: { description: 'A reviewer asked for changes, and nothing material has changed since.' },
  REJECTED: { description: 'A veto stands.' },
  STALE: { description: 'What was signed has changed materially.' },
  EXPIRED: { description: 'The time of the sign-offs is over, or they have lapsed with a condition that was missed.' },
  NOT_REQUIRED: { description: 'The lane was demanded when the promotion was opened, and is not any more.' },
  WITHDRAWN: { description: 'The promotion was cancelled.' },
});
const ReviewSortEnum = publishEnum('ReviewSort', ['DUE', 'NEWEST'] as const satisfies readonly ReviewSort[], 'In which order reviews are listed.', {
  DUE: { description: 'What is due first comes first; reviews without a due date come last.' },
  NEWEST: { description: 'Of the promotion that was opened last, first.' },
});

@ObjectType('ReviewerStanding', { description: 'How you stand to one review: why it waits for you, or what keeps you from signing it.' })
export class ReviewerStandingModel {
  @Field({ description: 'True when you could sign this lane now.' }) eligible!: boolean;
  @Field({ description: 'True when a live approval of yours counts already.' }) approved!: boolean;
  @Field({ description: 'True when you have read it and abstained; you may still vote.' }) abstained!: boolean;
  @Field(() => RoleGrantModel, { nullable: true, description: 'The role by which it is yours to sign; null when none of your roles is enough.' }) grant!: RoleGrantModel | null;
  @Field(() => String, { nullable: true, description: 'The delegation under which you may sign it, such as DEL-3, to be named in requestSignOff; null when it is in your own name, or not at all.' }) delegation!: string | null;
  @Field(() => [ExclusionEnum], { description: 'Everything that excludes you; empty when nothing does.' }) excludedBy!: readonly Exclusion[];
}

@ObjectType('PromotionReview', { implements: () => [NodeModel], description: 'One lane of a promotion: who is at it, until when it is due, and what its sign-offs have come to.' })
export class PromotionReviewModel extends NodeModel {
  readonly __typename!: 'PromotionReview';
  @Field({ description: 'What people call it, such as P-17/RISK; accepted wherever an id of it is.' }) number!: string;
  @Field(() => LaneEnum, { description: 'The discipline whose people must sign.' }) lane!: Lane;
  @Field(() => ReviewLevelEnum, { description: 'How independent its signers must be, as demanded when the promotion was opened.' }) level!: DemandedLevel;
  @Field(() => ReviewStateEnum, { description: 'Whether somebody has taken it up, by the database’s clock.' }) state!: ReviewState;
  @Field({ description: 'False once its promotion is fulfilled or cancelled: then it takes no more sign-offs.' }) open!: boolean;
  @Field(() => DateTime, { description: 'When it was asked for; a role that was gained later does not vote in it.' }) openedAt!: string;
  @Field(() => DateTime, { nullable: true, description: 'When it should be done; null for a request that was made before there were due dates.' }) due!: string | null;
  @Field({ description: 'True while it is open after that instant.' }) overdue!: boolean;
  @Field(() => DateTime, { nullable: true, description: 'When the claim of the assignee ends by itself; null while nobody is at it.' }) claimedUntil!: string | null;
  @Field(() => [ReviewActionEnum], { description: 'What its present state permits; who may do it is checked in addition.' }) availableActions!: ReviewAction[];
  /** As it is at present. */
  readonly review!: ListedReview;
}
export const PromotionReviewConnection = connectionOf('PromotionReview', () => PromotionReviewModel);

@InputType('ReviewFilterInput', { description: 'Which reviews to list: each condition narrows the list, and left out ones do not.' })
export class ReviewFilterInput implements ReviewFilter {
  @IsOptional() @ArrayMaxSize(LANES.length) @IsIn(LANES, { each: true }) @Field(() => [LaneEnum], { nullable: true, description: 'Only reviews of these disciplines.' }) lanes?: Lane[] | null;
  @IsOptional() @ArrayMaxSize(REVIEW_OUTCOMES.length) @IsIn(REVIEW_OUTCOMES, { each: true })
  @Field(() => [ReviewOutcomeEnum], { nullable: true, description: 'Only reviews whose sign-offs come to one of these now. It is judged while reading: a page may be shorter than asked for, or empty, while hasNextPage is true.' }) outcomes?: ReviewOutcome[] | null;
  @IsOptional() @IsString() @MaxLength(200) @Field(() => String, { nullable: true, description: 'Only those claimed at present by this person: handle, user number, person id, or `me`.' }) assignee?: string | null;
  @IsOptional() @IsString() @Field(() => DateTime, { nullable: true, description: 'Only those due at this instant or earlier.' }) dueBefore?: string | null;
  @IsOptional() @Field(() => Boolean, { nullable: true, description: 'True: only open ones that should have been done by now; false: all others.' }) overdue?: boolean | null;
  @IsOptional() @IsString() @MaxLength(100) @Field(() => ID, { nullable: true, description: 'Only those about this AI system, by id or number.' }) system?: string | null;
  @IsOptional() @Field(() => Boolean, { nullable: true, description: 'True: only those whose promotion still takes sign-offs; false: only the others.' }) open?: boolean | null;
  @IsOptional() @Field(() => Boolean, { nullable: true, description: 'True: only open ones that you could sign now and have neither approved nor abstained from: your queue. Judged while reading, like `outcomes`.' }) waitingForMe?: boolean | null;
}

@ArgsType()
export class ReviewsArgs extends PageArgs {
  @IsOptional() @ValidateNested() @Type(() => ReviewFilterInput) @Field(() => ReviewFilterInput, { nullable: true, description: 'Which of them; left out = all of them.' }) filter?: ReviewFilterInput | null;
  @IsIn(['DUE', 'NEWEST']) @Field(() => ReviewSortEnum, { defaultValue: 'DUE', description: 'Which come first; those that are due next unless said otherwise.' }) sort!: ReviewSort;
}

@ArgsType()
export class ClaimReviewArgs {
  @IsString() @MaxLength(100) @Field(() => ID, { description: 'Which lane of which promotion, such as P-17/RISK.' }) id!: string;
  @IsString() @Field(() => DateTime, { description: 'When the claim ends by itself: within 14 days. Claiming again moves it.' }) until!: string;
}

@ArgsType()
export class ReleaseReviewArgs {
  @IsString() @MaxLength(100) @Field(() => ID, { description: 'The claimed lane, such as P-17/RISK.' }) id!: string;
  @IsOptional() @IsString() @MaxLength(4000) @Field(() => String, { nullable: true, description: 'Why it is given back, at most 4000 characters; needed for the claim of somebody else.' }) reason?: string | null;
}

/** As it is at this moment. */
export function showReview(found: ListedReview, clock: NotingClock): PromotionReviewModel {
  const review = atPresent({ ...found, due: found.due === NEVER ? null : found.due }, clock);
  const { lane, level, state, open, openedAt, due, claimedUntil } = review;
  return {
    __typename: 'PromotionReview', id: reviewId(review), number: reviewNumber({ number: review.promotionNumber }, lane), lane, level, state, open, openedAt, due,
    overdue: isOverdue(review, clock), claimedUntil, availableActions: reviewActions(review), review,
  };
}
