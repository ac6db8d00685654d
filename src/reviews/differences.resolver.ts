/** What has changed since a promotion was signed. */
import { Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import type { RequestContext } from '../platform/request-context.js';
import { DifferencesService } from './differences.service.js';
import { PackageDiffModel } from './differences.graphql.js';
import { SignOffSubjectModel } from './reviews.graphql.js';

@Resolver(() => SignOffSubjectModel)
export class SignOffDifferencesResolver {
  constructor(private readonly differences: DifferencesService) {}

  @ResolveField(() => PackageDiffModel, { nullable: true, description: 'What has changed materially since this was signed: the signed package against the present one of its promotion. Null when the signed package is kept no longer.' })
  async diffSinceSignOff(@Ctx() ctx: RequestContext, @Parent() subject: SignOffSubjectModel): Promise<PackageDiffModel | null> {
    return this.differences.since(ctx, subject, subject.vote);
  }
}
