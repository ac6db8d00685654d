/** GraphQL entry points for auditors. */
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { answerOf } from '../gate/answer.js';
import { DecisionsQueries } from '../gate/decisions.queries.js';
import { GateDecisionModel, showAnswer } from '../gate/gate.graphql.js';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { ReleaseModel, showRelease } from '../systems/releases.graphql.js';
import { AiSystemModel, showSystem } from '../systems/systems.graphql.js';
import { loadRelease, loadSystem, SystemsQueries } from '../systems/systems.queries.js';
import { ExceptionConnection, ExceptionModel, ExceptionsArgs, InhabitantConnection, InhabitantModel, PopulationArgs, showException, showInhabitant } from './oversight.graphql.js';
import { OversightQueries } from './oversight.queries.js';

@Resolver(() => ExceptionModel)
export class ExceptionsResolver {
  constructor(private readonly queries: OversightQueries, private readonly systems: SystemsQueries) {}

  @Query(() => ExceptionConnection, { description: 'What went another way than the rules say within a span, the latest first: waivers, emergencies, baselines, changes of policy, lanes that teams attested by themselves, what runs on although it had lapsed or was refused, what was not enforced, what was found running without a permit.' })
  async exceptions(@Ctx() ctx: RequestContext, @Args() { from, to, ongoing, filter, ...request }: ExceptionsArgs): Promise<Connection<ExceptionModel>> {
    return toConnection(await this.queries.exceptions(ctx, { from, to, ongoing }, filter ?? {}, request), showException);
  }

  @ResolveField(() => AiSystemModel, { nullable: true, description: 'The system that it is about; null for a change of policy.' })
  async system(@Ctx() ctx: RequestContext, @Parent() { systemId }: ExceptionModel): Promise<AiSystemModel | null> {
    return systemId === null ? null : showSystem(await loadSystem(ctx, this.systems, systemId));
  }
}

@Resolver(() => InhabitantModel)
export class PopulationResolver {
  constructor(private readonly queries: OversightQueries, private readonly systems: SystemsQueries, private readonly decisions: DecisionsQueries) {}

  @Query(() => InhabitantConnection, { description: 'Everything that is in an environment, or was at an instant, with the decision that let it in; UNGOVERNED where none holds. What came last comes first.' })
  async population(@Ctx() ctx: RequestContext, @Args() { environment, at, ...request }: PopulationArgs): Promise<Connection<InhabitantModel>> {
    return toConnection(await this.queries.population(ctx, environment, at ?? null, request), showInhabitant);
  }

  @ResolveField(() => AiSystemModel, { description: 'The AI system that ships this bundle.' })
  async system(@Ctx() ctx: RequestContext, @Parent() { record }: InhabitantModel): Promise<AiSystemModel> {
    return showSystem(await loadSystem(ctx, this.systems, record.systemId));
  }

  @ResolveField(() => ReleaseModel, { description: 'What was frozen under one number: the bundle with its components and claims.' })
  async release(@Ctx() ctx: RequestContext, @Parent() { record }: InhabitantModel): Promise<ReleaseModel> {
    return showRelease(await loadRelease(ctx, this.systems, record.releaseId));
  }

  @ResolveField(() => GateDecisionModel, { nullable: true, description: 'The recorded decision by which it came in; null for a baseline, and for what was found.' })
  async decision(@Ctx() ctx: RequestContext, @Parent() { record }: InhabitantModel): Promise<GateDecisionModel | null> {
    const decided = record.decisionId === null ? null : await this.decisions.byId(ctx, record.decisionId);
    return decided === null ? null : showAnswer(answerOf(decided));
  }
}
