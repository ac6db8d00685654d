/** GraphQL entry points for reviewers of VALIDATION: whether a change is as mild as the team says. */
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { ReleaseModel, showRelease } from '../systems/releases.graphql.js';
import { ReasonedChangeArgs } from '../systems/systems.graphql.js';
import { ChangeJudgementsService } from './change-judgements.service.js';

@Resolver(() => ReleaseModel)
export class ChangeJudgementsResolver {
  constructor(private readonly judgements: ChangeJudgementsService) {}

  @Mutation(() => ReleaseModel, { description: 'Confirms what the team claims about a change. Refused with SEPARATION_OF_DUTIES for whoever claimed it or made the release, and for the owner and developers of the system; with NOT_ELIGIBLE for whoever has stepped back from VALIDATION.' })
  async confirmChangeClass(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<ReleaseModel> {
    return showRelease(await this.judgements.judge(ctx, change, { confirms: true, reason }));
  }

  @Mutation(() => ReleaseModel, { description: 'Turns down what the team claims about a change, confirmed already or not: from the next question on the class that the server computes holds.' })
  async rejectChangeClass(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<ReleaseModel> {
    return showRelease(await this.judgements.judge(ctx, change, { confirms: false, reason }));
  }
}
