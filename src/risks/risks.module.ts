/** The chapter of risks: logged, assessed by criteria, confirmed or accepted. */
import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { AcceptanceGrantsResolver, AcceptanceRelationsResolver, AcceptancesResolver } from './acceptances.resolver.js';
import { AcceptancesService } from './acceptances.service.js';
import { CriteriaResolver } from './criteria.resolver.js';
import { CriteriaService } from './criteria.service.js';
import { RiskAssessmentsResolver, RiskRelationsResolver } from './risk-relations.resolver.js';
import { RisksQueries } from './risks.queries.js';
import { RisksResolver } from './risks.resolver.js';
import { RisksService } from './risks.service.js';
import { SystemRisksResolver } from './system-risks.resolver.js';

@Module({
  imports: [IdentityModule, SystemsModule],
  providers: [
    RisksService, AcceptancesService, CriteriaService, RisksQueries,
    RisksResolver, RiskRelationsResolver, RiskAssessmentsResolver, AcceptancesResolver, AcceptanceRelationsResolver, AcceptanceGrantsResolver, CriteriaResolver, SystemRisksResolver,
  ],
  exports: [RisksService, AcceptancesService, CriteriaService, RisksQueries],
})
export class RisksModule {}
