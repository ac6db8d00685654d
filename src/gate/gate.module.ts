import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { ReviewsModule } from '../reviews/reviews.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { TaxonomiesModule } from '../taxonomies/taxonomies.module.js';
import { BaselinesQueries } from './baselines.queries.js';
import { BaselineRelationsResolver, BaselinesResolver, SystemBaselinesResolver } from './baselines.resolver.js';
import { BaselinesService } from './baselines.service.js';
import { BreakGlassQueries } from './break-glass.queries.js';
import { AfterReviewResolver, BreakGlassRelationsResolver, BreakGlassResolver, SecondKeyResolver, SystemBreakGlassResolver } from './break-glass.resolver.js';
import { BreakGlassService } from './break-glass.service.js';
import { DecisionsQueries } from './decisions.queries.js';
import { DecisionsResolver, ReleaseDecisionsResolver, SystemDecisionsResolver } from './decisions.resolver.js';
import { DeploymentsService } from './deployments.service.js';
import { ForesightResolver } from './foresight.resolver.js';
import { GateController } from './gate.controller.js';
import { GateResolver, PromotionGateResolver } from './gate.resolver.js';
import { GateService } from './gate.service.js';
import { ReadinessService } from './readiness.service.js';
import { ReplayResolver } from './replay.resolver.js';
import { ReplayService } from './replay.service.js';
import { SimulationsQueries } from './simulations.queries.js';
import { SimulationsResolver } from './simulations.resolver.js';
import { SimulationsService } from './simulations.service.js';
import { UngovernedDeploymentsService } from './ungoverned-deployments.service.js';
import { WhatIfService } from './what-if.service.js';

@Module({
  imports: [IdentityModule, PoliciesModule, ReviewsModule, SystemsModule, TaxonomiesModule],
  controllers: [GateController],
  providers: [
    GateService, DeploymentsService, UngovernedDeploymentsService, DecisionsQueries, BaselinesService, BaselinesQueries, BreakGlassService, BreakGlassQueries,
    ReplayService, ReplayResolver, SimulationsService, SimulationsQueries, SimulationsResolver, WhatIfService, ReadinessService, GateResolver, ForesightResolver, PromotionGateResolver, DecisionsResolver, SystemDecisionsResolver, ReleaseDecisionsResolver,
    BaselinesResolver, BaselineRelationsResolver, SystemBaselinesResolver,
    BreakGlassResolver, BreakGlassRelationsResolver, SecondKeyResolver, AfterReviewResolver, SystemBreakGlassResolver,
  ],
  exports: [GateService, DecisionsQueries, DeploymentsService, BaselinesService, BreakGlassService],
})
export class GateModule {}
