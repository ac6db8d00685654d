/** The statements by which lists are read: one page by keyset, a capped count, and either of them for many parents at once. */
import { plusDays } from '../domain/clock.js';
import type { Aggregate } from '../domain/events.js';
import { snake, type GovernedTable } from './columns.table.js';
import { conditionsSql, isCutSql, Parameters, type Condition } from './conditions.js';
import { MAX_COUNT, NEVER, type Order, type OrderPart, type Place } from './paging.js';

export interface List<T extends Aggregate> {
  readonly table: GovernedTable<T>;
  readonly conditions: readonly Condition[];
  readonly order: Order;
}

export interface Part { readonly place: Place | null; readonly limit: number; readonly parent?: string }

export function selectPart<T extends Aggregate>(list: List<T>, part: Part, parameters: Parameters): string {
  const { order } = list;
  if (order.parts !== undefined) return selectParts(list, order.parts, part, parameters);
  const key = order.key === null ? null : `x.${snake(order.key.column)}`;
  const behind = part.place === null ? '' : ` and ${continues(key, order, part.place, parameters)}`;
  const direction = order.descending ? 'desc' : 'asc';
  const sorted = [...(key === null ? [] : [key]), 'x.id'].map((column) => `${column} ${direction}`).join(', ');
  return `${selected(list, key ?? 'null', part, parameters)}${behind} order by ${sorted} limit ${parameters.add(part.limit)}`;
}

export function countPart<T extends Aggregate>({ table, conditions }: List<T>, parameters: Parameters, parent?: string): string {
  return `select count(*)::int as counted, ${isCutSql(conditions, parameters)} as cut from (select from ${tableName(table)} x where ${ofParent(parent)}${conditionsSql(conditions, parameters)} limit ${parameters.add(MAX_COUNT + 1)}) found`;
}

/** Runs the part for each parent; its rows keep their order, and carry the parent that they are of. */
export function forEachParent(ids: readonly string[], part: string, parameters: Parameters): string {
  return `select parent.id as parent_id, part.* from unnest(${parameters.add(ids)}::uuid[]) as parent(id) cross join lateral (${part}) part`;
}

function selected<T extends Aggregate>({ table, conditions }: List<T>, key: string, part: Part, parameters: Parameters): string {
  const columns = table.fields.map((field) => `x.${field.column}`).join(', ');
  return `select ${columns}, ${key} as sort_key from ${tableName(table)} x where ${ofParent(part.parent)}${conditionsSql(conditions, parameters)}`;
}

function continues(key: string | null, order: Order, place: Place, parameters: Parameters): string {
  const sign = order.descending ? '<' : '>';
  return key === null ? `x.id ${sign} ${parameters.add(place.id)}` : `(${key}, x.id) ${sign} (${parameters.add(place.key)}, ${parameters.add(place.id)})`;
}

/** The first records of each part, by its own index; of these the first of all. */
function selectParts<T extends Aggregate>(list: List<T>, parts: readonly OrderPart[], part: Part, parameters: Parameters): string {
  const limit = parameters.add(part.limit);
  const column = `x.${snake(list.order.key?.column ?? 'id')}`;
  const selects = parts.map(({ conditions, days }) => {
    const narrowed = { ...list, conditions: [...list.conditions, ...conditions] };
    if (days === null) return `(${selected(narrowed, `'${NEVER}'`, part, parameters)}${behindEnd(part.place, parameters)} order by x.id limit ${limit})`;
    const key = `to_char((${column}::timestamptz + make_interval(days => ${parameters.add(days)})) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
    return `(${selected(narrowed, key, part, parameters)}${behindDays(column, days, part.place, parameters)} order by ${column}, x.id limit ${limit})`;
  });
  return `select * from (${selects.join(' union all ')}) parts order by sort_key collate "C", id limit ${limit}`;
}

function behindDays(column: string, days: number, place: Place | null, parameters: Parameters): string {
  if (place === null) return '';
  return ` and (${column}, x.id) > (${parameters.add(plusDays(String(place.key), -days))}, ${parameters.add(place.id)})`;
}

function behindEnd(place: Place | null, parameters: Parameters): string {
  return place?.key === NEVER ? ` and x.id > ${parameters.add(place.id)}` : '';
}

function ofParent(column: string | undefined): string {
  return column === undefined ? '' : `x.${snake(column)} = parent.id and `;
}

function tableName<T extends Aggregate>(table: GovernedTable<T>): string {
  return table.schema.options.tableName ?? '';
}
