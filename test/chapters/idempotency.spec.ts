// A command under an Idempotency-Key is done once: whoever sends it again is told what was done, by whichever server of the register.
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type pg from 'pg';
import { ROW_COLUMNS } from '../../src/domain/risk-rows.js';
import { AccountsService } from '../../src/identity/accounts.service.js';
import { embeddedKeys } from '../../src/identity/keys.js';
import { commandKey } from '../../src/platform/idempotency-key.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { createServer } from '../../src/server.js';
import { startApp, type TestApp } from '../support/app.js';
import { connectTo } from '../support/register.js';
import { fillRegister, type Register } from './register.js';

interface Told { readonly status: number; readonly headers: Headers; readonly body: { readonly data?: Readonly<Record<string, { id: string; number: string; version: number } | null>> | null; readonly errors?: readonly { extensions: { code: string; retryable: boolean } }[] } & Readonly<Record<string, unknown>> }
interface Sending { readonly key?: string; readonly handle?: string; readonly to?: string }

let app: TestApp;
let register: Register;
let other: NestFastifyApplication;
let db: pg.Client;
const repeated: string[] = [];

beforeAll(async () => {
  app = await startApp();
  const stop = repeatEveryWrite();
  register = await fillRegister(app, app.as, '', 'a1');
  stop();
  other = await anotherServer();
  db = await connectTo(app.database.appUrl, app.as('sam').tenantId);
}, 120_000);
afterAll(async () => {
  await db.end();
  await other.close();
  await app.close();
});

async function anotherServer(): Promise<NestFastifyApplication> {
  const server = await createServer({ databaseUrl: app.database.appUrl, poolSize: 10, keys: embeddedKeys(join(app.dataFolder, 'keys')), logLevel: 'silent', corsOrigins: ['https://risk.example'] });
  await server.listen(0, '127.0.0.1');
  return server;
}

/** Each command of the register is sent a second time under its key, with work that must not be done. */
function repeatEveryWrite(): () => void {
  const door = app.app.get(UnitOfWork);
  const write = door.write.bind(door);
  const spy = jest.spyOn(door, 'write').mockImplementation(async (ctx, permission, work) => {
    const keyed = (): typeof ctx => ({ ...ctx, command: commandKey({ method: 'POST', url: '/', headers: { 'idempotency-key': id } }, '') });
    const id = randomUUID();
    const done = await write(keyed(), permission, work);
    if (permission === 'gate.check') return done;
    const again = await write(keyed(), permission, async () => { throw new Error(`${permission} was done again`); });
    expect(again).toEqual(done);
    repeated.push(permission);
    return done;
  });
  return () => { spy.mockRestore(); };
}

async function send(path: string, body: unknown, { key, handle = 'sam', to = app.url }: Sending): Promise<Told> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await app.token(handle)}`, ...(key !== undefined && { 'idempotency-key': key }) };
  const response = await fetch(`${to}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, headers: response.headers, body: await response.json() as Told['body'] };
}

const mutate = (document: string, variables: object, sending: Sending): Promise<Told> => send('/graphql', { query: document, variables }, sending);

const LOG = 'mutation ($system: ID!, $event: String!) { logRisk(system: $system, input: { statement: { source: "a", event: $event, consequence: "c" }, owner: "sam", taxonomy: ["owasp-llm@2025#LLM01"] }) { id number version } }';
const logRisk = (event: string, sending: Sending): Promise<Told> => mutate(LOG, { system: register.ids.system, event }, sending);
const codeOf = ({ body }: Told): unknown => body.errors?.[0]?.extensions.code ?? body['code'];

async function count(sql: string): Promise<number> {
  return Number((await db.query<{ count: string }>(`select count(*) from ${sql}`)).rows[0]!.count);
}
const entries = (): Promise<number> => count('audit.entry where log_id = audit.current_log()');

test('every command of a whole register is answered a second time with exactly its result, and not done', () => {
  expect(new Set(repeated).size).toBeGreaterThan(20);
  expect(repeated).toContain('review.decide');
});

test('fifty at once, at two servers: one effect, one entry, and never two answers', async () => {
  const key = randomUUID();
  const before = await entries();
  const urls = [app.url, await other.getUrl()];

  const told = await Promise.all(Array.from({ length: 50 }, (_, i) => logRisk('fifty at once', { key, to: urls[i % 2]! })));

  const done = told.filter(({ body }) => body.errors === undefined).map(({ body }) => body.data);
  expect(done.length).toBeGreaterThan(0);
  expect(new Set(done.map((data) => JSON.stringify(data))).size).toBe(1);
  expect(new Set(told.filter(({ body }) => body.errors !== undefined).map(codeOf))).toEqual(done.length === 50 ? new Set() : new Set(['REQUEST_IN_PROGRESS']));
  expect(await count("risks where statement ->> 'event' = 'fifty at once'")).toBe(1);
  expect(await entries()).toBe(before + 1);
  expect((await logRisk('fifty at once', { key })).body.data).toEqual(done[0]);
});

test('the repeat is answered after a restart, too', async () => {
  const key = randomUUID();
  const first = await logRisk('before the restart', { key, to: await other.getUrl() });
  await other.close();
  other = await anotherServer();
  const before = await entries();

  const again = await logRisk('before the restart', { key, to: await other.getUrl() });

  expect(again.body).toEqual(first.body);
  expect(await entries()).toBe(before);
});

test('something else under the same key is refused, and not done', async () => {
  const key = randomUUID();
  await logRisk('the first', { key });
  const before = await entries();

  expect(codeOf(await logRisk('the second', { key }))).toBe('IDEMPOTENCY_KEY_REUSED');
  expect(codeOf(await mutate('mutation ($id: ID!) { other: submitRisk(id: $id, expectedVersion: 1) { id } }', { id: register.ids.risk }, { key }))).toBe('IDEMPOTENCY_KEY_REUSED');
  expect(await entries()).toBe(before);
});

test('an import is its own key: one that was used before is neither refused nor answered from memory', async () => {
  const headers = { 'content-type': 'text/csv', authorization: `Bearer ${await app.token('sam')}`, 'idempotency-key': randomUUID() };
  const { system } = (await db.query<{ system: string }>('select number as system from ai_systems where id = $1', [register.ids.system])).rows[0]!;
  const imported = async (event: string): Promise<unknown> => (await fetch(`${app.url}/v1/risks/import?dryRun=false`, { method: 'POST', headers, body: `${ROW_COLUMNS.join(',')}\n,${system},a,${event},c,sam,,owasp-llm@2025#LLM01,,\n` })).json();

  expect([await imported('first'), await imported('first'), await imported('second')]).toMatchObject([{ created: 1, unchanged: 0 }, { created: 0, unchanged: 1 }, { created: 1, unchanged: 0 }]);
});

test('the same key of somebody else is another key, and without a key each is a command of its own', async () => {
  const key = randomUUID();
  const told = [await logRisk('whose key', { key }), await logRisk('whose key', { key, handle: 'rita' }), await logRisk('whose key', {}), await logRisk('whose key', {})];

  expect(new Set(told.map(({ body }) => body.data?.['logRisk']?.id)).size).toBe(4);
});

test('a refusal is not kept: what was refused is decided anew, with the same key', async () => {
  const key = randomUUID();
  const { body } = await logRisk('to be closed', {});
  const close = (version: number): Promise<Told> => mutate('mutation ($id: ID!, $version: Int!) { rejectRisk(id: $id, expectedVersion: $version, reason: "No risk.") { id version } }', { id: body.data?.['logRisk']?.id, version }, { key, handle: 'rita' });

  expect(codeOf(await close(7))).toBe('CONFLICT');
  expect((await close(1)).body.data?.['rejectRisk']?.version).toBe(2);
  expect((await close(1)).body.data?.['rejectRisk']?.version).toBe(2);
});

test('two commands of one document have a key each, and so have the items of one command', async () => {
  const key = randomUUID();
  const document = LOG.replace('{ logRisk', '{ a: logRisk').replace(/ \}$/, ' b: logRisk(system: $system, input: { statement: { source: "a", event: $event, consequence: "c" }, owner: "sam", taxonomy: ["owasp-llm@2025#LLM01"] }) { id number version } }');
  const both = (): Promise<Told> => mutate(document, { system: register.ids.system, event: 'twice in one' }, { key });
  const first = await both();
  const changes = Object.values(first.body.data ?? {}).map((risk) => ({ id: risk!.id, expectedVersion: 1, action: 'REJECT', reason: 'No risk.' }));
  const bulkKey = randomUUID();
  const bulk = (): Promise<Told> => mutate('mutation ($changes: [BulkRiskChangeInput!]!) { bulkChangeRisks(changes: $changes) { risk { id version } error { code } } }', { changes }, { key: bulkKey, handle: 'rita' });
  const firstBulk = await bulk();
  const before = await entries();

  expect(new Set(Object.values(first.body.data ?? {}).map((risk) => risk?.id)).size).toBe(2);
  expect((await both()).body).toEqual(first.body);
  expect(JSON.stringify(firstBulk.body)).not.toMatch(/"code"/);
  for (const { id } of changes) expect(JSON.stringify(firstBulk.body)).toContain(id);
  expect((await bulk()).body).toEqual(firstBulk.body);
  expect(await entries()).toBe(before);
});

test('while the first is still carried out the second is told so, and to come again', async () => {
  const key = randomUUID();
  const hold = await connectTo(app.database.appUrl, app.as('sam').tenantId);
  await hold.query('begin');
  await hold.query('select id from ai_systems where id = $1 for update', [register.ids.system]);
  const assess = (): Promise<Told> => mutate('mutation ($id: ID!, $v: Int!) { editSystem(id: $id, expectedVersion: $v, input: { businessUnit: "Support" }) { id } }', { id: register.ids.system, v: register.versions.system }, { key });
  const first = assess();
  for (let waiting = 0; waiting === 0;) waiting = await count("pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()");

  const second = await assess();
  await hold.query('rollback');
  await hold.end();

  expect(second.body.errors?.[0]?.extensions).toMatchObject({ code: 'REQUEST_IN_PROGRESS', retryable: true });
  expect((await first).body.errors).toBeUndefined();
});

describe('the gate', () => {
  const ask = (path: string, key: string, environment: string): Promise<Told> => send(path, { target: { bundleDigest: register.ids.bundleDigest }, environment }, { key, handle: 'pipeline' });

  test('gives the same grant again as long as it is good for anything', async () => {
    const key = randomUUID();
    const [first, again] = [await ask('/v1/gate/authorize', key, 'dev'), await ask('/v1/gate/authorize', key, 'dev')];

    expect(first.body['verdict']).toBe('ALLOW');
    expect(again.body).toEqual(first.body);
    expect(await count("idempotency_keys where ends_at < now() + interval '1 hour' and ends_at > now()")).toBeGreaterThan(0);
    expect(codeOf(await ask('/v1/gate/authorize', key, 'production'))).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  test('never answers a question with what was so before', async () => {
    const key = randomUUID();
    const ids = [await ask('/v1/gate/authorize', key, 'production'), await ask('/v1/gate/authorize', key, 'production')].map(({ body }) => body['decisionId'] ?? body['id']);

    expect(ids[0]).toBeDefined();
    expect(ids[1]).not.toBe(ids[0]);
    expect((await ask('/v1/gate/check', key, 'dev')).status).toBe(200);
  });

  test('tells the status of a refused key over REST', async () => {
    const key = randomUUID();
    await ask('/v1/gate/authorize', key, 'dev');
    expect(await ask('/v1/gate/authorize', key, 'production')).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED', decision: false } });
    expect(await ask('/v1/gate/authorize', 'short', 'dev')).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT', details: { field: 'Idempotency-Key' } } });
  });
});

test('a key ends by itself: after that the same command is a new one, and the ended keys are swept', async () => {
  const key = randomUUID();
  const first = await logRisk('a day later', { key });
  await db.query("update idempotency_keys set ends_at = clock_timestamp() - interval '1 second'");
  const ended = await count('idempotency_keys');

  const later = await logRisk('a day later', { key });

  expect(later.body.data?.['logRisk']?.id).not.toBe(first.body.data?.['logRisk']?.id);
  expect(await count('idempotency_keys')).toBe(Math.max(ended - 20, 1));
});

test('whoever comes with a key that is being swept waits for that before anybody waits for them', async () => {
  const key = randomUUID();
  await logRisk('before', { key });
  const sweeping = await connectTo(app.database.appUrl, app.as('sam').tenantId);
  await sweeping.query("begin; update idempotency_keys set ends_at = clock_timestamp() - interval '1 second'; commit; begin; select from idempotency_keys for update");
  const again = logRisk('before', { key });
  for (let waiting = 0; waiting === 0;) waiting = await count("pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()");

  const beside = await logRisk('beside it', {});
  await sweeping.end();

  expect([codeOf(beside), codeOf(await again)]).toEqual([undefined, undefined]);
});

test('the log names the command by the digest of its key', async () => {
  const key = randomUUID();
  await logRisk('named in the log', { key });
  const { rows } = await db.query<{ entry: Buffer }>('select entry from audit.entries where log_id = audit.current_log() order by seq desc limit 1');

  const { idempotencyKey } = JSON.parse(rows[0]!.entry.toString()) as { idempotencyKey: string };
  expect(idempotencyKey).toMatch(/^[0-9a-f]{64}$/);
  expect(rows[0]!.entry.toString()).not.toContain(key);
});

test('whoever may not do it any more is not told again what was done', async () => {
  const key = randomUUID();
  const mine = (): Promise<Told> => logRisk('before the account was closed', { key, handle: 'dana' });
  expect((await mine()).body.errors).toBeUndefined();
  await app.app.get(AccountsService).close(app.as('ada'), { id: app.as('dana').principalId, expectedVersion: 1 }, 'Has left.');

  expect(codeOf(await mine())).toMatch(/UNAUTHENTICATED|PERMISSION_DENIED/);
});

test('a page of an allowed origin may send a key, and no other page anything', async () => {
  const ask = async (origin: string): Promise<Headers> => (await fetch(`${await other.getUrl()}/graphql`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'idempotency-key' } })).headers;
  const [allowed, foreign] = [await ask('https://risk.example'), await ask('https://elsewhere.example')];

  expect([allowed.get('access-control-allow-origin'), allowed.get('access-control-allow-headers')]).toEqual(['https://risk.example', expect.stringContaining('idempotency-key')]);
  expect([foreign.get('access-control-allow-origin'), allowed.get('access-control-allow-credentials')]).toEqual([null, null]);
});
