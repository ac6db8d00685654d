/** The chapter of what is left: a risk is confirmed by somebody else, or accepted by those who may. */
import { Module } from '@nestjs/common';
import { EvidenceModule } from '../evidence/evidence.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { MitigationsModule } from '../mitigations/mitigations.module.js';
import { RisksModule } from '../risks/risks.module.js';
import { SystemsModule } from '../systems/systems.module.js';
import { AcceptanceGrantsResolver, AcceptanceRelationsResolver, AcceptancesResolver } from './acceptances.resolver.js';
import { AcceptancesQueries } from './acceptances.queries.js';
import { AcceptancesService } from './acceptances.service.js';
import { BulkChangesResolver } from './bulk-changes.resolver.js';
import { BulkChangesService } from './bulk-changes.service.js';
import { ConditionPeopleResolver, ConditionRelationsResolver, SystemConditionsResolver } from './condition-relations.resolver.js';
import { ConditionsQueries } from './conditions.queries.js';
import { ConditionsResolver } from './conditions.resolver.js';
import { ConditionsService } from './conditions.service.js';
import { ConfirmationsService } from './confirmations.service.js';
import { RiskAcceptancesResolver } from './risk-acceptances.resolver.js';
import { RiskSuspensionsResolver, SuspensionRelationsResolver, SuspensionsResolver, SystemSuspensionsResolver } from './suspensions.resolver.js';
import { SuspensionsService } from './suspensions.service.js';

@Module({
  imports: [IdentityModule, SystemsModule, EvidenceModule, RisksModule, MitigationsModule],
  providers: [
    AcceptancesService, ConfirmationsService, BulkChangesService, BulkChangesResolver, AcceptancesQueries, AcceptancesResolver, AcceptanceRelationsResolver, AcceptanceGrantsResolver, RiskAcceptancesResolver,
    ConditionsService, ConditionsQueries, ConditionsResolver, ConditionRelationsResolver, ConditionPeopleResolver, SystemConditionsResolver,
    SuspensionsService, SuspensionsResolver, SuspensionRelationsResolver, SystemSuspensionsResolver, RiskSuspensionsResolver,
  ],
  exports: [AcceptancesService, ConfirmationsService, AcceptancesQueries, ConditionsService, ConditionsQueries],
})
export class AcceptancesModule {}
