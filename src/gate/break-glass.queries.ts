/** Reading break-glass: one, lists of it, what each has come to, and what is owed. */
import { Injectable } from '@nestjs/common';
import { breakGlassOutcome, reviewDueAt, type BreakGlass, type BreakGlassOutcome } from '../domain/break-glass.js';
import { plusHours, type Instant } from '../domain/clock.js';
import type { Stored } from '../domain/package.js';
import { either, equals, isNull, referring, upTo } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { NEWEST, OLDEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { SHIPPED } from '../policies/shipped-policy.js';
import { environmentByName } from '../systems/releases.service.js';
import { SystemTable } from '../systems/system.table.js';
import { BreakGlassTable } from './break-glass.table.js';
import { policiesOfRecords } from './record-policies.js';

export interface BreakGlassFilter { readonly system?: string | null; readonly environment?: string | null; readonly unreviewed?: boolean | null; readonly debt?: boolean | null }

/** What is derived from it by the clock of the database. */
export interface Standing { readonly outcome: BreakGlassOutcome; readonly reviewDueAt: Instant | null }

@Injectable()
export class BreakGlassQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async breakGlass(ctx: RequestContext, id: string): Promise<Stored<BreakGlass>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(BreakGlassTable, id));
  }

  async breakGlasses(ctx: RequestContext, filter: BreakGlassFilter, request: PageRequest): Promise<Page<Stored<BreakGlass>>> {
    const conditions = await this.work.read(ctx, 'register.read', async (scope) => [
      ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
      ...await referring('environmentId', filter.environment, async (environment) => (await environmentByName(scope, environment)).id),
      ...(filter.unreviewed === true || filter.debt === true ? [equals('state', 'USED')] : []),
      ...(filter.debt === true ? [either([[upTo('reviewDue', scope.now)], [isNull('reviewDue'), upTo('usedAt', plusHours(scope.now, -SHIPPED.breakGlass.reviewHours))]])] : []),
    ]);
    return this.lists.page(ctx, { table: BreakGlassTable, conditions, order: NEWEST }, request);
  }

  async breakGlassesOf(ctx: RequestContext, systemId: string, request: PageRequest): Promise<Page<Stored<BreakGlass>>> {
    return this.lists.pageOf(ctx, { table: BreakGlassTable, conditions: [], order: OLDEST }, { column: 'systemId', id: systemId }, request);
  }

  async standings(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, Standing>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const found = await scope.byIds(BreakGlassTable, ids);
      const policies = await policiesOfRecords(scope, found);
      return new Map(found.map((one) => {
        const policy = policies(one);
        return [one.id, { outcome: breakGlassOutcome(one, policy, scope.clock()), reviewDueAt: reviewDueAt(one, policy) }];
      }));
    });
  }
}
