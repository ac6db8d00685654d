/** GraphQL entry points for waivers: requested, granted, taken back. */
import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { ChangeArgs, ReasonedChangeArgs } from '../systems/systems.graphql.js';
import { RequestWaiverInput, showWaiver, WaiverConnection, WaiverModel, WaiversArgs } from './waivers.graphql.js';
import { WaiversQueries } from './waivers.queries.js';
import { WaiversService } from './waivers.service.js';

@Resolver(() => WaiverModel)
export class WaiversResolver {
  constructor(private readonly service: WaiversService, private readonly queries: WaiversQueries) {}

  @Query(() => WaiverModel, { description: 'One waiver. Refused as NOT_FOUND when there is none here.' })
  async waiver(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as W-2.' }) id: string): Promise<WaiverModel> {
    return showWaiver(await this.queries.waiver(ctx, id));
  }

  @Query(() => WaiverConnection, { description: 'What is or was waived, page by page, narrowed and sorted: what ends within a month is `filter: {live: true, expiresBefore: …}, sort: EXPIRES`.' })
  async waivers(@Ctx() ctx: RequestContext, @Args() { filter, sort, ...request }: WaiversArgs): Promise<Connection<WaiverModel>> {
    return toConnection(await this.queries.waivers(ctx, filter ?? {}, sort, request), showWaiver);
  }

  @Mutation(() => WaiverModel, { description: 'Asks for a waiver of one requirement, for one release in one environment. Refused as NOT_WAIVABLE where nobody may waive it, as NOT_RENEWABLE for a second renewal.' })
  async requestWaiver(@Ctx() ctx: RequestContext, @Args('input', { description: 'What, where, why, and until when.' }) input: RequestWaiverInput): Promise<WaiverModel> {
    return showWaiver(await this.service.request(ctx, input));
  }

  @Mutation(() => WaiverModel, { description: 'Adds your grant. Refused as SEPARATION_OF_DUTIES for its requester, the team, every author in what was shown, and a second grant by one person.' })
  async grantWaiver(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<WaiverModel> {
    return showWaiver(await this.service.grant(ctx, change));
  }

  @Mutation(() => WaiverModel, { description: 'Takes a request back. Refused as NOT_ELIGIBLE for everybody but the requester.' })
  async withdrawWaiver(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<WaiverModel> {
    return showWaiver(await this.service.end(ctx, change, 'withdraw', reason));
  }

  @Mutation(() => WaiverModel, { description: 'Ends a waiver before its time: done by somebody who granted it, or by the head of risk. From the next question on it no longer counts.' })
  async revokeWaiver(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<WaiverModel> {
    return showWaiver(await this.service.end(ctx, change, 'revoke', reason));
  }
}
