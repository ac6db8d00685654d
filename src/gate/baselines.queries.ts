/** Reading baselines: one, and lists of them; those that still stand and when they end are the burn-down. */
import { Injectable } from '@nestjs/common';
import { baselineOutcome, type Baseline, type BaselineOutcome } from '../domain/baseline.js';
import type { Instant } from '../domain/clock.js';
import type { Stored } from '../domain/package.js';
import { after, equals, referring, upTo } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { NEWEST, OLDEST, type Order, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { environmentByName } from '../systems/releases.service.js';
import { SystemTable } from '../systems/system.table.js';
import { BaselineTable } from './baseline.table.js';

export interface BaselineFilter { readonly system?: string | null; readonly environment?: string | null; readonly endsBefore?: Instant | null; readonly open?: boolean | null }
const ORDERS = { NEWEST, ENDS: { name: 'ENDS', descending: false, key: { column: 'until', type: 'instant' } } } as const satisfies Record<string, Order>;
export type BaselineSort = keyof typeof ORDERS;

@Injectable()
export class BaselinesQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async baseline(ctx: RequestContext, id: string): Promise<Stored<Baseline>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(BaselineTable, id));
  }

  async baselines(ctx: RequestContext, filter: BaselineFilter, sort: BaselineSort, request: PageRequest): Promise<Page<Stored<Baseline>>> {
    const conditions = await this.work.read(ctx, 'register.read', async (scope) => [
      ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
      ...await referring('environmentId', filter.environment, async (environment) => (await environmentByName(scope, environment)).id),
      ...(filter.endsBefore ? [upTo('until', filter.endsBefore)] : []),
      ...(filter.open === true ? [after('until', scope.now), equals('state', 'CONFIRMED')] : []),
    ]);
    return this.lists.page(ctx, { table: BaselineTable, conditions, order: ORDERS[sort] }, request);
  }

  async baselinesOf(ctx: RequestContext, systemId: string, request: PageRequest): Promise<Page<Stored<Baseline>>> {
    return this.lists.pageOf(ctx, { table: BaselineTable, conditions: [], order: OLDEST }, { column: 'systemId', id: systemId }, request);
  }

  /** What each has come to, by the database's clock. */
  async outcomes(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, BaselineOutcome>> {
    return this.work.read(ctx, 'register.read', async (scope) => new Map((await scope.byIds(BaselineTable, ids)).map((baseline) => [baseline.id, baselineOutcome(baseline, scope.clock())])));
  }
}
