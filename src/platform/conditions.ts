/**
 * What a list is narrowed to: a small closed set of conditions, turned into SQL with parameters here and nowhere else.
 * Names of columns and tables come from our own code; every value that a client sent is a parameter.
 */
import { snake } from './columns.table.js';

type Value = string | number | boolean;

export type Condition =
  | { readonly kind: 'equals'; readonly column: string; readonly value: Value }
  | { readonly kind: 'anyOf'; readonly column: string; readonly values: readonly Value[] }
  | { readonly kind: 'upTo'; readonly column: string; readonly value: Value }
  | { readonly kind: 'from'; readonly column: string; readonly value: Value }
  | { readonly kind: 'after'; readonly column: string; readonly value: Value }
  | { readonly kind: 'isNull'; readonly column: string; readonly expected: boolean }
  | { readonly kind: 'among'; readonly column: string; readonly of: { readonly table: string; readonly key: string; readonly column: string }; readonly values: readonly Value[] }
  | { readonly kind: 'foundBy'; readonly column: string; readonly search: string; readonly value: Value }
  | { readonly kind: 'either'; readonly branches: readonly (readonly Condition[])[] };

/** The column, named as the field that it holds, has exactly this value. */
export function equals(column: string, value: Value): Condition {
  return { kind: 'equals', column, value };
}

/** The column has one of these values; of none of them, nothing is found. */
export function anyOf(column: string, values: readonly Value[]): Condition {
  return { kind: 'anyOf', column, values };
}

/** The column has this value or a lower one. */
export function upTo(column: string, value: Value): Condition {
  return { kind: 'upTo', column, value };
}

/** The column has this value or a higher one. */
export function from(column: string, value: Value): Condition {
  return { kind: 'from', column, value };
}

/** The column has a higher value than this one. */
export function after(column: string, value: Value): Condition {
  return { kind: 'after', column, value };
}

export function isNull(column: string, expected = true): Condition {
  return { kind: 'isNull', column, expected };
}

/** The column is the key of a row of another table whose own column has one of these values. */
export function among(column: string, of: { table: string; key: string; column: string }, values: readonly Value[]): Condition {
  return { kind: 'among', column, of, values };
}

/** The column is one of those that a function of the database finds for these words. */
export function foundBy(column: string, search: string, words: string): Condition {
  return { kind: 'foundBy', column, search, value: words.replace(PASSED_OVER, '-').replace(LONE_HYPHENS, '') };
}

/** What PostgreSQL passes over between a hyphen and the word that it excludes. */
const PASSED_OVER = /-[!&|()<]+/g;

/** A hyphen excludes the word or the quotation right behind it. Others mean nothing, and PostgreSQL gives up on more than thirty in a row. */
const LONE_HYPHENS = /(?<![\p{L}\p{N}])-(?!(?!-)[\p{L}\p{N}\p{P}\p{S}])/gu;

/** All conditions of at least one of the branches hold; of no branch, nothing is found. */
export function either(branches: readonly (readonly Condition[])[]): Condition {
  return { kind: 'either', branches };
}

/** The condition for a value that was given; none for null. */
export function given<T>(value: T | null | undefined, condition: (value: T) => Condition): Condition | null {
  return value === null || value === undefined ? null : condition(value);
}

/** The condition for another record that was named, and is looked up first; none for null. An empty text names nothing, and is looked up as well. */
export async function referring(column: string, reference: string | null | undefined, find: (reference: string) => Promise<string>): Promise<Condition[]> {
  return reference === null || reference === undefined ? [] : [equals(column, await find(reference))];
}

/** The parameters of one statement, each named by its place. */
export class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    this.values.push(value);
    return `$${String(this.values.length)}`;
  }
}

/** The conditions about the rows called `x`, joined by `and`. */
export function conditionsSql(conditions: readonly Condition[], parameters: Parameters): string {
  return conditions.length === 0 ? 'true' : conditions.map((condition) => sqlOf(condition, parameters)).join(' and ');
}

/** As many as a search looks for: the newest of them. */
const MOST_FOUND = 1000;

/** Whether a search among the conditions found as many as it looks for: there may be more that fit. */
export function isCutSql(conditions: readonly Condition[], parameters: Parameters): string {
  const cuts = conditions.flatMap((condition) => (condition.kind === 'foundBy' ? [`(select count(*) from ${condition.search}(${parameters.add(condition.value)})) >= ${String(MOST_FOUND)}`] : []));
  return cuts.length === 0 ? 'false' : cuts.join(' or ');
}

function sqlOf(condition: Condition, parameters: Parameters): string {
  switch (condition.kind) {
    case 'equals': return `${name(condition.column)} = ${parameters.add(condition.value)}`;
    case 'anyOf': return `${name(condition.column)} = any(${parameters.add(condition.values)})`;
    case 'upTo': return `${name(condition.column)} <= ${parameters.add(condition.value)}`;
    case 'from': return `${name(condition.column)} >= ${parameters.add(condition.value)}`;
    case 'after': return `${name(condition.column)} > ${parameters.add(condition.value)}`;
    case 'isNull': return `${name(condition.column)} is ${condition.expected ? 'null' : 'not null'}`;
    case 'among': return `${name(condition.column)} in (select m.${snake(condition.of.key)} from ${condition.of.table} m where m.${snake(condition.of.column)} = any(${parameters.add(condition.values)}))`;
    case 'foundBy': return `${name(condition.column)} in (select ${condition.search}(${parameters.add(condition.value)}))`;
    case 'either': return condition.branches.length === 0 ? 'false' : `(${condition.branches.map((branch) => conditionsSql(branch, parameters)).join(' or ')})`;
  }
}

function name(column: string): string {
  return `x.${snake(column)}`;
}
