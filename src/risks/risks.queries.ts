/** Reading risks and acceptances: one, or a page of them. */
import { Injectable } from '@nestjs/common';
import type { RiskAcceptance } from '../domain/acceptance.js';
import type { Stored } from '../domain/package.js';
import type { Risk } from '../domain/risk.js';
import { page, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { AcceptanceTable, RiskTable } from './risk.table.js';

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

  async acceptance(ctx: RequestContext, id: string): Promise<Stored<RiskAcceptance>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(AcceptanceTable, id));
  }

  async acceptancesOf(ctx: RequestContext, riskId: string, request: PageRequest): Promise<Page<Stored<RiskAcceptance>>> {
    return this.work.read(ctx, 'register.read', (scope) => page(scope, AcceptanceTable, { riskId }, request));
  }
}
