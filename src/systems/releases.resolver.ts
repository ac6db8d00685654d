/** GraphQL entry points for releases and for the environments they move through. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { environmentRank } from '../domain/release.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import type { RequestContext } from '../platform/request-context.js';
import { CreateEnvironmentInput, CreateReleaseInput, EnvironmentModel, ReleaseModel, showEnvironment, showRelease } from './releases.graphql.js';
import { ReleasesService } from './releases.service.js';
import { AiSystemModel, ReasonedChangeArgs, showSystem } from './systems.graphql.js';
import { loadEnvironment, loadSystem, SystemsQueries } from './systems.queries.js';

@Resolver(() => ReleaseModel)
export class ReleasesResolver {
  constructor(private readonly service: ReleasesService, private readonly queries: SystemsQueries, private readonly people: PeopleService) {}

  @Query(() => ReleaseModel, { description: 'One bundle of an AI system. Refused as NOT_FOUND when there is none here.' })
  async release(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as REL-4.' }) id: string): Promise<ReleaseModel> {
    return showRelease(await this.queries.release(ctx, id));
  }

  @ResolveField(() => AiSystemModel, { description: 'The AI system that this bundle is a build of.' })
  async system(@Ctx() ctx: RequestContext, @Parent() release: ReleaseModel): Promise<AiSystemModel> {
    return showSystem(await loadSystem(ctx, this.queries, release.systemId));
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person who made the bundle; null when a service made it. Nobody approves what they made.' })
  async author(@Ctx() ctx: RequestContext, @Parent() release: ReleaseModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, release.authoredBy);
  }

  @Mutation(() => ReleaseModel, { description: 'Records what was built. Refused as ALREADY_EXISTS when the system has a release with the same label or exactly the same parts.' })
  async createRelease(
    @Ctx() ctx: RequestContext,
    @Args('system', { type: () => ID, description: 'The AI system that was built, by id or by number such as SYS-9.' }) system: string,
    @Args('input', { description: 'Its label and all of its parts.' }) input: CreateReleaseInput,
  ): Promise<ReleaseModel> {
    return showRelease(await this.service.create(ctx, system, input));
  }

  @Mutation(() => ReleaseModel, { description: 'Takes a bundle back for good: every gate denies it from the next question on.' })
  async withdrawRelease(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<ReleaseModel> {
    return showRelease(await this.service.withdraw(ctx, change, reason));
  }
}

@Resolver(() => EnvironmentModel)
export class EnvironmentsResolver {
  constructor(private readonly service: ReleasesService, private readonly queries: SystemsQueries) {}

  @Query(() => [EnvironmentModel], { description: 'All places that releases are deployed to, from SANDBOX to PRODUCTION, those of one kind by name.' })
  async environments(@Ctx() ctx: RequestContext): Promise<EnvironmentModel[]> {
    const found = await this.queries.environments(ctx);
    return found.sort((a, b) => environmentRank(a.kind) - environmentRank(b.kind) || (a.name < b.name ? -1 : 1)).map(showEnvironment);
  }

  @Query(() => EnvironmentModel, { description: 'One deployment target. Refused as NOT_FOUND when there is none here.' })
  async environment(@Ctx() ctx: RequestContext, @Args('name', { type: () => ID, description: 'What deployment tools call it, such as production-eu, or its opaque id.' }) name: string): Promise<EnvironmentModel> {
    return showEnvironment(await this.queries.environment(ctx, name));
  }

  @ResolveField(() => EnvironmentModel, { nullable: true, description: 'Where a release must have been deployed before it may come here; null = nowhere.' })
  async previous(@Ctx() ctx: RequestContext, @Parent() { previousId }: EnvironmentModel): Promise<EnvironmentModel | null> {
    return previousId === null ? null : showEnvironment(await loadEnvironment(ctx, this.queries, previousId));
  }

  @Mutation(() => EnvironmentModel, { description: 'Adds a deployment target. Refused as ALREADY_EXISTS when its name is taken.' })
  async createEnvironment(@Ctx() ctx: RequestContext, @Args('input', { description: 'Its name, its kind and what comes before it.' }) input: CreateEnvironmentInput): Promise<EnvironmentModel> {
    return showEnvironment(await this.service.createEnvironment(ctx, input));
  }
}
