/** Reading evidence: one record, a page of them, and what each has come to. */
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import { evidenceOutcome, type Evidence, type EvidenceOutcome, type EvidenceState } from '../domain/evidence.js';
import type { Stored } from '../domain/package.js';
import { Lists } from '../platform/lists.js';
import { after, anyOf, equals, given, referring, upTo, type Condition } from '../platform/conditions.js';
import { NEWEST, OLDEST, type Order, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { SystemTable } from '../systems/system.table.js';
import { EvidenceTable } from './evidence.table.js';

/** Null or left out = not asked for; of several all must hold. */
export interface EvidenceFilter {
  readonly system?: string | null;
  readonly type?: string | null;
  readonly states?: readonly EvidenceState[] | null;
  readonly expiresBefore?: Instant | null;
  readonly live?: boolean | null;
}
const ORDERS = { NEWEST, EXPIRES: { name: 'EXPIRES', descending: false, key: { column: 'validUntil', type: 'instant' } } } as const satisfies Record<string, Order>;
export type EvidenceSort = keyof typeof ORDERS;

@Injectable()
export class EvidenceQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async evidence(ctx: RequestContext, id: string): Promise<Stored<Evidence>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(EvidenceTable, id));
  }

  async list(ctx: RequestContext, filter: EvidenceFilter, sort: EvidenceSort, request: PageRequest): Promise<Page<Stored<Evidence>>> {
    const conditions = await this.work.read(ctx, 'register.read', (scope) => conditionsOf(scope, filter));
    return this.lists.page(ctx, { table: EvidenceTable, conditions, order: ORDERS[sort] }, request);
  }

  async evidenceOf(ctx: RequestContext, systemId: string, request: PageRequest): Promise<Page<Stored<Evidence>>> {
    return this.lists.pageOf(ctx, { table: EvidenceTable, conditions: [], order: OLDEST }, { column: 'systemId', id: systemId }, request);
  }

  async byIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<Evidence>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(EvidenceTable, ids));
  }

  /** What each record has come to, by the database's clock. */
  async outcomes(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, EvidenceOutcome>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const all = await withSuccessors(scope, ids);
      const wanted = new Set(ids);
      return new Map(all.filter((one) => wanted.has(one.id)).map((one) => [one.id, evidenceOutcome(one, all, scope.clock())]));
    });
  }
}

/** These records, and everything that supersedes them, however often. */
export async function withSuccessors(scope: ReadScope, ids: readonly string[]): Promise<Stored<Evidence>[]> {
  if (ids.length === 0) return [];
  const rows = await scope.query<{ id: string }>(
    `with recursive line as (select id from evidence where id = any($1::uuid[]) union select e.id from evidence e join line on e.supersedes_id = line.id) select id from line`, [[...new Set(ids)]]);
  return scope.byIds(EvidenceTable, rows.map((row) => row.id));
}

async function conditionsOf(scope: ReadScope, filter: EvidenceFilter): Promise<Condition[]> {
  const found: (Condition | null)[] = [
    ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
    given(filter.type, (type) => equals('type', type)),
    given(filter.states, (states) => anyOf('state', states)),
    given(filter.expiresBefore, (instant) => upTo('validUntil', instant)),
    ...(filter.live === true ? [equals('state', 'VERIFIED'), after('validUntil', scope.now)] : []),
  ];
  return found.filter((condition) => condition !== null);
}
