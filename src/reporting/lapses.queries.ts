/** What lapses within the next days: one list over everything that permits risk for a while. What has ended already is no longer in it. */
import { Injectable } from '@nestjs/common';
import { plusDays } from '../domain/clock.js';
import { Refusal } from '../domain/refusal.js';
import { after, anyOf, referring, upTo } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import type { Order, Page, PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { SystemTable } from '../systems/system.table.js';
import { LapseIndex, type Lapse, type LapseKind } from './lapses.table.js';

export interface LapseFilter { readonly system?: string | null; readonly kinds?: readonly LapseKind[] | null }

/** How far ahead anybody looks: longer than the longest validity of a policy. */
export const MAX_DAYS = 1000;
const FIRST_ENDS_FIRST: Order = { name: 'EXPIRES', descending: false, key: { column: 'endsAt', type: 'instant' } };

@Injectable()
export class LapsesQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async lapses(ctx: RequestContext, withinDays: number, filter: LapseFilter, request: PageRequest): Promise<Page<Lapse>> {
    if (withinDays < 1 || withinDays > MAX_DAYS) {
      throw new Refusal('INVALID_INPUT', { field: 'withinDays', actual: String(withinDays), expected: `1 to ${String(MAX_DAYS)}`, message: `withinDays is a whole number from 1 to ${String(MAX_DAYS)}.` });
    }
    const conditions = await this.work.read(ctx, 'register.read', async (scope) => [
      after('endsAt', scope.now), upTo('endsAt', plusDays(scope.now, withinDays)),
      ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
      ...(filter.kinds ? [anyOf('kind', filter.kinds)] : []),
    ]);
    return this.lists.page(ctx, { table: LapseIndex, conditions, order: FIRST_ENDS_FIRST }, request);
  }
}
