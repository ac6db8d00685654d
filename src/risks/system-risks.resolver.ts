/** What this chapter adds to an AI system: its risks. */
import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { AiSystemModel, PageArgs } from '../systems/systems.graphql.js';
import { RiskConnection, showRisk, type RiskModel } from './risks.graphql.js';
import { RisksQueries } from './risks.queries.js';

@Resolver(() => AiSystemModel)
export class SystemRisksResolver {
  constructor(private readonly queries: RisksQueries) {}

  @ResolveField(() => RiskConnection, { description: 'What may go wrong with this system, in all of its releases, page by page.' })
  async risks(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<RiskModel>> {
    return toConnection(await this.queries.risksOf(ctx, system.id, args), showRisk);
  }
}
