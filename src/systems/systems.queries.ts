/** Reading the inventory: one record, or a page of them in the order in which they were registered. */
import { Injectable } from '@nestjs/common';
import type { Stored } from '../domain/package.js';
import type { Environment, Release } from '../domain/release.js';
import type { AiSystem } from '../domain/system.js';
import { Lists } from '../platform/lists.js';
import { OLDEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { environmentByName } from './releases.service.js';
import { EnvironmentTable, ReleaseTable, SystemTable } from './system.table.js';

@Injectable()
export class SystemsQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async system(ctx: RequestContext, id: string): Promise<Stored<AiSystem>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(SystemTable, id));
  }

  async systems(ctx: RequestContext, request: PageRequest): Promise<Page<Stored<AiSystem>>> {
    return this.lists.page(ctx, { table: SystemTable, conditions: [], order: OLDEST }, request);
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
