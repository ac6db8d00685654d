/** What conditions add to a vote and to a review, and what a condition shows of the vote that bears it. */
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { ConditionModel, showCondition } from '../acceptances/conditions.graphql.js';
import { ConditionsQueries } from '../acceptances/conditions.queries.js';
import { Ctx } from '../identity/authentication.js';
import { byId, loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { PromotionReviewModel } from './lane-reviews.graphql.js';
import { showSignOff, SignOffModel } from './reviews.graphql.js';
import { SignOffsService } from './sign-offs.service.js';

@Resolver(() => SignOffModel)
export class SignOffConditionsResolver {
  constructor(private readonly queries: ConditionsQueries) {}

  @ResolveField(() => [ConditionModel], { description: 'What the signer asks for beside the yes; they bind until the vote is taken back or given anew.' })
  async conditions(@Ctx() ctx: RequestContext, @Parent() signOff: SignOffModel): Promise<ConditionModel[]> {
    return (await this.queries.conditionsBorne(ctx, 'signOffId', signOff.id)).map(showCondition);
  }
}

@Resolver(() => PromotionReviewModel)
export class ReviewConditionsResolver {
  constructor(private readonly queries: ConditionsQueries, private readonly votes: SignOffsService) {}

  @ResolveField(() => [ConditionModel], { description: 'What the votes about this lane of this promotion ask for, oldest first; also those of votes that were taken back.' })
  async conditions(@Ctx() ctx: RequestContext, @Parent() { review }: PromotionReviewModel): Promise<ConditionModel[]> {
    const votes = await this.votes.signOffsOfReview(ctx, review);
    const borne = await Promise.all(votes.map((vote) => this.queries.conditionsBorne(ctx, 'signOffId', vote.id)));
    return borne.flat().map(showCondition);
  }
}

@Resolver(() => ConditionModel)
export class ConditionVotesResolver {
  constructor(private readonly votes: SignOffsService) {}

  @ResolveField(() => SignOffModel, { nullable: true, description: 'The vote that bears it; null when an acceptance does.' })
  async signOff(@Ctx() ctx: RequestContext, @Parent() { record: { signOffId } }: ConditionModel): Promise<SignOffModel | null> {
    const found = signOffId === null ? null : await loadOne(ctx, 'signOff', signOffId, async (ids) => byId(await this.votes.signOffsByIds(ctx, ids)));
    return found === null ? null : showSignOff(found);
  }
}
