/** The chapters, in story order: the table of contents. */
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import type { EntitySchema } from 'typeorm';
import { AcceptancesModule } from './acceptances/acceptances.module.js';
import { AcceptanceTable } from './acceptances/acceptance.table.js';
import { ConditionTable } from './acceptances/condition.table.js';
import { SuspensionTable } from './acceptances/suspension.table.js';
import { EvidenceFileTable } from './evidence/evidence-file.table.js';
import { EvidenceModule, EvidenceStoreModule } from './evidence/evidence.module.js';
import { EvidenceStore } from './evidence/store/evidence-store.js';
import { EvidenceTable } from './evidence/evidence.table.js';
import { BaselineTable } from './gate/baseline.table.js';
import { BreakGlassTable } from './gate/break-glass.table.js';
import { GateModule } from './gate/gate.module.js';
import { DecisionTable, DeploymentTable, GrantTable } from './gate/gate.table.js';
import { UngovernedTable } from './gate/ungoverned-deployment.table.js';
import { SimulationTable } from './gate/simulation.table.js';
import { AuthenticationGuard } from './identity/authentication.js';
import { ImpactTable } from './impacts/impact.table.js';
import { ImpactsModule } from './impacts/impacts.module.js';
import { IdentityModule, ServerKeysModule } from './identity/identity.module.js';
import type { ServerKeys } from './identity/keys.js';
import { ApiKeyTable } from './identity/api-key.table.js';
import { DelegationTable } from './identity/delegation.table.js';
import { ProfileTable } from './identity/profile.table.js';
import { TrustRuleTable } from './identity/trust-rule.table.js';
import { TrustedIssuerTable } from './identity/trusted-issuer.table.js';
import { MitigationsModule } from './mitigations/mitigations.module.js';
import { MitigationTable } from './mitigations/mitigation.table.js';
import { FindingTable } from './monitoring/finding.table.js';
import { MonitoringModule } from './monitoring/monitoring.module.js';
import type { ExplorerOptions } from './integrations/explorer/explorer.controller.js';
import { ExplorerModule } from './integrations/explorer/explorer.module.js';
import { OpenApiModule } from './integrations/openapi/openapi.module.js';
import { graphqlModule } from './platform/graphql.module.js';
import { InputPipe } from './platform/input.pipe.js';
import { Outgoing } from './platform/outgoing/outgoing.js';
import { PlatformModule } from './platform/platform.module.js';
import type { Pools } from './platform/pools.js';
import { PrincipalTable } from './platform/principal.table.js';
import { RefusalFilter } from './platform/refusal-to-http.js';
import { PoliciesModule } from './policies/policies.module.js';
import { LawDateTable } from './policies/law-date.table.js';
import { EditionTable } from './policies/policy-edition.table.js';
import { PolicyTable } from './policies/policy.table.js';
import { ReportingModule } from './reporting/reporting.module.js';
import { CommentTable, PromotionTable, SignOffTable } from './reviews/review.table.js';
import { WaiverTable } from './reviews/waiver.table.js';
import { ReviewsModule } from './reviews/reviews.module.js';
import { CriteriaTable, RiskTable } from './risks/risk.table.js';
import { RisksModule } from './risks/risks.module.js';
import { EnvironmentTable, ReleaseTable, SystemTable } from './systems/system.table.js';
import { SystemsModule } from './systems/systems.module.js';
import { TaxonomiesModule } from './taxonomies/taxonomies.module.js';

/** Every table of governed records. */
export const TABLES = [
  PrincipalTable, ProfileTable, DelegationTable, TrustedIssuerTable, TrustRuleTable, ApiKeyTable, SystemTable, ReleaseTable, EnvironmentTable, CriteriaTable, PolicyTable, EditionTable, LawDateTable, SimulationTable, EvidenceTable, EvidenceFileTable, RiskTable, MitigationTable, AcceptanceTable, ImpactTable, FindingTable, PromotionTable, CommentTable, SignOffTable, ConditionTable, SuspensionTable, WaiverTable, DecisionTable, GrantTable, DeploymentTable, UngovernedTable, BaselineTable, BreakGlassTable,
] as const;

export const ENTITIES = TABLES.map((table) => table.schema) as readonly EntitySchema<unknown>[];

@Module({})
 
export class AppModule {
  static over(pools: Pools, keys: ServerKeys, { explorer = null, loopback = false, ownNetworks = [], files = new EvidenceStore(null) }: { explorer?: ExplorerOptions | null; loopback?: boolean; ownNetworks?: readonly string[]; files?: EvidenceStore } = {}): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.over(pools, new Outgoing(loopback, ownNetworks)), ServerKeysModule.withKeys(keys), EvidenceStoreModule.over(files), IdentityModule, TaxonomiesModule, SystemsModule, EvidenceModule, RisksModule, MitigationsModule, AcceptancesModule,
        ImpactsModule, MonitoringModule, PoliciesModule, ReviewsModule, GateModule, ReportingModule, OpenApiModule, graphqlModule(),
        ...(explorer === null ? [] : [ExplorerModule.over(explorer)]),
      ],
      providers: [{ provide: APP_GUARD, useClass: AuthenticationGuard }, { provide: APP_PIPE, useClass: InputPipe }, { provide: APP_FILTER, useClass: RefusalFilter }],
    };
  }
}
