/** Reading mitigations: one, those of risks, and what is left of a risk with them. */
import { Injectable } from '@nestjs/common';
import { hasLapsed, isOverdue, WAITING, type Mitigation, type MitigationState } from '../domain/mitigation.js';
import type { Stored } from '../domain/package.js';
import type { GatedKind } from '../domain/policy-terms.js';
import { residualLevel } from '../domain/residual.js';
import { isAboveAppetite } from '../domain/risk-review.js';
import type { Level } from '../domain/scoring.js';
import { withSuccessors } from '../evidence/evidence.queries.js';
import { Lists } from '../platform/lists.js';
import { anyOf, equals, given, referring, upTo, type Condition } from '../platform/conditions.js';
import { NEWEST, OLDEST, type Order, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { resolvePerson } from '../identity/people.service.js';
import { RiskTable } from '../risks/risk.table.js';
import { SystemTable } from '../systems/system.table.js';
import { MitigationTable } from './mitigation.table.js';
import { mitigationsOf, proofAbout } from './proofs.js';

/** Null or left out = not asked for; of several all must hold. */
export interface MitigationFilter {
  readonly system?: string | null;
  readonly risk?: string | null;
  readonly owner?: string | null;
  readonly states?: readonly MitigationState[] | null;
  readonly requiredFrom?: GatedKind | null;
  readonly overdue?: boolean | null;
}
const ORDERS = { NEWEST, DUE: { name: 'DUE', descending: false, key: { column: 'due', type: 'instant' } } } as const satisfies Record<string, Order>;
export type MitigationSort = keyof typeof ORDERS;

export interface Residual { readonly level: Level | null; readonly aboveAppetite: boolean | null }

@Injectable()
export class MitigationsQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async mitigation(ctx: RequestContext, id: string): Promise<Stored<Mitigation>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(MitigationTable, id));
  }

  async mitigations(ctx: RequestContext, filter: MitigationFilter, sort: MitigationSort, request: PageRequest): Promise<Page<Stored<Mitigation>>> {
    const conditions = await this.work.read(ctx, 'register.read', (scope) => conditionsOf(scope, filter));
    return this.lists.page(ctx, { table: MitigationTable, conditions, order: ORDERS[sort] }, request);
  }

  async mitigationsOfSystem(ctx: RequestContext, systemId: string, request: PageRequest): Promise<Page<Stored<Mitigation>>> {
    return this.lists.pageOf(ctx, { table: MitigationTable, conditions: [], order: OLDEST }, { column: 'systemId', id: systemId }, request);
  }

  /** Of these risks, by risk; each list in the order in which they were proposed. */
  async byRisk(ctx: RequestContext, riskIds: readonly string[]): Promise<Map<string, Stored<Mitigation>[]>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const found = await mitigationsOf(scope, riskIds);
      return new Map(riskIds.map((id) => [id, found.filter((mitigation) => mitigation.riskId === id)]));
    });
  }

  /** What is left of each risk: what the gate counts, for evidence about any bytes. */
  async residuals(ctx: RequestContext, riskIds: readonly string[]): Promise<Map<string, Residual>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const proof = await proofAbout(scope, riskIds);
      return new Map((await scope.byIds(RiskTable, riskIds)).map((risk) => [risk.id, { level: residualLevel(risk, proof), aboveAppetite: isAboveAppetite(risk, proof) }]));
    });
  }

  /** What has become of each by now: verified once with nothing to show for it any more, or late. */
  async signs(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, { lapsed: boolean; overdue: boolean }>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const mitigations = await scope.byIds(MitigationTable, ids);
      const showing = { evidence: await withSuccessors(scope, mitigations.flatMap((mitigation) => mitigation.evidenceIds)), subjects: null, clock: scope.clock() };
      return new Map(mitigations.map((mitigation) => [mitigation.id, { lapsed: hasLapsed(mitigation, showing), overdue: isOverdue(mitigation, showing.clock) }]));
    });
  }
}

async function conditionsOf(scope: ReadScope, filter: MitigationFilter): Promise<Condition[]> {
  const found: (Condition | null)[] = [
    ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
    ...await referring('riskId', filter.risk, async (risk) => (await scope.get(RiskTable, risk)).id),
    ...await referring('ownerId', filter.owner, (owner) => resolvePerson(scope, owner, 'filter.owner')),
    given(filter.states, (states) => anyOf('state', states)),
    given(filter.requiredFrom, (kind) => equals('requiredFrom', kind)),
    ...(filter.overdue === true ? [upTo('due', scope.now), anyOf('state', WAITING)] : []),
  ];
  return found.filter((condition) => condition !== null);
}
