/** GraphQL entry points for delegations, and what they show of people. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { NotingClock } from '../domain/clock.js';
import { delegationOutcome, type DelegationOutcome } from '../domain/delegation.js';
import { PageArgs, ReasonedChangeArgs } from '../platform/arguments.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import { loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { Ctx } from './authentication.js';
import { DelegateInputModel, DelegationConnection, DelegationModel, DelegationOutcomeEnum, DelegationsArgs, showDelegation } from './delegations.graphql.js';
import { DelegationsService } from './delegations.service.js';
import { loadPerson, PersonModel } from './people.graphql.js';
import { PeopleService } from './people.service.js';

@Resolver(() => DelegationModel)
export class DelegationsResolver {
  constructor(private readonly service: DelegationsService, private readonly people: PeopleService) {}

  @Query(() => DelegationModel, { description: 'One delegation. Refused as NOT_FOUND when there is none here.' })
  async delegation(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as DEL-2.' }) id: string): Promise<DelegationModel> {
    return showDelegation(await this.service.delegation(ctx, id));
  }

  @Query(() => DelegationConnection, { description: 'Who stands in for whom, page by page: what you may sign by at present is `filter: {to: "me", live: true}`.' })
  async delegations(@Ctx() ctx: RequestContext, @Args() { filter, sort, ...request }: DelegationsArgs): Promise<Connection<DelegationModel>> {
    return toConnection(await this.service.delegations(ctx, filter ?? {}, sort, request), showDelegation);
  }

  @Mutation(() => DelegationModel, { description: 'Lets a colleague sign in your place. Refused as NOT_ELIGIBLE for what is not your own, EXEC included, and as VALIDITY_TOO_LONG beyond 90 days.' })
  async delegate(@Ctx() ctx: RequestContext, @Args('input', { description: 'To whom, for what, and how long.' }) input: DelegateInputModel): Promise<DelegationModel> {
    const { to, lanes, systems = null, reason, validFrom = null, validUntil } = input;
    return showDelegation(await this.service.delegate(ctx, { to, lanes, systems, reason, validFrom, validUntil }));
  }

  @Mutation(() => DelegationModel, { description: 'Ends a delegation before its time, at once: done by either of the two, or by an administrator. What was signed by it counts no longer.' })
  async revokeDelegation(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<DelegationModel> {
    return showDelegation(await this.service.revoke(ctx, change, reason));
  }

  @ResolveField(() => DelegationOutcomeEnum, { description: 'Whether it has begun, holds, or is over, by the database’s clock.' })
  async outcome(@Ctx() ctx: RequestContext, @Parent() { record }: DelegationModel): Promise<DelegationOutcome> {
    const now = await loadOne(ctx, 'clock of delegations', 'now', async () => new Map([['now', await this.service.now(ctx)]]));
    return delegationOutcome(record, new NotingClock(now ?? record.validUntil));
  }

  @ResolveField(() => PersonModel, { description: 'The lender: whose roles they are.' })
  async from(@Ctx() ctx: RequestContext, @Parent() { record }: DelegationModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.fromPersonId);
  }

  @ResolveField(() => PersonModel, { description: 'The delegate: who may sign, with any account.' })
  async to(@Ctx() ctx: RequestContext, @Parent() { record }: DelegationModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, record.toPersonId);
  }
}

@Resolver(() => PersonModel)
export class PersonDelegationsResolver {
  constructor(private readonly service: DelegationsService) {}

  @ResolveField(() => DelegationConnection, { name: 'delegations', description: 'Who may sign, or might, in the place of this person, the latest first; ended ones stay.' })
  async delegationsFrom(@Ctx() ctx: RequestContext, @Parent() person: PersonModel, @Args() args: PageArgs): Promise<Connection<DelegationModel>> {
    return toConnection(await this.service.delegationsOf(ctx, 'fromPersonId', person.id, args), showDelegation);
  }

  @ResolveField(() => DelegationConnection, { description: 'In whose place this person may sign, or might, the latest first; ended ones stay.' })
  async delegationsReceived(@Ctx() ctx: RequestContext, @Parent() person: PersonModel, @Args() args: PageArgs): Promise<Connection<DelegationModel>> {
    return toConnection(await this.service.delegationsOf(ctx, 'toPersonId', person.id, args), showDelegation);
  }
}
