/** Decision packages as reviewers read them, with what the environment runs now as the comparison; those of many promotions are read at once. */
import { bindable } from '../domain/classification.js';
import { canonicalJson } from '../domain/digest.js';
import { buildPackage, packageDigest, type DecisionPackage, type PackageSources } from '../domain/package.js';
import { readablePackage } from '../domain/package-readable.js';
import type { GatePolicy } from '../domain/policy.js';
import type { Policies } from '../domain/policy-binding.js';
import type { Promotion } from '../domain/promotion.js';
import { notFound, type ReadScope } from '../platform/scope.js';
import { EnvironmentTable, ReleaseTable } from '../systems/system.table.js';
import { keptPackages, packageSources, type RecordSource } from './packages.js';

/** A package as it is shown: its digest, the readable form, and the value itself. */
export interface ShownPackage { readonly digest: string; readonly readable: string; readonly canonical: string }

export interface ToShow { readonly promotion: Promotion; readonly pkg: DecisionPackage }

/** A package, what it was made from, and the policy that says what it needs. */
export interface PresentPackage { readonly pkg: DecisionPackage; readonly sources: PackageSources; readonly policy: GatePolicy }

/** The package of now: what a reviewer would sign. */
export async function currentPackage(source: RecordSource, policies: Policies, where: Pick<Promotion, 'releaseId' | 'environmentId'>): Promise<PresentPackage> {
  const [release] = await source.byIds(ReleaseTable, [where.releaseId]);
  const [environment] = await source.byIds(EnvironmentTable, [where.environmentId]);
  if (release === undefined || environment === undefined) throw notFound('Release', where.releaseId);
  return presentPackage(policies, await packageSources(source, release, environment));
}

export function presentPackage(policies: Policies, sources: PackageSources): PresentPackage {
  const policy = policies.for(bindable(sources.system), sources.environment);
  return { policy, sources, pkg: buildPackage(policy, sources) };
}

/** In the order in which they are given. */
export async function showPackages(scope: ReadScope, list: readonly ToShow[]): Promise<ShownPackage[]> {
  const before = await runningDigests(scope, list.map(({ promotion }) => promotion));
  const running = await keptPackages(scope, [...before.values()]);
  return list.map(({ promotion, pkg }) => {
    const digest = packageDigest(pkg);
    return { digest, readable: readablePackage(pkg, digest, running[before.get(promotion.id) ?? ''] ?? null), canonical: canonicalJson(pkg) };
  });
}

/** Which package was promoted last into the environment of each promotion, by the ids of these. */
async function runningDigests(scope: ReadScope, promotions: readonly Promotion[]): Promise<Map<string, string>> {
  const rows = await scope.query<{ id: string; package_digest: string }>(
    `select k.id, before.package_digest from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as k(id, system_id, environment_id) cross join lateral (
       select x.package_digest from promotions x where x.system_id = k.system_id and x.environment_id = k.environment_id and x.state = 'PROMOTED' and x.id <> k.id order by x.opened_at desc limit 1) before`,
    [promotions.map(({ id }) => id), promotions.map(({ systemId }) => systemId), promotions.map(({ environmentId }) => environmentId)]);
  return new Map(rows.map((row) => [row.id, row.package_digest]));
}
