/** Reading risks: one, or a page of them. */
import { Injectable } from '@nestjs/common';
import type { Stored } from '../domain/package.js';
import type { Risk } from '../domain/risk.js';
import { page, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { RiskTable } from './risk.table.js';

@Injectable()
export class RisksQueries {
  constructor(private readonly work: UnitOfWork) {}

  async risk(ctx: RequestContext, id: string): Promise<Stored<Risk>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(RiskTable, id));
  }

  /** Of one system, or of all. */
  async risks(ctx: RequestContext, systemId: string | null, request: PageRequest): Promise<Page<Stored<Risk>>> {
    return this.work.read(ctx, 'register.read', (scope) => page(scope, RiskTable, systemId === null ? {} : { systemId }, request));
  }

  async risksByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<Risk>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(RiskTable, ids));
  }
}
