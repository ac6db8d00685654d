import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { ImpactApprovalsResolver } from './impact-approvals.resolver.js';
import { ImpactApprovalsService } from './impact-approvals.service.js';
import { PromotionsService } from './promotions.service.js';
import { ReleaseReviewsResolver, SystemReviewsResolver } from './release-reviews.resolver.js';
import { PromotionsResolver, SignOffsResolver, SignOffSubjectsResolver } from './reviews.resolver.js';
import { SignOffsService } from './sign-offs.service.js';

@Module({
  imports: [IdentityModule, SystemsModule, PoliciesModule],
  providers: [PromotionsService, SignOffsService, PromotionsResolver, SignOffsResolver, SignOffSubjectsResolver, ReleaseReviewsResolver, SystemReviewsResolver, ImpactApprovalsService, ImpactApprovalsResolver],
  exports: [PromotionsService, SignOffsService, ImpactApprovalsService],
})
export class ReviewsModule {}
