// Each mutation of the schema, sent twice with one key over the wire: the second time it is answered with what was done the first time, and not done;
// something else under its key is refused. What has no key is listed, with the reason.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { ROW_COLUMNS } from '../../src/domain/risk-rows.js';
import { SimulationsService } from '../../src/gate/simulations.service.js';
import { Acts, SCHEMA } from '../support/acts.js';
import { startApp, type GraphQLAnswer, type TestApp } from '../support/app.js';
import { connectTo } from '../support/register.js';
import { EveryCommand } from './every-command.js';
import { LateRecords } from './late-records.js';
import { documentOf, OPERATIONS, places, rootFields, spoiled } from './operations.js';
import { admitEverything, fillRegister, secondOrganization, type Register } from './register.js';

jest.setTimeout(120_000);

type Variables = Readonly<Record<string, unknown>>;
interface Told { readonly same: boolean; readonly entries: number; readonly otherwise: unknown }

/** With the reason why a repeat is not answered with what was done before; docs/decisions/0028-idempotency-keys.md. So is a DENY of authorizePromotion, which idempotency.spec.ts shows. */
const WITHOUT_KEY: Readonly<Record<string, string>> = {
  importRisks: 'the file is its own key: sent again it changes nothing',
  requestSignOff: 'shows what there is to sign now, with a new challenge',
};
/** Whatever one of these is exchanged for would be accepted, or refused behind the door only. */
const WORDS = ['expectedVersion', 'reason', 'note', 'rationale', 'title', 'name', 'displayName', 'label', 'statement', 'event', 'incident', 'text', 'audience', 'id', 'system', 'policy', 'environment'];
const TYPES: Readonly<Record<string, string>> = { ...Object.fromEntries(WORDS.map((word) => [word, 'string'])), expectedVersion: 'number' };
const PLACES = places(SCHEMA);
const MUTATIONS = [...rootFields(SCHEMA)].filter(([, kind]) => kind === 'mutation').map(([name]) => name);

let app: TestApp;
let admin: pg.Client;
let first: Register;
const told = new Map<string, Told>();

beforeAll(async () => {
  app = await startApp();
  admin = await connectTo(app.database.adminUrl, null);
  await admitEverything(app, 'all');
  first = await fillRegister(app, app.as, '', 'a1');
  const second = await fillRegister(app, await secondOrganization(app), 'other-', 'b2');
  const repeating: TestApp = { ...app, graphql: sendRepeatedly as TestApp['graphql'] };
  await new EveryCommand(new Acts(repeating), first).doAll();
  await new LateRecords(repeating, second).shown();
}, 240_000);
afterAll(async () => {
  await admin.end();
  await app.close();
});

/** A command that is done, and not known yet, is sent again with its key, and then another one with the same key. */
async function sendRepeatedly(handle: string, query: string, variables: Variables = {}): Promise<GraphQLAnswer<unknown>> {
  const [, name = ''] = /^mutation .*?\{ (\w+)/.exec(query) ?? [];
  const [key, ask] = [randomUUID(), (sent: string, given: Variables): Promise<GraphQLAnswer<unknown>> => send(handle, key, { query: sent, variables: given })];
  const answer = await ask(query, variables);
  if (name === '' || name in WITHOUT_KEY || told.has(name) || answer.errors !== undefined) return answer;
  await app.app.get(SimulationsService).settled();
  const before = await entries();
  const again = await ask(query, variables);
  const after = await entries();
  const different = otherwise(name, variables);
  const other = await ask(different === null ? query.replace('{ ', '{ other: ') : query, different ?? {});
  told.set(name, { same: JSON.stringify(again) === JSON.stringify(answer), entries: after - before, otherwise: codeOf(other) });
  return answer;
}

async function send(handle: string, key: string, body: object): Promise<GraphQLAnswer<unknown>> {
  const headers = { 'content-type': 'application/json', 'authorization': `Bearer ${await app.token(handle)}`, 'idempotency-key': key };
  return (await fetch(`${app.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) })).json() as Promise<GraphQLAnswer<unknown>>;
}

async function entries(): Promise<number> {
  return Number((await admin.query<{ count: string }>('select count(*) from audit.entry')).rows[0]!.count);
}

/** The same command with another argument: another version that was read, or other words. Null = it takes none. */
function otherwise(name: string, variables: Variables): Variables | null {
  const given = PLACES.filter(({ operation, path }) => operation === name && typeof at(variables, path) === TYPES[last(path)]);
  const [place] = [...given].sort((a, b) => WORDS.indexOf(last(a.path)) - WORDS.indexOf(last(b.path)));
  if (place === undefined) return null;
  const value = at(variables, place.path);
  return spoiled(variables, place.path, typeof value === 'number' ? value + 1000 : `${String(value)}1`);
}

function at(variables: unknown, path: readonly string[]): unknown {
  return path.reduce((value, step) => (value as Variables | null | undefined)?.[step], variables);
}

const last = (path: readonly string[]): string => path.at(-1) ?? '';

/** Of a change of many, what became of its item. */
function codeOf({ data, errors }: GraphQLAnswer<unknown>): unknown {
  return errors?.[0]?.extensions['code'] ?? /"code":"([A-Z_]+)"/.exec(JSON.stringify(data))?.[1];
}

describe('each command with a key is done once', () => {
  test.each(MUTATIONS.filter((name) => !(name in WITHOUT_KEY)))('%s', (name) => {
    expect(told.get(name)).toMatchObject({ same: true, entries: 0, otherwise: 'IDEMPOTENCY_KEY_REUSED' });
  });

  test('and was sent, but for the listed ones', () => {
    console.log(`${String(told.size)} of ${String(MUTATIONS.length)} commands repeated under their key; without one: ${Object.keys(WITHOUT_KEY).join(', ')}`);

    expect([...told.keys(), ...Object.keys(WITHOUT_KEY)].sort()).toEqual([...MUTATIONS].sort());
  });
});

describe('what has no key is answered from what is there now', () => {
  const twice = async (operation: string, args: Variables, selection: string): Promise<unknown[]> => {
    const [key, body] = [randomUUID(), { query: documentOf(SCHEMA, operation, Object.keys(args), selection), variables: args }];
    return [await send('sam', key, body), await send('sam', key, body)].map(({ data }) => (data as Variables)[operation]);
  };

  test('requestSignOff', async () => {
    const [one, other] = await twice('requestSignOff', OPERATIONS['requestSignOff']!.args(first), 'challenge');

    expect([one, other]).toEqual(Array(2).fill({ challenge: expect.any(String) }));
    expect(other).not.toEqual(one);
  });

  test('importRisks', async () => {
    const { number } = await new Acts(app).read<{ number: string }>('sam', 'system', { id: first.ids.system }, 'number');
    const csv = `${ROW_COLUMNS.join(',')}\nX-1,${number},a,b,c,sam,,owasp-llm@2025#LLM01,,\n`;

    expect(await twice('importRisks', { csv, dryRun: false }, 'created unchanged')).toEqual([{ created: 1, unchanged: 0 }, { created: 0, unchanged: 1 }]);
  });
});
