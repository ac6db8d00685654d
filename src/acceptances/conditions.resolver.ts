/** GraphQL entry points for conditions: read, fulfilled, confirmed. */
import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { ReasonedChangeArgs } from '../systems/systems.graphql.js';
import { ConditionConnection, ConditionModel, ConditionsArgs, FulfilConditionArgs, showCondition } from './conditions.graphql.js';
import { ConditionsQueries } from './conditions.queries.js';
import { ConditionsService } from './conditions.service.js';

@Resolver(() => ConditionModel)
export class ConditionsResolver {
  constructor(private readonly service: ConditionsService, private readonly queries: ConditionsQueries) {}

  @Query(() => ConditionModel, { description: 'One condition. Refused as NOT_FOUND when there is none here.' })
  async condition(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as C-4.' }) id: string): Promise<ConditionModel> {
    return showCondition(await this.queries.condition(ctx, id));
  }

  @Query(() => ConditionConnection, { description: 'What was asked for beside votes and acceptances, page by page, narrowed and sorted: what you owe is `filter: {live: true, owner: "me"}`.' })
  async conditions(@Ctx() ctx: RequestContext, @Args() { filter, sort, ...request }: ConditionsArgs): Promise<Connection<ConditionModel>> {
    return toConnection(await this.queries.conditions(ctx, filter ?? {}, sort, request), showCondition);
  }

  @Mutation(() => ConditionModel, { description: 'Shows that it was done; repeated, it adds evidence. Refused as NOT_ELIGIBLE for everybody but its owner, as INVALID_TRANSITION once it has lapsed.' })
  async fulfilCondition(@Ctx() ctx: RequestContext, @Args() { evidence, ...change }: FulfilConditionArgs): Promise<ConditionModel> {
    return showCondition(await this.service.fulfil(ctx, change, evidence));
  }

  @Mutation(() => ConditionModel, { description: 'Confirms that it is met, for good. Refused as SEPARATION_OF_DUTIES for its owner, for whoever submitted the evidence or asked for the acceptance that bears it, and for the team, as NOT_ELIGIBLE without a grant for one of its lanes.' })
  async confirmCondition(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<ConditionModel> {
    return showCondition(await this.service.confirm(ctx, change, reason));
  }
}
