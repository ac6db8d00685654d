/** Where reviews hang on: the lanes of a promotion, and the open reviews in which a risk is judged. */
import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { reviewsOf } from '../domain/review.js';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { RiskModel } from '../risks/risks.graphql.js';
import { PageArgs } from '../systems/systems.graphql.js';
import { PromotionReviewConnection, PromotionReviewModel, showReview } from './lane-reviews.graphql.js';
import { LaneReviewsQueries } from './lane-reviews.queries.js';
import { PromotionModel } from './reviews.graphql.js';
import { RiskReviewsQueries } from './risk-reviews.queries.js';

@Resolver(() => PromotionModel)
export class PromotionReviewsResolver {
  constructor(private readonly queries: LaneReviewsQueries) {}

  @ResolveField(() => [PromotionReviewModel], { description: 'One for each lane that was demanded when it was opened, in the order of lanes; what the gate demands now is in `gate.reviews`.' })
  async reviews(@Ctx() ctx: RequestContext, @Parent() promotion: PromotionModel): Promise<PromotionReviewModel[]> {
    const clock = await this.queries.clock(ctx);
    return reviewsOf(promotion.source).map((review) => showReview(review, clock));
  }
}

@Resolver(() => RiskModel)
export class ReviewsOfRisksResolver {
  constructor(private readonly queries: LaneReviewsQueries, private readonly ofRisks: RiskReviewsQueries) {}

  @ResolveField(() => PromotionReviewConnection, { description: 'The open reviews of every promotion that must answer for this risk: of its whole system, or of the one release that it concerns. What is due first comes first.' })
  async reviews(@Ctx() ctx: RequestContext, @Parent() risk: RiskModel, @Args() args: PageArgs): Promise<Connection<PromotionReviewModel>> {
    const found = await this.ofRisks.reviewsOfRisk(ctx, risk, args);
    const clock = await this.queries.clock(ctx);
    return toConnection(found, (review) => showReview(review, clock));
  }
}
