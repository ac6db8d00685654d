import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/identity.module.js';
import { PoliciesQueries } from './policies.queries.js';
import { PoliciesResolver, PolicyApprovalResolver } from './policies.resolver.js';
import { PoliciesService } from './policies.service.js';
import { ShippedEditions } from './shipped-editions.js';
import { TieringDueResolver } from './tiering-due.resolver.js';

@Module({ imports: [IdentityModule], providers: [PoliciesService, PoliciesQueries, ShippedEditions, PoliciesResolver, PolicyApprovalResolver, TieringDueResolver], exports: [ShippedEditions] })
export class PoliciesModule {}
