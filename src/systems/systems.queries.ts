/** Reading the inventory: one record, or a page of them in the order in which they were registered. */
import { Injectable } from '@nestjs/common';
import type { Stored } from '../domain/package.js';
import type { Environment, Release } from '../domain/release.js';
import { PHASES, type AiSystem, type Phase } from '../domain/system.js';
import { byId, loadOne } from '../platform/loading.js';
import { Lists } from '../platform/lists.js';
import { OLDEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { notFound } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { environmentByName } from './releases.service.js';
import { systemConditions, systemOrder, type SystemFilter, type SystemSort } from './system-filters.queries.js';
import { EnvironmentTable, ReleaseTable, SystemTable } from './system.table.js';

@Injectable()
export class SystemsQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async system(ctx: RequestContext, id: string): Promise<Stored<AiSystem>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(SystemTable, id));
  }

  async systems(ctx: RequestContext, request: PageRequest, wanted: { filter: Partial<SystemFilter>; sort: SystemSort } = { filter: {}, sort: 'OLDEST' }): Promise<Page<Stored<AiSystem>>> {
    const conditions = await this.work.read(ctx, 'register.read', (scope) => systemConditions(scope, wanted.filter));
    return this.lists.page(ctx, { table: SystemTable, conditions, order: systemOrder(wanted.sort) }, request);
  }

  /** How near to real use each of these systems has come. */
  async phases(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, Phase>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const rows = await scope.query<{ system_id: string; phase_rank: number }>('select system_id, phase_rank from system_phases where system_id = any($1::uuid[])', [ids]);
      return new Map(rows.map((row) => [row.system_id, PHASES[row.phase_rank] ?? 'PROPOSED']));
    });
  }

  async systemsByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<AiSystem>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(SystemTable, ids));
  }

  async release(ctx: RequestContext, id: string): Promise<Stored<Release>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(ReleaseTable, id));
  }

  async releasesByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<Release>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(ReleaseTable, ids));
  }

  async releases(ctx: RequestContext, systemId: string, request: PageRequest): Promise<Page<Stored<Release>>> {
    return this.lists.pageOf(ctx, { table: ReleaseTable, conditions: [], order: OLDEST }, { column: 'systemId', id: systemId }, request);
  }

  async environment(ctx: RequestContext, name: string): Promise<Stored<Environment>> {
    return this.work.read(ctx, 'register.read', (scope) => environmentByName(scope, name));
  }

  async environmentsByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<Environment>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(EnvironmentTable, ids));
  }

  /** All of them: an organization has a handful, ordered by their rank. */
  async environments(ctx: RequestContext): Promise<Stored<Environment>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.all(EnvironmentTable, {}));
  }
}

/** The release with this id, read together with all others of the same answer. */
export async function loadRelease(ctx: RequestContext, queries: SystemsQueries, id: string): Promise<Stored<Release>> {
  return found('Release', id, await loadOne(ctx, 'release', id, async (ids) => byId(await queries.releasesByIds(ctx, ids))));
}

/** The environment with this id, read together with all others of the same answer. */
export async function loadEnvironment(ctx: RequestContext, queries: SystemsQueries, id: string): Promise<Stored<Environment>> {
  return found('Environment', id, await loadOne(ctx, 'environment', id, async () => byId(await queries.environments(ctx))));
}

/** The system with this id, read together with all others of the same answer. */
export async function loadSystem(ctx: RequestContext, queries: SystemsQueries, id: string): Promise<Stored<AiSystem>> {
  return found('AiSystem', id, await loadOne(ctx, 'system', id, async (ids) => byId(await queries.systemsByIds(ctx, ids))));
}

function found<T>(type: string, id: string, record: T | null): T {
  if (record === null) throw notFound(type, id);
  return record;
}
