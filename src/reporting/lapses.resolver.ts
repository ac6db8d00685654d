/** GraphQL entry point of what lapses. */
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { AiSystemModel, showSystem } from '../systems/systems.graphql.js';
import { loadSystem, SystemsQueries } from '../systems/systems.queries.js';
import { LapseConnection, LapseModel, LapsesArgs, showLapse } from './lapses.graphql.js';
import { LapsesQueries } from './lapses.queries.js';

@Resolver(() => LapseModel)
export class LapsesResolver {
  constructor(private readonly queries: LapsesQueries, private readonly systems: SystemsQueries) {}

  @Query(() => LapseConnection, { description: 'What ends by itself within so many days, what ends first at the top: sign-offs, acceptances, waivers, evidence and more in one list. What was taken back or has ended is not in it.' })
  async lapses(@Ctx() ctx: RequestContext, @Args() { withinDays, filter, ...request }: LapsesArgs): Promise<Connection<LapseModel>> {
    return toConnection(await this.queries.lapses(ctx, withinDays, filter ?? {}, request), showLapse);
  }

  @ResolveField(() => AiSystemModel, { nullable: true, description: 'The system whose gate it concerns; null for a delegation, which may concern several.' })
  async system(@Ctx() ctx: RequestContext, @Parent() lapse: LapseModel): Promise<AiSystemModel | null> {
    return lapse.systemId === null ? null : showSystem(await loadSystem(ctx, this.systems, lapse.systemId));
  }
}
