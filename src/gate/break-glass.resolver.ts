/** GraphQL entry points for break-glass: invoked, agreed to, judged afterwards; and what it shows of others. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { BreakGlassOutcome } from '../domain/break-glass.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { DateTime, toConnection, type Connection } from '../platform/graphql-types.js';
import { loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { EnvironmentModel, ReleaseModel, showEnvironment, showRelease } from '../systems/releases.graphql.js';
import { AiSystemModel, ChangeArgs, PageArgs, showSystem } from '../systems/systems.graphql.js';
import { loadEnvironment, loadRelease, loadSystem, SystemsQueries } from '../systems/systems.queries.js';
import { AfterReviewModel, BreakGlassConnection, BreakGlassesArgs, BreakGlassModel, BreakGlassOutcomeEnum, InvokeBreakGlassInput, reviewAction, ReviewBreakGlassArgs, SecondKeyModel, showBreakGlass } from './break-glass.graphql.js';
import { BreakGlassQueries, type Standing } from './break-glass.queries.js';
import { BreakGlassService } from './break-glass.service.js';

@Resolver(() => BreakGlassModel)
export class BreakGlassResolver {
  constructor(private readonly service: BreakGlassService, private readonly queries: BreakGlassQueries) {}

  @Query(() => BreakGlassModel, { description: 'One break-glass. Refused as NOT_FOUND when there is none here.' })
  async breakGlass(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as BG-1.' }) id: string): Promise<BreakGlassModel> {
    return showBreakGlass(await this.queries.breakGlass(ctx, id));
  }

  @Query(() => BreakGlassConnection, { description: 'Every emergency, page by page, the latest first. What is owed is `filter: {debt: true}`.' })
  async breakGlasses(@Ctx() ctx: RequestContext, @Args() { filter, ...request }: BreakGlassesArgs): Promise<Connection<BreakGlassModel>> {
    return toConnection(await this.queries.breakGlasses(ctx, filter ?? {}, request), showBreakGlass);
  }

  @Mutation(() => BreakGlassModel, { description: 'Says that exactly this bundle has to go into exactly this environment now. Refused as NOT_ELIGIBLE for everybody but the owner and the developers of the system.' })
  async invokeBreakGlass(@Ctx() ctx: RequestContext, @Args('input', { description: 'What, where, why, and until when.' }) input: InvokeBreakGlassInput): Promise<BreakGlassModel> {
    return showBreakGlass(await this.service.invoke(ctx, input));
  }

  @Mutation(() => BreakGlassModel, { description: 'Agrees that it cannot wait. Refused as SEPARATION_OF_DUTIES for whoever invoked it, as NOT_ELIGIBLE without a role that the policy names for it.' })
  async turnSecondKey(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<BreakGlassModel> {
    return showBreakGlass(await this.service.turnSecondKey(ctx, change));
  }

  @Mutation(() => BreakGlassModel, { description: 'Judges afterwards whether it was right. Refused as SEPARATION_OF_DUTIES for whoever invoked it, turned the second key, or is on the team.' })
  async reviewBreakGlass(@Ctx() ctx: RequestContext, @Args() { verdict, reason, ...change }: ReviewBreakGlassArgs): Promise<BreakGlassModel> {
    return showBreakGlass(await this.service.review(ctx, change, reviewAction(verdict), reason));
  }
}

@Resolver(() => BreakGlassModel)
export class BreakGlassRelationsResolver {
  constructor(private readonly queries: BreakGlassQueries, private readonly systems: SystemsQueries, private readonly people: PeopleService) {}

  @ResolveField(() => BreakGlassOutcomeEnum, { description: 'Where it stands, judged at the time of this answer as the gate judges it.' })
  async outcome(@Ctx() ctx: RequestContext, @Parent() breakGlass: BreakGlassModel): Promise<BreakGlassOutcome> {
    return (await this.#standing(ctx, breakGlass))?.outcome ?? 'EXPIRED';
  }

  @ResolveField(() => DateTime, { nullable: true, description: 'Until when others have to have judged it: 72 hours after its use; null = it was not used.' })
  async reviewDueAt(@Ctx() ctx: RequestContext, @Parent() breakGlass: BreakGlassModel): Promise<string | null> {
    return (await this.#standing(ctx, breakGlass))?.reviewDueAt ?? null;
  }

  @ResolveField(() => AiSystemModel, { description: 'What the bundle belongs to, and whose promotions a debt stops.' })
  async system(@Ctx() ctx: RequestContext, @Parent() { record }: BreakGlassModel): Promise<AiSystemModel> {
    return showSystem(await loadSystem(ctx, this.systems, record.systemId));
  }

  @ResolveField(() => ReleaseModel, { description: 'The only bundle that it lets in.' })
  async release(@Ctx() ctx: RequestContext, @Parent() { record }: BreakGlassModel): Promise<ReleaseModel> {
    return showRelease(await loadRelease(ctx, this.systems, record.releaseId));
  }

  @ResolveField(() => EnvironmentModel, { description: 'The only place that it opens.' })
  async environment(@Ctx() ctx: RequestContext, @Parent() { record }: BreakGlassModel): Promise<EnvironmentModel> {
    return showEnvironment(await loadEnvironment(ctx, this.systems, record.environmentId));
  }

  @ResolveField(() => PersonModel, { description: 'The person of the team who could not wait.' })
  async invokedBy(@Ctx() ctx: RequestContext, @Parent() { record }: BreakGlassModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.invokedBy);
  }

  async #standing(ctx: RequestContext, { record }: BreakGlassModel): Promise<Standing | null> {
    return loadOne(ctx, 'breakGlassStanding', record.id, (ids) => this.queries.standings(ctx, ids));
  }
}

@Resolver(() => SecondKeyModel)
export class SecondKeyResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { description: 'Who agreed: never the person who invoked it.' })
  async person(@Ctx() ctx: RequestContext, @Parent() key: SecondKeyModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, key.personId);
  }
}

@Resolver(() => AfterReviewModel)
export class AfterReviewResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { description: 'Who judged it: nobody who had a part in it.' })
  async reviewer(@Ctx() ctx: RequestContext, @Parent() review: AfterReviewModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, review.personId);
  }
}

@Resolver(() => AiSystemModel)
export class SystemBreakGlassResolver {
  constructor(private readonly queries: BreakGlassQueries) {}

  @ResolveField(() => BreakGlassConnection, { name: 'breakGlasses', description: 'Every emergency of it, page by page; old ones stay.' })
  async breakGlassesOfSystem(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<BreakGlassModel>> {
    return toConnection(await this.queries.breakGlassesOf(ctx, system.id, args), showBreakGlass);
  }
}
