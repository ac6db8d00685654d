/** Reading acceptances: one, those of a risk, and what each has come to. */
import { Injectable } from '@nestjs/common';
import { acceptanceOutcome, type AcceptanceOutcome, type RiskAcceptance } from '../domain/acceptance.js';
import type { Stored } from '../domain/package.js';
import { page, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { presentCriteria } from '../risks/risks.service.js';
import { AcceptanceTable } from './acceptance.table.js';

@Injectable()
export class AcceptancesQueries {
  constructor(private readonly work: UnitOfWork) {}

  async acceptance(ctx: RequestContext, id: string): Promise<Stored<RiskAcceptance>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(AcceptanceTable, id));
  }

  async acceptancesByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<RiskAcceptance>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(AcceptanceTable, ids));
  }

  /** What each acceptance has come to, by the database's clock. */
  async outcomes(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, AcceptanceOutcome>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const criteria = await presentCriteria(scope);
      return new Map((await scope.byIds(AcceptanceTable, ids)).map((acceptance) => [acceptance.id, acceptanceOutcome(acceptance, criteria, scope.clock())]));
    });
  }

  async acceptancesOf(ctx: RequestContext, riskId: string, request: PageRequest): Promise<Page<Stored<RiskAcceptance>>> {
    return this.work.read(ctx, 'register.read', (scope) => page(scope, AcceptanceTable, { riskId }, request));
  }
}
