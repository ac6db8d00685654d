/** Suspensions: recorded by a risk officer, lifted by one without a part in it. */
import { Injectable } from '@nestjs/common';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import { imposeSuspension, liftSuspension, type Suspension, type SuspensionCause } from '../domain/suspension.js';
import { equals, given, referring } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { NEWEST, OLDEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { RiskTable } from '../risks/risk.table.js';
import { SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { SuspensionTable } from './suspension.table.js';

/** `risk`: null or left out = the whole system. */
export interface SuspensionInput { readonly risk?: string | null; readonly cause: SuspensionCause; readonly reason: string }

export interface SuspensionFilter { readonly system?: string | null; readonly risk?: string | null; readonly open?: boolean | null }

@Injectable()
export class SuspensionsService {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async impose(ctx: RequestContext, systemRef: string, { risk: riskRef, ...input }: SuspensionInput): Promise<Stored<Suspension>> {
    return this.work.write(ctx, 'suspension.impose', async (tx) => {
      const system = await tx.get(SystemTable, systemRef);
      tx.requireFor('suspension.impose', system.id);
      const risk = riskRef === null || riskRef === undefined ? null : await tx.get(RiskTable, riskRef);
      if (risk !== null && risk.systemId !== system.id) throw new Refusal('INVALID_INPUT', { field: 'risk', actual: risk.number, message: `${risk.number} belongs to another system.` });
      const identity = { id: tx.newId(), systemId: system.id, riskId: risk?.id ?? null, since: tx.now, imposedBy: tx.personId, number: await tx.nextNumber(SuspensionTable) };
      return tx.put(SuspensionTable, imposeSuspension(identity, input));
    });
  }

  async lift(ctx: RequestContext, change: Change, reason: string): Promise<Stored<Suspension>> {
    return this.work.write(ctx, 'suspension.lift', async (tx) => {
      const suspension = await tx.lock(SuspensionTable, change.id, change.expectedVersion);
      tx.requireFor('suspension.lift', suspension.systemId);
      const basis = { principal: tx.actor, system: await tx.get(SystemTable, suspension.systemId), risks: await tx.all(RiskTable, { systemId: suspension.systemId }), clock: tx.clock() };
      return tx.put(SuspensionTable, liftSuspension(suspension, basis, reason), suspension);
    });
  }

  async suspension(ctx: RequestContext, id: string): Promise<Stored<Suspension>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(SuspensionTable, id));
  }

  async suspensions(ctx: RequestContext, { system, risk, open }: SuspensionFilter, request: PageRequest): Promise<Page<Stored<Suspension>>> {
    const conditions = await this.work.read(ctx, 'register.read', async (scope) => [
      ...await referring('systemId', system, async (reference) => (await scope.get(SystemTable, reference)).id),
      ...await referring('riskId', risk, async (reference) => (await scope.get(RiskTable, reference)).id),
      given(open, (wanted) => equals('state', wanted ? 'OPEN' : 'LIFTED')),
    ]);
    return this.lists.page(ctx, { table: SuspensionTable, conditions: conditions.filter((condition) => condition !== null), order: NEWEST }, request);
  }

  async suspensionsOf(ctx: RequestContext, column: 'systemId' | 'riskId', id: string, request: PageRequest): Promise<Page<Stored<Suspension>>> {
    return this.lists.pageOf(ctx, { table: SuspensionTable, conditions: [], order: OLDEST }, { column, id }, request);
  }
}
