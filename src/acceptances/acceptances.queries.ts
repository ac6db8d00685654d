/** Reading acceptances: one, those of a risk, and what each has come to. */
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import { acceptanceOutcome, type AcceptanceOutcome, type RiskAcceptance } from '../domain/acceptance.js';
import type { Stored } from '../domain/package.js';
import { after, equals, referring, upTo } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { NEWEST, OLDEST, type Order, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { RiskTable } from '../risks/risk.table.js';
import { presentCriteria } from '../risks/risks.service.js';
import { SystemTable } from '../systems/system.table.js';
import { AcceptanceTable } from './acceptance.table.js';
import { besideAcceptances } from './standing.js';

export interface AcceptanceFilter { readonly system?: string | null; readonly risk?: string | null; readonly expiresBefore?: Instant | null; readonly live?: boolean | null }
const ORDERS = { NEWEST, EXPIRES: { name: 'EXPIRES', descending: false, key: { column: 'validUntil', type: 'instant' } } } as const satisfies Record<string, Order>;
export type AcceptanceSort = keyof typeof ORDERS;

@Injectable()
export class AcceptancesQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async acceptance(ctx: RequestContext, id: string): Promise<Stored<RiskAcceptance>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(AcceptanceTable, id));
  }

  async acceptancesByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<RiskAcceptance>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(AcceptanceTable, ids));
  }

  /** What each acceptance has come to, by the database's clock. */
  async outcomes(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, AcceptanceOutcome>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const criteria = await presentCriteria(scope);
      const acceptances = await scope.byIds(AcceptanceTable, ids);
      const basis = { ...await besideAcceptances(scope, acceptances), criteria, clock: scope.clock() };
      return new Map(acceptances.map((acceptance) => [acceptance.id, acceptanceOutcome(acceptance, basis)]));
    });
  }

  async acceptances(ctx: RequestContext, filter: AcceptanceFilter, sort: AcceptanceSort, request: PageRequest): Promise<Page<Stored<RiskAcceptance>>> {
    const conditions = await this.work.read(ctx, 'register.read', async (scope) => [
      ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
      ...await referring('riskId', filter.risk, async (risk) => (await scope.get(RiskTable, risk)).id),
      ...(filter.expiresBefore ? [upTo('validUntil', filter.expiresBefore)] : []),
      ...(filter.live === true ? [after('validUntil', scope.now), equals('state', 'REQUESTED')] : []),
    ]);
    return this.lists.page(ctx, { table: AcceptanceTable, conditions, order: ORDERS[sort] }, request);
  }

  async acceptancesOf(ctx: RequestContext, riskId: string, request: PageRequest): Promise<Page<Stored<RiskAcceptance>>> {
    return this.lists.pageOf(ctx, { table: AcceptanceTable, conditions: [], order: OLDEST }, { column: 'riskId', id: riskId }, request);
  }
}
