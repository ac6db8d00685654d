import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { TaxonomiesModule } from '../taxonomies/taxonomies.module.js';
import { LawDatesResolver } from './law-dates.resolver.js';
import { LawDatesService } from './law-dates.service.js';
import { LegalObligationsResolver } from './legal-obligations.resolver.js';
import { PoliciesQueries } from './policies.queries.js';
import { PoliciesResolver, PolicyApprovalResolver } from './policies.resolver.js';
import { PoliciesService } from './policies.service.js';
import { ShippedEditions } from './shipped-editions.js';
import { TieringDueResolver } from './tiering-due.resolver.js';

@Module({ imports: [IdentityModule, TaxonomiesModule], providers: [PoliciesService, PoliciesQueries, ShippedEditions, PoliciesResolver, PolicyApprovalResolver, TieringDueResolver, LegalObligationsResolver, LawDatesService, LawDatesResolver], exports: [ShippedEditions, LawDatesService] })
export class PoliciesModule {}
