/** Exactly the facts from which a decision was made, by the list of them that was kept with it: what is not in it was not there. */
import type { Digest } from '../domain/digest.js';
import type { Team } from '../domain/eligibility.js';
import type { Aggregate } from '../domain/events.js';
import type { FactsManifest } from '../domain/gate-decision.js';
import type { Stored } from '../domain/package.js';
import type { Release } from '../domain/release.js';
import { fits, recordOf } from '../audit/history.js';
import { DelegationTable } from '../identity/delegation.table.js';
import type { GovernedTable } from '../platform/columns.table.js';
import { PrincipalTable } from '../platform/principal.table.js';
import type { Kept, Where } from '../platform/scope.js';
import { electorate, type Electorate } from '../reviews/voters.js';
import { ReleaseTable } from '../systems/system.table.js';
import type { FactSource } from './gate.facts.js';

export type Contents = ReadonlyMap<Digest, Buffer>;

export class RecordedFacts implements FactSource {
  readonly #digests = new Map<string, Digest[]>();

  /** `contents`: the bytes that are kept under the digests of the manifest; what is missing there fails when it is asked for. */
  constructor(private readonly manifest: FactsManifest, private readonly contents: Contents) {
    for (const [type, , digest] of manifest.facts) this.#digests.set(type, [...(this.#digests.get(type) ?? []), digest]);
  }

  all<T extends Aggregate>(table: GovernedTable<T>, where: Where): Promise<Stored<T>[]> {
    const records = (this.#digests.get(table.type) ?? []).map((digest) => readOnce(table, digest, this.#bytes(digest)));
    return Promise.resolve(records.filter((record) => fits(record, where)).sort((a, b) => (a.id < b.id ? -1 : 1)));
  }

  async find<T extends Aggregate>(table: GovernedTable<T>, idOrNumber: string): Promise<Stored<T> | null> {
    return (await this.all(table, {})).find((record) => record.id === idOrNumber || (record as { number?: string }).number === idOrNumber) ?? null;
  }

  async byIds<T extends Aggregate>(table: GovernedTable<T>, ids: readonly string[]): Promise<Stored<T>[]> {
    return (await this.all(table, {})).filter(({ id }) => ids.includes(id));
  }

  kept(digests: readonly Digest[]): Promise<Kept[]> {
    const listed = new Set(this.#digests.get('DecisionPackage') ?? []);
    return Promise.resolve(digests.filter((digest) => listed.has(digest)).map((digest) => ({ digest, bytes: this.#bytes(digest) })));
  }

  /** Everybody who came into question is in the list, and so is every delegation. */
  async electorate(system: Team): Promise<Electorate> {
    const unended = (await this.all(DelegationTable, { state: 'ACTIVE' })).filter(({ validUntil }) => validUntil > this.manifest.now);
    return electorate(system, await this.all(PrincipalTable, {}), unended);
  }

  async releasesWithComponent(digest: string): Promise<Stored<Release>[]> {
    return (await this.all(ReleaseTable, {})).filter(({ components }) => components.some((component) => component.digest === digest));
  }

  #bytes(digest: Digest): Buffer {
    const bytes = this.contents.get(digest);
    if (bytes === undefined) throw new FactsGone(digest);
    return bytes;
  }
}

/** What bytes under a digest hold never changes, so it is read once for as long as somebody holds them. */
const READ = new WeakMap<Buffer, Aggregate>();

function readOnce<T extends Aggregate>(table: GovernedTable<T>, digest: Digest, bytes: Buffer): Stored<T> {
  const record = (READ.get(bytes) as Stored<T> | undefined) ?? recordOf(table, { digest, bytes });
  READ.set(bytes, record);
  return record;
}

/** Bytes that a decision was made from are kept no longer, so it cannot be made again. */
export class FactsGone extends Error {
  constructor(readonly digest: Digest) {
    super(`${digest} is kept no longer`);
  }
}

export function manifestOf(bytes: Buffer): FactsManifest {
  return JSON.parse(bytes.toString('utf8')) as FactsManifest;
}

