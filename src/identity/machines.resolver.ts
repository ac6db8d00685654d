/** GraphQL entry points for trust rules and keys. */
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { ReasonedChangeArgs } from '../platform/arguments.js';
import { DateTime, toConnection, type Connection } from '../platform/graphql-types.js';
import { loadOne } from '../platform/loading.js';
import type { RequestContext } from '../platform/request-context.js';
import { Ctx } from './authentication.js';
import { ApiKeyConnection, ApiKeyModel, ApiKeysArgs, CreateTrustRuleInput, IssueApiKeyInput, IssuedApiKeyModel, RotateApiKeyArgs, showKey, showRule, TrustRuleConnection, TrustRuleModel, TrustRulesArgs } from './machines.graphql.js';
import { MachinesQueries } from './machines.queries.js';
import { MachinesService, type Issued } from './machines.service.js';
import { AccountModel, showAccount } from './people.graphql.js';
import { PeopleService } from './people.service.js';
import { loadIssuer, TrustedIssuerModel } from './trusted-issuers.graphql.js';
import { TrustedIssuersService } from './trusted-issuers.service.js';

@Resolver(() => TrustRuleModel)
export class TrustRulesResolver {
  constructor(private readonly service: MachinesService, private readonly queries: MachinesQueries, private readonly people: PeopleService, private readonly issuers: TrustedIssuersService) {}

  @Query(() => TrustRuleModel, { description: 'Which jobs one rule trusts. Refused as NOT_FOUND when there is none here.' })
  async trustRule(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as TR-4.' }) id: string): Promise<TrustRuleModel> {
    return showRule(await this.queries.rule(ctx, id));
  }

  @Query(() => TrustRuleConnection, { description: 'Which jobs and pods may ask without a secret, page by page, the latest first.' })
  async trustRules(@Ctx() ctx: RequestContext, @Args() { filter, ...request }: TrustRulesArgs): Promise<Connection<TrustRuleModel>> {
    return toConnection(await this.queries.rules(ctx, filter ?? {}, request), showRule);
  }

  @Mutation(() => TrustRuleModel, { description: 'Lets jobs or pods ask the gate and report, as a service that is opened for them. Refused as INVALID_INPUT where it would bind a name only, such as `sub`.' })
  async createTrustRule(@Ctx() ctx: RequestContext, @Args('input', { description: 'Which of them, for what, and until when.' }) { issuer, role, systems, environments, ...input }: CreateTrustRuleInput): Promise<TrustRuleModel> {
    return showRule(await this.service.trust(ctx, issuer, input, { role, systems, environments }));
  }

  @Mutation(() => TrustRuleModel, { description: 'Ends a trust rule for good and at once, and closes its service: its jobs are refused from then on.' })
  async retireTrustRule(@Ctx() ctx: RequestContext, @Args() { reason, ...which }: ReasonedChangeArgs): Promise<TrustRuleModel> {
    return showRule(await this.service.retireRule(ctx, which, reason));
  }

  @ResolveField(() => TrustedIssuerModel, { description: 'Whose tokens these jobs bring.' })
  async issuer(@Ctx() ctx: RequestContext, @Parent() { record }: TrustRuleModel): Promise<TrustedIssuerModel | null> {
    return loadIssuer(ctx, this.issuers, record.issuerId);
  }

  @ResolveField(() => AccountModel, { description: 'The service as which they ask: its role says for which systems and environments.' })
  async account(@Ctx() ctx: RequestContext, @Parent() { record }: TrustRuleModel): Promise<AccountModel | null> {
    return loadAccount(ctx, this.people, record.accountId);
  }
}

@Resolver(() => ApiKeyModel)
export class ApiKeysResolver {
  constructor(private readonly service: MachinesService, private readonly queries: MachinesQueries, private readonly people: PeopleService) {}

  @Query(() => ApiKeyModel, { description: 'What is kept of one key: never its secret. Refused as NOT_FOUND when there is none here.' })
  async apiKey(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as KEY-2.' }) id: string): Promise<ApiKeyModel> {
    return showKey(await this.queries.key(ctx, id));
  }

  @Query(() => ApiKeyConnection, { description: 'The secrets by which machines ask, page by page, the latest first.' })
  async apiKeys(@Ctx() ctx: RequestContext, @Args() { filter, ...request }: ApiKeysArgs): Promise<Connection<ApiKeyModel>> {
    return toConnection(await this.queries.keys(ctx, filter ?? {}, request), showKey);
  }

  @Mutation(() => IssuedApiKeyModel, { description: 'Opens a service for a machine and makes its first key. The answer holds the secret, which nobody can read again.' })
  async issueApiKey(@Ctx() ctx: RequestContext, @Args('input', { description: 'For which machine, for what, and until when.' }) { role, systems, environments, ...input }: IssueApiKeyInput): Promise<IssuedApiKeyModel> {
    return showIssued(await this.service.issueKey(ctx, input, { role, systems, environments }));
  }

  @Mutation(() => IssuedApiKeyModel, { description: 'Makes a second key of the same service, for the same things; the first goes on until it is revoked. Refused as ALREADY_EXISTS while there are two.' })
  async rotateApiKey(@Ctx() ctx: RequestContext, @Args() { validUntil, ...which }: RotateApiKeyArgs): Promise<IssuedApiKeyModel> {
    return showIssued(await this.service.rotateKey(ctx, which, validUntil));
  }

  @Mutation(() => ApiKeyModel, { description: 'Ends a key for good and at once: whoever sends it is refused.' })
  async revokeApiKey(@Ctx() ctx: RequestContext, @Args() { reason, ...which }: ReasonedChangeArgs): Promise<ApiKeyModel> {
    return showKey(await this.service.revokeKey(ctx, which, reason));
  }

  @ResolveField(() => AccountModel, { description: 'The service as which it asks: its role says for which systems and environments.' })
  async account(@Ctx() ctx: RequestContext, @Parent() { record }: ApiKeyModel): Promise<AccountModel | null> {
    return loadAccount(ctx, this.people, record.accountId);
  }

  @ResolveField(() => DateTime, { nullable: true, description: 'The last time somebody came with it, to the minute; null = nobody ever did.' })
  async lastUsedAt(@Ctx() ctx: RequestContext, @Parent() { id }: ApiKeyModel): Promise<string | null> {
    return loadOne(ctx, 'last use of a key', id, (ids) => this.queries.lastUses(ctx, ids));
  }
}

function showIssued({ key, secret }: Issued): IssuedApiKeyModel {
  return { secret, key: showKey(key) };
}

async function loadAccount(ctx: RequestContext, people: PeopleService, id: string): Promise<AccountModel | null> {
  const found = await loadOne(ctx, 'account', id, (ids) => people.byAccount(ctx, ids));
  return found === null ? null : showAccount(found);
}
