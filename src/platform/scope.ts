/** Reading inside one transaction of one tenant: what a service may look at, by id or short number, live or locked for a change. */
import { In, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { holdsRole, isPermittedEverywhere, PERMISSIONS, type Permission, type Principal } from '../domain/actor.js';
import { NotingClock, type Instant } from '../domain/clock.js';
import type { Digest } from '../domain/digest.js';
import type { Aggregate } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import type { GovernedTable } from './columns.table.js';
import type { RequestContext } from './request-context.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NUMBER = /^[A-Z]{1,4}-[1-9]\d{0,8}$/;

/** A governed object as the log names it; version null = not known yet. */
export interface ObjectRef { readonly type: string; readonly id: string; readonly version: number | null }

/** Canonical bytes by their digest. */
export interface Kept { readonly digest: Digest; readonly bytes: Buffer }

/** Column values, each to be equal. */
export type Where = Readonly<Record<string, string>>;

export class ReadScope {
  /** The object that the command is about, for the record of a refusal. */
  subject: ObjectRef | null = null;

  constructor(
    readonly ctx: RequestContext,
    /** The caller as of this transaction. */
    readonly actor: Principal,
    /** The database's time at the beginning of the transaction: the time of record. */
    readonly now: Instant,
    protected readonly manager: EntityManager,
  ) {}

  /** The caller as a natural person; a service is refused. */
  get personId(): string {
    if (this.actor.personId === null) throw new Refusal('PERMISSION_DENIED', { message: 'A service cannot do this; a person must.' });
    return this.actor.personId;
  }

  /** The permission was checked at the door; this asks whether a grant that carries it covers this system. */
  requireFor(permission: Permission, systemId: string): void {
    if (holdsRole(this.actor, PERMISSIONS[permission], systemId, this.clock())) return;
    throw new Refusal('PERMISSION_DENIED', { message: `None of your roles covers this system (${permission}).`, permission, next: 'Ask somebody whose role covers the system.' });
  }

  /** The same about what holds for every system of the organization. */
  requireEverywhere(permission: Permission): void {
    if (isPermittedEverywhere(this.actor, permission, this.clock())) return;
    throw new Refusal('PERMISSION_DENIED', { message: `None of your roles is for every system (${permission}).`, permission, next: 'Ask somebody whose role is not limited to single systems.' });
  }

  clock(): NotingClock {
    return new NotingClock(this.now);
  }

  /** The record with this id or short number; foreign and missing look the same. */
  async get<T extends Aggregate>(table: GovernedTable<T>, idOrNumber: string): Promise<Stored<T>> {
    const found = await this.find(table, idOrNumber);
    if (found === null) throw notFound(table.type, idOrNumber);
    return found;
  }

  async find<T extends Aggregate>(table: GovernedTable<T>, idOrNumber: string): Promise<Stored<T> | null> {
    const where = byIdOrNumber(table, idOrNumber);
    return where === null ? null : this.manager.findOne(table.schema, { where });
  }

  /** All records with these values, in the order of their ids. */
  async all<T extends Aggregate>(table: GovernedTable<T>, where: Where): Promise<Stored<T>[]> {
    return this.#sorted(table, where as FindOptionsWhere<Stored<T>>);
  }

  async byIds<T extends Aggregate>(table: GovernedTable<T>, ids: readonly string[]): Promise<Stored<T>[]> {
    return this.allWith(table, 'id', ids);
  }

  /** All records whose column has one of these values, in the order of their ids. */
  async allWith<T extends Aggregate>(table: GovernedTable<T>, column: string, values: readonly string[]): Promise<Stored<T>[]> {
    return values.length === 0 ? [] : this.#sorted(table, { [column]: In([...new Set(values)]) } as FindOptionsWhere<Stored<T>>);
  }

  /** A reading statement that a table cannot express. The tenant is pinned already. */
  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.manager.query(sql, [...parameters]);
  }

  /** The canonical bytes that are kept under these digests; what is not there is left out. */
  async kept(digests: readonly Digest[]): Promise<Kept[]> {
    const wanted = [...new Set(digests)];
    return wanted.length === 0 ? [] : this.query<Kept>('select digest, bytes from audit.content where digest = any($1::text[]) and bytes is not null', [wanted]);
  }

  async #sorted<T extends Aggregate>(table: GovernedTable<T>, where: FindOptionsWhere<Stored<T>>): Promise<Stored<T>[]> {
    const found = await this.manager.find(table.schema, { where });
    return found.sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** A reference as the text that it is, and as an id where it may be one: so that a statement compares each with a column of its own type, and can use its index. */
export function textAndId(reference: string): [text: string, id: string | null] {
  const text = reference.replaceAll('\0', '');
  return [text, isUuid(text) ? text : null];
}

/** A reference is repeated where it has the form of one; whatever else was sent in its place, perhaps by mistake, is not. */
export function notFound(type: string, id: string, field?: string): Refusal {
  const record = id.replace(/\/[A-Z_]{1,40}$/, '');
  const isReference = UUID.test(record) || NUMBER.test(record);
  return new Refusal('NOT_FOUND', { ...(field !== undefined && { field }), message: `There is no such ${type}.`, subject: type, ...(isReference && { id }), next: 'Check the id or number; what belongs to others cannot be told from what does not exist.' });
}

export function byIdOrNumber<T extends Aggregate>(table: GovernedTable<T>, idOrNumber: string): FindOptionsWhere<Stored<T>> | null {
  if (UUID.test(idOrNumber)) return { id: idOrNumber.toLowerCase() } as FindOptionsWhere<Stored<T>>;
  if (table.prefix !== null && NUMBER.test(idOrNumber) && idOrNumber.startsWith(`${table.prefix}-`)) return { number: idOrNumber } as unknown as FindOptionsWhere<Stored<T>>;
  return null;
}
