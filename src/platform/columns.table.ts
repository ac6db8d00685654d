/** How aggregates are stored: one row each, the whole value in it, beside the digest of its canonical bytes. */
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import type { Aggregate } from '../domain/events.js';
import type { Stored } from '../domain/package.js';

/** `read` makes the field's value of what the driver gives. */
interface StoredField { readonly name: string; readonly column: string; readonly read: (value: unknown) => unknown }

export interface GovernedTable<T extends Aggregate> {
  /** The name of the type in the log and in the API, such as `Risk`. */
  readonly type: string;
  /** The letters of its short numbers, such as `R` in R-12; null = it has none. */
  readonly prefix: string | null;
  readonly schema: EntitySchema<Stored<T>>;
  /** Every column with the field that it holds. */
  readonly fields: readonly StoredField[];
  /** The system whose facts it belongs to; null = the whole tenant's. */
  readonly scopeOf: (value: T) => string | null;
  /** What a record says in fields that came later than its version: kept bytes are never rewritten. */
  readonly addedLater: Partial<T>;
}

type ColumnsOf<T> = { readonly [K in Exclude<keyof T, 'id' | 'version' | 'number'> & string]: EntitySchemaColumnOptions };

export function governedTable<T extends Aggregate>(options: {
  type: string; table: string; prefix: string | null; scopeOf: (value: T) => string | null; columns: ColumnsOf<T>; addedLater?: Partial<T>;
}): GovernedTable<T> {
  const columns: Record<string, EntitySchemaColumnOptions> = {
    id: { type: 'uuid', primary: true }, version: { type: 'int' }, digest: { type: 'text' },
    ...(options.prefix !== null && { number: { type: 'text' } }),
  };
  for (const [name, column] of Object.entries<EntitySchemaColumnOptions>(options.columns)) columns[name] = { ...column, name: snake(name) };
  const schema = new EntitySchema<Stored<T>>({ name: options.type, tableName: options.table, columns });
  const fields = Object.keys(columns).map((name) => ({ name, column: snake(name), read: columns[name]?.transformer === asInstant ? asInstant.from as StoredField['read'] : asIs }));
  return { type: options.type, prefix: options.prefix, schema, fields, scopeOf: options.scopeOf, addedLater: options.addedLater ?? {} };
}

/** The record that a row of these columns holds. */
export function recordOf<T extends Aggregate>(table: GovernedTable<T>, row: Readonly<Record<string, unknown>>): Stored<T> {
  return Object.fromEntries(table.fields.map(({ name, column, read }) => [name, read(row[column])])) as unknown as Stored<T>;
}

export const text: EntitySchemaColumnOptions = { type: 'text' };
export const optionalText: EntitySchemaColumnOptions = { type: 'text', nullable: true };
export const uuid: EntitySchemaColumnOptions = { type: 'uuid' };
export const optionalUuid: EntitySchemaColumnOptions = { type: 'uuid', nullable: true };
export const json: EntitySchemaColumnOptions = { type: 'jsonb' };
export const optionalJson: EntitySchemaColumnOptions = { type: 'jsonb', nullable: true };
export const whole: EntitySchemaColumnOptions = { type: 'int' };
export const optionalWhole: EntitySchemaColumnOptions = { type: 'int', nullable: true };
export const flag: EntitySchemaColumnOptions = { type: 'boolean' };

const asInstant = { to: (value: string | null): string | null => value, from: (value: Date | null): string | null => (value === null ? null : value.toISOString()) };
export const instant: EntitySchemaColumnOptions = { type: 'timestamptz', precision: 3, transformer: asInstant };
export const optionalInstant: EntitySchemaColumnOptions = { ...instant, nullable: true };

function asIs(value: unknown): unknown {
  return value;
}

/** The name of a column by the name of its field. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
