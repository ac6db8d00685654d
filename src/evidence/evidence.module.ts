/** The chapter of evidence: what shows that something was done, tested or found, and the files that show it. */
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { Arrivals } from './arrivals.js';
import { EvidenceFilesController } from './evidence-files.controller.js';
import { EvidenceFilesResolver } from './evidence-files.resolver.js';
import { EvidenceFilesService } from './evidence-files.service.js';
import { EvidenceQueries } from './evidence.queries.js';
import { EvidenceTypesResolver } from './evidence-types.resolver.js';
import { EvidenceRelationsResolver, EvidenceResolver, SystemEvidenceResolver } from './evidence.resolver.js';
import { EvidenceSetsResolver } from './evidence-sets.resolver.js';
import { EvidenceService } from './evidence.service.js';
import { EvidenceStore } from './store/evidence-store.js';

@Module({
  imports: [IdentityModule, SystemsModule],
  controllers: [EvidenceFilesController],
  providers: [Arrivals, EvidenceService, EvidenceQueries, EvidenceResolver, EvidenceSetsResolver, EvidenceRelationsResolver, SystemEvidenceResolver, EvidenceTypesResolver, EvidenceFilesService, EvidenceFilesResolver],
  exports: [Arrivals, EvidenceService, EvidenceQueries, EvidenceFilesService],
})
export class EvidenceModule {}

/** Where files are kept, as whoever starts the server has said. */
@Global()
@Module({})
export class EvidenceStoreModule {
  static over(store: EvidenceStore): DynamicModule {
    return { module: EvidenceStoreModule, providers: [{ provide: EvidenceStore, useValue: store }], exports: [EvidenceStore] };
  }
}
