/** Promotions: opened with a frozen package and the lanes it needs, cancelled by whoever asked. */
import { Injectable } from '@nestjs/common';
import type { Instant } from '../domain/clock.js';
import { canonicalJson } from '../domain/digest.js';
import { buildPackage, packageDigest, type DecisionPackage, type Stored } from '../domain/package.js';
import { readablePackage } from '../domain/package-readable.js';
import { cancelPromotion, openPromotion, type Promotion } from '../domain/promotion.js';
import { anyOf, referring } from '../platform/conditions.js';
import { Lists, type Parent } from '../platform/lists.js';
import { NEWEST, OLDEST, type Page, type PageRequest } from '../platform/paging.js';
import type { RequestContext } from '../platform/request-context.js';
import type { ReadScope } from '../platform/scope.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { PolicyService } from '../policies/policy.service.js';
import { environmentByName } from '../systems/releases.service.js';
import { EnvironmentTable, ReleaseTable, SystemTable } from '../systems/system.table.js';
import type { Change } from '../systems/systems.service.js';
import { keptPackages, packageSources } from './packages.js';
import { PromotionTable } from './review.table.js';

/** A package as it is shown: its digest, the readable form, and the value itself. */
export interface ShownPackage { readonly digest: string; readonly readable: string; readonly canonical: string }

export interface PromotionFilter { readonly system?: string | null; readonly environment?: string | null; readonly states?: readonly Promotion['state'][] | null }
const ORDERS = { NEWEST, OLDEST };
export type PromotionSort = keyof typeof ORDERS;

@Injectable()
export class PromotionsService {
  constructor(private readonly work: UnitOfWork, private readonly policies: PolicyService, private readonly lists: Lists) {}

  async open(ctx: RequestContext, input: { release: string; environment: string; reason: string; due?: Instant | null }): Promise<Stored<Promotion>> {
    return this.work.write(ctx, 'promotion.open', async (tx) => {
      const release = await tx.lock(ReleaseTable, input.release);
      tx.requireFor('promotion.open', release.systemId);
      const environment = await environmentByName(tx, input.environment);
      const sources = await packageSources(tx, release, environment);
      const pkg = buildPackage(this.policies.current(), sources);
      const about = { system: sources.system, release, pkg, packageDigest: await tx.keep(canonicalJson(pkg)) };
      const identity = { id: tx.newId(), requestedBy: tx.personId, openedAt: tx.now, number: await tx.nextNumber(PromotionTable) };
      return tx.put(PromotionTable, openPromotion(identity, about, input.reason, input.due ?? null));
    });
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

  async promotionsByIds(ctx: RequestContext, ids: readonly string[]): Promise<Stored<Promotion>[]> {
    return this.work.read(ctx, 'register.read', (scope) => scope.byIds(PromotionTable, ids));
  }

  /** The package of the moment of opening. */
  async openingPackage(ctx: RequestContext, promotion: Promotion): Promise<ShownPackage | null> {
    return this.work.read(ctx, 'register.read', async (scope) => {
      const pkg = (await keptPackages(scope, [promotion.packageDigest]))[promotion.packageDigest];
      return pkg === undefined ? null : showPackage(scope, pkg, promotion);
    });
  }

  /** The package of now: what a reviewer would sign. */
  async presentPackage(ctx: RequestContext, promotion: Promotion): Promise<ShownPackage> {
    return this.work.read(ctx, 'register.read', async (scope) => showPackage(scope, await currentPackage(scope, this.policies, promotion), promotion));
  }
}

export async function currentPackage(scope: ReadScope, policies: PolicyService, promotion: Promotion): Promise<DecisionPackage> {
  const release = await scope.get(ReleaseTable, promotion.releaseId);
  const environment = await scope.get(EnvironmentTable, promotion.environmentId);
  return buildPackage(policies.current(), await packageSources(scope, release, environment));
}

/** With what the environment runs now as the comparison. */
export async function showPackage(scope: ReadScope, pkg: DecisionPackage, promotion: Promotion): Promise<ShownPackage> {
  const done = await scope.query<{ package_digest: string }>(
    "select package_digest from promotions where system_id = $1 and environment_id = $2 and state = 'PROMOTED' and id <> $3 order by opened_at desc limit 1", [promotion.systemId, promotion.environmentId, promotion.id]);
  const before = done[0]?.package_digest;
  const previous = before === undefined ? null : (await keptPackages(scope, [before]))[before] ?? null;
  const digest = packageDigest(pkg);
  return { digest, readable: readablePackage(pkg, digest, previous), canonical: canonicalJson(pkg) };
}
