/** Promotions: opened with a frozen package and the lanes it needs, cancelled by whoever asked, or followed by another request. */
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import { canonicalJson } from '../domain/digest.js';
import type { Stored } from '../domain/package.js';
import { cancelPromotion, openPromotion, supersedePromotion, type Promotion } from '../domain/promotion.js';
import { anyOf, referring } from '../platform/conditions.js';
import { Lists, type Parent } from '../platform/lists.js';
import { loadOne } from '../platform/loading.js';
import { NEWEST, OLDEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import { notFound, type ReadScope } from '../platform/scope.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { policiesInForce } from '../policies/in-force.js';
import { environmentByName } from '../systems/releases.service.js';
import { ReleaseTable, SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { BatchedSource } from './batched-source.js';
import { keptPackages, packageSources } from './packages.js';
import { PromotionTable } from './review.table.js';
import { currentPackage, presentPackage, showPackages, type ShownPackage, type ToShow } from './shown-packages.js';

/** `supersedes`: the request whose place it takes. */
export interface OpenPromotion { readonly release: string; readonly environment: string; readonly reason: string; readonly due?: Instant | null; readonly supersedes?: string | null }

export interface PromotionFilter { readonly system?: string | null; readonly environment?: string | null; readonly states?: readonly Promotion['state'][] | null }
const ORDERS = { NEWEST, OLDEST };
export type PromotionSort = keyof typeof ORDERS;

@Injectable()
export class PromotionsService {
  constructor(private readonly work: UnitOfWork, private readonly lists: Lists) {}

  async open(ctx: RequestContext, input: OpenPromotion): Promise<Stored<Promotion>> {
    return this.work.write(ctx, 'promotion.open', async (tx) => this.#open(tx, input, input.supersedes ? await tx.lock(PromotionTable, input.supersedes) : null));
  }

  /** Asks once more for the same release in the same environment, with the package and the lanes of now. */
  async resubmit(ctx: RequestContext, change: Change, input: Pick<OpenPromotion, 'reason' | 'due'>): Promise<Stored<Promotion>> {
    return this.work.write(ctx, 'promotion.open', async (tx) => {
      const earlier = await tx.lock(PromotionTable, change.id, change.expectedVersion);
      return this.#open(tx, { ...input, release: earlier.releaseId, environment: earlier.environmentId }, earlier);
    });
  }

  async #open(tx: Tx, input: Omit<OpenPromotion, 'supersedes'>, predecessor: Stored<Promotion> | null): Promise<Stored<Promotion>> {
    const release = await tx.lock(ReleaseTable, input.release);
    tx.requireFor('promotion.open', release.systemId);
    const environment = await environmentByName(tx, input.environment);
    const sources = await packageSources(tx, release, environment);
    const { pkg } = presentPackage(await policiesInForce(tx), sources);
    const about = { system: sources.system, release, pkg, packageDigest: await tx.keep(canonicalJson(pkg)) };
    const identity = { id: tx.newId(), requestedBy: tx.personId, openedAt: tx.now, number: await tx.nextNumber(PromotionTable) };
    const opened = openPromotion(identity, about, { reason: input.reason, due: input.due ?? null, predecessor });
    if (predecessor?.state === 'OPEN') await tx.put(PromotionTable, supersedePromotion(predecessor, { personId: tx.personId, ownerId: sources.system.ownerId, successor: opened.next }), predecessor);
    return tx.put(PromotionTable, opened);
  }

  async cancel(ctx: RequestContext, change: Change, reason: string): Promise<Stored<Promotion>> {
    return this.work.write(ctx, 'promotion.cancel', async (tx) => {
      const promotion = await tx.lock(PromotionTable, change.id, change.expectedVersion);
      return tx.put(PromotionTable, cancelPromotion(promotion, tx.personId, reason), promotion);
    });
  }

  async promotion(ctx: RequestContext, id: string): Promise<Stored<Promotion>> {
    return this.work.read(ctx, 'register.read', (scope) => scope.get(PromotionTable, id));
  }

  /** Those of a system or of a release. */
  async promotions(ctx: RequestContext, filter: PromotionFilter, sort: PromotionSort, request: PageRequest): Promise<Page<Stored<Promotion>>> {
    const conditions = await this.work.read(ctx, 'register.read', async (scope) => [
      ...await referring('systemId', filter.system, async (system) => (await scope.get(SystemTable, system)).id),
      ...await referring('environmentId', filter.environment, async (environment) => (await environmentByName(scope, environment)).id),
      ...(filter.states ? [anyOf('state', filter.states)] : []),
    ]);
    return this.lists.page(ctx, { table: PromotionTable, conditions, order: ORDERS[sort] }, request);
  }

  async promotionsOf(ctx: RequestContext, parent: Parent, request: PageRequest): Promise<Page<Stored<Promotion>>> {
    return this.lists.pageOf(ctx, { table: PromotionTable, conditions: [], order: OLDEST }, parent, request);
  }

  /** The requests that took the place of these, the latest of each. */
  async successorOf(ctx: RequestContext, id: string): Promise<Stored<Promotion> | null> {
    return loadOne(ctx, 'successor of a promotion', id, async (ids) => {
      const found = await this.work.read(ctx, 'register.read', (scope) => scope.allWith(PromotionTable, 'predecessorId', ids));
      return new Map(found.sort((a, b) => (a.openedAt < b.openedAt ? -1 : 1)).map((promotion) => [promotion.predecessorId ?? '', promotion]));
    });
  }

  async promotionsByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<Promotion>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(PromotionTable, ids));
  }

  /** The package of the moment of opening, read together with those of all other promotions of the same answer; null = its bytes are gone. */
  async openingPackage(ctx: RequestContext, promotion: Promotion): Promise<ShownPackage | null> {
    return this.#shown(ctx, 'opening package', promotion, async (scope, promotions) => {
      const kept = await keptPackages(scope, promotions.map(({ packageDigest }) => packageDigest));
      return promotions.flatMap((each) => {
        const pkg = kept[each.packageDigest];
        return pkg === undefined ? [] : [{ promotion: each, pkg }];
      });
    });
  }

  /** The package of now: what a reviewer would sign. */
  async presentPackage(ctx: RequestContext, promotion: Promotion): Promise<ShownPackage> {
    const shown = await this.#shown(ctx, 'present package', promotion, async (scope, promotions) => {
      const source = new BatchedSource(scope);
      const policies = await policiesInForce(scope);
      return Promise.all(promotions.map(async (each) => ({ promotion: each, ...await currentPackage(source, policies, each) })));
    });
    if (shown === null) throw notFound('Promotion', promotion.id);
    return shown;
  }

  async #shown(ctx: RequestContext, kind: string, { id }: Promotion, packagesOf: (scope: ReadScope, promotions: readonly Promotion[]) => Promise<ToShow[]>): Promise<ShownPackage | null> {
    return loadOne(ctx, kind, id, (ids) => this.work.read(ctx, 'register.read', async (scope) => {
      const packages = await packagesOf(scope, await scope.byIds(PromotionTable, ids));
      const shown = await showPackages(scope, packages);
      return new Map(shown.map((each, i) => [packages[i]?.promotion.id ?? '', each]));
    }));
  }
}
