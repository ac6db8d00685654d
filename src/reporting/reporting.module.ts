import { Module } from '@nestjs/common';
import { ChangesService } from '../audit/changes.service.js';
import { IdentityModule } from '../identity/identity.module.js';
import { ReviewsModule } from '../reviews/reviews.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { ChangeActorsResolver, ChangedObjectsResolver, ChangesResolver } from './changes.resolver.js';
import { LapsesQueries } from './lapses.queries.js';
import { LapsesResolver } from './lapses.resolver.js';
import { NodeResolver } from './node.resolver.js';
import { NumbersQueries } from './numbers.queries.js';
import { WorkQueries } from './work.queries.js';
import { WorkResolver } from './work.resolver.js';

@Module({
  imports: [IdentityModule, SystemsModule, ReviewsModule],
  providers: [NodeResolver, LapsesQueries, LapsesResolver, WorkQueries, WorkResolver, ChangesService, NumbersQueries, ChangesResolver, ChangeActorsResolver, ChangedObjectsResolver],
  exports: [ChangesService],
})
export class ReportingModule {}
