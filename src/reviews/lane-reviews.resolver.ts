/** GraphQL entry points of reviews: listed, claimed, released. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { ReviewOutcome } from '../domain/review.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { byId, loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { AiSystemModel, showSystem } from '../systems/systems.graphql.js';
import { SystemsQueries } from '../systems/systems.queries.js';
import { ClaimReviewArgs, PromotionReviewConnection, PromotionReviewModel, ReleaseReviewArgs, ReviewerStandingModel, ReviewOutcomeEnum, ReviewsArgs, showReview } from './lane-reviews.graphql.js';
import { LaneReviewsQueries } from './lane-reviews.queries.js';
import { LaneReviewsService } from './lane-reviews.service.js';
import { PromotionsService } from './promotions.service.js';
import { PromotionModel, showPromotion, showSignOff, SignOffModel } from './reviews.graphql.js';
import { SignOffsService } from './sign-offs.service.js';

@Resolver(() => PromotionReviewModel)
export class LaneReviewsResolver {
  constructor(private readonly service: LaneReviewsService, private readonly queries: LaneReviewsQueries) {}

  @Query(() => PromotionReviewModel, { description: 'One lane of a promotion, by its number such as P-17/RISK or its opaque id. Refused with NOT_FOUND.' })
  async review(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'Opaque id, or number such as P-17/RISK.' }) id: string): Promise<PromotionReviewModel> {
    return showReview(await this.queries.review(ctx, id), await this.queries.clock(ctx));
  }

  @Query(() => PromotionReviewConnection, { description: 'Lanes of promotions, page by page, narrowed and sorted. A reviewer’s queue is `filter: {waitingForMe: true}`.' })
  async reviews(@Ctx() ctx: RequestContext, @Args() { filter, sort, ...request }: ReviewsArgs): Promise<Connection<PromotionReviewModel>> {
    const found = await this.queries.reviews(ctx, filter ?? {}, sort, request);
    const clock = await this.queries.clock(ctx);
    return toConnection(found, (review) => showReview(review, clock));
  }

  @Mutation(() => PromotionReviewModel, { description: 'Says that you are reading a review, so that colleagues do not; it decides nothing. Refused with REVIEW_CLAIMED while somebody else is at it, with NOT_ELIGIBLE or SEPARATION_OF_DUTIES when you could not sign it.' })
  async claimReview(@Ctx() ctx: RequestContext, @Args() { id, until }: ClaimReviewArgs): Promise<PromotionReviewModel> {
    return showReview(await this.service.claim(ctx, id, until), await this.queries.clock(ctx));
  }

  @Mutation(() => PromotionReviewModel, { description: 'Gives a claimed review back. Refused with NOT_ELIGIBLE unless the claim is yours or you are a risk officer, who gives a reason.' })
  async releaseReview(@Ctx() ctx: RequestContext, @Args() { id, reason }: ReleaseReviewArgs): Promise<PromotionReviewModel> {
    return showReview(await this.service.release(ctx, id, reason ?? null), await this.queries.clock(ctx));
  }
}

@Resolver(() => PromotionReviewModel)
export class LaneReviewOutcomesResolver {
  constructor(private readonly queries: LaneReviewsQueries) {}

  @ResolveField(() => ReviewOutcomeEnum, { description: 'What the sign-offs come to now, judged as the gate judges them.' })
  async outcome(@Ctx() ctx: RequestContext, @Parent() { review }: PromotionReviewModel): Promise<ReviewOutcome> {
    return (await this.queries.judged(ctx, review))?.outcome ?? 'NOT_REQUIRED';
  }

  @ResolveField(() => ReviewerStandingModel, { nullable: true, description: 'Why it waits for you, or what excludes you; null when the lane is not demanded any more.' })
  async me(@Ctx() ctx: RequestContext, @Parent() { review }: PromotionReviewModel): Promise<ReviewerStandingModel | null> {
    const standing = (await this.queries.judged(ctx, review))?.standing ?? null;
    return standing === null ? null : { ...standing, eligible: review.open && standing.excludedBy.length === 0 };
  }
}

@Resolver(() => PromotionReviewModel)
export class LaneReviewRelationsResolver {
  constructor(private readonly promotions: PromotionsService, private readonly votes: SignOffsService, private readonly systems: SystemsQueries, private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { nullable: true, description: 'Who has taken it up; null while nobody is at it.' })
  async assignee(@Ctx() ctx: RequestContext, @Parent() { review }: PromotionReviewModel): Promise<PersonModel | null> {
    return review.assigneeId === null ? null : loadPerson(ctx, this.people, review.assigneeId);
  }

  @ResolveField(() => PromotionModel, { description: 'The request that it is a lane of, with what the requester said as its `reason`.' })
  async promotion(@Ctx() ctx: RequestContext, @Parent() { review }: PromotionReviewModel): Promise<PromotionModel | null> {
    const found = await loadOne(ctx, 'promotion', review.promotionId, async (ids) => byId(await this.promotions.promotionsByIds(ctx, ids)));
    return found === null ? null : showPromotion(found);
  }

  @ResolveField(() => AiSystemModel, { description: 'What the reviewed release belongs to.' })
  async system(@Ctx() ctx: RequestContext, @Parent() { review }: PromotionReviewModel): Promise<AiSystemModel | null> {
    const found = await loadOne(ctx, 'system', review.systemId, async (ids) => byId(await this.systems.systemsByIds(ctx, ids)));
    return found === null ? null : showSystem(found);
  }

  @ResolveField(() => [SignOffModel], { description: 'The votes that were given to this lane of this promotion, oldest first; withdrawn and expired ones too, at most 100.' })
  async signOffs(@Ctx() ctx: RequestContext, @Parent() { review }: PromotionReviewModel): Promise<SignOffModel[]> {
    return (await this.votes.signOffsOfReview(ctx, review)).map(showSignOff);
  }
}
