/** GraphQL entry points for administrators: who is admitted, which accounts are open, and which roles they hold. */
import { Args, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { ReasonedChangeArgs } from '../platform/arguments.js';
import { loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { AdmitPersonInput, ChangeFunctionArgs, GrantRoleArgs, OpenAccountInput, RevokeRoleArgs } from './accounts.graphql.js';
import { AccountsService } from './accounts.service.js';
import { Ctx } from './authentication.js';
import { AccountModel, loadPerson, PersonModel, RoleGrantModel, showAccount } from './people.graphql.js';
import { PeopleService } from './people.service.js';
import { loadIssuer, TrustedIssuerModel } from './trusted-issuers.graphql.js';
import { TrustedIssuersService } from './trusted-issuers.service.js';

@Resolver(() => AccountModel)
export class AccountsResolver {
  constructor(private readonly service: AccountsService, private readonly people: PeopleService) {}

  @Mutation(() => AccountModel, { description: 'Admits somebody who has no account here yet, without any role.' })
  async admitPerson(@Ctx() ctx: RequestContext, @Args('input', { description: 'The newcomer, and the name of their first account.' }) input: AdmitPersonInput): Promise<AccountModel> {
    return this.#show(ctx, await this.service.admit(ctx, input, input.function ?? null));
  }

  @Mutation(() => AccountModel, { description: 'Opens a further account of a person, or one of a service, without any role. Refused as SEPARATION_OF_DUTIES for oneself.' })
  async openAccount(@Ctx() ctx: RequestContext, @Args('input', { description: 'Whose account, and its name.' }) input: OpenAccountInput): Promise<AccountModel> {
    return this.#show(ctx, await this.service.open(ctx, input, input.person ?? null));
  }

  @Mutation(() => AccountModel, { description: 'Closes an account for good: its tokens are refused, and what was signed with it counts no longer. Refused as SEPARATION_OF_DUTIES for one’s own, and as NOT_ELIGIBLE for the last that administers without an end.' })
  async closeAccount(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<AccountModel> {
    return this.#show(ctx, await this.service.close(ctx, change, reason));
  }

  @Mutation(() => AccountModel, { description: 'Records that somebody works for another part of the organization. Refused as SEPARATION_OF_DUTIES for oneself.' })
  async changeFunction(@Ctx() ctx: RequestContext, @Args() { reason, function: part, ...change }: ChangeFunctionArgs): Promise<AccountModel> {
    return this.#show(ctx, await this.service.changeFunction(ctx, change, part, reason));
  }

  @Mutation(() => AccountModel, { description: 'Grants a role to an account. Refused as SEPARATION_OF_DUTIES for one’s own, with any account, and as NOT_ELIGIBLE where a service would hold the role of a person.' })
  async grantRole(@Ctx() ctx: RequestContext, @Args() { input, id, expectedVersion }: GrantRoleArgs): Promise<AccountModel> {
    const { role, lane = null, systems = null, qualification = null, validFrom = null, validUntil = null } = input;
    return this.#show(ctx, await this.service.grantRole(ctx, { id, expectedVersion }, { role, lane, systems, qualification, validFrom, validUntil }));
  }

  @Mutation(() => AccountModel, { description: 'Ends a role at this instant; the grant stays written down. Whatever was signed by it no longer counts. Refused as SEPARATION_OF_DUTIES for one’s own, and as NOT_ELIGIBLE where nobody would be left to administer without an end.' })
  async revokeRole(@Ctx() ctx: RequestContext, @Args() { input, id, expectedVersion }: RevokeRoleArgs): Promise<AccountModel> {
    const { role, lane = null, validFrom = null, reason } = input;
    return this.#show(ctx, await this.service.revokeRole(ctx, { id, expectedVersion }, { role, lane, validFrom }, reason));
  }

  async #show(ctx: RequestContext, id: string): Promise<AccountModel> {
    return showAccount(await this.people.account(ctx, id));
  }
}

@Resolver(() => PersonModel)
export class PersonAccountsResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => [AccountModel], { description: 'Everything this person can sign in with, in the order of opening, closed ones included. However many there are, the person counts once.' })
  async accounts(@Ctx() ctx: RequestContext, @Parent() { id }: PersonModel): Promise<AccountModel[]> {
    return (await loadOne(ctx, 'accounts of a person', id, (ids) => this.people.accountsOf(ctx, ids)) ?? []).map(showAccount);
  }
}

@Resolver(() => RoleGrantModel)
export class RoleGrantResolver {
  constructor(private readonly people: PeopleService, private readonly issuers: TrustedIssuersService) {}

  @ResolveField(() => TrustedIssuerModel, { nullable: true, description: 'Whose groups gave it, so that it goes with the group; null when it was granted by hand.' })
  async issuer(@Ctx() ctx: RequestContext, @Parent() { through }: RoleGrantModel): Promise<TrustedIssuerModel | null> {
    return through === undefined ? null : loadIssuer(ctx, this.issuers, through.issuerId);
  }

  @ResolveField(() => PersonModel, { name: 'grantedBy', nullable: true, description: 'The administrator who granted it; null for roles of before this was written down, and of the founding.' })
  async grantor(@Ctx() ctx: RequestContext, @Parent() { grantedBy }: RoleGrantModel): Promise<PersonModel | null> {
    return grantedBy === null || grantedBy === undefined ? null : loadPerson(ctx, this.people, grantedBy);
  }
}
