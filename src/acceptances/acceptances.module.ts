/** The chapter of what is left: a risk is confirmed by somebody else, or accepted by those who may. */
import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { MitigationsModule } from '../mitigations/mitigations.module.js';
import { RisksModule } from '../risks/risks.module.js';
import { AcceptanceGrantsResolver, AcceptanceRelationsResolver, AcceptancesResolver } from './acceptances.resolver.js';
import { AcceptancesQueries } from './acceptances.queries.js';
import { AcceptancesService } from './acceptances.service.js';
import { BulkChangesResolver } from './bulk-changes.resolver.js';
import { BulkChangesService } from './bulk-changes.service.js';
import { ConfirmationsService } from './confirmations.service.js';
import { RiskAcceptancesResolver } from './risk-acceptances.resolver.js';

@Module({
  imports: [IdentityModule, RisksModule, MitigationsModule],
  providers: [AcceptancesService, ConfirmationsService, BulkChangesService, BulkChangesResolver, AcceptancesQueries, AcceptancesResolver, AcceptanceRelationsResolver, AcceptanceGrantsResolver, RiskAcceptancesResolver],
  exports: [AcceptancesService, ConfirmationsService, AcceptancesQueries],
})
export class AcceptancesModule {}
