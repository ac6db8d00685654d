/** Reading conditions: one, lists of them, those that a vote or an acceptance bears, and what each has come to. */
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import { conditionOutcome, type Condition, type ConditionOutcome } from '../domain/condition.js';
import type { Stored } from '../domain/package.js';
import { resolvePerson } from '../identity/people.service.js';
import { after, anyOf, referring, upTo, type Condition as Narrowing } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { loadOne } from '../platform/loading.js';
import { NEWEST, OLDEST, type Order, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { SystemTable } from '../systems/system.table.js';
import { ConditionTable } from './condition.table.js';

export interface ConditionFilter { readonly system?: string | null; readonly owner?: string | null; readonly dueBefore?: Instant | null; readonly live?: boolean | null; readonly overdue?: boolean | null }
const ORDERS = { NEWEST, DUE: { name: 'DUE', descending: false, key: { column: 'due', type: 'instant' } } } as const satisfies Record<string, Order>;
export type ConditionSort = keyof typeof ORDERS;

/** What bears conditions, and the column that names it. */
export type Bearer = 'signOffId' | 'acceptanceId';

@Injectable()
export class ConditionsQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async condition(ctx: RequestContext, id: string): Promise<Stored<Condition>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(ConditionTable, id));
  }

  async conditions(ctx: RequestContext, filter: ConditionFilter, sort: ConditionSort, request: PageRequest): Promise<Page<Stored<Condition>>> {
    const conditions = await this.work.read(ctx, 'register.read', (scope) => narrowed(scope, filter));
    return this.lists.page(ctx, { table: ConditionTable, conditions, order: ORDERS[sort] }, request);
  }

  async conditionsOf(ctx: RequestContext, systemId: string, request: PageRequest): Promise<Page<Stored<Condition>>> {
    return this.lists.pageOf(ctx, { table: ConditionTable, conditions: [], order: OLDEST }, { column: 'systemId', id: systemId }, request);
  }

  /** Those that one vote or acceptance bears, read together with those of all others of the same answer. */
  async conditionsBorne(ctx: RequestContext, by: Bearer, id: string): Promise<Stored<Condition>[]> {
    return await loadOne(ctx, `conditions by ${by}`, id, async (ids) => {
      const found = await this.work.read(ctx, 'register.read', (scope) => scope.allWith(ConditionTable, by, ids));
      return new Map(ids.map((bearer) => [bearer, found.filter((condition) => condition[by] === bearer)]));
    }) ?? [];
  }

  /** What each has come to, by the database's clock. */
  async outcomes(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, ConditionOutcome>> {
    return this.work.read(ctx, 'register.read', async (scope) => (
      new Map((await scope.byIds(ConditionTable, ids)).map((condition) => [condition.id, conditionOutcome(condition, scope.clock())]))));
  }
}

async function narrowed(scope: ReadScope, { system, owner, dueBefore, live, overdue }: ConditionFilter): Promise<Narrowing[]> {
  const unmet = anyOf('state', ['OPEN', 'FULFILLED']);
  return [
    ...await referring('systemId', system, async (reference) => (await scope.get(SystemTable, reference)).id),
    ...await referring('ownerId', owner, async (reference) => (reference === 'me' ? scope.personId : resolvePerson(scope, reference, 'owner'))),
    ...(dueBefore ? [upTo('due', dueBefore)] : []),
    ...(live === true ? [unmet, after('due', scope.now)] : []),
    ...(overdue === true ? [unmet, upTo('due', scope.now)] : []),
  ];
}
