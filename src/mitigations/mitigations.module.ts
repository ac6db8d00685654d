/** The chapter of mitigations: what is done about risks, and what is left with it. */
import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { RisksModule } from '../risks/risks.module.js';
import { TaxonomiesModule } from '../taxonomies/taxonomies.module.js';
import { MitigationRelationsResolver, RiskMitigationsResolver, SystemMitigationsResolver } from './mitigation-relations.resolver.js';
import { MitigationsQueries } from './mitigations.queries.js';
import { MitigationsResolver } from './mitigations.resolver.js';
import { MitigationsService } from './mitigations.service.js';

@Module({
  imports: [IdentityModule, TaxonomiesModule, RisksModule, EvidenceModule],
  providers: [MitigationsService, MitigationsQueries, MitigationsResolver, MitigationRelationsResolver, RiskMitigationsResolver, SystemMitigationsResolver],
  exports: [MitigationsService, MitigationsQueries],
})
export class MitigationsModule {}
