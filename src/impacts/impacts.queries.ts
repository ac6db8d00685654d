/** Reading impact assessments: one, a page of them, and what each has come to. */
import { Injectable } from '@nestjs/common';
import { LessThanOrEqual } from 'typeorm';
import { assessmentOutcome, type ImpactAssessment, type ImpactOutcome, type ImpactState } from '../domain/impact-assessment.js';
import type { ImpactKind } from '../domain/impact-elements.js';
import type { Stored } from '../domain/package.js';
import { page, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Where } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { SystemTable } from '../systems/system.table.js';
import { ImpactTable } from './impact.table.js';

export interface ImpactFilter { readonly system: string | null; readonly kind: ImpactKind | null; readonly state: ImpactState | null; readonly overdue: boolean }

@Injectable()
export class ImpactsQueries {
  constructor(private readonly work: UnitOfWork) {}

  async assessment(ctx: RequestContext, id: string): Promise<Stored<ImpactAssessment>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(ImpactTable, id));
  }

  async assessments(ctx: RequestContext, filter: ImpactFilter, request: PageRequest): Promise<Page<Stored<ImpactAssessment>>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const { system, kind, state, overdue } = filter;
      const systemId = system === null ? null : (await scope.get(SystemTable, system)).id;
      const where = { ...(systemId !== null && { systemId }), ...(kind !== null && { kind }), ...(state !== null && { state }), ...(overdue && { validUntil: LessThanOrEqual(scope.now) }) };
      return page(scope, ImpactTable, where as unknown as Where, request);
    });
  }

  /** What each assessment has come to, by the database's clock. */
  async outcomes(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, ImpactOutcome>> {
    return this.work.read(ctx, 'register.read', async (scope) => new Map((await scope.byIds(ImpactTable, ids)).map((assessment) => [assessment.id, assessmentOutcome(assessment, scope.clock())])));
  }
}
