/** What this chapter adds to a risk: its confirmation, and everything that was ever requested to carry it. */
import { Args, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { RiskModel, showRisk } from '../risks/risks.graphql.js';
import { ChangeArgs, PageArgs } from '../systems/systems.graphql.js';
import { AcceptanceConnection, showAcceptance, type RiskAcceptanceModel } from './acceptances.graphql.js';
import { AcceptancesQueries } from './acceptances.queries.js';
import { ConfirmationsService } from './confirmations.service.js';

@Resolver(() => RiskModel)
export class RiskAcceptancesResolver {
  constructor(private readonly confirmations: ConfirmationsService, private readonly queries: AcceptancesQueries) {}

  @Mutation(() => RiskModel, { description: 'Confirms the latest assessment. Refused as SEPARATION_OF_DUTIES for its owner and its assessor, as ABOVE_TOLERANCE when it needs an acceptance instead.' })
  async confirmRisk(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<RiskModel> {
    return showRisk(await this.confirmations.confirm(ctx, change));
  }

  @ResolveField(() => AcceptanceConnection, { description: 'Everything that was ever requested to carry this risk, page by page; ended ones stay.' })
  async acceptances(@Ctx() ctx: RequestContext, @Parent() risk: RiskModel, @Args() args: PageArgs): Promise<Connection<RiskAcceptanceModel>> {
    return toConnection(await this.queries.acceptancesOf(ctx, risk.id, args), showAcceptance);
  }
}
