/** GraphQL entry points for trusted issuers. */
import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { ReasonedChangeArgs } from '../platform/arguments.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { Ctx } from './authentication.js';
import { ChangeIssuerArgs, RegisterIssuerInput, showIssuer, TrustedIssuerConnection, TrustedIssuerModel, TrustedIssuersArgs } from './trusted-issuers.graphql.js';
import { TrustedIssuersService } from './trusted-issuers.service.js';

@Resolver(() => TrustedIssuerModel)
export class TrustedIssuersResolver {
  constructor(private readonly service: TrustedIssuersService) {}

  @Query(() => TrustedIssuerModel, { description: 'One issuer whose tokens are or were believed. Refused as NOT_FOUND when there is none here.' })
  async trustedIssuer(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'The opaque id, or the number such as ISS-1.' }) id: string): Promise<TrustedIssuerModel> {
    return showIssuer(await this.service.issuer(ctx, id));
  }

  @Query(() => TrustedIssuerConnection, { description: 'Whose tokens this organization believes, page by page, the latest first.' })
  async trustedIssuers(@Ctx() ctx: RequestContext, @Args() { filter, ...request }: TrustedIssuersArgs): Promise<Connection<TrustedIssuerModel>> {
    return toConnection(await this.service.issuers(ctx, filter ?? {}, request), showIssuer);
  }

  @Mutation(() => TrustedIssuerModel, { description: 'Begins to believe the tokens of an issuer, at once. Once an administrator can sign in through it, the built-in issuer serves this organization no longer. Refused as ISSUER_LIMIT_REACHED beyond 20 active ones.' })
  async registerIssuer(@Ctx() ctx: RequestContext, @Args('input', { description: 'Whose tokens, and what they have to be like.' }) input: RegisterIssuerInput): Promise<TrustedIssuerModel> {
    return showIssuer(await this.service.register(ctx, input));
  }

  @Mutation(() => TrustedIssuerModel, { description: 'Changes what a token has to be like, or which groups give which roles: from the next token on. Another `iss` is another issuer. What people who signed in through it have under way is refused with CREDENTIAL_CHANGED, and taken when it is sent again: change the issuer that you signed in through in a request of its own.' })
  async changeIssuer(@Ctx() ctx: RequestContext, @Args() { input, reason, ...which }: ChangeIssuerArgs): Promise<TrustedIssuerModel> {
    return showIssuer(await this.service.change(ctx, which, input, reason));
  }

  @Mutation(() => TrustedIssuerModel, { description: 'Stops believing an issuer, for good and at once: every token of it is refused, whoever sent it before.' })
  async retireIssuer(@Ctx() ctx: RequestContext, @Args() { reason, ...which }: ReasonedChangeArgs): Promise<TrustedIssuerModel> {
    return showIssuer(await this.service.retire(ctx, which, reason));
  }
}
