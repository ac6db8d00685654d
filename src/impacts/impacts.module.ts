/** The chapter of impact assessments: what a system may do to people, answered element by element. */
import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { EvidenceOfImpactsResolver, ImpactEditionsResolver, ImpactRelationsResolver, SystemImpactsResolver } from './impact-relations.resolver.js';
import { ImpactsQueries } from './impacts.queries.js';
import { ImpactsResolver } from './impacts.resolver.js';
import { ImpactsService } from './impacts.service.js';

@Module({
  imports: [IdentityModule, SystemsModule, EvidenceModule],
  providers: [ImpactsService, ImpactsQueries, ImpactsResolver, ImpactRelationsResolver, ImpactEditionsResolver, SystemImpactsResolver, EvidenceOfImpactsResolver],
  exports: [ImpactsService, ImpactsQueries],
})
export class ImpactsModule {}
