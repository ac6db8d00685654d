/**
 * Writing inside one transaction. A Tx exists only between the door's opening and its commit; every writing helper takes it, so nothing
 * can be written outside by forgetting. Each put writes the row, its canonical bytes by digest, and the draft of its log entry.
 */
import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { Aggregate, Decided, EventName } from '../domain/events.js';
import { canonicalJson, sha256, type Digest } from '../domain/digest.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import type { GovernedTable } from './columns.table.js';
import type { EntryDraft } from './entry-bytes.js';
import { byIdOrNumber, notFound, ReadScope, type ObjectRef } from './scope.js';
import type { Instant, NotingClock } from '../domain/clock.js';

/** The largest canonical form of one aggregate, in bytes. */
export const MAX_AGGREGATE_BYTES = 262_144;
/** The largest list that is kept whole: a package with all its risks, a manifest of all facts. */
export const MAX_KEPT_BYTES = 4_194_304;

/** When the facts of these scopes last changed, as it was before any of them was read: scope id → log position, −1 = never. */
export type Epochs = Readonly<Record<string, number>>;

/** What must still hold at the moment of the commit. */
export interface Holding { readonly epochs: Epochs; readonly computedAt: Instant; readonly until: Instant | null }

/** A kind of record that has short numbers, such as R-12. */
export interface Numbered { readonly prefix: string | null }

export class Tx extends ReadScope {
  readonly drafts: EntryDraft[] = [];
  /** How many times this command was begun, with this one. */
  attempt = 1;
  /** The time of record: of the beginning, or of the moment from which nothing changes any more. */
  declare now: Instant;
  #holding: Holding | null = null;
  readonly #looked: NotingClock[] = [];
  /** Until when a repeat under the same key is answered with the result; null = as long as keys are kept. */
  repeatableUntil: Instant | null = null;

  /** An opaque id for something new. It begins with the time (RFC 9562, version 7), so records in the order of their ids are in the order of their making. */
  newId(): string {
    return v7();
  }

  /** The next short number of this kind, such as R-12: never reused. Taken last, after every lock: two writers wait for it in turn. */
  async nextNumber(table: Numbered): Promise<string> {
    const [number] = await this.nextNumbers(table, 1);
    return number ?? '';
  }

  /** The same for so many at once, in the order in which they are given. */
  async nextNumbers(table: Numbered, count: number): Promise<string[]> {
    if (count === 0) return [];
    const rows = await this.query<{ last: number }>(
      'insert into counters as c (prefix, last) values ($1, $2) on conflict (tenant_id, prefix) do update set last = c.last + $2 returning last', [table.prefix, count]);
    const first = (rows[0]?.last ?? 0) - count + 1;
    return Array.from({ length: count }, (_, i) => `${table.prefix ?? ''}-${String(first + i)}`);
  }

  /** Reads and locks a record for a change. With a version, refuses when it is not the present one. */
  async lock<T extends Aggregate>(table: GovernedTable<T>, idOrNumber: string, expectedVersion?: number): Promise<Stored<T>> {
    const where = byIdOrNumber(table, idOrNumber);
    const found = where === null ? null : await this.manager.createQueryBuilder(table.schema, 'x').where(where).setLock('for_no_key_update').getOne();
    if (found === null) throw notFound(table.type, idOrNumber);
    this.subject = { type: table.type, id: found.id, version: found.version };
    if (expectedVersion !== undefined && found.version !== expectedVersion) throw conflict(table.type, found.version, expectedVersion);
    return found;
  }

  /** As `lock`, but without waiting; null while somebody else holds it. For whoever may hold the log: the holder of the record may be waiting for that. */
  async lockIfFree<T extends Aggregate>(table: GovernedTable<T>, id: string): Promise<Stored<T> | null> {
    return this.manager.createQueryBuilder(table.schema, 'x').where({ id }).setLock('for_no_key_update').setOnLocked('skip_locked').getOne();
  }

  /** Nothing in this log changes any more until the commit. Whoever waits for it holds records and counters, so those that are needed are taken before. */
  async lockLog(numbered: readonly Numbered[]): Promise<void> {
    for (const { prefix } of numbered) await this.query('insert into counters as c (prefix, last) values ($1, 0) on conflict (tenant_id, prefix) do update set last = c.last', [prefix]);
    await this.query('select audit.lock()');
    const [present] = await this.query<{ now: Instant }>(`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now`);
    if (present !== undefined) this.now = present.now;
  }

  /** Writes what was decided: a new record when there was none before, otherwise the next version of exactly the one that was read. */
  async put<T extends Aggregate>(table: GovernedTable<T>, decided: Decided<T>, before: Stored<T> | null = null): Promise<Stored<T>> {
    const { digest: _before, ...value } = { digest: null, ...decided.next, version: before === null ? 1 : before.version + 1 };
    const salt = randomBytes(16).toString('hex');
    const digest = await this.keep(canonicalJson({ salt, type: table.type, value }), MAX_AGGREGATE_BYTES);
    const stored = { ...decided.next, version: value.version, digest };
    if (before === null) await this.manager.createQueryBuilder().insert().into(table.schema).values(stored as never).updateEntity(false).execute();
    else await this.#update(table, stored, before.version);
    this.drafts.push({
      action: decided.event, object: { type: table.type, id: value.id, version: value.version }, scopeId: table.scopeOf(decided.next),
      before: before?.digest ?? null, after: digest, reason: decided.reason === undefined ? null : sha256(`${salt}\n${decided.reason}`), outcome: 'DONE', code: null,
    });
    return stored;
  }

  /** Keeps canonical bytes by their digest; the same bytes are kept once. */
  async keep(canonical: string, most: number = MAX_KEPT_BYTES): Promise<Digest> {
    const bytes = Buffer.from(canonical, 'utf8');
    if (bytes.length > most) throw new Refusal('TOO_LARGE', { message: `The record would be ${String(bytes.length)} bytes; at most ${String(most)} are kept.` });
    const digest = sha256(bytes);
    await this.query('insert into audit.content (digest, bytes) values ($1, $2) on conflict do nothing', [digest, bytes]);
    return digest;
  }

  /** A fact about something that is no record of its own, such as a reading of the log. */
  note(event: EventName, object: ObjectRef): void {
    this.drafts.push({ action: event, object, scopeId: null, before: null, after: null, reason: null, outcome: 'DONE', code: null });
  }

  /** Lets the commit go through only if none of these scopes has changed since, and the time for which the answer holds is not over. */
  holdStill(holding: Holding): void {
    this.#holding = holding;
  }

  /** What must hold at the commit: also that nothing has ended or begun of all that was looked at by a clock. */
  get holding(): Holding | null {
    if (this.#holding === null) return null;
    const ends = [this.#holding.until, ...this.#looked.map(({ holdsUntil }) => holdsUntil?.at ?? null)].filter((end) => end !== null);
    return { ...this.#holding, until: ends.sort()[0] ?? null };
  }

  override clock(): NotingClock {
    const clock = super.clock();
    this.#looked.push(clock);
    return clock;
  }

  async #update<T extends Aggregate>(table: GovernedTable<T>, stored: Stored<T>, version: number): Promise<void> {
    const result = await this.manager.createQueryBuilder().update(table.schema).set(stored as never).where('id = :id and version = :version', { id: stored.id, version }).execute();
    if (result.affected !== 1) throw conflict(table.type, null, version);
  }
}

function conflict(type: string, current: number | null, expected: number): Refusal {
  return new Refusal('CONFLICT', {
    message: `The ${type} was changed by somebody else.`, subject: type, expected: String(expected), ...(current !== null && { currentVersion: current, actual: String(current) }),
    next: 'Read it again, and repeat the change with its present version.',
  });
}
