/** The short numbers of records of whatever kind, by their ids: one statement. */
import { Injectable } from '@nestjs/common';
import { EvidenceTable } from '../evidence/evidence.table.js';
import { ImpactTable } from '../impacts/impact.table.js';
import { MitigationTable } from '../mitigations/mitigation.table.js';
import { FindingTable } from '../monitoring/finding.table.js';
import { AcceptanceTable } from '../acceptances/acceptance.table.js';
import { ConditionTable } from '../acceptances/condition.table.js';
import { SuspensionTable } from '../acceptances/suspension.table.js';
import { BaselineTable } from '../gate/baseline.table.js';
import { BreakGlassTable } from '../gate/break-glass.table.js';
import { DeploymentTable } from '../gate/gate.table.js';
import { SimulationTable } from '../gate/simulation.table.js';
import { UngovernedTable } from '../gate/ungoverned-deployment.table.js';
import { LawDateTable } from '../policies/law-date.table.js';
import { EditionTable } from '../policies/policy-edition.table.js';
import { PolicyTable } from '../policies/policy.table.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { PromotionTable, SignOffTable } from '../reviews/review.table.js';
import { ApiKeyTable } from '../identity/api-key.table.js';
import { DelegationTable } from '../identity/delegation.table.js';
import { TrustRuleTable } from '../identity/trust-rule.table.js';
import { TrustedIssuerTable } from '../identity/trusted-issuer.table.js';
import { WaiverTable } from '../reviews/waiver.table.js';
import { RiskTable } from '../risks/risk.table.js';
import { ReleaseTable, SystemTable } from '../systems/system.table.js';

/** Every table whose records have one. */
export const NUMBERED = [PrincipalTable, DelegationTable, TrustedIssuerTable, TrustRuleTable, ApiKeyTable, PolicyTable, EditionTable, LawDateTable, SimulationTable, SystemTable, ReleaseTable, EvidenceTable, RiskTable, MitigationTable, AcceptanceTable, ImpactTable, FindingTable, PromotionTable, SignOffTable, ConditionTable, SuspensionTable, WaiverTable, DeploymentTable, UngovernedTable, BaselineTable, BreakGlassTable] as const;

const SQL = NUMBERED.map((table) => `select id, number from ${table.schema.options.tableName ?? ''} where id = any($1::uuid[])`).join(' union all ');

@Injectable()
export class NumbersQueries {
  constructor(private readonly work: UnitOfWork) {}

  async numbers(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.work.read(ctx, 'register.read', (scope) => scope.query<{ id: string; number: string }>(SQL, [ids]));
    return new Map(rows.map((row) => [row.id, row.number]));
  }
}
