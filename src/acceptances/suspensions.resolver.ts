/** GraphQL entry points for suspensions, and what they add to an AI system and to a risk. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { byId, loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { RiskModel, showRisk } from '../risks/risks.graphql.js';
import { RisksQueries } from '../risks/risks.queries.js';
import { AiSystemModel, PageArgs, ReasonedChangeArgs, showSystem } from '../systems/systems.graphql.js';
import { loadSystem, SystemsQueries } from '../systems/systems.queries.js';
import { ImposeSuspensionInput, showSuspension, SuspensionConnection, SuspensionModel, SuspensionsArgs } from './suspensions.graphql.js';
import { SuspensionsService } from './suspensions.service.js';

@Resolver(() => SuspensionModel)
export class SuspensionsResolver {
  constructor(private readonly service: SuspensionsService) {}

  @Query(() => SuspensionModel, { description: 'One suspension. Refused as NOT_FOUND when there is none here.' })
  async suspension(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as SUS-2.' }) id: string): Promise<SuspensionModel> {
    return showSuspension(await this.service.suspension(ctx, id));
  }

  @Query(() => SuspensionConnection, { description: 'What is or was suspended, page by page, the latest first: what holds now is `filter: {open: true}`.' })
  async suspensions(@Ctx() ctx: RequestContext, @Args() { filter, ...request }: SuspensionsArgs): Promise<Connection<SuspensionModel>> {
    return toConnection(await this.service.suspensions(ctx, filter ?? {}, request), showSuspension);
  }

  @Mutation(() => SuspensionModel, { description: 'Suspends what was accepted about one risk, or about everything of a system, at once. Done by a risk officer.' })
  async imposeSuspension(
    @Ctx() ctx: RequestContext, @Args('system', { type: () => ID, description: 'The AI system that it is about, by id or number.' }) system: string,
    @Args('input', { description: 'The trouble, in your words, and the one risk that it concerns, if it is only one.' }) input: ImposeSuspensionInput,
  ): Promise<SuspensionModel> {
    return showSuspension(await this.service.impose(ctx, system, input));
  }

  @Mutation(() => SuspensionModel, { description: 'Lifts it, for good. Refused as REASSESSMENT_MISSING, naming each risk that was not assessed since, as SEPARATION_OF_DUTIES for the team, the owner of the risk and whoever assessed it.' })
  async liftSuspension(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<SuspensionModel> {
    return showSuspension(await this.service.lift(ctx, change, reason));
  }
}

@Resolver(() => SuspensionModel)
export class SuspensionRelationsResolver {
  constructor(private readonly systems: SystemsQueries, private readonly risks: RisksQueries, private readonly people: PeopleService) {}

  @ResolveField(() => AiSystemModel, { description: 'What it is about, as a whole or through one risk.' })
  async system(@Ctx() ctx: RequestContext, @Parent() { record }: SuspensionModel): Promise<AiSystemModel> {
    return showSystem(await loadSystem(ctx, this.systems, record.systemId));
  }

  @ResolveField(() => RiskModel, { nullable: true, description: 'The only one that it is about; null = the whole system.' })
  async risk(@Ctx() ctx: RequestContext, @Parent() { record: { riskId } }: SuspensionModel): Promise<RiskModel | null> {
    const found = riskId === null ? null : await loadOne(ctx, 'risk', riskId, async (ids) => byId(await this.risks.risksByIds(ctx, ids)));
    return found === null ? null : showRisk(found);
  }

  @ResolveField(() => PersonModel, { description: 'The officer who recorded it.' })
  async imposedBy(@Ctx() ctx: RequestContext, @Parent() { record }: SuspensionModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.imposedBy);
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The officer who lifted it; null before.' })
  async liftedBy(@Ctx() ctx: RequestContext, @Parent() { record: { lifted } }: SuspensionModel): Promise<PersonModel | null> {
    return lifted === null ? null : loadPerson(ctx, this.people, lifted.by);
  }
}

@Resolver(() => AiSystemModel)
export class SystemSuspensionsResolver {
  constructor(private readonly service: SuspensionsService) {}

  @ResolveField(() => SuspensionConnection, { name: 'suspensions', description: 'What has ever suspended it or one of its risks, page by page; whether it is switched off by hand is its state.' })
  async suspensionsOfSystem(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<SuspensionModel>> {
    return toConnection(await this.service.suspensionsOf(ctx, 'systemId', system.id, args), showSuspension);
  }
}

@Resolver(() => RiskModel)
export class RiskSuspensionsResolver {
  constructor(private readonly service: SuspensionsService) {}

  @ResolveField(() => SuspensionConnection, { name: 'suspensions', description: 'What has ever suspended it by itself, page by page; those of its whole system are beside that.' })
  async suspensionsOfRisk(@Ctx() ctx: RequestContext, @Parent() risk: RiskModel, @Args() args: PageArgs): Promise<Connection<SuspensionModel>> {
    return toConnection(await this.service.suspensionsOf(ctx, 'riskId', risk.id, args), showSuspension);
  }
}
