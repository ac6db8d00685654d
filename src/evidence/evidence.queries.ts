/** Reading evidence: one record, a page of them, and what each has come to. */
import { Injectable } from '@nestjs/common';
import { evidenceOutcome, type Evidence, type EvidenceOutcome } from '../domain/evidence.js';
import type { Stored } from '../domain/package.js';
import { Lists } from '../platform/lists.js';
import { OLDEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { EvidenceTable } from './evidence.table.js';

@Injectable()
export class EvidenceQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async evidence(ctx: RequestContext, id: string): Promise<Stored<Evidence>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(EvidenceTable, id));
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
