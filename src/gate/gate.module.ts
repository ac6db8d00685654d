import { Module } from '@nestjs/common';
import { PoliciesModule } from '../policies/policies.module.js';
import { ReviewsModule } from '../reviews/reviews.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { DecisionsQueries } from './decisions.queries.js';
import { DecisionsResolver, ReleaseDecisionsResolver, SystemDecisionsResolver } from './decisions.resolver.js';
import { DeploymentsService } from './deployments.service.js';
import { ForesightResolver } from './foresight.resolver.js';
import { GateController } from './gate.controller.js';
import { GateResolver, PromotionGateResolver } from './gate.resolver.js';
import { GateService } from './gate.service.js';

@Module({
  imports: [PoliciesModule, ReviewsModule, SystemsModule],
  controllers: [GateController],
  providers: [GateService, DeploymentsService, DecisionsQueries, GateResolver, ForesightResolver, PromotionGateResolver, DecisionsResolver, SystemDecisionsResolver, ReleaseDecisionsResolver],
  exports: [GateService, DeploymentsService],
})
export class GateModule {}
