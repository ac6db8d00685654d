// Bad values in every argument of every operation of the published schema: each a typed refusal, never an error of the server, and nothing is written.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import pg from 'pg';
import { startApp, type GraphQLAnswer, type TestApp } from '../support/app.js';
import { documentOf, OPERATIONS, places, referenceAt, rootFields, spoiled, type Arguments, type Place } from './operations.js';
import { admitEverything, fillRegister, type Register } from './register.js';

const SCHEMA = buildSchema(readFileSync(join(import.meta.dirname, '../../src/schema.graphql'), 'utf8'));
const PLACES = places(SCHEMA);
const FULL = process.env['CAMPAIGN'] === 'full';
const UNKEEPABLE = ['a\u0000b', 'half \ud800 a pair'];
/** Answers with a refusal of each item among its results (bulk.spec.ts). */
const ITEMWISE = 'bulkChangeRisks';
const TEXTS = PLACES.filter(({ type, operation }) => (type === 'String' || type === 'ID') && operation !== ITEMWISE);
const VERSIONED = PLACES.filter(({ path }) => path.join() === 'expectedVersion').map(({ operation }) => operation);

let app: TestApp;
let own: Register;
let before: string;

beforeAll(async () => {
  app = await startApp();
  await admitEverything(app, 'all');
  own = await fillRegister(app, app.as, '', 'a1');
});

afterAll(() => app.close());

/** Every row of every governed table, and how many facts the logs hold (a recorded refusal is no change). */
async function governedState(): Promise<string> {
  const client = new pg.Client({ connectionString: app.database.adminUrl });
  await client.connect();
  const tables = await client.query<{ name: string }>("select c.relname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'demand_entry' order by 1");
  const parts = await Promise.all(tables.rows.map(({ name }) => client.query(`select '${name}' as name, count(*), md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from ${name} t`)));
  await client.end();
  expect(tables.rows.length).toBeGreaterThan(10);
  return JSON.stringify(parts.map((part) => part.rows as unknown[]));
}

async function send(operation: string, variables: Arguments): Promise<{ status: number; text: string; answer: GraphQLAnswer<Record<string, unknown>> }> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${await app.token('all')}` }, body: JSON.stringify({ query: documentOf(SCHEMA, operation, Object.keys(variables)), variables }),
  });
  const text = await response.text();
  return { status: response.status, text, answer: JSON.parse(text) as GraphQLAnswer<Record<string, unknown>> };
}

async function codeOf(operation: string, variables: Arguments): Promise<unknown> {
  const { status, answer, text } = await send(operation, variables);
  expect({ operation, status, text: status < 500 ? '' : text }).toEqual({ operation, status: expect.any(Number), text: '' });
  return answer.errors?.[0]?.extensions['code'] ?? answer.data;
}

function argsOf(operation: string, register: Register = own): Arguments {
  return OPERATIONS[operation]?.args(register) ?? {};
}

const named = (list: readonly Place[]): [string, Place][] => list.map((place) => [`${place.operation} ${place.path.join('.')}`, place]);

test('every operation of the schema has sample arguments, and no sample is left over', () => {
  expect(Object.keys(OPERATIONS).sort()).toEqual([...rootFields(SCHEMA).keys()].sort());
  expect([TEXTS.length, VERSIONED.length].every((count) => count > 15)).toBe(true);
  expect(TEXTS.filter((place) => place.type === 'ID' && referenceAt(place) === null)).toEqual([]);
});

test.each([...rootFields(SCHEMA)].filter(([, kind]) => kind === 'query').map(([name]) => name))('the sample of the query %s is answered', async (operation) => {
  expect(await send(operation, argsOf(operation))).toMatchObject({ status: 200, answer: { data: { [operation]: expect.anything() } } });
});

/** From here on nothing may be written: a question to the gate was, as a decision. */
test('what is there is looked at', async () => {
  before = await governedState();
  expect(before.length).toBeGreaterThan(1000);
});

describe('a reference that is neither id nor number is not found', () => {
  test.each(['', ' ', 'R-', 'R-0', 'r-1', "' or 1=1 --", '%', '00000000-0000-0000-0000-00000000000g', '../1', '💥'])('%j', async (id) => {
    for (const operation of ['risk', 'node', 'system', 'environment']) {
      expect(await codeOf(operation, operation === 'environment' ? { name: id } : { id })).toBe('NOT_FOUND');
    }
  });
});

describe('text that cannot be kept is refused wherever text is taken', () => {
  test.each(named(TEXTS))('%s', async (name, place) => {
    // One way of it for each place, by turns; both wherever the campaigns run.
    for (const text of FULL ? UNKEEPABLE : [UNKEEPABLE[name.length % UNKEEPABLE.length]!]) {
      expect(await codeOf(place.operation, spoiled(argsOf(place.operation), place.path, text))).toBe('INVALID_TEXT');
    }
  });

  test('and also as a literal in the document', async () => {
    const { errors } = await app.graphql('all', '{ risk(id: "a\\u0000") { id } }');
    expect(errors?.[0]?.extensions['code']).toBe('INVALID_TEXT');
    expect((await app.graphql('all', '{ risk(id: "\\uD800") { id } }')).errors?.[0]?.extensions['code']).toBe('INVALID_INPUT');
  });
});

describe('a text of 100,000 characters is refused without being sent back', () => {
  test.each(named(TEXTS))('%s', async (_, place) => {
    const { status, text, answer } = await send(place.operation, spoiled(argsOf(place.operation), place.path, 'x'.repeat(100_000)));

    expect(status).toBeLessThan(500);
    expect(['INVALID_INPUT', 'TOO_LARGE', 'INVALID_DIGEST', 'NOT_FOUND', 'NOT_ELIGIBLE', 'POLICY_INVALID']).toContain(answer.errors?.[0]?.extensions['code']);
    expect(text.length).toBeLessThan(2000);
  });
});

describe('an unknown value of an enum, an object for a text, a text for a number', () => {
  test.each(named(PLACES))('%s', async (_, place) => {
    for (const wrong of place.isEnum ? ['NONSENSE', 'x'.repeat(10_000), 1] : place.type === 'JSONObject' ? ['text', 1, [{ a: 1 }]] : [{ a: 1 }, ...(['Int', 'Boolean'].includes(place.type) ? ['text', 2 ** 53 + 1, 1e300] : [])]) {
      const { text, answer } = await send(place.operation, spoiled(argsOf(place.operation), place.path, wrong));
      expect({ wrong, code: answer.errors?.[0]?.extensions['code'] }).toEqual({ wrong, code: 'INVALID_INPUT' });
      expect(text).not.toMatch(/did you mean/i);
      expect(text.length).toBeLessThan(3000);
    }
  });
});

describe('the version that a change expects', () => {
  test.each(VERSIONED)('%s answers another one with the present one', async (operation) => {
    const { answer } = await send(operation, { ...argsOf(operation), expectedVersion: 999 });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', currentVersion: operation === 'requestAcceptance' ? own.versions.risk : argsOf(operation)['expectedVersion'], details: { expected: '999' } });
  });

  test.each(VERSIONED)('%s refuses none at all, null, and what is no number', async (operation) => {
    const { expectedVersion: _, ...without } = argsOf(operation);
    expect(await codeOf(operation, without)).toBe('PRECONDITION_REQUIRED');
    for (const variables of [null, '1', 1.5, 2 ** 31].map((expectedVersion) => ({ ...without, expectedVersion }))) expect(await codeOf(operation, variables)).toBe('INVALID_INPUT');
  });

  test('every mutation that changes an existing record takes one', () => {
    const mutations = [...rootFields(SCHEMA)].filter(([, kind]) => kind === 'mutation').map(([name]) => name);
    // Who was there first is a rule of claims themselves, and a review is a part of its promotion without a version of its own.
    const claims = ['claimReview', 'releaseReview'];
    // What is said about a record changes nothing of it.
    expect(mutations.filter((name) => OPERATIONS[name]?.of !== undefined && !VERSIONED.includes(name)).sort()).toEqual([...claims, 'commentOnPromotion'].sort());
  });
});

test('of all of this nothing was written', async () => {
  expect(await governedState()).toBe(before);
});
