/** GraphQL entry points for AI systems. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Phase } from '../domain/system.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { ReleaseConnection, showRelease, type ReleaseModel } from './releases.graphql.js';
import { SystemsArgs } from './system-filters.graphql.js';
import { AiSystemConnection, AiSystemModel, AssessTierArgs, EditSystemArgs, PageArgs, ReasonedChangeArgs, RegisterSystemInput, showSystem, SystemPhaseEnum, TierAssessmentModel } from './systems.graphql.js';
import { SystemsQueries } from './systems.queries.js';
import { SystemsService } from './systems.service.js';

@Resolver(() => AiSystemModel)
export class SystemsResolver {
  constructor(private readonly service: SystemsService, private readonly queries: SystemsQueries, private readonly people: PeopleService) {}

  @Query(() => AiSystemModel, { description: 'One AI system. Refused as NOT_FOUND when there is none here.' })
  async system(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as SYS-9.' }) id: string): Promise<AiSystemModel> {
    return showSystem(await this.queries.system(ctx, id));
  }

  @Query(() => AiSystemConnection, { description: 'The inventory of AI systems, page by page.' })
  async systems(@Ctx() ctx: RequestContext, @Args() { filter, sort, ...page }: SystemsArgs): Promise<Connection<AiSystemModel>> {
    return toConnection(await this.queries.systems(ctx, page, { filter: filter ?? {}, sort }), showSystem);
  }

  @ResolveField(() => SystemPhaseEnum, { description: 'How near to real use it has come, from PROPOSED to PRODUCTION; follows from the deployments that were reported.' })
  async phase(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel): Promise<Phase> {
    return await loadOne(ctx, 'phase', system.id, (ids) => this.queries.phases(ctx, ids)) ?? 'PROPOSED';
  }

  @ResolveField(() => PersonModel, { description: 'The person who answers for this system; never votes on its risk and never sets its tier.' })
  async owner(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, system.ownerId);
  }

  @ResolveField(() => [PersonModel], { description: 'The people who build it; they vote neither on its risk nor on its validation.' })
  async developers(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel): Promise<PersonModel[]> {
    const found = await Promise.all(system.developerIds.map((personId) => loadPerson(ctx, this.people, personId)));
    return found.filter((person) => person !== null);
  }

  @ResolveField(() => ReleaseConnection, { description: 'What was built of this system so far, page by page.' })
  async releases(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<ReleaseModel>> {
    return toConnection(await this.queries.releases(ctx, system.id, args), showRelease);
  }

  @Mutation(() => AiSystemModel, { description: 'Enters an AI system into the inventory. It counts as CRITICAL and UNCLASSIFIED until its tier is assessed.' })
  async registerSystem(@Ctx() ctx: RequestContext, @Args('input', { description: 'Name, purpose and people of the new system.' }) input: RegisterSystemInput): Promise<AiSystemModel> {
    return showSystem(await this.service.register(ctx, input));
  }

  @Mutation(() => AiSystemModel, { description: 'Changes the description. Whoever changes purpose, groups, autonomy, prohibited uses or developers becomes its last editor and no longer votes on it.' })
  async editSystem(@Ctx() ctx: RequestContext, @Args() { input, ...change }: EditSystemArgs): Promise<AiSystemModel> {
    return showSystem(await this.service.edit(ctx, change, input));
  }

  @Mutation(() => AiSystemModel, { description: 'Records tier, EU AI Act class and flags: done by a risk officer, refused as SEPARATION_OF_DUTIES for the owner of the system.' })
  async assessTier(@Ctx() ctx: RequestContext, @Args() { input, ...change }: AssessTierArgs): Promise<AiSystemModel> {
    return showSystem(await this.service.assessTier(ctx, change, input));
  }

  @Mutation(() => AiSystemModel, { description: 'Halts an AI system: every gate denies its releases until it is resumed.' })
  async suspendSystem(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<AiSystemModel> {
    return showSystem(await this.service.operate(ctx, change, 'suspend', reason));
  }

  @Mutation(() => AiSystemModel, { description: 'Lifts the halt of a suspended AI system.' })
  async resumeSystem(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<AiSystemModel> {
    return showSystem(await this.service.operate(ctx, change, 'resume', reason));
  }

  @Mutation(() => AiSystemModel, { description: 'Takes an AI system out of service for good: every gate denies its releases, and its description stays as it is.' })
  async retireSystem(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<AiSystemModel> {
    return showSystem(await this.service.operate(ctx, change, 'retire', reason));
  }
}

@Resolver(() => TierAssessmentModel)
export class TierAssessmentsResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { description: 'The risk officer who judged; never the owner of the system.' })
  async assessor(@Ctx() ctx: RequestContext, @Parent() assessment: TierAssessmentModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, assessment.assessedBy);
  }
}
