/** The chapter of risks: logged, assessed by criteria, treated. */
import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { TaxonomiesModule } from '../taxonomies/taxonomies.module.js';
import { CriteriaResolver } from './criteria.resolver.js';
import { CriteriaService } from './criteria.service.js';
import { RiskReviewsResolver } from './risk-reviews.resolver.js';
import { RiskAssessmentsResolver, RiskRelationsResolver } from './risk-relations.resolver.js';
import { RiskExportService } from './risk-export.service.js';
import { RiskFilesController } from './risk-files.controller.js';
import { RiskFilesResolver } from './risk-files.resolver.js';
import { RiskImportService } from './risk-import.service.js';
import { RisksQueries } from './risks.queries.js';
import { RisksResolver } from './risks.resolver.js';
import { RisksService } from './risks.service.js';
import { SystemRisksResolver } from './system-risks.resolver.js';

@Module({
  imports: [IdentityModule, TaxonomiesModule, SystemsModule],
  controllers: [RiskFilesController],
  providers: [
    RisksService, CriteriaService, RisksQueries, RiskImportService, RiskExportService, RiskFilesResolver,
    RisksResolver, RiskRelationsResolver, RiskAssessmentsResolver, RiskReviewsResolver, CriteriaResolver, SystemRisksResolver,
  ],
  exports: [RisksService, CriteriaService, RisksQueries],
})
export class RisksModule {}
