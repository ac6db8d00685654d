/** GraphQL entry points for baselines: imported, confirmed by somebody else, taken back; and what they show of others. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { BaselineOutcome } from '../domain/baseline.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { EnvironmentModel, ReleaseModel, showEnvironment, showRelease } from '../systems/releases.graphql.js';
import { AiSystemModel, ChangeArgs, PageArgs, ReasonedChangeArgs, showSystem } from '../systems/systems.graphql.js';
import { loadEnvironment, loadRelease, loadSystem, SystemsQueries } from '../systems/systems.queries.js';
import { BaselineConnection, BaselineModel, BaselineOutcomeEnum, BaselinesArgs, ImportBaselineInput, showBaseline } from './baselines.graphql.js';
import { BaselinesQueries } from './baselines.queries.js';
import { BaselinesService } from './baselines.service.js';
import { GateDecisionModel, showAnswer } from './gate.graphql.js';
import { GateService } from './gate.service.js';

@Resolver(() => BaselineModel)
export class BaselinesResolver {
  constructor(private readonly service: BaselinesService, private readonly queries: BaselinesQueries) {}

  @Query(() => BaselineModel, { description: 'One baseline. Refused as NOT_FOUND when there is none here.' })
  async baseline(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as BL-4.' }) id: string): Promise<BaselineModel> {
    return showBaseline(await this.queries.baseline(ctx, id));
  }

  @Query(() => BaselineConnection, { description: 'What was let run without having been promoted, page by page. The burn-down is `filter: {open: true}, sort: ENDS`, with what each still lacks in `gate`.' })
  async baselines(@Ctx() ctx: RequestContext, @Args() { filter, sort, ...request }: BaselinesArgs): Promise<Connection<BaselineModel>> {
    return toConnection(await this.queries.baselines(ctx, filter ?? {}, sort, request), showBaseline);
  }

  @Mutation(() => [BaselineModel], { description: 'Proposes what runs already as baselines, all of the list or none. Each lets nothing run until somebody else confirms it. Refused as ALREADY_EXISTS where a release had one there, as NOT_ELIGIBLE for one that was registered after the gate had let the system in there.' })
  async importBaseline(@Ctx() ctx: RequestContext, @Args('input', { description: 'What runs where, and until when it may.' }) input: ImportBaselineInput): Promise<BaselineModel[]> {
    return (await this.service.propose(ctx, input)).map(showBaseline);
  }

  @Mutation(() => BaselineModel, { description: 'Lets the release run until the baseline ends. Refused as SEPARATION_OF_DUTIES for whoever proposed it.' })
  async confirmBaseline(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<BaselineModel> {
    return showBaseline(await this.service.confirm(ctx, change));
  }

  @Mutation(() => BaselineModel, { description: 'Takes a proposal back. Refused as INVALID_TRANSITION once it is confirmed: then it is ended.' })
  async withdrawBaseline(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<BaselineModel> {
    return showBaseline(await this.service.end(ctx, change, 'withdraw', reason));
  }

  @Mutation(() => BaselineModel, { description: 'Ends a confirmed baseline before its time: from the next question on it lets nothing run.' })
  async endBaseline(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<BaselineModel> {
    return showBaseline(await this.service.end(ctx, change, 'end', reason));
  }
}

@Resolver(() => BaselineModel)
export class BaselineRelationsResolver {
  constructor(private readonly queries: BaselinesQueries, private readonly systems: SystemsQueries, private readonly people: PeopleService, private readonly gateService: GateService) {}

  @ResolveField(() => BaselineOutcomeEnum, { description: 'Whether it is in force, judged at the time of this answer as the gate judges it.' })
  async outcome(@Ctx() ctx: RequestContext, @Parent() { record }: BaselineModel): Promise<BaselineOutcome> {
    return await loadOne(ctx, 'baselineOutcome', record.id, (ids) => this.queries.outcomes(ctx, ids)) ?? 'EXPIRED';
  }

  @ResolveField(() => GateDecisionModel, { description: 'Whether it may run now, as a dry run: its warnings are what is still to be done before the baseline ends.' })
  async gate(@Ctx() ctx: RequestContext, @Parent() { record }: BaselineModel): Promise<GateDecisionModel> {
    const environment = await loadEnvironment(ctx, this.systems, record.environmentId);
    return showAnswer(await this.gateService.dryRunOfMany(ctx, { target: { kind: 'BUNDLE', bundleDigest: record.bundleDigest }, system: record.systemId, environment: environment.name, action: 'run' }));
  }

  @ResolveField(() => AiSystemModel, { description: 'What the running release belongs to; other releases of it are judged in full.' })
  async system(@Ctx() ctx: RequestContext, @Parent() { record }: BaselineModel): Promise<AiSystemModel> {
    return showSystem(await loadSystem(ctx, this.systems, record.systemId));
  }

  @ResolveField(() => ReleaseModel, { description: 'The only bundle that it lets run.' })
  async release(@Ctx() ctx: RequestContext, @Parent() { record }: BaselineModel): Promise<ReleaseModel> {
    return showRelease(await loadRelease(ctx, this.systems, record.releaseId));
  }

  @ResolveField(() => EnvironmentModel, { description: 'The only place in which it lets it run.' })
  async environment(@Ctx() ctx: RequestContext, @Parent() { record }: BaselineModel): Promise<EnvironmentModel> {
    return showEnvironment(await loadEnvironment(ctx, this.systems, record.environmentId));
  }

  @ResolveField(() => PersonModel, { description: 'The person who asked that it may go on, and who cannot confirm it.' })
  async proposedBy(@Ctx() ctx: RequestContext, @Parent() { record }: BaselineModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.proposedBy);
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'Who confirmed it: never the person who proposed it; null = nobody has.' })
  async confirmedBy(@Ctx() ctx: RequestContext, @Parent() { record }: BaselineModel): Promise<PersonModel | null> {
    return record.confirmedBy === null ? null : loadPerson(ctx, this.people, record.confirmedBy);
  }
}

@Resolver(() => AiSystemModel)
export class SystemBaselinesResolver {
  constructor(private readonly queries: BaselinesQueries) {}

  @ResolveField(() => BaselineConnection, { name: 'baselines', description: 'What of it was let run without having been promoted, page by page; ended ones stay.' })
  async baselinesOfSystem(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<BaselineModel>> {
    return toConnection(await this.queries.baselinesOf(ctx, system.id, args), showBaseline);
  }
}
