/** What follows from risks and the criteria of today: due reviews, stale levels, what is above appetite, and the matrix of the register. */
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { NotingClock } from '../domain/clock.js';
import { isAboveAppetite, isAssessmentStale, isReviewOverdue, reviewDueAt } from '../domain/risk-review.js';
import { Ctx } from '../identity/authentication.js';
import { DateTime } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { RiskMatrixArgs } from './risk-filters.graphql.js';
import { RiskMatrixModel } from './risk-matrix.graphql.js';
import { RiskModel } from './risks.graphql.js';
import { RisksQueries } from './risks.queries.js';

@Resolver(() => RiskModel)
export class RiskReviewsResolver {
  constructor(private readonly queries: RisksQueries) {}

  @Query(() => RiskMatrixModel, { description: 'Counts risks by likelihood and consequence. Refused as NOT_FOUND until risk criteria were adopted.' })
  async riskMatrix(@Ctx() ctx: RequestContext, @Args() { filter }: RiskMatrixArgs): Promise<RiskMatrixModel> {
    return this.queries.matrix(ctx, filter ?? {});
  }

  @ResolveField(() => DateTime, { nullable: true, description: 'The instant at which it has to be assessed or confirmed again: the last time, and the days that the criteria give for its level. Null = never assessed, or ended.' })
  async reviewDueAt(@Ctx() ctx: RequestContext, @Parent() { record }: RiskModel): Promise<string | null> {
    const { criteria } = await this.queries.today(ctx);
    return criteria === null ? null : reviewDueAt(record, criteria);
  }

  @ResolveField(() => Boolean, { description: 'Whether that instant has passed, judged at the time of this answer.' })
  async overdueReview(@Ctx() ctx: RequestContext, @Parent() { record }: RiskModel): Promise<boolean> {
    const { criteria, now } = await this.queries.today(ctx);
    return criteria !== null && isReviewOverdue(record, criteria, new NotingClock(now));
  }

  @ResolveField(() => Boolean, { nullable: true, description: 'Whether the criteria of today give the same estimates another level; null = never assessed.' })
  async staleAssessment(@Ctx() ctx: RequestContext, @Parent() { record }: RiskModel): Promise<boolean | null> {
    const { criteria } = await this.queries.today(ctx);
    return criteria === null ? null : isAssessmentStale(record, criteria);
  }

  @ResolveField(() => Boolean, { nullable: true, description: 'Whether what is left weighs more than the organization is content to carry without looking for more treatment; null = never assessed.' })
  async aboveAppetite(@Ctx() ctx: RequestContext, @Parent() { record }: RiskModel): Promise<boolean | null> {
    const { criteria } = await this.queries.today(ctx);
    return criteria === null ? null : isAboveAppetite(record, criteria);
  }
}
