// What a document may be: each limit on both sides, in a schema of its own.
import { describe, expect, test } from '@jest/globals';
import { buildSchema, getIntrospectionQuery, getOperationAST, parse, type GraphQLFormattedError } from 'graphql';
import { costOf } from './document-cost.js';
import { fewErrors, MAX_COST, tooMuch } from './limits.js';

const SCHEMA = buildSchema(`
  type Query { risks(first: Int! = 50): Page!, risk: Risk!, people: [Risk!]! }
  type Page { nodes: [Risk!]!, pageInfo: Info! } type Info { hasNextPage: Boolean! }
  interface Named { name: String! } type Risk implements Named { name: String!, risks(first: Int! = 50): Page!, self: Risk!, named: Named! }`);

const nested = (field: string, depth: number, leaf = 'name'): string => `${`${field}{`.repeat(depth)}${leaf}${'}'.repeat(depth)}`;
const times = (count: number, text: (i: number) => string): string => Array.from({ length: count }, (_, i) => text(i)).join(' ');
/** Each fragment uses the next one twice: 2^levels fields in a few hundred bytes. */
const bomb = (levels: number): string => `{ ...f0 } ${times(levels, (i) => `fragment f${String(i)} on Query { ...f${String(i + 1)} ...f${String(i + 1)} }`)} fragment f${String(levels)} on Query { risk { name } }`;

describe('a document', () => {
  test.each<[string, string]>([
    ['12 levels', `{ ${nested('risk', 11)} }`], ['15 aliases', `{ ${times(15, (i) => `a${String(i)}: __typename`)} }`], ['wrappers that count for nothing', `{ ${nested('self{nodes', 10)}${'}'.repeat(10)} }`],
    ['20 repeats', `{ ${times(21, () => 'name')} }`], ['one confirmation', 'mutation { confirmSignOff { id } }'],
    ['the standard introspection', getIntrospectionQuery()], ['all of introspection', getIntrospectionQuery({ specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true })],
  ])('may have %s', (_, text) => {
    expect(tooMuch(parse(text))).toBeNull();
  });

  test.each<[string, string]>([
    ['levels', `{ ${nested('risk', 12)} }`], ['levels', `query A { name } query B { ${nested('risk', 12)} }`], ['levels', `{ ...f } fragment f on Query { ${nested('risk', 12)} }`],
    ['levels', `{ ... { ${nested('risk', 6, '... on Risk { ...f }')} } } fragment f on Risk { ${nested('self', 6)} }`],
    ['levels in all', `{ ${nested('nodes', 31)} }`],
    ['aliases', `{ ${times(16, (i) => `a${String(i)}: __typename`)} }`], ['aliases', `{ ${times(4, () => '...f')} } fragment f on Query { ${times(4, (i) => `a${String(i)}: name`)} }`],
    ['fields', bomb(11)], ['fields', bomb(60)], ['fields that are repeated', `{ ${times(22, () => 'name')} }`], ['fields that are repeated', `{ ${times(500, () => 'viewer { id }')} }`],
    ['levels about the schema', `{ __schema { types { ${nested('ofType', 20)} } } }`], ['questions about the schema', `{ ${times(6, () => '__schema { description }')} }`],
    ['fields about the schema', `{ __schema { ${times(12, () => '...f')} } } fragment f on __Schema { types { ${times(45, (i) => `n${String(i)}`)} } }`],
    ['confirmSignOff', 'mutation { a: confirmSignOff { id } b: confirmSignOff { id } }'], ['confirmSignOff', 'mutation { confirmSignOff { id } ...f } fragment f on Mutation { confirmSignOff { id } }'],
  ])('is told of too many %s', (what, text) => {
    expect(tooMuch(parse(text))).toContain(` ${what}`);
  });

  test('whose fragments go round is left to validation', () => {
    expect(tooMuch(parse('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'))).toBeNull();
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('may ask for a field called %s', (name) => {
    expect(tooMuch(parse(`{ ${name} { ${name} } }`))).toBeNull();
  });
});

describe('the cost of an operation', () => {
  const cost = (text: string, variables: Readonly<Record<string, unknown>> = {}): number => {
    const document = parse(text);
    return costOf({ schema: SCHEMA, document, operation: getOperationAST(document, null)!, variables });
  };
  const lists = (sizes: readonly string[]): string => sizes.reduceRight((inner, size) => `risks${size} { nodes { ${inner} } }`, 'name');

  test('multiplies lists within lists, by argument, variable, default of the variable and default of the field', () => {
    const of = (size: number): number => 1 + size * (1 + 1 + size);

    expect(cost(`{ ${lists(['(first: 40)', '(first: 40)'])} }`)).toBe(of(40));
    expect(cost(`query ($n: Int!) { ${lists(['(first: $n)', '(first: $n)'])} }`, { n: 30 })).toBe(of(30));
    expect(cost(`query ($n: Int! = 20) { ${lists(['(first: $n)', '(first: $n)'])} }`)).toBe(of(20));
    expect(cost(`{ ${lists(['', ''])} }`)).toBe(of(50));
    expect(cost(`{ ...f } fragment f on Query { ... { ${lists(['', ''])} } }`)).toBe(of(50));
  });

  test('allows three lists of the usual length within each other, and neither four nor three of the greatest', () => {
    expect(cost(`{ ${lists(['', '', ''])} }`)).toBeLessThan(MAX_COST);
    expect(cost(`{ ${lists(['', '', '', ''])} }`)).toBeGreaterThan(MAX_COST);
    expect(cost(`query ($n: Int!) { ${lists(['(first: $n)', '(first: $n)', '(first: $n)'])} }`, { n: 100 })).toBeGreaterThan(MAX_COST);
  });

  test.each(['many', null, {}])('leaves a variable that is no number to the type of the argument: %j', (n) => {
    expect(cost('query ($n: Int!) { risks(first: $n) { nodes { name } } }', { n })).toBeGreaterThan(0);
  });

  test.each([-5, 0, 101, 1e308, 1.5])('is not counted for a page of a size that there is not: %j', (n) => {
    expect(() => cost('query ($n: Int!) { risks(first: $n) { nodes { name } } }', { n })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', facts: expect.objectContaining({ field: 'first' }) }));
    if (Number.isInteger(n) && n < 1e9) expect(() => cost(`{ risks(first: ${String(n)}) { nodes { name } } }`)).toThrow(/first is a whole number from 1 to 100/);
  });

  test('of fragments within fragments is computed once for each', () => {
    expect(cost(bomb(60))).toBeGreaterThan(MAX_COST);
  });
});

test('obligations of 100 systems under 15 names are refused, and those of a usual page are not', () => {
  const schema = buildSchema('type Query { systems(first: Int! = 50): [System!]! } type System { obligations: SystemObligations! } type SystemObligations { obligations: [LegalObligation!]! } type LegalObligation { because: [Ground!]!, servedBy: [Item!]!, confirmations: [Item!]! } type Ground { fact: String! } type Item { id: ID! }');
  const cost = (systems: number, aliases: number): number => {
    const document = parse(`{ systems(first: ${String(systems)}) { ${times(aliases, (i) => `a${String(i)}: obligations { obligations { because { fact } servedBy { id } confirmations { id } } }`)} } }`);
    return costOf({ schema, document, operation: getOperationAST(document, null)!, variables: {} });
  };
  expect(cost(50, 1)).toBeLessThan(MAX_COST);
  expect(cost(100, 15)).toBeGreaterThan(MAX_COST);
});

test('of many errors few are told, and of unknown directives one', () => {
  const errors = (messages: readonly string[]): GraphQLFormattedError[] => messages.map((message) => ({ message }));

  expect(fewErrors(errors(['Unknown directive "@a".', 'Unknown directive "@b".', 'Other.', 'Unknown directive "@c".']))).toEqual(errors(['Unknown directive "@a".', 'Other.']));
  expect(fewErrors(errors(['Same.', 'Same.', 'Too many validation errors, error limit reached. Validation aborted.']))).toEqual(errors(['Same.']));
  expect(fewErrors(errors(Array.from({ length: 50 }, (_, i) => `Error ${String(i)}.`)))).toHaveLength(5);
});
