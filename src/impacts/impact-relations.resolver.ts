/** What an impact assessment shows of others, and what this chapter adds to an AI system. */
import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { ImpactOutcome } from '../domain/impact-assessment.js';
import { EvidenceModel, loadEvidence } from '../evidence/evidence.graphql.js';
import { EvidenceQueries } from '../evidence/evidence.queries.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { byId, loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { AiSystemModel, PageArgs, showSystem } from '../systems/systems.graphql.js';
import { SystemsQueries } from '../systems/systems.queries.js';
import { ImpactAssessmentConnection, ImpactAssessmentModel, ImpactEditionModel, ImpactOutcomeEnum, showImpactAssessment } from './impacts.graphql.js';
import { ImpactsQueries } from './impacts.queries.js';

@Resolver(() => ImpactAssessmentModel)
export class ImpactRelationsResolver {
  constructor(private readonly queries: ImpactsQueries, private readonly systems: SystemsQueries, private readonly people: PeopleService) {}

  @ResolveField(() => ImpactOutcomeEnum, { description: 'Its state, or EXPIRED, judged at the time of this answer.' })
  async outcome(@Ctx() ctx: RequestContext, @Parent() { record }: ImpactAssessmentModel): Promise<ImpactOutcome> {
    return await loadOne(ctx, 'impactOutcome', record.id, (ids) => this.queries.outcomes(ctx, ids)) ?? record.state;
  }

  @ResolveField(() => AiSystemModel, { description: 'Whose effects on people are assessed.' })
  async system(@Ctx() ctx: RequestContext, @Parent() { record }: ImpactAssessmentModel): Promise<AiSystemModel | null> {
    const found = await loadOne(ctx, 'system', record.systemId, async (ids) => byId(await this.systems.systemsByIds(ctx, ids)));
    return found === null ? null : showSystem(found);
  }

  @ResolveField(() => [PersonModel], { description: 'Everybody who wrote in any edition; none of them approves it.' })
  async editors(@Ctx() ctx: RequestContext, @Parent() { record }: ImpactAssessmentModel): Promise<PersonModel[]> {
    const found = await Promise.all(record.editors.map((personId) => loadPerson(ctx, this.people, personId)));
    return found.filter((person) => person !== null);
  }
}

@Resolver(() => ImpactEditionModel)
export class ImpactEditionsResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { description: 'The person who handed it in.' })
  async submittedBy(@Ctx() ctx: RequestContext, @Parent() edition: ImpactEditionModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, edition.submittedBy);
  }

  @ResolveField(() => PersonModel, { description: 'The reviewer of its lane who found it good; never one of those who wrote it.' })
  async approvedBy(@Ctx() ctx: RequestContext, @Parent() edition: ImpactEditionModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, edition.approvedBy);
  }
}

@Resolver(() => AiSystemModel)
export class SystemImpactsResolver {
  constructor(private readonly queries: ImpactsQueries) {}

  @ResolveField(() => ImpactAssessmentConnection, { description: 'What was assessed about its effects on people, page by page.' })
  async impactAssessments(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<ImpactAssessmentModel>> {
    return toConnection(await this.queries.assessmentsOf(ctx, system.id, args), showImpactAssessment);
  }
}

@Resolver(() => ImpactAssessmentModel)
export class EvidenceOfImpactsResolver {
  constructor(private readonly records: EvidenceQueries) {}

  @ResolveField(() => [EvidenceModel], { description: 'What is attached to the present edition. Each may have ended since: see its outcome.' })
  async evidence(@Ctx() ctx: RequestContext, @Parent() { evidenceIds }: ImpactAssessmentModel): Promise<EvidenceModel[]> {
    return loadEvidence(ctx, this.records, evidenceIds);
  }
}
