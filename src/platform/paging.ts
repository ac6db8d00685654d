/**
 * Pages of a list, by keyset: a cursor holds the sort key of one record, so a deep page costs what the first one does.
 * This file says what a page, an order and a cursor are; `lists.ts` reads them.
 */
import { isInstant } from '../domain/clock.js';
import { Refusal } from '../domain/refusal.js';
import type { Condition } from './conditions.js';

export interface PageRequest { readonly first: number; readonly after: string | null }

/** How many there are; beyond a thousand it is only said that there are more. */
export interface Total { readonly value: number; readonly isExact: boolean }

export interface Page<T> {
  readonly nodes: T[];
  /** One for each node. */
  readonly cursors: readonly string[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
  /** Counts the whole list, by a statement of its own. */
  readonly count: () => Promise<Total>;
}

/** In which order a list is given: by one column and, among equals, by id. The two go the same way, so that one comparison continues them. */
export interface Order {
  readonly name: string;
  readonly descending: boolean;
  /** Null = by id alone, which is the order of making. */
  readonly key: { readonly column: string; readonly type: 'text' | 'int' | 'instant' } | null;
  /** Where the key is an instant so many days after the column, and the days differ: the parts of the list, each sorted by the column itself. */
  readonly parts?: readonly OrderPart[];
}

/** Every record of the list is in exactly one part. Null days = these have no such instant, and stand at the end. */
export interface OrderPart { readonly conditions: readonly Condition[]; readonly days: number | null }

/** The key of what stands at the end of a list that is sorted by instants. */
export const NEVER = '9999-12-31T00:00:00.000Z';

export const OLDEST: Order = { name: 'OLDEST', descending: false, key: null };
export const NEWEST: Order = { name: 'NEWEST', descending: true, key: null };

/** Where a page begins: behind this record. */
export interface Place { readonly key: string | number | null; readonly id: string }

export const MAX_PAGE = 100;
export const MAX_COUNT = 1000;

export function checkFirst(first: number): number {
  if (Number.isInteger(first) && first >= 1 && first <= MAX_PAGE) return first;
  throw new Refusal('INVALID_INPUT', {
    field: 'first', actual: String(first), expected: `1 to ${String(MAX_PAGE)}`, message: `first is a whole number from 1 to ${String(MAX_PAGE)}.`,
    next: `Ask for at most ${String(MAX_PAGE)} records, and for the following ones with after.`,
  });
}

/** Opaque to clients: which list in which order, and the place in it. */
export function encodeCursor(list: string, order: Order, place: Place): string {
  return Buffer.from(JSON.stringify([list, order.name, place.key, place.id])).toString('base64url');
}

/** Refuses whatever this list in this order has not given out. */
export function decodeCursor(list: string, order: Order, cursor: string): Place {
  const [ofList, ofOrder, key, id, ...more] = parts(cursor);
  const fits = ofList === list && more.length === 0 && typeof id === 'string' && ID.test(id) && isKey(order, key);
  if (fits && ofOrder === order.name) return { key, id };
  throw new Refusal('INVALID_INPUT', {
    field: 'after', message: fits ? `after is a cursor of this list in another order: ${String(ofOrder)}.` : 'after is not a cursor of this list.',
    next: 'Send a cursor of the same list in the same order, unchanged; without one the list begins at its start.',
  });
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function isKey(order: Order, key: unknown): key is Place['key'] {
  if (order.key === null) return key === null;
  if (order.key.type === 'instant' || order.parts !== undefined) return typeof key === 'string' && isInstant(key);
  return order.key.type === 'int' ? Number.isInteger(key) && Math.abs(key as number) < 2 ** 31 : typeof key === 'string' && /^[\x20-\x7e]{1,64}$/.test(key);
}

/** What is in a cursor of ours; nothing in anything else, not even in a cursor that is written another way. */
function parts(cursor: string): unknown[] {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.toString('base64url') !== cursor) return [];
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
