/** The chapter of evidence: what shows that something was done, tested or found. */
import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { EvidenceQueries } from './evidence.queries.js';
import { EvidenceTypesResolver } from './evidence-types.resolver.js';
import { EvidenceRelationsResolver, EvidenceResolver, SystemEvidenceResolver } from './evidence.resolver.js';
import { EvidenceService } from './evidence.service.js';

@Module({
  imports: [IdentityModule, SystemsModule],
  providers: [EvidenceService, EvidenceQueries, EvidenceResolver, EvidenceRelationsResolver, SystemEvidenceResolver, EvidenceTypesResolver],
  exports: [EvidenceService, EvidenceQueries],
})
export class EvidenceModule {}
