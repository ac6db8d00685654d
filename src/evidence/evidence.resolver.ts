/** GraphQL entry points for evidence, and what it shows of others. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { EvidenceOutcome } from '../domain/evidence.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { byId, loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { AiSystemModel, ChangeArgs, PageArgs, ReasonedChangeArgs, showSystem } from '../systems/systems.graphql.js';
import { SystemsQueries } from '../systems/systems.queries.js';
import { EvidenceConnection, EvidenceListArgs, EvidenceModel, EvidenceOutcomeEnum, showEvidence, SubmitEvidenceInput } from './evidence.graphql.js';
import { EvidenceQueries } from './evidence.queries.js';
import { EvidenceService } from './evidence.service.js';

@Resolver(() => EvidenceModel)
export class EvidenceResolver {
  constructor(private readonly service: EvidenceService, private readonly queries: EvidenceQueries) {}

  @Query(() => EvidenceModel, { description: 'One piece of evidence. Refused as NOT_FOUND when there is none here.' })
  async evidence(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as E-12.' }) id: string): Promise<EvidenceModel> {
    return showEvidence(await this.queries.evidence(ctx, id));
  }

  @Query(() => EvidenceConnection, { description: 'Evidence of the organization, page by page, narrowed and sorted: what ends within a month is `filter: {live: true, expiresBefore: …}, sort: EXPIRES`.' })
  async evidenceList(@Ctx() ctx: RequestContext, @Args() { filter, sort, ...request }: EvidenceListArgs): Promise<Connection<EvidenceModel>> {
    return toConnection(await this.queries.list(ctx, filter ?? {}, sort, request), showEvidence);
  }

  @Mutation(() => EvidenceModel, { description: 'Records that a file shows something about a system or a release of it. It counts once somebody else has verified it.' })
  async submitEvidence(
    @Ctx() ctx: RequestContext,
    @Args('system', { type: () => ID, description: 'The AI system that it is evidence about, by id or by number such as SYS-9.' }) system: string,
    @Args('input', { description: 'What it is, its digest, and how long it counts.' }) input: SubmitEvidenceInput,
  ): Promise<EvidenceModel> {
    return showEvidence(await this.service.submit(ctx, system, input));
  }

  @Mutation(() => EvidenceModel, { description: 'Confirms that it shows what it says. Refused as SEPARATION_OF_DUTIES for its submitter, as INVALID_TRANSITION once its time is over.' })
  async verifyEvidence(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<EvidenceModel> {
    return showEvidence(await this.service.verify(ctx, change));
  }

  @Mutation(() => EvidenceModel, { description: 'Turns submitted evidence down for good. Refused as SEPARATION_OF_DUTIES for its submitter.' })
  async rejectEvidence(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<EvidenceModel> {
    return showEvidence(await this.service.reject(ctx, change, reason));
  }

  @Mutation(() => EvidenceModel, { description: 'Takes a verification back, done by whoever gave it or by a risk officer: what it carried no longer stands at any gate.' })
  async revokeEvidence(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<EvidenceModel> {
    return showEvidence(await this.service.revoke(ctx, change, reason));
  }
}

@Resolver(() => EvidenceModel)
export class EvidenceRelationsResolver {
  constructor(private readonly queries: EvidenceQueries, private readonly systems: SystemsQueries, private readonly people: PeopleService) {}

  @ResolveField(() => EvidenceOutcomeEnum, { description: 'Whether it counts, judged at the time of this answer.' })
  async outcome(@Ctx() ctx: RequestContext, @Parent() { id }: EvidenceModel): Promise<EvidenceOutcome> {
    return await loadOne(ctx, 'evidenceOutcome', id, (ids) => this.queries.outcomes(ctx, ids)) ?? 'SUBMITTED';
  }

  @ResolveField(() => AiSystemModel, { description: 'The AI system that it is evidence about.' })
  async system(@Ctx() ctx: RequestContext, @Parent() evidence: EvidenceModel): Promise<AiSystemModel | null> {
    const found = await loadOne(ctx, 'system', evidence.systemId, async (ids) => byId(await this.systems.systemsByIds(ctx, ids)));
    return found === null ? null : showSystem(found);
  }

  @ResolveField(() => EvidenceModel, { nullable: true, description: 'The older piece that it stands in for once it is verified; null = none.' })
  async supersedes(@Ctx() ctx: RequestContext, @Parent() { supersedesId }: EvidenceModel): Promise<EvidenceModel | null> {
    if (supersedesId === null) return null;
    const found = await loadOne(ctx, 'evidence', supersedesId, async (ids) => byId(await this.queries.byIds(ctx, ids)));
    return found === null ? null : showEvidence(found);
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person who submitted it; null when a service did.' })
  async submitter(@Ctx() ctx: RequestContext, @Parent() evidence: EvidenceModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, evidence.submittedBy);
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person who verified it, never its submitter; null when nobody has, or a service did.' })
  async verifier(@Ctx() ctx: RequestContext, @Parent() { verifiedBy }: EvidenceModel): Promise<PersonModel | null> {
    return verifiedBy === null ? null : loadPerson(ctx, this.people, verifiedBy);
  }
}

@Resolver(() => AiSystemModel)
export class SystemEvidenceResolver {
  constructor(private readonly queries: EvidenceQueries) {}

  @ResolveField(() => EvidenceConnection, { description: 'Everything that was submitted to show something about this system, page by page; what has ended stays.' })
  async evidence(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<EvidenceModel>> {
    return toConnection(await this.queries.evidenceOf(ctx, system.id, args), showEvidence);
  }
}
