/** The chapter of impact assessments: what a system may do to people, answered element by element. */
import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { ImpactEditionsResolver, ImpactRelationsResolver, SystemImpactsResolver } from './impact-relations.resolver.js';
import { ImpactsQueries } from './impacts.queries.js';
import { ImpactsResolver } from './impacts.resolver.js';
import { ImpactsService } from './impacts.service.js';

@Module({
  imports: [IdentityModule, SystemsModule],
  providers: [ImpactsService, ImpactsQueries, ImpactsResolver, ImpactRelationsResolver, ImpactEditionsResolver, SystemImpactsResolver],
  exports: [ImpactsService, ImpactsQueries],
})
export class ImpactsModule {}
