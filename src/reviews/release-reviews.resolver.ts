/** What reviews add to earlier chapters: the promotions of a release, and the promotions and sign-offs of a system. */
import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Ctx } from '../identity/authentication.js';
import { toConnection, type Connection } from '../platform/graphql-types.js';
import type { RequestContext } from '../platform/request-context.js';
import { ReleaseModel } from '../systems/releases.graphql.js';
import { AiSystemModel, PageArgs } from '../systems/systems.graphql.js';
import { PromotionsService } from './promotions.service.js';
import { PromotionConnection, showPromotion, showSignOff, SignOffConnection, type PromotionModel, type SignOffModel } from './reviews.graphql.js';
import { SignOffsService } from './sign-offs.service.js';

@Resolver(() => ReleaseModel)
export class ReleaseReviewsResolver {
  constructor(private readonly promotions: PromotionsService) {}

  @ResolveField(() => PromotionConnection, { name: 'promotions', description: 'Every request to move this release, in a stable order.' })
  async promotionsOfRelease(@Ctx() ctx: RequestContext, @Parent() release: ReleaseModel, @Args() args: PageArgs): Promise<Connection<PromotionModel>> {
    return toConnection(await this.promotions.promotionsOf(ctx, { column: 'releaseId', id: release.id }, args), showPromotion);
  }
}

@Resolver(() => AiSystemModel)
export class SystemReviewsResolver {
  constructor(private readonly promotions: PromotionsService, private readonly signOffs: SignOffsService) {}

  @ResolveField(() => PromotionConnection, { name: 'promotions', description: 'Every request to move a release of this system.' })
  async promotionsOfSystem(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<PromotionModel>> {
    return toConnection(await this.promotions.promotionsOf(ctx, { column: 'systemId', id: system.id }, args), showPromotion);
  }

  @ResolveField(() => SignOffConnection, { name: 'signOffs', description: 'Every vote about this system, withdrawn and expired ones too.' })
  async signOffsOfSystem(@Ctx() ctx: RequestContext, @Parent() system: AiSystemModel, @Args() args: PageArgs): Promise<Connection<SignOffModel>> {
    return toConnection(await this.signOffs.signOffsOf(ctx, system.id, args), showSignOff);
  }
}
