/** GraphQL entry points for claims that a change is milder than its parts say. */
import { Args, Mutation, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { loadPerson, PersonModel } from '../identity/people.graphql.js';
import { PeopleService } from '../identity/people.service.js';
import type { RequestContext } from '../platform/request-context.js';
import { ChangeClaimModel, ClaimChangeArgs, showChangeClaim } from './change-claims.graphql.js';
import { ReleaseModel, showRelease } from './releases.graphql.js';
import { ReleasesService } from './releases.service.js';

@Resolver(() => ReleaseModel)
export class ReleaseClaimsResolver {
  constructor(private readonly service: ReleasesService) {}

  @ResolveField(() => ChangeClaimModel, { nullable: true, description: 'The claim that this release is a milder change than its parts say; null = nobody claims so.' })
  changeClaim(@Parent() { source }: ReleaseModel): ChangeClaimModel | null {
    return source.changeClaim === null ? null : showChangeClaim(source.changeClaim);
  }

  @Mutation(() => ReleaseModel, { description: 'Says that the step from another release is milder than its parts say. Sign-offs about that release outlast the step only after a reviewer of VALIDATION has confirmed it.' })
  async claimChangeClass(@Ctx() ctx: RequestContext, @Args() { since, changeClass, reason, ...change }: ClaimChangeArgs): Promise<ReleaseModel> {
    return showRelease(await this.service.claimChange(ctx, change, since, { changeClass, reason }));
  }
}

@Resolver(() => ChangeClaimModel)
export class ChangeClaimPeopleResolver {
  constructor(private readonly people: PeopleService) {}

  @ResolveField(() => PersonModel, { nullable: true, description: 'The person of the team who said so, and who may not confirm it.' })
  async claimedBy(@Ctx() ctx: RequestContext, @Parent() { source }: ChangeClaimModel): Promise<PersonModel | null> {
    return loadPerson(ctx, this.people, source.claimedBy);
  }

  @ResolveField(() => PersonModel, { nullable: true, description: 'The reviewer of VALIDATION who confirmed it; null while nobody has.' })
  async confirmedBy(@Ctx() ctx: RequestContext, @Parent() { source }: ChangeClaimModel): Promise<PersonModel | null> {
    return source.confirmed === null ? null : loadPerson(ctx, this.people, source.confirmed.by);
  }
}
