/** GraphQL entry points for acceptances: requested, granted, taken back. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { AcceptanceOutcome } from '../domain/acceptance.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { byId, loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { RiskModel, showRisk } from '../risks/risks.graphql.js';
import { RisksQueries } from '../risks/risks.queries.js';
import { ChangeArgs, ReasonedChangeArgs } from '../systems/systems.graphql.js';
import { AcceptanceConnection, AcceptanceGrantModel, AcceptanceOutcomeEnum, AcceptancesArgs, RequestAcceptanceArgs, RiskAcceptanceModel, showAcceptance } from './acceptances.graphql.js';
import { ConditionModel, showCondition } from './conditions.graphql.js';
import { ConditionsQueries } from './conditions.queries.js';
import { AcceptancesQueries } from './acceptances.queries.js';
import { AcceptancesService } from './acceptances.service.js';

@Resolver(() => RiskAcceptanceModel)
export class AcceptancesResolver {
  constructor(private readonly service: AcceptancesService, private readonly queries: AcceptancesQueries) {}

  @Query(() => RiskAcceptanceModel, { description: 'One decision to carry a risk. Refused as NOT_FOUND when there is none here.' })
  async riskAcceptance(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as A-7.' }) id: string): Promise<RiskAcceptanceModel> {
    return showAcceptance(await this.queries.acceptance(ctx, id));
  }

  @Query(() => AcceptanceConnection, { description: 'Decisions to carry risks, page by page, narrowed and sorted: what ends within a month is `filter: {live: true, expiresBefore: …}, sort: EXPIRES`.' })
  async acceptances(@Ctx() ctx: RequestContext, @Args() { filter, sort, ...request }: AcceptancesArgs): Promise<Connection<RiskAcceptanceModel>> {
    return toConnection(await this.queries.acceptances(ctx, filter ?? {}, sort, request), showAcceptance);
  }

  @Mutation(() => RiskAcceptanceModel, { description: 'Asks those whom the authority for its level names to accept an assessed risk. Refused as NOT_ACCEPTABLE at a level that nobody may accept, as NOT_RENEWABLE when it renews one that was not granted, was taken back, or was renewed already.' })
  async requestAcceptance(@Ctx() ctx: RequestContext, @Args() { risk, expectedVersion, ...input }: RequestAcceptanceArgs): Promise<RiskAcceptanceModel> {
    return showAcceptance(await this.service.request(ctx, { id: risk, expectedVersion }, input));
  }

  @Mutation(() => RiskAcceptanceModel, { description: 'Adds your grant; the one that completes the authority moves the risk to ACCEPTED. Refused as ABOVE_AUTHORITY without a role that is still missing, as SEPARATION_OF_DUTIES for its assessor and for a second grant by one person.' })
  async grantAcceptance(@Ctx() ctx: RequestContext, @Args() change: ChangeArgs): Promise<RiskAcceptanceModel> {
    return showAcceptance(await this.service.grant(ctx, change));
  }

  @Mutation(() => RiskAcceptanceModel, { description: 'Takes a request back. Refused as NOT_ELIGIBLE for everybody but the requester.' })
  async withdrawAcceptance(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<RiskAcceptanceModel> {
    return showAcceptance(await this.service.end(ctx, change, 'withdraw', reason));
  }

  @Mutation(() => RiskAcceptanceModel, { description: 'Ends an acceptance before its time: done by somebody who granted it, or by the head of risk.' })
  async revokeAcceptance(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<RiskAcceptanceModel> {
    return showAcceptance(await this.service.end(ctx, change, 'revoke', reason));
  }
}

@Resolver(() => RiskAcceptanceModel)
export class AcceptanceRelationsResolver {
  constructor(private readonly queries: AcceptancesQueries, private readonly borne: ConditionsQueries, private readonly risks: RisksQueries, private readonly people: PeopleService) {}

  @ResolveField(() => AcceptanceOutcomeEnum, { description: 'Whether it is granted and still counts, judged at the time of this answer.' })
  async outcome(@Ctx() ctx: RequestContext, @Parent() { record }: RiskAcceptanceModel): Promise<AcceptanceOutcome> {
    return await loadOne(ctx, 'acceptanceOutcome', record.id, (ids) => this.queries.outcomes(ctx, ids)) ?? 'REQUESTED';
  }

  @ResolveField(() => RiskModel, { description: 'What is accepted, as it stands now.' })
  async risk(@Ctx() ctx: RequestContext, @Parent() { record }: RiskAcceptanceModel): Promise<RiskModel | null> {
    const found = await loadOne(ctx, 'risk', record.riskId, async (ids) => byId(await this.risks.risksByIds(ctx, ids)));
    return found === null ? null : showRisk(found);
  }

  @ResolveField(() => RiskAcceptanceModel, { nullable: true, description: 'The earlier one that it goes on from, which counts until this one is granted; null = it renews none.' })
  async renews(@Ctx() ctx: RequestContext, @Parent() { record: { renews } }: RiskAcceptanceModel): Promise<RiskAcceptanceModel | null> {
    const found = renews === null ? null : await loadOne(ctx, 'acceptance', renews, async (ids) => byId(await this.queries.acceptancesByIds(ctx, ids)));
    return found === null ? null : showAcceptance(found);
  }

  @ResolveField(() => [ConditionModel], { description: 'What has to be done beside; once missed it is suspended until that is met, or lapses.' })
  async conditions(@Ctx() ctx: RequestContext, @Parent() acceptance: RiskAcceptanceModel): Promise<ConditionModel[]> {
    return (await this.borne.conditionsBorne(ctx, 'acceptanceId', acceptance.id)).map(showCondition);
  }

  @ResolveField(() => PersonModel, { description: 'The person who asked for it, and who may withdraw it.' })
  async requestedBy(@Ctx() ctx: RequestContext, @Parent() { record }: RiskAcceptanceModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.requestedBy);
  }
}

@Resolver(() => AcceptanceGrantModel)
export class AcceptanceGrantsResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { description: 'Who has decided; nobody counts twice.' })
  async person(@Ctx() ctx: RequestContext, @Parent() grant: AcceptanceGrantModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, grant.personId);
  }
}
