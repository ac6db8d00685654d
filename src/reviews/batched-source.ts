/** The live tables, read once for all who ask at the same time: many promotions that take the same steps share each statement. */
import DataLoader from 'dataloader';
import type { Digest } from '../domain/digest.js';
import type { Team } from '../domain/eligibility.js';
import type { Aggregate } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import type { GovernedTable } from '../platform/columns.table.js';
import { isUuid, type Kept, type ReadScope, type Where } from '../platform/scope.js';
import type { RecordSource } from './packages.js';
import { electoratesOf, NOBODY, type Electorate, type VoterSource } from './voters.js';

export class BatchedSource implements RecordSource, VoterSource {
  readonly #loaders = new Map<string, DataLoader<string, Aggregate[]>>();
  readonly #kept = new DataLoader<Digest, Kept | null>(async (digests) => {
    const found = new Map((await this.scope.kept(digests)).map((kept) => [kept.digest, kept]));
    return digests.map((digest) => found.get(digest) ?? null);
  });

  readonly #electorates = new DataLoader<Team, Electorate, string>(async (systems) => {
    const found = await electoratesOf(this.scope, systems);
    return systems.map((system) => found.get(system.id) ?? NOBODY);
  }, { cacheKeyFn: (system) => system.id });

  constructor(private readonly scope: ReadScope) {}

  async find<T extends Aggregate>(table: GovernedTable<T>, id: string): Promise<Stored<T> | null> {
    return isUuid(id) ? (await this.#with(table, 'id', id))[0] ?? null : this.scope.find(table, id);
  }

  async all<T extends Aggregate>(table: GovernedTable<T>, where: Where): Promise<Stored<T>[]> {
    const [first, ...rest] = Object.entries(where);
    const found = await this.#with(table, first?.[0] ?? null, first?.[1] ?? '');
    return found.filter((record) => rest.every(([column, value]) => valueOf(record, column) === value));
  }

  async byIds<T extends Aggregate>(table: GovernedTable<T>, ids: readonly string[]): Promise<Stored<T>[]> {
    return (await Promise.all([...new Set(ids)].sort().map((id) => this.#with(table, 'id', id)))).flat();
  }

  async kept(digests: readonly Digest[]): Promise<Kept[]> {
    const found = await Promise.all([...new Set(digests)].map((digest) => this.#kept.load(digest)));
    return found.filter((kept) => kept !== null);
  }

  async electorate(system: Team): Promise<Electorate> {
    return this.#electorates.load(system);
  }

  async #with<T extends Aggregate>(table: GovernedTable<T>, column: string | null, value: string): Promise<Stored<T>[]> {
    const kind = `${table.type} ${column ?? ''}`;
    const loader = this.#loaders.get(kind) ?? new DataLoader<string, Aggregate[]>(async (values) => {
      if (column === null) return [await this.scope.all(table, {})];
      const found = await this.scope.allWith(table, column, values);
      return values.map((wanted) => found.filter((record) => valueOf(record, column) === wanted));
    });
    this.#loaders.set(kind, loader);
    return await loader.load(value) as Stored<T>[];
  }
}

function valueOf(record: object, column: string): unknown {
  return (record as Record<string, unknown>)[column];
}
