/** What a finding shows of others, and what this chapter adds to an AI system. */
import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { RiskAcceptanceModel, showAcceptance } from '../acceptances/acceptances.graphql.js';
import { AcceptancesQueries } from '../acceptances/acceptances.queries.js';
import type { FindingOutcome } from '../domain/finding.js';
import { EvidenceModel, loadEvidence } from '../evidence/evidence.graphql.js';
import { EvidenceQueries } from '../evidence/evidence.queries.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { byId, loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { RiskModel, showRisk } from '../risks/risks.graphql.js';
import { RisksQueries } from '../risks/risks.queries.js';
import { ReleaseModel, showRelease } from '../systems/releases.graphql.js';
import { AiSystemModel, PageArgs, showSystem } from '../systems/systems.graphql.js';
import { SystemsQueries } from '../systems/systems.queries.js';
import { FindingConnection, FindingModel, FindingOutcomeEnum, showFinding } from './findings.graphql.js';
import { FindingsQueries } from './findings.queries.js';

@Resolver(() => FindingModel)
export class FindingRelationsResolver {
  constructor(private readonly queries: FindingsQueries, private readonly systems: SystemsQueries, private readonly risks: RisksQueries, private readonly acceptances: AcceptancesQueries) {}

  @ResolveField(() => FindingOutcomeEnum, { description: 'Its state, or what time has made of it, judged at the time of this answer.' })
  async outcome(@Ctx() ctx: RequestContext, @Parent() { record }: FindingModel): Promise<FindingOutcome> {
    return await loadOne(ctx, 'findingOutcome', record.id, (ids) => this.queries.outcomes(ctx, ids)) ?? record.state;
  }

  @ResolveField(() => AiSystemModel, { description: 'The AI product that falls short and is blocked by it.' })
  async system(@Ctx() ctx: RequestContext, @Parent() { record }: FindingModel): Promise<AiSystemModel | null> {
    const found = await loadOne(ctx, 'system', record.systemId, async (ids) => byId(await this.systems.systemsByIds(ctx, ids)));
    return found === null ? null : showSystem(found);
  }

  @ResolveField(() => ReleaseModel, { nullable: true, description: 'The only bundle that it concerns; null = the whole system, in every bundle.' })
  async release(@Ctx() ctx: RequestContext, @Parent() { record: { releaseId } }: FindingModel): Promise<ReleaseModel | null> {
    const found = releaseId === null ? null : await loadOne(ctx, 'release', releaseId, async (ids) => byId(await this.systems.releasesByIds(ctx, ids)));
    return found === null ? null : showRelease(found);
  }

  @ResolveField(() => RiskModel, { nullable: true, description: 'What it makes more likely or worse, or what was accepted with it; null = nothing registered.' })
  async risk(@Ctx() ctx: RequestContext, @Parent() { record: { riskId } }: FindingModel): Promise<RiskModel | null> {
    const found = riskId === null ? null : await loadOne(ctx, 'risk', riskId, async (ids) => byId(await this.risks.risksByIds(ctx, ids)));
    return found === null ? null : showRisk(found);
  }

  @ResolveField(() => RiskAcceptanceModel, { nullable: true, description: 'What carries it, living or not; null = nothing does.' })
  async acceptance(@Ctx() ctx: RequestContext, @Parent() { record: { acceptanceId } }: FindingModel): Promise<RiskAcceptanceModel | null> {
    const found = acceptanceId === null ? null : await loadOne(ctx, 'acceptance', acceptanceId, async (ids) => byId(await this.acceptances.acceptancesByIds(ctx, ids)));
    return found === null ? null : showAcceptance(found);
  }
}

@Resolver(() => FindingModel)
export class FindingPeopleResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { description: 'The person who plans and does the corrective action, and never closes it.' })
  async owner(@Ctx() ctx: RequestContext, @Parent() { record }: FindingModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.ownerId);
  }

  @ResolveField(() => PersonModel, { description: 'The person who brought it up.' })
  async raisedBy(@Ctx() ctx: RequestContext, @Parent() { record }: FindingModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.raisedBy);
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person who agreed that it is settled; null while it is not.' })
  async closedBy(@Ctx() ctx: RequestContext, @Parent() { record }: FindingModel): Promise<PersonModel | null> {
    return record.closedBy === null ? null : loadPerson(ctx, this.people, record.closedBy);
  }
}

@Resolver(() => AiSystemModel)
export class SystemFindingsResolver {
  constructor(private readonly queries: FindingsQueries) {}

  @ResolveField(() => FindingConnection, { description: 'What was brought up about this system and its releases, page by page.' })
  async findings(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<FindingModel>> {
    return toConnection(await this.queries.findingsOf(ctx, system.id, args), showFinding);
  }
}

@Resolver(() => FindingModel)
export class EvidenceOfFindingsResolver {
  constructor(private readonly records: EvidenceQueries) {}

  @ResolveField(() => [EvidenceModel], { description: 'What was named to show that it was done. Each may have ended since: see its outcome.' })
  async evidence(@Ctx() ctx: RequestContext, @Parent() { evidenceIds }: FindingModel): Promise<EvidenceModel[]> {
    return loadEvidence(ctx, this.records, evidenceIds);
  }
}
