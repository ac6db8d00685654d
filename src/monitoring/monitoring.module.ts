/** The chapter of what comes up later: findings, and the corrective action that answers them. */
import { Module } from '@nestjs/common';
import { AcceptancesModule } from '../acceptances/acceptances.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { RisksModule } from '../risks/risks.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { EvidenceOfFindingsResolver, FindingPeopleResolver, FindingRelationsResolver, SystemFindingsResolver } from './finding-relations.resolver.js';
import { FindingsQueries } from './findings.queries.js';
import { FindingsResolver } from './findings.resolver.js';
import { FindingsService } from './findings.service.js';

@Module({
  imports: [IdentityModule, SystemsModule, EvidenceModule, RisksModule, AcceptancesModule],
  providers: [FindingsService, FindingsQueries, FindingsResolver, FindingRelationsResolver, FindingPeopleResolver, SystemFindingsResolver, EvidenceOfFindingsResolver],
  exports: [FindingsService, FindingsQueries],
})
export class MonitoringModule {}
