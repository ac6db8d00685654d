/** Reads what a decision package is made from, live or as it was, and the packages that were signed. */
import type { Aggregate } from '../domain/events.js';
import type { Digest } from '../domain/digest.js';
import type { DecisionPackage, PackageSources, Stored } from '../domain/package.js';
import type { Environment, Release } from '../domain/release.js';
import { Refusal } from '../domain/refusal.js';
import type { SignOff } from '../domain/sign-off.js';
import type { GovernedTable } from '../platform/columns.table.js';
import type { Kept, Where } from '../platform/scope.js';
import { AcceptanceTable } from '../acceptances/acceptance.table.js';
import { ConditionTable } from '../acceptances/condition.table.js';
import { EvidenceTable } from '../evidence/evidence.table.js';
import { MitigationTable } from '../mitigations/mitigation.table.js';
import { ImpactTable } from '../impacts/impact.table.js';
import { FindingTable } from '../monitoring/finding.table.js';
import { CriteriaTable, RiskTable } from '../risks/risk.table.js';
import { SignOffTable } from './review.table.js';
import { SystemTable } from '../systems/system.table.js';

/** Where records are read from: the live tables, or content by digest as of a position of the log. */
export interface RecordSource {
  find<T extends Aggregate>(table: GovernedTable<T>, idOrNumber: string): Promise<Stored<T> | null>;
  all<T extends Aggregate>(table: GovernedTable<T>, where: Where): Promise<Stored<T>[]>;
  byIds<T extends Aggregate>(table: GovernedTable<T>, ids: readonly string[]): Promise<Stored<T>[]>;
  kept(digests: readonly Digest[]): Promise<Kept[]>;
}

export interface StoredSources extends PackageSources { readonly signOffs: readonly Stored<SignOff>[] }

export async function packageSources(source: RecordSource, release: Stored<Release>, environment: Stored<Environment>): Promise<StoredSources> {
  const system = await source.find(SystemTable, release.systemId);
  const [criteria] = await source.all(CriteriaTable, {});
  if (system === null || criteria === undefined) throw new Refusal('NOT_FOUND', { subject: 'RiskCriteria', message: 'No risk criteria were adopted yet.' });
  const where = { systemId: release.systemId };
  return {
    system, release, environment, criteria, risks: await source.all(RiskTable, where), mitigations: await source.all(MitigationTable, where), evidence: await source.all(EvidenceTable, where),
    acceptances: await source.all(AcceptanceTable, where),
    impactAssessments: await source.all(ImpactTable, where), findings: await source.all(FindingTable, where),
    signOffs: await source.all(SignOffTable, where), conditions: await source.all(ConditionTable, where),
  };
}

/** The kept packages with these digests; one that is missing is simply not there, and what names it does not count. */
export async function keptPackages(source: Pick<RecordSource, 'kept'>, digests: readonly Digest[]): Promise<Record<Digest, DecisionPackage>> {
  const found = await source.kept(digests);
  return Object.fromEntries(found.map(({ digest, bytes }) => [digest, readOnce(bytes)]));
}

/** A package never changes, so its bytes are read once for as long as somebody holds them. */
const READ = new WeakMap<Buffer, DecisionPackage>();

function readOnce(bytes: Buffer): DecisionPackage {
  const pkg = READ.get(bytes) ?? JSON.parse(bytes.toString('utf8')) as DecisionPackage;
  READ.set(bytes, pkg);
  return pkg;
}
