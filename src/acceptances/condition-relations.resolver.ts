/** What a condition shows of others, and what conditions add to an AI system. */
import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { ConditionOutcome } from '../domain/condition.js';
import { EvidenceModel, loadEvidence } from '../evidence/evidence.graphql.js';
import { EvidenceQueries } from '../evidence/evidence.queries.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { byId, loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { AiSystemModel, PageArgs, showSystem } from '../systems/systems.graphql.js';
import { loadSystem, SystemsQueries } from '../systems/systems.queries.js';
import { RiskAcceptanceModel, showAcceptance } from './acceptances.graphql.js';
import { AcceptancesQueries } from './acceptances.queries.js';
import { ConditionConnection, ConditionModel, ConditionOutcomeEnum, showCondition } from './conditions.graphql.js';
import { ConditionsQueries } from './conditions.queries.js';

@Resolver(() => ConditionModel)
export class ConditionRelationsResolver {
  constructor(private readonly queries: ConditionsQueries, private readonly acceptances: AcceptancesQueries, private readonly systems: SystemsQueries, private readonly records: EvidenceQueries) {}

  @ResolveField(() => ConditionOutcomeEnum, { description: 'Its state, or what time has made of it, judged at the time of this answer.' })
  async outcome(@Ctx() ctx: RequestContext, @Parent() { record }: ConditionModel): Promise<ConditionOutcome> {
    return await loadOne(ctx, 'conditionOutcome', record.id, (ids) => this.queries.outcomes(ctx, ids)) ?? record.state;
  }

  @ResolveField(() => AiSystemModel, { description: 'Whose gate it concerns.' })
  async system(@Ctx() ctx: RequestContext, @Parent() { record }: ConditionModel): Promise<AiSystemModel> {
    return showSystem(await loadSystem(ctx, this.systems, record.systemId));
  }

  @ResolveField(() => RiskAcceptanceModel, { nullable: true, description: 'The acceptance that bears it; null when a vote does.' })
  async acceptance(@Ctx() ctx: RequestContext, @Parent() { record: { acceptanceId } }: ConditionModel): Promise<RiskAcceptanceModel | null> {
    const found = acceptanceId === null ? null : await loadOne(ctx, 'acceptance', acceptanceId, async (ids) => byId(await this.acceptances.acceptancesByIds(ctx, ids)));
    return found === null ? null : showAcceptance(found);
  }

  @ResolveField(() => [EvidenceModel], { description: 'What its owner named to show that it was done. Each may have ended since: see its outcome.' })
  async evidence(@Ctx() ctx: RequestContext, @Parent() { record }: ConditionModel): Promise<EvidenceModel[]> {
    return loadEvidence(ctx, this.records, record.evidenceIds);
  }
}

@Resolver(() => ConditionModel)
export class ConditionPeopleResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { description: 'The person who has to do it, and never confirms it.' })
  async owner(@Ctx() ctx: RequestContext, @Parent() { record }: ConditionModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.ownerId);
  }

  @ResolveField(() => PersonModel, { description: 'The person who asked for it.' })
  async imposedBy(@Ctx() ctx: RequestContext, @Parent() { record }: ConditionModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.imposedBy);
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person who confirmed that it is met; null before.' })
  async confirmedBy(@Ctx() ctx: RequestContext, @Parent() { record: { confirmation } }: ConditionModel): Promise<PersonModel | null> {
    return confirmation === null ? null : loadPerson(ctx, this.people, confirmation.by);
  }
}

@Resolver(() => AiSystemModel)
export class SystemConditionsResolver {
  constructor(private readonly queries: ConditionsQueries) {}

  @ResolveField(() => ConditionConnection, { name: 'conditions', description: 'Everything that was ever asked for beside votes and acceptances about it, page by page.' })
  async conditionsOfSystem(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<ConditionModel>> {
    return toConnection(await this.queries.conditionsOf(ctx, system.id, args), showCondition);
  }
}
