/** The register as it was: the state at a position of the log is, for each object, what the last entry up to there names. */
import type { Instant } from '../domain/clock.js';
import type { Digest } from '../domain/digest.js';
import type { Aggregate } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import type { GovernedTable } from '../platform/columns.table.js';
import type { Kept, ReadScope, Where } from '../platform/scope.js';

export interface Version { readonly digest: string; readonly bytes: Buffer | null }

export class History {
  constructor(private readonly scope: ReadScope, private readonly seq: number) {}

  /** Every record of the type whose values are equal to these, as of the position, in the order of their ids. */
  async all<T extends Aggregate>(table: GovernedTable<T>, where: Where): Promise<Stored<T>[]> {
    const versions = await this.scope.query<Version>(`
      select c.digest, c.bytes from (
        select distinct on (object_id) object_id, convert_from(entry, 'UTF8')::jsonb ->> 'after' as after
        from audit.entries where object_type = $1 and seq <= $2 and convert_from(entry, 'UTF8')::jsonb ->> 'after' is not null
        order by object_id, seq desc) last
      join audit.content c on c.digest = last.after order by last.object_id`, [table.type, this.seq]);
    return versions.map((version) => recordOf(table, version)).filter((record) => fits(record, where));
  }

  async find<T extends Aggregate>(table: GovernedTable<T>, idOrNumber: string): Promise<Stored<T> | null> {
    const all = await this.all(table, {});
    return all.find((record) => record.id === idOrNumber || (record as { number?: string }).number === idOrNumber) ?? null;
  }

  async byIds<T extends Aggregate>(table: GovernedTable<T>, ids: readonly string[]): Promise<Stored<T>[]> {
    return (await this.all(table, {})).filter((record) => ids.includes(record.id));
  }

  /** When the last entry up to the position was written. */
  async timeOf(): Promise<Instant> {
    const [last] = await this.scope.query<{ at: string }>("select convert_from(entry, 'UTF8')::jsonb ->> 'at' as at from audit.entries where seq <= $1 order by seq desc limit 1", [this.seq]);
    return last === undefined ? this.scope.now : new Date(last.at).toISOString();
  }

  kept(digests: readonly Digest[]): Promise<Kept[]> {
    return this.scope.kept(digests);
  }
}

/** Canonical bytes hold `{salt, type, value}`; the digest is over all of it, so it stands beside the value, not in it. */
export function recordOf<T extends Aggregate>(table: GovernedTable<T>, version: Version): Stored<T> {
  const { value } = JSON.parse((version.bytes ?? Buffer.from('{"value":{}}')).toString('utf8')) as { value: T };
  return { ...table.addedLater, ...value, digest: version.digest };
}

export function fits(record: object, where: Where): boolean {
  return Object.entries(where).every(([key, wanted]) => (record as Record<string, unknown>)[key] === wanted);
}
