import { Module } from '@nestjs/common';
import { ArchiveService } from '../audit/archive.service.js';
import { ChangesService } from '../audit/changes.service.js';
import { GateModule } from '../gate/gate.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { ReviewsModule } from '../reviews/reviews.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { ArchiveController } from './archive.controller.js';
import { ChangeActorsResolver, ChangedObjectsResolver, ChangesResolver } from './changes.resolver.js';
import { LapsesQueries } from './lapses.queries.js';
import { LapsesResolver } from './lapses.resolver.js';
import { NodeResolver } from './node.resolver.js';
import { NumbersQueries } from './numbers.queries.js';
import { OversightQueries } from './oversight.queries.js';
import { ExceptionsResolver, PopulationResolver } from './oversight.resolver.js';
import { WorkQueries } from './work.queries.js';
import { WorkResolver } from './work.resolver.js';

@Module({
  imports: [IdentityModule, SystemsModule, ReviewsModule, GateModule],
  controllers: [ArchiveController],
  providers: [ArchiveService, NodeResolver, LapsesQueries, LapsesResolver, OversightQueries, ExceptionsResolver, PopulationResolver, WorkQueries, WorkResolver, ChangesService, NumbersQueries, ChangesResolver, ChangeActorsResolver, ChangedObjectsResolver],
  exports: [ChangesService],
})
export class ReportingModule {}
