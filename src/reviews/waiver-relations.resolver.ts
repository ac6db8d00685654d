/** What a waiver shows of others, and what waivers add to an AI system and to a promotion. */
import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { WaiverOutcome } from '../domain/waiver.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { byId, loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { EnvironmentModel, ReleaseModel, showEnvironment, showRelease } from '../systems/releases.graphql.js';
import { AiSystemModel, PageArgs, showSystem } from '../systems/systems.graphql.js';
import { loadEnvironment, loadRelease, loadSystem, SystemsQueries } from '../systems/systems.queries.js';
import { PromotionModel } from './reviews.graphql.js';
import { showWaiver, WaiverConnection, WaiverGrantModel, WaiverModel, WaiverOutcomeEnum } from './waivers.graphql.js';
import { WaiversQueries } from './waivers.queries.js';

@Resolver(() => WaiverModel)
export class WaiverRelationsResolver {
  constructor(private readonly queries: WaiversQueries, private readonly systems: SystemsQueries, private readonly people: PeopleService) {}

  @ResolveField(() => WaiverOutcomeEnum, { description: 'Whether it is in force, judged at the time of this answer as the gate judges it.' })
  async outcome(@Ctx() ctx: RequestContext, @Parent() { record }: WaiverModel): Promise<WaiverOutcome> {
    return await loadOne(ctx, 'waiverOutcome', record.id, (ids) => this.queries.outcomes(ctx, ids)) ?? record.state;
  }

  @ResolveField(() => AiSystemModel, { description: 'Whose gate it concerns.' })
  async system(@Ctx() ctx: RequestContext, @Parent() { record }: WaiverModel): Promise<AiSystemModel> {
    return showSystem(await loadSystem(ctx, this.systems, record.systemId));
  }

  @ResolveField(() => ReleaseModel, { description: 'The only bundle for which the requirement is waived.' })
  async release(@Ctx() ctx: RequestContext, @Parent() { record }: WaiverModel): Promise<ReleaseModel> {
    return showRelease(await loadRelease(ctx, this.systems, record.releaseId));
  }

  @ResolveField(() => EnvironmentModel, { description: 'The only place for which the requirement is waived.' })
  async environment(@Ctx() ctx: RequestContext, @Parent() { record }: WaiverModel): Promise<EnvironmentModel> {
    return showEnvironment(await loadEnvironment(ctx, this.systems, record.environmentId));
  }

  @ResolveField(() => PersonModel, { description: 'The person of the team who asked for it, and who may withdraw it.' })
  async requestedBy(@Ctx() ctx: RequestContext, @Parent() { record }: WaiverModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.requestedBy);
  }

  @ResolveField(() => WaiverModel, { nullable: true, description: 'The earlier one that it goes on from; null = it is the first.' })
  async renews(@Ctx() ctx: RequestContext, @Parent() { record: { renews } }: WaiverModel): Promise<WaiverModel | null> {
    const found = renews === null ? null : await loadOne(ctx, 'waiver', renews, async (ids) => byId(await this.queries.waiversByIds(ctx, ids)));
    return found === null ? null : showWaiver(found);
  }
}

@Resolver(() => WaiverGrantModel)
export class WaiverGrantsResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { description: 'Who has agreed; nobody counts twice.' })
  async person(@Ctx() ctx: RequestContext, @Parent() grant: WaiverGrantModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, grant.personId);
  }
}

@Resolver(() => AiSystemModel)
export class SystemWaiversResolver {
  constructor(private readonly queries: WaiversQueries) {}

  @ResolveField(() => WaiverConnection, { name: 'waivers', description: 'Every requirement that was ever asked to be waived for it, page by page; ended ones stay.' })
  async waiversOfSystem(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<WaiverModel>> {
    return toConnection(await this.queries.waiversOf(ctx, system.id, args), showWaiver);
  }
}

@Resolver(() => PromotionModel)
export class PromotionWaiversResolver {
  constructor(private readonly queries: WaiversQueries) {}

  @ResolveField(() => WaiverConnection, { name: 'waivers', description: 'Every waiver for its release in its environment, page by page; which of them count is in their outcome.' })
  async waiversOfPromotion(@Ctx() ctx: RequestContext, @Parent() promotion: PromotionModel, @Args() args: PageArgs): Promise<Connection<WaiverModel>> {
    return toConnection(await this.queries.waiversAt(ctx, promotion.source, args), showWaiver);
  }
}
