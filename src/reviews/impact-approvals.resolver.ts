/** GraphQL entry points for the lane of an impact assessment: approve it, or give it back. */
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { ApproveImpactArgs, ImpactAssessmentModel, showImpactAssessment } from '../impacts/impacts.graphql.js';
import type { RequestContext } from '../platform/request-context.js';
import { ReasonedChangeArgs } from '../systems/systems.graphql.js';
import { ImpactApprovalsService } from './impact-approvals.service.js';

@Resolver(() => ImpactAssessmentModel)
export class ImpactApprovalsResolver {
  constructor(private readonly approvals: ImpactApprovalsService) {}

  @Mutation(() => ImpactAssessmentModel, { description: 'Approves the edition that was handed in, in the lane of its kind. Refused as SEPARATION_OF_DUTIES for everybody who ever wrote in it, and for the owner and the developers of the system.' })
  async approveImpactAssessment(@Ctx() ctx: RequestContext, @Args() { validUntil, ...change }: ApproveImpactArgs): Promise<ImpactAssessmentModel> {
    return showImpactAssessment(await this.approvals.approve(ctx, change, validUntil));
  }

  @Mutation(() => ImpactAssessmentModel, { description: 'Gives the edition back to those who write it. Refused as NOT_ELIGIBLE without a grant for the lane of its kind.' })
  async returnImpactAssessment(@Ctx() ctx: RequestContext, @Args() { reason, ...change }: ReasonedChangeArgs): Promise<ImpactAssessmentModel> {
    return showImpactAssessment(await this.approvals.giveBack(ctx, change, reason));
  }
}
