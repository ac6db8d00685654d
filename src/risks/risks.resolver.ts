/** GraphQL entry points for risks: what they show of others, and every step of their life. */
import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { ChangeArgs, ReasonedChangeArgs } from '../systems/systems.graphql.js';
import { AssessRiskArgs, EditRiskArgs, LogRiskInput, PlanTreatmentArgs } from './risk-inputs.graphql.js';
import { RisksArgs } from './risk-filters.graphql.js';
import { RiskConnection, RiskModel, showRisk } from './risks.graphql.js';
import { RisksQueries } from './risks.queries.js';
import { RisksService } from './risks.service.js';

@Resolver(() => RiskModel)
export class RisksResolver {
  constructor(private readonly service: RisksService, private readonly queries: RisksQueries) {}

  @Query(() => RiskModel, { description: 'One risk of the register. Refused as NOT_FOUND when there is none here.' })
  async risk(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as R-142.' }) id: string): Promise<RiskModel> {
    return showRisk(await this.queries.risk(ctx, id));
  }

  @Query(() => RiskConnection, { description: 'The risk register of one AI system or of the whole organization, page by page.' })
  async risks(@Ctx() ctx: RequestContext, @Args() { system, filter, sort, ...page }: RisksArgs): Promise<Connection<RiskModel>> {
    return toConnection(await this.queries.risks(ctx, page, { system, filter: filter ?? {}, sort }), showRisk);
  }

  @Mutation(() => RiskModel, { description: 'Puts a risk into the register. Unless it is a draft it counts at every gate from now on, and names at least one taxonomy reference.' })
  async logRisk(
    @Ctx() ctx: RequestContext,
    @Args('system', { type: () => ID, description: 'The AI system that the harm would come from, by id or by number such as SYS-9.' }) system: string,
    @Args('input', { description: 'What it says, and who owns it.' }) input: LogRiskInput,
    @Args('draft', { type: () => Boolean, defaultValue: false, description: 'True to keep it out of the gate until it is handed in by submitRisk.' }) draft: boolean,
  ): Promise<RiskModel> {
    return showRisk(await this.service.log(ctx, system, input, draft));
  }

  @Mutation(() => RiskModel, { description: 'Changes what a risk says. A changed statement or scope outdates sign-offs about it and makes its editor a party to it.' })
  async editRisk(@Ctx() ctx: RequestContext, @Args() { input, ...change }: EditRiskArgs): Promise<RiskModel> {
    return showRisk(await this.service.edit(ctx, change, input));
  }

  @Mutation(() => RiskModel, { description: 'Hands a draft in. Refused as TAXONOMY_REFERENCE_INVALID while it names no taxonomy reference.' })
  async submitRisk(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<RiskModel> {
    return showRisk(await this.service.submit(ctx, change));
  }

  @Mutation(() => RiskModel, { description: 'Adds an assessment by the owner or a risk officer; levels are computed by the server. What was confirmed before stays the residual until somebody else confirms this one.' })
  async assessRisk(@Ctx() ctx: RequestContext, @Args() { input, ...change }: AssessRiskArgs): Promise<RiskModel> {
    return showRisk(await this.service.assess(ctx, change, input));
  }

  @Mutation(() => RiskModel, { description: 'Records what the owner of a risk chooses to do about it. Refused as NOT_ELIGIBLE for everybody else.' })
  async planTreatment(@Ctx() ctx: RequestContext, @Args() { option, reason, ...change }: PlanTreatmentArgs): Promise<RiskModel> {
    return showRisk(await this.service.planTreatment(ctx, change, option, reason));
  }

  @Mutation(() => RiskModel, { description: 'Opens a monitored, accepted or closed risk again; it waits for confirmation once more.' })
  async reopenRisk(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<RiskModel> {
    return showRisk(await this.service.turn(ctx, change, 'reopen', reason));
  }

  @Mutation(() => RiskModel, { description: 'Ends a monitored risk whose source is gone; it no longer counts at the gate.' })
  async closeRisk(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<RiskModel> {
    return showRisk(await this.service.turn(ctx, change, 'close', reason));
  }

  @Mutation(() => RiskModel, { description: 'Turns down what was logged as a duplicate or as no risk at all, before it was assessed.' })
  async rejectRisk(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<RiskModel> {
    return showRisk(await this.service.turn(ctx, change, 'reject', reason));
  }
}
