/** Reading impact assessments: one, a page of them, and what each has come to. */
import { Injectable } from '@nestjs/common';
import { assessmentOutcome, type ImpactAssessment, type ImpactOutcome, type ImpactState } from '../domain/impact-assessment.js';
import type { ImpactKind } from '../domain/impact-elements.js';
import type { Stored } from '../domain/package.js';
import { equals, upTo } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { OLDEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { SystemTable } from '../systems/system.table.js';
import { ImpactTable } from './impact.table.js';

export interface ImpactFilter { readonly system: string | null; readonly kind: ImpactKind | null; readonly state: ImpactState | null; readonly overdue: boolean }

@Injectable()
export class ImpactsQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async assessment(ctx: RequestContext, id: string): Promise<Stored<ImpactAssessment>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(ImpactTable, id));
  }

  async assessments(ctx: RequestContext, filter: ImpactFilter, request: PageRequest): Promise<Page<Stored<ImpactAssessment>>> {
    const conditions = await this.work.read(ctx, 'register.read', async (scope) => {
      const { system, kind, state, overdue } = filter;
      const equal = { systemId: system === null ? null : (await scope.get(SystemTable, system)).id, kind, state };
      const wanted = Object.entries(equal).flatMap(([column, value]) => (value === null ? [] : [equals(column, value)]));
      return overdue ? [...wanted, upTo('validUntil', scope.now)] : wanted;
    });
    return this.lists.page(ctx, { table: ImpactTable, conditions, order: OLDEST }, request);
  }

  /** Those of one system, read together with those of all others that the answer shows. */
  async assessmentsOf(ctx: RequestContext, systemId: string, request: PageRequest): Promise<Page<Stored<ImpactAssessment>>> {
    return this.lists.pageOf(ctx, { table: ImpactTable, conditions: [], order: OLDEST }, { column: 'systemId', id: systemId }, request);
  }

  /** What each assessment has come to, by the database's clock. */
  async outcomes(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, ImpactOutcome>> {
    return this.work.read(ctx, 'register.read', async (scope) => new Map((await scope.byIds(ImpactTable, ids)).map((assessment) => [assessment.id, assessmentOutcome(assessment, scope.clock())])));
  }
}
