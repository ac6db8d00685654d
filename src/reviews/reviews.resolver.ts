/** GraphQL entry points of promotions and sign-offs. */
import { Args, ID, Int, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { parseDigest } from '../domain/digest.js';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { DelegationModel, showDelegation } from '../identity/delegations.graphql.js';
import { DelegationsService } from '../identity/delegations.service.js';
import { PeopleService } from '../identity/people.service.js';
import { byId, loadOne } from '../platform/loading.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { notFound } from '../platform/scope.js';
import { EnvironmentModel, ReleaseModel, showEnvironment, showRelease } from '../systems/releases.graphql.js';
import { loadEnvironment, loadRelease, SystemsQueries } from '../systems/systems.queries.js';
import { PromotionsArgs, ResubmitPromotionArgs, SignOffsArgs } from './promotion-lists.graphql.js';
import { PromotionsService } from './promotions.service.js';
import {
  ConfirmSignOffInput, DecisionPackageModel, OpenPromotionInput, PromotionConnection, PromotionModel, RequestSignOffInput, showDecisionPackage, showPromotion, showSignOff, SignOffConnection, SignOffModel, SignOffRequestModel, SignOffSubjectModel,
} from './reviews.graphql.js';
import { SignOffsService } from './sign-offs.service.js';

@Resolver(() => PromotionModel)
export class PromotionsResolver {
  constructor(private readonly service: PromotionsService, private readonly systems: SystemsQueries, private readonly people: PeopleService) {}

  @Query(() => PromotionModel, { description: 'One promotion, by its id or number such as P-17. Refused with NOT_FOUND.' })
  async promotion(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'Opaque id, or short number such as P-17.' }) id: string): Promise<PromotionModel> {
    return showPromotion(await this.service.promotion(ctx, id));
  }

  @Query(() => PromotionConnection, { description: 'Requests to move releases, page by page, narrowed and sorted.' })
  async promotions(@Ctx() ctx: RequestContext, @Args() { filter, sort, ...request }: PromotionsArgs): Promise<Connection<PromotionModel>> {
    return toConnection(await this.service.promotions(ctx, filter ?? {}, sort, request), showPromotion);
  }

  @Mutation(() => PromotionModel, { description: 'Asks to move a release into an environment: freezes what is shown and names the lanes that must sign. With `supersedes` it takes the place of an earlier request. Refused with PROMOTION_EXISTS while one is open.' })
  async openPromotion(@Ctx() ctx: RequestContext, @Args('input', { description: 'Which release should go where, and why.' }) input: OpenPromotionInput): Promise<PromotionModel> {
    return showPromotion(await this.service.open(ctx, input));
  }

  @Mutation(() => PromotionModel, { description: 'Takes the request back. Only whoever made it may; from the next question on the gate denies.' })
  async cancelPromotion(
    @Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'Which request to take back, as opaque id or number such as P-17.' }) id: string,
    @Args('expectedVersion', { type: () => Int, description: 'The version that you read; another present one is a CONFLICT.' }) expectedVersion: number,
    @Args('reason', { description: 'Why it is taken back, kept with it.' }) reason: string,
  ): Promise<PromotionModel> {
    return showPromotion(await this.service.cancel(ctx, { id, expectedVersion }, reason));
  }

  @Mutation(() => PromotionModel, { description: 'Asks once more for the same release in the same environment, with the package and the lanes of now: an open request becomes SUPERSEDED, one that was rejected or cancelled gets a successor. Sign-offs count on as far as nothing material differs.' })
  async resubmitPromotion(@Ctx() ctx: RequestContext, @Args() { id, expectedVersion, reason, due }: ResubmitPromotionArgs): Promise<PromotionModel> {
    return showPromotion(await this.service.resubmit(ctx, { id, expectedVersion }, { reason, due: due ?? null }));
  }

  @ResolveField(() => PromotionModel, { nullable: true, description: 'The earlier request whose place it took; null = none.' })
  async predecessor(@Ctx() ctx: RequestContext, @Parent() { source }: PromotionModel): Promise<PromotionModel | null> {
    const found = source.predecessorId === null ? null : await loadOne(ctx, 'promotion', source.predecessorId, async (ids) => byId(await this.service.promotionsByIds(ctx, ids)));
    return found === null ? null : showPromotion(found);
  }

  @ResolveField(() => PromotionModel, { nullable: true, description: 'The request that took its place, the latest if there were several; null = none.' })
  async successor(@Ctx() ctx: RequestContext, @Parent() { source }: PromotionModel): Promise<PromotionModel | null> {
    const found = await this.service.successorOf(ctx, source.id);
    return found === null ? null : showPromotion(found);
  }

  @ResolveField(() => ReleaseModel, { description: 'The immutable bundle that should move.' })
  async release(@Ctx() ctx: RequestContext, @Parent() promotion: PromotionModel): Promise<ReleaseModel> {
    return showRelease(await loadRelease(ctx, this.systems, promotion.source.releaseId));
  }

  @ResolveField(() => EnvironmentModel, { description: 'Where the release should go.' })
  async environment(@Ctx() ctx: RequestContext, @Parent() promotion: PromotionModel): Promise<EnvironmentModel> {
    return showEnvironment(await loadEnvironment(ctx, this.systems, promotion.source.environmentId));
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person who asked; excluded from every independent lane.' })
  async requestedBy(@Ctx() ctx: RequestContext, @Parent() promotion: PromotionModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, promotion.source.requestedBy);
  }

  @ResolveField(() => DecisionPackageModel, { description: 'The package as of now: what a reviewer would sign at this moment.' })
  async package(@Ctx() ctx: RequestContext, @Parent() promotion: PromotionModel): Promise<DecisionPackageModel> {
    return showDecisionPackage(await this.service.presentPackage(ctx, promotion.source));
  }

  @ResolveField(() => DecisionPackageModel, { nullable: true, description: 'The package that was frozen when the promotion was opened.' })
  async openingPackage(@Ctx() ctx: RequestContext, @Parent() promotion: PromotionModel): Promise<DecisionPackageModel | null> {
    const shown = await this.service.openingPackage(ctx, promotion.source);
    return shown === null ? null : showDecisionPackage(shown);
  }
}

@Resolver(() => SignOffModel)
export class SignOffsResolver {
  constructor(private readonly service: SignOffsService, private readonly people: PeopleService, private readonly delegations: DelegationsService) {}

  @Query(() => SignOffModel, { description: 'One sign-off, by its id or number such as SO-4. Refused with NOT_FOUND.' })
  async signOff(@Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'Opaque id, or short number such as SO-4.' }) id: string): Promise<SignOffModel> {
    return showSignOff(await this.service.signOff(ctx, id));
  }

  @Query(() => SignOffConnection, { description: 'Votes, page by page, narrowed and sorted: what ends within a month is `filter: {live: true, expiresBefore: …}, sort: EXPIRES`.' })
  async signOffs(@Ctx() ctx: RequestContext, @Args() { filter, sort, ...request }: SignOffsArgs): Promise<Connection<SignOffModel>> {
    return toConnection(await this.service.signOffs(ctx, filter ?? {}, sort, request), showSignOff);
  }

  @Mutation(() => SignOffRequestModel, { description: 'Shows what you are about to sign, with a challenge for one use. Refused with SEPARATION_OF_DUTIES or NOT_ELIGIBLE when you could not confirm it.' })
  async requestSignOff(@Ctx() ctx: RequestContext, @Args('input', { description: 'The promotions and the lanes to sign.' }) input: RequestSignOffInput): Promise<SignOffRequestModel> {
    const request = await this.service.request(ctx, input.promotions, input.lanes, input);
    return {
      challenge: request.challenge, expiresAt: request.expiresAt,
      packages: request.packages.map((shown) => ({ promotion: showPromotion(shown.promotion), package: showDecisionPackage(shown), lanes: shown.lanes })),
    };
  }

  @Mutation(() => SignOffModel, { description: 'Records your vote about exactly the packages that you were shown; a REJECT in a lane with a veto ends their requests. Refused with PACKAGE_CHANGED when anything changed since, with CHALLENGE_USED the second time, with REAUTHENTICATION_REQUIRED when you signed in too long ago.' })
  async confirmSignOff(@Ctx() ctx: RequestContext, @Args('input', { description: 'The challenge, the digests that you read, and your decision.' }) input: ConfirmSignOffInput): Promise<SignOffModel> {
    const packageDigests = input.packageDigests.map((digest, i) => parseDigest(digest, `packageDigests.${String(i)}`));
    const { choice, statement, attests, conditions } = input;
    return showSignOff(await this.service.confirm(ctx, { challenge: input.challenge, packageDigests }, { choice, statement, attests, conditions }));
  }

  @Mutation(() => SignOffModel, { description: 'Takes your own vote back: from the next question on it no longer counts. Refused with NOT_ELIGIBLE for the vote of somebody else.' })
  async withdrawSignOff(
    @Ctx() ctx: RequestContext, @Args('id', { type: () => ID, description: 'Which of your votes, as opaque id or number such as SO-4.' }) id: string,
    @Args('expectedVersion', { type: () => Int, description: 'The version that you read; another present one is a CONFLICT.' }) expectedVersion: number,
    @Args('reason', { description: 'Why you take it back, kept with it.' }) reason: string,
  ): Promise<SignOffModel> {
    return showSignOff(await this.service.withdraw(ctx, { id, expectedVersion }, reason));
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The natural person who signed.' })
  async signer(@Ctx() ctx: RequestContext, @Parent() signOff: SignOffModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, signOff.personId);
  }

  @ResolveField(() => DelegationModel, { nullable: true, description: 'By which it was signed in the place of a colleague; null = in the signer’s own name.' })
  async delegation(@Ctx() ctx: RequestContext, @Parent() { source: { delegationId } }: SignOffModel): Promise<DelegationModel | null> {
    const found = delegationId === null ? null : await loadOne(ctx, 'delegation', delegationId, async (ids) => byId(await this.delegations.delegationsByIds(ctx, ids)));
    return found === null ? null : showDelegation(found);
  }
}

@Resolver(() => SignOffSubjectModel)
export class SignOffSubjectsResolver {
  constructor(private readonly promotions: PromotionsService) {}

  @ResolveField(() => PromotionModel, { description: 'The request that was signed there.' })
  async promotion(@Ctx() ctx: RequestContext, @Parent() subject: SignOffSubjectModel): Promise<PromotionModel> {
    const found = await loadOne(ctx, 'promotion', subject.promotionId, async (ids) => byId(await this.promotions.promotionsByIds(ctx, ids)));
    if (found === null) throw notFound('Promotion', subject.promotionId);
    return showPromotion(found);
  }
}
