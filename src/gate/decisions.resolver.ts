/** Lists of recorded decisions: of the organization, of a system, of a release. */
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { ReleaseModel } from '../systems/releases.graphql.js';
import { AiSystemModel, PageArgs } from '../systems/systems.graphql.js';
import { DecisionConnection, DecisionsArgs } from './decisions.graphql.js';
import { DecisionsQueries } from './decisions.queries.js';
import { showAnswer, type GateDecisionModel } from './gate.graphql.js';
import { answerOf } from './answer.js';

@Resolver()
export class DecisionsResolver {
  constructor(private readonly queries: DecisionsQueries) {}

  @Query(() => DecisionConnection, { description: 'Answers of the gate as they were recorded, page by page, the latest first. Grants are not shown again.' })
  async decisions(@Ctx() ctx: RequestContext, @Args() { filter, sort, ...request }: DecisionsArgs): Promise<Connection<GateDecisionModel>> {
    return toConnection(await this.queries.decisions(ctx, filter ?? {}, sort, request), (decided) => showAnswer(answerOf(decided)));
  }
}

@Resolver(() => AiSystemModel)
export class SystemDecisionsResolver {
  constructor(private readonly queries: DecisionsQueries) {}

  @ResolveField(() => DecisionConnection, { description: 'Every recorded answer of the gate about a release of it, the latest first.' })
  async decisions(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<GateDecisionModel>> {
    return toConnection(await this.queries.decisionsOf(ctx, { column: 'systemId', id: system.id }, args), (decided) => showAnswer(answerOf(decided)));
  }
}

@Resolver(() => ReleaseModel)
export class ReleaseDecisionsResolver {
  constructor(private readonly queries: DecisionsQueries) {}

  @ResolveField(() => DecisionConnection, { description: 'Every recorded answer of the gate about this bundle in its system, the latest first.' })
  async decisions(@Ctx() ctx: RequestContext, @Parent() release: ReleaseModel, @Args() args: PageArgs): Promise<Connection<GateDecisionModel>> {
    return toConnection(await this.queries.decisionsOf(ctx, { column: 'releaseId', id: release.id }, args), (decided) => showAnswer(answerOf(decided)));
  }
}
