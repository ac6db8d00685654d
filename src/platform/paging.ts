/** Pages of a list, by keyset: the cursor is the sort key of the last row seen, so a deep page costs what the first one does. */
import type { Aggregate } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import type { GovernedTable } from './columns.table.js';
import type { ReadScope, Where } from './scope.js';

export interface PageRequest { readonly first: number; readonly after: string | null }
export interface Page<T> { readonly nodes: T[]; readonly hasNextPage: boolean; readonly endCursor: string | null }

export const MAX_PAGE = 100;

/** The records with these column values, in the order of their ids. */
export async function page<T extends Aggregate>(scope: ReadScope, table: GovernedTable<T>, where: Where, request: PageRequest): Promise<Page<Stored<T>>> {
  if (!Number.isInteger(request.first) || request.first < 1 || request.first > MAX_PAGE) {
    throw new Refusal('INVALID_INPUT', { field: 'first', actual: String(request.first), expected: `1 to ${String(MAX_PAGE)}`, message: `first is a whole number from 1 to ${String(MAX_PAGE)}.` });
  }
  const ids = await scope.pageOfIds(table, where, { after: request.after === null ? null : decode(request.after), limit: request.first + 1 });
  const kept = ids.slice(0, request.first);
  const last = kept.at(-1);
  return { nodes: await scope.byIds(table, kept), hasNextPage: ids.length > kept.length, endCursor: last === undefined ? null : encode(last) };
}

function encode(id: string): string {
  return Buffer.from(`id:${id}`).toString('base64url');
}

function decode(cursor: string): string {
  const id = /^id:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'))?.[1];
  if (id === undefined) throw new Refusal('INVALID_INPUT', { field: 'after', message: 'after is not a cursor of this list.', next: 'Send the endCursor of the page before, unchanged.' });
  return id;
}
