/** `changes(after)`: the log as a typed feed that a poller follows without missing anything. */
import { Args, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { ChangesService } from '../audit/changes.service.js';
import { Ctx } from '../identity/authentication.js';
import { AccountModel, showAccount } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import { loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { SystemsQueries } from '../systems/systems.queries.js';
import { ChangedObjectModel, ChangeFeedModel, ChangeModel, ChangesArgs } from './changes.graphql.js';
import { NumbersQueries } from './numbers.queries.js';

@Resolver(() => ChangeFeedModel)
export class ChangesResolver {
  constructor(private readonly service: ChangesService, private readonly systems: SystemsQueries) {}

  @Query(() => ChangeFeedModel, { description: 'The entries of the log after a position, in their order. A poller that always sends the last endPosition misses nothing and sees nothing twice. The first reading of an hour is an entry itself.' })
  async changes(@Ctx() ctx: RequestContext, @Args() { after, first, filter }: ChangesArgs): Promise<ChangeFeedModel> {
    const named = filter?.system ?? null;
    const systemId = named === null ? null : (await this.systems.system(ctx, named)).id;
    const { nodes, ...pageInfo } = await this.service.changes(ctx, { types: filter?.types ?? null, systemId }, { first, after: after ?? -1 });
    return { nodes, pageInfo };
  }
}

@Resolver(() => ChangeModel)
export class ChangeActorsResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => AccountModel, { nullable: true, description: 'Who did or attempted it; null for the set-up of the organization, which nobody signed in for.' })
  async actor(@Ctx() ctx: RequestContext, @Parent() change: ChangeModel): Promise<AccountModel | null> {
    const found = await loadOne(ctx, 'account', change.actorId, (ids) => this.people.byAccount(ctx, ids));
    return found === null ? null : showAccount(found);
  }
}

@Resolver(() => ChangedObjectModel)
export class ChangedObjectsResolver {
  constructor(private readonly numbers: NumbersQueries) {}

  @ResolveField(() => String, { nullable: true, description: 'Short form that people can say, such as R-142; null for kinds that have none.' })
  async number(@Ctx() ctx: RequestContext, @Parent() object: ChangedObjectModel): Promise<string | null> {
    return loadOne(ctx, 'number', object.id, (ids) => this.numbers.numbers(ctx, ids));
  }
}
