/** The chapter of the inventory: AI systems, their releases, and the environments they are deployed to. */
import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { ChangeClaimPeopleResolver, ReleaseClaimsResolver } from './change-claims.resolver.js';
import { EnvironmentsResolver, ReleasesResolver } from './releases.resolver.js';
import { ReleasesService } from './releases.service.js';
import { SystemsQueries } from './systems.queries.js';
import { SystemsResolver, TierAssessmentsResolver } from './systems.resolver.js';
import { SystemsService } from './systems.service.js';
import { TieringAnswersResolver, TieringResolver, TierScoreResolver } from './tiering.resolver.js';

@Module({
  imports: [IdentityModule],
  providers: [SystemsService, ReleasesService, SystemsQueries, SystemsResolver, TierAssessmentsResolver, TieringResolver, TierScoreResolver, TieringAnswersResolver, ReleasesResolver, ReleaseClaimsResolver, ChangeClaimPeopleResolver, EnvironmentsResolver],
  exports: [SystemsService, ReleasesService, SystemsQueries],
})
export class SystemsModule {}
