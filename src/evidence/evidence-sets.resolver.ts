/** GraphQL entry points for many pieces of evidence in one act. */
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { EvidenceModel, showEvidence } from './evidence.graphql.js';
import { SubmitEvidenceSetArgs, VerifyEvidenceSetArgs } from './evidence-sets.graphql.js';
import { EvidenceService } from './evidence.service.js';

@Resolver(() => EvidenceModel)
export class EvidenceSetsResolver {
  constructor(private readonly service: EvidenceService) {}

  @Mutation(() => [EvidenceModel], { description: 'Submits many pieces about one system, each by the rules of submitEvidence: all of them or none. A refusal names the one that is wrong in its field, such as input.3.digest.' })
  async submitEvidenceSet(@Ctx() ctx: RequestContext, @Args() { system, input }: SubmitEvidenceSetArgs): Promise<EvidenceModel[]> {
    return (await this.service.submitSet(ctx, system, input)).map(showEvidence);
  }

  @Mutation(() => [EvidenceModel], { description: 'Verifies many pieces in one act, each by the rules of verifyEvidence: all of them or none. A refusal names the one that is wrong in its field, such as input.3.' })
  async verifyEvidenceSet(@Ctx() ctx: RequestContext, @Args() { input }: VerifyEvidenceSetArgs): Promise<EvidenceModel[]> {
    return (await this.service.verifySet(ctx, input)).map(showEvidence);
  }
}
