/** What a risk and its assessments show of others: the system, the release, the people. */
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import type { RequestContext } from '../platform/request-context.js';
import { ReleaseModel, showRelease } from '../systems/releases.graphql.js';
import { AiSystemModel, showSystem } from '../systems/systems.graphql.js';
import { loadRelease, loadSystem, SystemsQueries } from '../systems/systems.queries.js';
import { CatalogueService } from '../taxonomies/catalogue.service.js';
import { showReference, TaxonomyReferenceModel } from '../taxonomies/taxonomies.graphql.js';
import { RiskAssessmentModel, RiskModel } from './risks.graphql.js';

@Resolver(() => RiskModel)
export class RiskRelationsResolver {
  constructor(private readonly systems: SystemsQueries, private readonly people: PeopleService, private readonly taxonomies: CatalogueService) {}

  @ResolveField(() => AiSystemModel, { description: 'The AI system that the harm would come from.' })
  async system(@Ctx() ctx: RequestContext, @Parent() risk: RiskModel): Promise<AiSystemModel> {
    return showSystem(await loadSystem(ctx, this.systems, risk.systemId));
  }

  @ResolveField(() => ReleaseModel, { nullable: true, description: 'The only bundle that it concerns; null = the whole system, in every bundle.' })
  async release(@Ctx() ctx: RequestContext, @Parent() { releaseId }: RiskModel): Promise<ReleaseModel | null> {
    return releaseId === null ? null : showRelease(await loadRelease(ctx, this.systems, releaseId));
  }

  @ResolveField(() => PersonModel, { description: 'The person who answers for it, chooses its treatment, and never confirms it.' })
  async owner(@Ctx() ctx: RequestContext, @Parent() risk: RiskModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, risk.ownerId);
  }

  @ResolveField(() => PersonModel, { description: 'The person who logged it.' })
  async author(@Ctx() ctx: RequestContext, @Parent() risk: RiskModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, risk.authoredBy);
  }

  @ResolveField(() => [TaxonomyReferenceModel], { description: 'Its taxonomy references with their titles, and a warning where one was withdrawn, superseded or is not known.' })
  taxonomyNodes(@Parent() risk: RiskModel): TaxonomyReferenceModel[] {
    return risk.taxonomy.map((reference) => showReference(reference, this.taxonomies.catalogues));
  }
}

@Resolver(() => RiskAssessmentModel)
export class RiskAssessmentsResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { description: 'The person who estimated; never the one who confirms.' })
  async assessor(@Ctx() ctx: RequestContext, @Parent() assessment: RiskAssessmentModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, assessment.assessedBy);
  }
}
