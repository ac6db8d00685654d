/** The live tables as a source of facts. */
import type { Digest } from '../domain/digest.js';
import type { Team } from '../domain/eligibility.js';
import type { Aggregate } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import type { Release } from '../domain/release.js';
import type { GovernedTable } from '../platform/columns.table.js';
import type { Kept, ReadScope, Where } from '../platform/scope.js';
import { electoratesOf, NOBODY, type Electorate } from '../reviews/voters.js';
import { ReleaseTable } from '../systems/system.table.js';
import type { FactSource } from './gate.facts.js';

export class LiveFacts implements FactSource {
  constructor(private readonly scope: ReadScope) {}

  find<T extends Aggregate>(table: GovernedTable<T>, idOrNumber: string): Promise<Stored<T> | null> {
    return this.scope.find(table, idOrNumber);
  }

  all<T extends Aggregate>(table: GovernedTable<T>, where: Where): Promise<Stored<T>[]> {
    return this.scope.all(table, where);
  }

  byIds<T extends Aggregate>(table: GovernedTable<T>, ids: readonly string[]): Promise<Stored<T>[]> {
    return this.scope.byIds(table, ids);
  }

  kept(digests: readonly Digest[]): Promise<Kept[]> {
    return this.scope.kept(digests);
  }

  async electorate(system: Team): Promise<Electorate> {
    return (await electoratesOf(this.scope, [system])).get(system.id) ?? NOBODY;
  }

  async releasesWithComponent(digest: string): Promise<Stored<Release>[]> {
    const rows = await this.scope.query<{ release_id: string }>('select release_id from release_components where component_digest = $1', [digest]);
    return this.scope.byIds(ReleaseTable, rows.map((row) => row.release_id));
  }
}
