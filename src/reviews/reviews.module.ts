import { Module } from '@nestjs/common';
import { AcceptancesModule } from '../acceptances/acceptances.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { ClassificationsResolver, SignedClassificationsResolver } from './classifications.resolver.js';
import { ClassificationsService } from './classifications.service.js';
import { CommentsResolver, PromotionCommentsResolver } from './comments.resolver.js';
import { CommentsService } from './comments.service.js';
import { SignOffDifferencesResolver } from './differences.resolver.js';
import { DifferencesService } from './differences.service.js';
import { ChangeJudgementsResolver } from './change-judgements.resolver.js';
import { ChangeJudgementsService } from './change-judgements.service.js';
import { ImpactApprovalsResolver } from './impact-approvals.resolver.js';
import { ImpactApprovalsService } from './impact-approvals.service.js';
import { PromotionReviewsResolver, ReviewsOfRisksResolver } from './lane-review-parents.resolver.js';
import { LaneReviewsQueries } from './lane-reviews.queries.js';
import { LaneReviewOutcomesResolver, LaneReviewRelationsResolver, LaneReviewsResolver } from './lane-reviews.resolver.js';
import { LaneReviewsService } from './lane-reviews.service.js';
import { PromotionsService } from './promotions.service.js';
import { ReleaseReviewsResolver, SystemReviewsResolver } from './release-reviews.resolver.js';
import { PromotionsResolver, SignOffsResolver, SignOffSubjectsResolver } from './reviews.resolver.js';
import { RiskReviewsQueries } from './risk-reviews.queries.js';
import { SignOffsService } from './sign-offs.service.js';
import { SignOffStatementsResolver } from './statements.resolver.js';
import { StatementsService } from './statements.service.js';
import { ConditionVotesResolver, ReviewConditionsResolver, SignOffConditionsResolver } from './vote-conditions.resolver.js';
import { PromotionWaiversResolver, SystemWaiversResolver, WaiverGrantsResolver, WaiverRelationsResolver } from './waiver-relations.resolver.js';
import { WaiversQueries } from './waivers.queries.js';
import { WaiversResolver } from './waivers.resolver.js';
import { WaiversService } from './waivers.service.js';

@Module({
  imports: [IdentityModule, SystemsModule, AcceptancesModule],
  providers: [
    PromotionsService, SignOffsService, StatementsService, DifferencesService, SignOffDifferencesResolver, LaneReviewsService, LaneReviewsQueries, RiskReviewsQueries, PromotionsResolver, SignOffsResolver, SignOffStatementsResolver, SignOffSubjectsResolver, ReleaseReviewsResolver,
    SystemReviewsResolver, LaneReviewsResolver, LaneReviewOutcomesResolver, LaneReviewRelationsResolver, PromotionReviewsResolver, ReviewsOfRisksResolver, ImpactApprovalsService, ImpactApprovalsResolver, ChangeJudgementsService, ChangeJudgementsResolver,
    CommentsService, CommentsResolver, PromotionCommentsResolver, WaiversService, WaiversQueries, WaiversResolver, WaiverRelationsResolver, WaiverGrantsResolver, SystemWaiversResolver, PromotionWaiversResolver,
    SignOffConditionsResolver, ReviewConditionsResolver, ConditionVotesResolver, ClassificationsService, ClassificationsResolver, SignedClassificationsResolver,
  ],
  exports: [PromotionsService, SignOffsService, LaneReviewsService, LaneReviewsQueries, ImpactApprovalsService, ChangeJudgementsService, WaiversService],
})
export class ReviewsModule {}
