/**
 * The one way to read a list: a page of it in one statement, by keyset and without any offset. The pages of the same list of many parents
 * (the risks of each of fifty systems) are one statement too.
 */
import { Injectable } from '@nestjs/common';
import type { Aggregate } from '../domain/events.js';
import type { Stored } from '../domain/package.js';
import { recordOf } from './columns.table.js';
import { Parameters } from './conditions.js';
import { countPart, forEachParent, selectPart, type List } from './list-sql.js';
import { loadOne } from './loading.js';
import { checkFirst, decodeCursor, encodeCursor, MAX_COUNT, type Page, type PageRequest, type Place, type Total } from './paging.js';
import type { RequestContext } from './request-context.js';
import { UnitOfWork } from './unit-of-work.js';

/** The records of a list that belong to one other record, by the column that names it. */
export interface Parent { readonly column: string; readonly id: string }

type Row = Readonly<Record<string, unknown>>;

@Injectable()
export class Lists {
  constructor(private readonly work: UnitOfWork) {}

  async page<T extends Aggregate>(ctx: RequestContext, list: List<T>, request: PageRequest): Promise<Page<Stored<T>>> {
    const place = placeOf(list, request);
    const rows = await this.#read(ctx, (parameters) => selectPart(list, { place, limit: request.first + 1 }, parameters));
    return pageOf(list, request, rows, async () => totalOf((await this.#read(ctx, (parameters) => countPart(list, parameters)))[0]));
  }

  /** The whole list in parts of this size: each a short read of its own, so that nothing is held while the reader waits. */
  async* parts<T extends Aggregate>(ctx: RequestContext, list: List<T>, size: number): AsyncGenerator<Stored<T>[]> {
    for (let place: Place | null = null; ;) {
      const from: Place | null = place;
      const rows: Row[] = await this.#read(ctx, (parameters) => selectPart(list, { place: from, limit: size }, parameters));
      if (rows.length > 0) yield rows.map((row) => recordOf(list.table, row));
      const last = rows.at(-1);
      if (last === undefined || rows.length < size) return;
      place = { key: last['sort_key'] as Place['key'], id: last['id'] as string };
    }
  }

  /** A page of the records of one parent, read together with those of all other parents that this answer asks for. */
  async pageOf<T extends Aggregate>(ctx: RequestContext, list: List<T>, parent: Parent, request: PageRequest): Promise<Page<Stored<T>>> {
    const place = placeOf(list, request);
    const kind = JSON.stringify([list.table.type, list.order.name, list.conditions, parent.column, request]);
    const part = { place, limit: request.first + 1, parent: parent.column };
    const rows = await loadOne(ctx, `page ${kind}`, parent.id, async (ids) => byParent(await this.#read(ctx, (parameters) => forEachParent(ids, selectPart(list, part, parameters), parameters))));
    const count = async (): Promise<Total> => totalOf((await loadOne(ctx, `count ${kind}`, parent.id, async (ids) => byParent(
      await this.#read(ctx, (parameters) => forEachParent(ids, countPart(list, parameters, parent.column), parameters)))))?.[0]);
    return pageOf(list, request, rows ?? [], count);
  }

  #read(ctx: RequestContext, statement: (parameters: Parameters) => string): Promise<Row[]> {
    const parameters = new Parameters();
    const sql = statement(parameters);
    return this.work.read(ctx, 'register.read', (scope) => scope.query<Row>(sql, parameters.values));
  }
}

function placeOf<T extends Aggregate>(list: List<T>, request: PageRequest): Place | null {
  checkFirst(request.first);
  return request.after === null ? null : decodeCursor(list.table.type, list.order, request.after);
}

function byParent(rows: readonly Row[]): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const id = row['parent_id'] as string;
    const ofParentSoFar = found.get(id);
    if (ofParentSoFar === undefined) found.set(id, [row]);
    else ofParentSoFar.push(row);
  }
  return found;
}

function pageOf<T extends Aggregate>(list: List<T>, request: PageRequest, rows: readonly Row[], count: () => Promise<Total>): Page<Stored<T>> {
  const kept = rows.slice(0, request.first);
  const cursors = kept.map((row) => encodeCursor(list.table.type, list.order, { key: row['sort_key'] as Place['key'], id: row['id'] as string }));
  return {
    nodes: kept.map((row) => recordOf(list.table, row)), cursors, hasNextPage: rows.length > kept.length, hasPreviousPage: request.after !== null,
    startCursor: cursors[0] ?? null, endCursor: cursors.at(-1) ?? null, count,
  };
}

function totalOf(row: Row | undefined): Total {
  const counted = (row?.['counted'] ?? 0) as number;
  return { value: counted, isExact: counted <= MAX_COUNT && row?.['cut'] !== true };
}
