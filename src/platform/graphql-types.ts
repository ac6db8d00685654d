/** The building blocks of the published schema: nodes, pages, instants, and enums made from the rules' own lists. */
import { Field, ID, Int, InterfaceType, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Type } from '@nestjs/common';
import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';
import { isDay, isInstant } from '../domain/clock.js';
import { MAX_COUNT, type Page } from './paging.js';
import type { Lifecycle } from '../domain/lifecycle.js';
import type { JsonObject as JsonValue } from '../domain/payload.js';
import { REFUSAL_CODES } from '../domain/refusal.js';
import { LEVELS } from '../domain/scoring.js';

const INSTANT = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

function parseInstant(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  const [, day = ''] = INSTANT.exec(text) ?? [];
  const time = isDay(day) ? Date.parse(text) : Number.NaN;
  const instant = Number.isNaN(time) ? '' : new Date(time).toISOString();
  if (!isInstant(instant)) throw new GraphQLError('A DateTime is an instant such as 2026-11-23T09:00:00Z, in UTC of the years 1 to 9999.', { extensions: { code: 'BAD_USER_INPUT' } });
  return instant;
}

export const DateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime', description: 'An instant in RFC 3339 form, given back in UTC with milliseconds, such as 2026-11-23T09:00:00.000Z.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => String(value), parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(node.kind === Kind.STRING ? node.value : null),
});

function parseObject(value: unknown): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new GraphQLError('A JSONObject is an object of JSON, such as {"accuracy": 0.93}.', { extensions: { code: 'BAD_USER_INPUT' } });
  return value as JsonValue;
}

export const JsonObject = new GraphQLScalarType<JsonValue, JsonValue>({
  name: 'JSONObject', description: 'An object of JSON (RFC 8259) with any values: texts, numbers, true, false, null, lists and objects.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  serialize: (value) => value as JsonValue, parseValue: parseObject,
  parseLiteral: (node, variables) => parseObject(valueFromASTUntyped(node, variables)),
});

@InterfaceType('Node', { description: 'Anything that can be asked for again by its opaque id.' })
export abstract class NodeModel {
  @Field(() => ID, { description: 'Opaque id, stable for ever and unique across all types.' }) id!: string;
}

@ObjectType('PageInfo', { description: 'Where a page of a list begins and ends, and how to ask for the next one.' })
export class PageInfoModel {
  @Field({ description: 'True while more records follow after this page.' }) hasNextPage!: boolean;
  @Field({ description: 'True when this page was asked for with `after`, so that records come before it.' }) hasPreviousPage!: boolean;
  @Field(() => String, { nullable: true, description: 'The cursor of the first record here; null on an empty page.' }) startCursor!: string | null;
  @Field(() => String, { nullable: true, description: 'Send this as `after` to get the following page; null on an empty page.' }) endCursor!: string | null;
}

@ObjectType('TotalCount', { description: 'How many records a list has. Counting stops beyond a thousand, as does a search for words.' })
export class TotalCountModel {
  @Field(() => Int, { description: `The number of records; ${String(MAX_COUNT + 1)} stands for "more than ${String(MAX_COUNT)}".` }) value!: number;
  @Field({ description: 'False when counting stopped: there are at least that many.' }) isExact!: boolean;
}

interface Edge<T> { cursor: string; node: T }
export interface Connection<T> { nodes: T[]; edges: Edge<T>[]; pageInfo: PageInfoModel; totalCount: TotalCountModel | Promise<TotalCountModel> }

/** The page type of a list, such as RiskConnection. */
export function connectionOf<T>(name: string, node: () => Type<T>): Type<Connection<T>> {
  @ObjectType(`${name}Edge`, { description: `One record of a list of ${name} records, with its place in it.` })
  class EdgeOf implements Edge<T> {
    @Field({ description: 'Send this as `after` to get what follows this record, in the same list and order.' }) cursor!: string;
    @Field(() => node(), { description: 'The record itself, as it stands now.' }) node!: T;
  }
  @ObjectType(`${name}Connection`, { description: `One page of ${name} records, in a stable order.` })
  class PageOf implements Connection<T> {
    @Field(() => [node()], { description: 'The records of this page, at most as many as were asked for.' }) nodes!: T[];
    @Field(() => [EdgeOf], { description: 'The same records, each with its own cursor.' }) edges!: EdgeOf[];
    @Field(() => PageInfoModel, { description: 'Whether and where the list goes on.' }) pageInfo!: PageInfoModel;
    @Field(() => TotalCountModel, { description: 'How long the whole list is, over all pages; counted only when it is asked for.' }) totalCount!: TotalCountModel;
  }
  Object.defineProperty(EdgeOf, 'name', { value: `${name}Edge` });
  Object.defineProperty(PageOf, 'name', { value: `${name}Connection` });
  return PageOf;
}

export function toConnection<T, U>(page: Page<T>, show: (node: T) => U): Connection<U> {
  const { hasNextPage, hasPreviousPage, startCursor, endCursor, cursors } = page;
  const nodes = page.nodes.map(show);
  return {
    nodes, edges: nodes.map((node, i) => ({ node, cursor: cursors[i] ?? '' })), pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor },
    get totalCount() { return page.count(); },
  };
}

type EnumValues<T extends string> = Partial<Record<T, { description: string }>>;

/** Publishes a list of the rules as an enum; every value carries a description of its own where one is given. */
export function publishEnum<const T extends string>(name: string, values: readonly T[], description: string, valuesMap: EnumValues<T> = {}): Record<T, T> {
  const published = Object.fromEntries(values.map((value) => [value, value])) as Record<T, T>;
  registerEnumType(published, { name, description, valuesMap: valuesMap });
  return published;
}

/** The actions of a lifecycle as an enum, in the order of its table. */
export function publishActions<State extends string, Action extends string>(name: string, lifecycle: Lifecycle<State, Action>, description: string): Record<Action, Action> {
  return publishEnum(name, [...new Set(lifecycle.states.flatMap((state) => lifecycle.actionsFrom(state)))], description);
}

export const RefusalCodeEnum = publishEnum('RefusalCode', REFUSAL_CODES, 'Why a command was refused: `errors[0].extensions.code`. Codes are permanent; new ones may be added.');

export const LevelEnum = publishEnum('RiskLevel', LEVELS, 'How much a risk weighs, from least to most. Computed by the server from likelihood and consequences; means nothing without the version of the criteria.');
