/** The building blocks of the published schema: nodes, pages, instants, and enums made from the rules' own lists. */
import { Field, ID, InterfaceType, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Type } from '@nestjs/common';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import type { Page } from './paging.js';
import { REFUSAL_CODES } from '../domain/refusal.js';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

function parseInstant(value: unknown): string {
  const time = typeof value === 'string' && INSTANT.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new GraphQLError('A DateTime is an instant such as 2026-11-23T09:00:00Z.', { extensions: { code: 'BAD_USER_INPUT' } });
  return new Date(time).toISOString();
}

export const DateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime', description: 'An instant in RFC 3339 form, given back in UTC with milliseconds, such as 2026-11-23T09:00:00.000Z.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => String(value), parseValue: parseInstant,
  parseLiteral: (node) => parseInstant(node.kind === Kind.STRING ? node.value : null),
});

@InterfaceType('Node', { description: 'Anything that can be asked for again by its opaque id.' })
export abstract class NodeModel {
  @Field(() => ID, { description: 'Opaque id, stable for ever and unique across all types.' }) id!: string;
}

@ObjectType('PageInfo', { description: 'Where a page of a list ends, and how to ask for the next one.' })
export class PageInfoModel {
  @Field({ description: 'True while more records follow after this page.' }) hasNextPage!: boolean;
  @Field(() => String, { nullable: true, description: 'Send this as `after` to get the following page; null on an empty page.' }) endCursor!: string | null;
}

export interface Connection<T> { nodes: T[]; pageInfo: PageInfoModel }

/** The page type of a list, such as RiskConnection. */
export function connectionOf<T>(name: string, node: () => Type<T>): Type<Connection<T>> {
  @ObjectType(`${name}Connection`, { description: `One page of ${name} records, in a stable order.` })
  class PageOf implements Connection<T> {
    @Field(() => [node()], { description: 'The records of this page, at most as many as were asked for.' }) nodes!: T[];
    @Field(() => PageInfoModel, { description: 'Whether and where the list goes on.' }) pageInfo!: PageInfoModel;
  }
  Object.defineProperty(PageOf, 'name', { value: `${name}Connection` });
  return PageOf;
}

export function toConnection<T, U>(page: Page<T>, show: (node: T) => U): Connection<U> {
  return { nodes: page.nodes.map(show), pageInfo: { hasNextPage: page.hasNextPage, endCursor: page.endCursor } };
}

type EnumValues<T extends string> = Partial<Record<T, { description: string }>>;

/** Publishes a list of the rules as an enum; every value carries a description of its own where one is given. */
export function publishEnum<const T extends string>(name: string, values: readonly T[], description: string, valuesMap: EnumValues<T> = {}): Record<T, T> {
  const published = Object.fromEntries(values.map((value) => [value, value])) as Record<T, T>;
  registerEnumType(published, { name, description, valuesMap: valuesMap });
  return published;
}

export const RefusalCodeEnum = publishEnum('RefusalCode', REFUSAL_CODES, 'Why a command was refused: `errors[0].extensions.code`. Codes are permanent; new ones may be added.');
