/** Reading waivers: one, lists of them, and what each has come to. */
import { Injectable } from '@nestjs/common';
import { SuspensionTable } from '../acceptances/suspension.table.js';
import type { Instant } from '../domain/clock.js';
import type { Stored } from '../domain/package.js';
import type { Recusal } from '../domain/eligibility.js';
import type { Promotion } from '../domain/promotion.js';
import { recusalsIn } from '../domain/sign-off.js';
import { waiverOutcome, type Waiver, type WaiverOutcome } from '../domain/waiver.js';
import { after, equals, referring, upTo } from '../platform/conditions.js';
import { Lists } from '../platform/lists.js';
import { NEWEST, OLDEST, type Order, type Page, type PageRequest } from '../platform/paging.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { policiesInForce } from '../policies/in-force.js';
import { environmentByName } from '../systems/releases.service.js';
import { ReleaseTable, SystemTable } from '../systems/system.table.js';
import { BatchedSource } from './batched-source.js';
import { keptPackages } from './packages.js';
import { SignOffTable } from './review.table.js';
import { requestersOf } from './rounds.js';
import { currentPackage } from './shown-packages.js';
import { WaiverTable } from './waiver.table.js';

export interface WaiverFilter { readonly system?: string | null; readonly release?: string | null; readonly environment?: string | null; readonly expiresBefore?: Instant | null; readonly live?: boolean | null }
const ORDERS = { NEWEST, EXPIRES: { name: 'EXPIRES', descending: false, key: { column: 'validUntil', type: 'instant' } } } as const satisfies Record<string, Order>;
export type WaiverSort = keyof typeof ORDERS;

@Injectable()
export class WaiversQueries {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async waiver(ctx: RequestContext, id: string): Promise<Stored<Waiver>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(WaiverTable, id));
  }

  async waiversByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<Waiver>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(WaiverTable, ids));
  }

  async waivers(ctx: RequestContext, filter: WaiverFilter, sort: WaiverSort, request: PageRequest): Promise<Page<Stored<Waiver>>> {
    const conditions = await this.work.read(ctx, 'register.read', async (scope) => [
      ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
      ...await referring('releaseId', filter.release, async (release) => (await scope.get(ReleaseTable, release)).id),
      ...await referring('environmentId', filter.environment, async (environment) => (await environmentByName(scope, environment)).id),
      ...(filter.expiresBefore ? [upTo('validUntil', filter.expiresBefore)] : []),
      ...(filter.live === true ? [after('validUntil', scope.now), equals('state', 'REQUESTED')] : []),
    ]);
    return this.lists.page(ctx, { table: WaiverTable, conditions, order: ORDERS[sort] }, request);
  }

  async waiversOf(ctx: RequestContext, systemId: string, request: PageRequest): Promise<Page<Stored<Waiver>>> {
    return this.lists.pageOf(ctx, { table: WaiverTable, conditions: [], order: OLDEST }, { column: 'systemId', id: systemId }, request);
  }

  /** Those of its release in its environment, whenever they were requested; read together with those of all promotions into the same environment. */
  async waiversAt(ctx: RequestContext, { releaseId, environmentId }: Promotion, request: PageRequest): Promise<Page<Stored<Waiver>>> {
    return this.lists.pageOf(ctx, { table: WaiverTable, conditions: [equals('environmentId', environmentId)], order: OLDEST }, { column: 'releaseId', id: releaseId }, request);
  }

  /** What each waiver has come to, by the very function of the gate and the database's clock. */
  async outcomes(ctx: RequestContext, ids: readonly string[]): Promise<Map<string, WaiverOutcome>> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const policies = await policiesInForce(scope);
      const waivers = await scope.byIds(WaiverTable, ids);
      const packages = await keptPackages(scope, waivers.map((waiver) => waiver.packageDigest));
      const principals = await scope.byIds(PrincipalTable, waivers.flatMap(({ grants }) => grants.map((grant) => grant.principalId)));
      const recusals = await recusalsBySystem(scope, waivers);
      const source = new BatchedSource(scope);
      return new Map(await Promise.all(waivers.map(async (waiver) => [
        waiver.id, waiverOutcome(waiver, {
          packages, requesters: await requestersOf(source, waiver), principals, recusals: recusals(waiver.systemId), suspensions: await source.all(SuspensionTable, { systemId: waiver.systemId }),
          ...await currentPackage(source, policies, waiver), clock: scope.clock(),
        }),
      ] as const)));
    });
  }
}

/** Who has stepped back from which lane, by system. */
async function recusalsBySystem(scope: ReadScope, waivers: readonly Waiver[]): Promise<(systemId: string) => readonly Recusal[]> {
  const signOffs = await scope.allWith(SignOffTable, 'systemId', [...new Set(waivers.map(({ systemId }) => systemId))]);
  return (systemId) => recusalsIn(signOffs.filter((signOff) => signOff.systemId === systemId));
}
