// What the layer says about each kind of mistake, asked of the layer itself: never a value, never a guess, always the place.
import { describe, expect, test } from '@jest/globals';
import { buildSchema, execute, GraphQLError, parse, validate } from 'graphql';
import { withoutValues } from './without-values.js';

const SECRET = 's3cr3t" at "x';
const SCHEMA = buildSchema(`
  enum Lane { RISK LEGAL } input Inner { challenge: String! lane: Lane count: Int flag: Boolean ratio: Float tags: [ID!] }
  type Query { ask(input: Inner, lane: Lane, count: Int, text: String): String }`);

/** All that the layer says, as it says it and as it is told. */
function said(document: string, variables: Readonly<Record<string, unknown>> = {}): { raw: string; told: string } {
  const errors = mistakes(document, variables);
  return { raw: errors.map(({ message }) => message).join('\n'), told: errors.map(({ message, originalError }) => withoutValues(message, originalError?.message)).join('\n') };
}

function mistakes(document: string, variables: Readonly<Record<string, unknown>>): readonly GraphQLError[] {
  try {
    const parsed = parse(document);
    const invalid = validate(SCHEMA, parsed);
    if (invalid.length > 0) return invalid;
    return (execute({ schema: SCHEMA, document: parsed, variableValues: variables, operationName: parsed.definitions.length > 1 ? 's3cr3t' : null }) as { errors: readonly GraphQLError[] }).errors;
  } catch (error) {
    return [error as GraphQLError];
  }
}

const INPUT = 'query ($i: Inner!) { ask(input: $i) }';

describe('a value that was sent as a variable is not told', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['beside a field that is missing', { lane: 'RISK', tags: [SECRET] }, 'Variable "$i" is invalid at "i": Field "challenge" of required type "String!" was not provided.'],
    ['beside a field that is not there', { challenge: SECRET, lanes: SECRET }, 'Variable "$i" is invalid at "i": Field "lanes" is not defined by type "Inner".'],
    ['where a text is wanted', { challenge: { s: SECRET } }, 'Variable "$i" is invalid at "i.challenge": String cannot represent a non string value.'],
    ['where a word is wanted', { challenge: '', lane: SECRET }, 'Variable "$i" is invalid at "i.lane": This value does not exist in "Lane" enum.'],
    ['where a word is wanted and none sent', { challenge: '', lane: [SECRET] }, 'Variable "$i" is invalid at "i.lane": Enum "Lane" cannot represent non-string value.'],
    ['where a number is wanted', { challenge: '', count: SECRET }, 'Variable "$i" is invalid at "i.count": Int cannot represent non-integer value.'],
    ['where a number of either kind is wanted', { challenge: '', ratio: SECRET }, 'Variable "$i" is invalid at "i.ratio": Float cannot represent non numeric value.'],
    ['where yes or no is wanted', { challenge: '', flag: SECRET }, 'Variable "$i" is invalid at "i.flag": Boolean cannot represent a non boolean value.'],
    ['in a list', { challenge: '', tags: ['a', { s: SECRET }] }, 'Variable "$i" is invalid at "i.tags[1]": ID cannot represent value.'],
  ])('%s', (_, value, told) => {
    const answer = said(INPUT, { i: value });

    expect(answer.raw).toContain('s3cr3t');
    expect(answer.told).toBe(told);
  });

  test('and what it is instead of an object', () => {
    expect(said(INPUT, { i: SECRET }).told).toBe('Variable "$i" is invalid at "i": Expected type "Inner" to be an object.');
  });

  test('nor what comes after it, where nobody says what the mistake was', () => {
    expect([withoutValues(`Variable "$i" got invalid value "${SECRET}"; x`), withoutValues(`Variable "$i" got invalid value "${SECRET}"; x`, 'y')]).toEqual(['Variable "$i" is invalid.', 'Variable "$i" is invalid.']);
  });
});

describe('a value that stands in the document is not told', () => {
  test.each([
    ['for a word', '{ ask(lane: "s3cr3t") }', 'Enum "Lane" cannot represent non-enum value.'], ['for another word', '{ ask(lane: s3cr3t) }', 'This value does not exist in "Lane" enum.'],
    ['for a number', '{ ask(count: "s3cr3t") }', 'Int cannot represent non-integer value.'], ['for a text', '{ ask(text: [s3cr3t]) }', 'String cannot represent a non string value.'],
    ['for an object', '{ ask(input: "s3cr3t") }', 'Expected value of type "Inner".'],
    ['where none belongs', '{ ask("s3cr3t") }', 'Syntax Error: Expected Name, found String.'], ['over several lines', '{ ask("""s3cr3t\n"x" """) }', 'Syntax Error: Expected Name, found BlockString.'],
    ['as the name of an operation', 'query A { ask } query B { ask }', 'The document has no operation of this name.'],
  ])('%s', (_, document, told) => {
    const answer = said(document);

    expect([answer.raw.includes('s3cr3t'), answer.told]).toEqual([true, told]);
  });
});

test('nothing is guessed', () => {
  const guesses = said(INPUT, { i: { challenge: '', chalenge: '', lane: 'RISC' } });

  expect(guesses.raw).toMatch(/Did you mean.*\n.*Did you mean/);
  expect(guesses.told).not.toMatch(/did you mean/i);
});

test('other words of the layer stay as they are', () => {
  for (const message of ['Cannot query field "viewr" on type "Query".', 'Syntax Error: Expected Name, found "}".', 'Variable "$i" of required type "Inner!" was not provided.']) expect(withoutValues(message)).toBe(message);
});
