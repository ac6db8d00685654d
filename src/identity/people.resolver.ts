/** GraphQL entry points for accounts: who am I, and who else is here. */
import { Args, Query, Resolver } from '@nestjs/graphql';
import type { RequestContext } from '../platform/request-context.js';
import { Ctx } from './authentication.js';
import { AccountModel, PeopleArgs, showAccount } from './people.graphql.js';
import { PeopleService } from './people.service.js';

@Resolver(() => AccountModel)
export class PeopleResolver {
  constructor(private readonly service: PeopleService) {}

  @Query(() => AccountModel, { description: 'The account whose token came with this request, and what it may do.' })
  async viewer(@Ctx() ctx: RequestContext): Promise<AccountModel> {
    return showAccount(await this.service.viewer(ctx));
  }

  @Query(() => [AccountModel], { description: 'Accounts of the organization in the order of their admission, for choosing owners and reviewers.' })
  async people(@Ctx() ctx: RequestContext, @Args() { first }: PeopleArgs): Promise<AccountModel[]> {
    const found = await this.service.list(ctx, first);
    return found.map(showAccount);
  }
}
