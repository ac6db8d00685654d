/** Reading risks and acceptances: one, or a page of them. */
import { Injectable } from '@nestjs/common';
import { acceptanceOutcome, type AcceptanceOutcome, type RiskAcceptance } from '../domain/acceptance.js';
import type { Stored } from '../domain/package.js';
import type { Risk } from '../domain/risk.js';
import { page, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { AcceptanceTable, RiskTable } from './risk.table.js';
import { presentCriteria } from './risks.service.js';

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

  /** What each acceptance has come to, by the database's clock. */
  async outcomes(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, AcceptanceOutcome>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const criteria = await presentCriteria(scope);
      return new Map((await scope.byIds(AcceptanceTable, ids)).map((acceptance) => [acceptance.id, acceptanceOutcome(acceptance, criteria, scope.clock())]));
    });
  }

  async risksByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<Risk>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(RiskTable, ids));
  }

  async acceptancesOf(ctx: RequestContext, riskId: string, request: PageRequest): Promise<Page<Stored<RiskAcceptance>>> {
    return this.work.read(ctx, 'register.read', (scope) => page(scope, AcceptanceTable, { riskId }, request));
  }
}
