import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { ReviewsModule } from '../reviews/reviews.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { BaselinesQueries } from './baselines.queries.js';
import { BaselineRelationsResolver, BaselinesResolver, SystemBaselinesResolver } from './baselines.resolver.js';
import { BaselinesService } from './baselines.service.js';
import { DecisionsQueries } from './decisions.queries.js';
import { DecisionsResolver, ReleaseDecisionsResolver, SystemDecisionsResolver } from './decisions.resolver.js';
import { DeploymentsService } from './deployments.service.js';
import { ForesightResolver } from './foresight.resolver.js';
import { GateController } from './gate.controller.js';
import { GateResolver, PromotionGateResolver } from './gate.resolver.js';
import { GateService } from './gate.service.js';

@Module({
  imports: [IdentityModule, PoliciesModule, ReviewsModule, SystemsModule],
  controllers: [GateController],
  providers: [
    GateService, DeploymentsService, DecisionsQueries, BaselinesService, BaselinesQueries,
    GateResolver, ForesightResolver, PromotionGateResolver, DecisionsResolver, SystemDecisionsResolver, ReleaseDecisionsResolver,
    BaselinesResolver, BaselineRelationsResolver, SystemBaselinesResolver,
  ],
  exports: [GateService, DeploymentsService, BaselinesService],
})
export class GateModule {}
