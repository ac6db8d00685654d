/** Every type, field, argument, input field and enum of the published schema says something that its name does not say already. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, isInputObjectType, isInterfaceType, isIntrospectionType, isObjectType, isSpecifiedScalarType, type GraphQLSchema } from 'graphql';

interface Described { readonly path: string; readonly name: string; readonly description: string | null | undefined }

/** Words that tell nothing by themselves; they do not count as an addition. */
const STOP_WORDS = new Set(['a', 'an', 'the', 'of', 'to', 'in', 'on', 'at', 'by', 'for', 'with', 'from', 'and', 'or', 'is', 'are', 'be', 'it', 'its', 'this', 'that', 'as', 'has', 'which', 'what']);
const ADDED_WORDS = 3;

describe('the published schema', () => {
  test('describes every part of itself in words that its names do not have', () => {
    const schema = buildSchema(readFileSync(new URL('../src/schema.graphql', import.meta.url), 'utf8'));

    expect(partsOf(schema).length).toBeGreaterThan(200);
    expect(unclear(schema)).toEqual([]);
  });
});

describe('the check of descriptions', () => {
  test.each([
    ['a type', 'type Host { "Says whether anybody answers there." alive: Boolean }', 'Host'],
    ['a field', 'type Query { ping: Boolean }', 'Query.ping'],
    ['an argument', 'type Query { "Says whether anybody answers here." ping(host: String): Boolean }', 'Query.ping(host)'],
    ['an input field', '"""Tells which machine is meant.""" input Where { host: String }', 'Where.host'],
    ['an enum', 'enum Colour { RED }', 'Colour'],
    ['an interface', 'interface Named { "How colleagues call it in everyday talk." title: String }', 'Named'],
    ['a scalar', 'scalar Moment', 'Moment'],
  ])('finds %s without a description', (_, sdl, path) => {
    expect(unclear(buildSchema(sdl))).toEqual([path]);
  });

  test('finds a description that repeats the name', () => {
    const schema = buildSchema('type Query { "The risk owner of this risk." riskOwner: String, "The person who answers for it." owner: String }');

    expect(unclear(schema)).toEqual(['Query.riskOwner']);
  });

  test('counts a word once, and no word of the name in another case', () => {
    expect(addedWords('expectedVersion', 'Expected VERSION: number, number, number seen')).toEqual(['number', 'seen']);
  });
});

function unclear(schema: GraphQLSchema): string[] {
  return partsOf(schema).filter(({ name, description }) => addedWords(name, description ?? '').length < ADDED_WORDS).map(({ path }) => path);
}

function addedWords(name: string, description: string): string[] {
  const ofName = new Set(wordsOf(name.replace(/([a-z0-9])([A-Z])/g, '$1 $2')));
  return [...new Set(wordsOf(description))].filter((word) => !STOP_WORDS.has(word) && !ofName.has(word));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function partsOf(schema: GraphQLSchema): Described[] {
  const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type));
  return types.flatMap((type) => {
    const own: Described = { path: type.name, name: type.name, description: type.description };
    if (isInputObjectType(type)) return [own, ...Object.values(type.getFields()).map((field) => ({ path: `${type.name}.${field.name}`, name: field.name, description: field.description }))];
    if (!isObjectType(type) && !isInterfaceType(type)) return [own];
    // A code-first schema has no place to describe its roots; their fields are described like all others.
    const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
    return [...(isRoot ? [] : [own]), ...Object.values(type.getFields()).flatMap((field) => {
      const path = `${type.name}.${field.name}`;
      const args = field.args.map((arg) => ({ path: `${path}(${arg.name})`, name: arg.name, description: arg.description }));
      return [{ path, name: field.name, description: field.description }, ...args];
    })];
  });
}
