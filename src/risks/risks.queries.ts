/** Reading risks: one, or a page of them. */
import { Injectable } from '@nestjs/common';
import type { Stored } from '../domain/package.js';
import type { Risk } from '../domain/risk.js';
import { equals } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { OLDEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { RiskTable } from './risk.table.js';

@Injectable()
export class RisksQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async risk(ctx: RequestContext, id: string): Promise<Stored<Risk>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(RiskTable, id));
  }

  /** Of one system, or of all. */
  async risks(ctx: RequestContext, systemId: string | null, request: PageRequest): Promise<Page<Stored<Risk>>> {
    return this.lists.page(ctx, { table: RiskTable, conditions: systemId === null ? [] : [equals('systemId', systemId)], order: OLDEST }, request);
  }

  /** Those of one system, read together with those of all others that the answer shows. */
  async risksOf(ctx: RequestContext, systemId: string, request: PageRequest): Promise<Page<Stored<Risk>>> {
    return this.lists.pageOf(ctx, { table: RiskTable, conditions: [], order: OLDEST }, { column: 'systemId', id: systemId }, request);
  }

  async risksByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<Risk>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(RiskTable, ids));
  }
}
