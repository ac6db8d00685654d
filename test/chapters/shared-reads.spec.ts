// The reads of one GraphQL operation share one transaction: few statements, always the present state, and never two connections held at once.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { Pools, type PoolName } from '../../src/platform/pools.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import { SharedReads } from '../../src/platform/shared-reads.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { recordStatements, type Recorder } from '../support/statements.js';
import { fillRegister, riskInput, type Register } from './register.js';

let app: TestApp;
let register: Register;
let statements: Recorder;

beforeAll(async () => {
  app = await startApp();
  register = await fillRegister(app, app.as, '', 'a1');
  statements = recordStatements(app.app);
});
/** A connection that is never given back makes this wait for ever. */
afterEach(() => statements.idle());
afterAll(() => app.close());

const sharing = (handle: string): RequestContext & { reads: SharedReads } => ({ ...app.as(handle), reads: new SharedReads() });
const read = <T>(ctx: RequestContext, sql: string): Promise<T[]> => app.app.get(UnitOfWork).read(ctx, 'register.read', (scope) => scope.query<T>(sql));
const sqlOf = (sent: readonly { sql: string }[]): string[] => sent.map(({ sql }) => sql.slice(0, 40));

test('an operation enters once, however many root fields it has', async () => {
  const sent = await statements.during(() => app.graphql('axel', '{ a: risks(first: 1) { nodes { id } } b: risks(first: 2) { nodes { id } } viewer { id } }'));

  expect(sqlOf(sent).filter((sql) => sql.includes('identity.enter'))).toHaveLength(1);
  expect(sent.filter(({ sql }) => /find_principal|set_config|rollback/.test(sql))).toEqual([]);
});

test('all reads run in one transaction', async () => {
  const ctx = sharing('axel');
  const ids = await Promise.all([1, 2, 3].map(() => read<{ begun: Date; backend: number }>(ctx, 'select transaction_timestamp()::text as begun, pg_backend_pid() as backend')));
  await ctx.reads.end();

  expect(new Set(ids.map((rows) => JSON.stringify(rows))).size).toBe(1);
});

test('a later read of the same operation sees what was committed meanwhile, at a later time', async () => {
  const ctx = sharing('axel');
  const state = (): Promise<{ version: number }[]> => read(ctx, `select version from risks where id = '${register.ids.risk}'`);
  const times: string[] = [];
  const note = (): Promise<void> => app.app.get(UnitOfWork).read(ctx, 'register.read', async (scope) => { times.push(scope.now); });
  const before = await state();
  await note();
  await app.graphql('rita', 'mutation ($id: ID!, $v: Int!) { reopenRisk(id: $id, expectedVersion: $v, reason: "Look again.") { version } }', { id: register.ids.risk, v: register.versions.risk });
  const after = await state();
  await note();
  await ctx.reads.end();

  expect(after[0]!.version).toBe(before[0]!.version + 1);
  expect(times[1]! > times[0]!).toBe(true);
});

test('a failing statement spoils neither the reads beside it nor those after it', async () => {
  const ctx = sharing('axel');
  const results = await Promise.allSettled(['select 1 as one', 'select 1/0', 'select 1 as one', 'select no_such_thing', 'select 1 as one'].map((sql) => read(ctx, sql)));

  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
  expect(await read(ctx, 'select 1 as one')).toEqual([{ one: 1 }]);
  await ctx.reads.end();
});

test('a command that stops in the middle is ended after two seconds, since it holds locks; a reading one has longer', async () => {
  const patience = "select current_setting('idle_in_transaction_session_timeout') as patience";
  const work = app.app.get(UnitOfWork);
  const seen: unknown[] = [...await read(app.as('rita'), patience)];
  await work.write(app.as('rita'), 'log.read', async (tx) => {
    seen.push(...await tx.query(patience));
    tx.note('log.read', { type: 'Tenant', id: tx.ctx.tenantId, version: null });
  });
  seen.push(...await read(app.as('rita'), patience));

  expect(seen).toEqual([{ patience: '5s' }, { patience: '2s' }, { patience: '5s' }]);
});

test('a refusal leaves the transaction as it is', async () => {
  const ctx = sharing('axel');
  const backend = (): Promise<unknown[]> => read(ctx, 'select transaction_timestamp()::text as begun');
  const before = await backend();
  await expect(app.app.get(UnitOfWork).read(ctx, 'environment.create', () => Promise.resolve())).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });

  expect(await backend()).toEqual(before);
  await ctx.reads.end();
});

test('a command begins when no read of its request holds a connection, and reads begin anew after it', async () => {
  const { data, errors } = await app.graphql<Record<string, { version: number; owner: { handle: string } }>>('sam', `mutation ($id: ID!) {
    a: editSystem(id: $id, expectedVersion: 2, input: { name: "one" }) { version owner { handle } } b: editSystem(id: $id, expectedVersion: 3, input: { name: "two" }) { version owner { handle } } }`, { id: register.ids.system });

  expect(errors).toBeUndefined();
  expect(data).toEqual({ a: { version: 3, owner: { handle: 'sam' } }, b: { version: 4, owner: { handle: 'sam' } } });
});

test('operations that read and record at the same time do not wait for each other for ever', async () => {
  const text = `query ($place: String!) { gateDecision(question: { target: { bundleDigest: "${register.ids.bundleDigest}" }, environment: $place }) { verdict } risks { nodes { owner { handle } system { owner { handle } } } } systems { nodes { id } } }`;
  const answers = await Promise.all(Array.from({ length: 15 }, (_, i) => app.graphql<{ gateDecision: { verdict: string } }>('pipeline', text, { place: `nowhere-${i}` })));

  expect(answers.filter(({ errors }) => errors !== undefined)).toEqual([]);
  expect(new Set(answers.map(({ data }) => data?.gateDecision.verdict))).toEqual(new Set(['DENY']));
});

test('a client that goes away leaves no connection behind', async () => {
  const token = await app.token('axel');
  const gone = Array.from({ length: 10 }, () => {
    const leaving = new AbortController();
    const asked = fetch(`${app.url}/graphql`, {
      method: 'POST', signal: leaving.signal, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query: '{ systems { nodes { risks { nodes { id } } releases { nodes { id } } } } }' }),
    });
    setImmediate(() => leaving.abort());
    return asked.then(() => 'answered', () => 'left');
  });
  await Promise.all(gone);
  await statements.idle();

  expect((await app.graphql('axel', '{ viewer { number } }')).errors).toBeUndefined();
});

test.each(['{ viewer { id } nope }', '{ risk(id: "R-9999") { id } viewer { id } }', '{ risks(first: 0) { nodes { id } } }'])('an operation that fails gives its connection back: %s', async (query) => {
  expect((await app.graphql('axel', query)).errors).toHaveLength(1);
});

test('a document that goes round from risks to their system and back is refused before it has read the register many times over', async () => {
  for (let more = 0; more < 5; more += 1) await app.app.get(RisksService).log(app.as('sam'), register.ids.system, riskInput('sam'), false);
  // Seven risks of one system, five times round: within every limit of a document, and a few times what one operation may show.
  let fields = 'number';
  for (let round = 0; round < 5; round += 1) fields = `number risks(first: 7) { nodes { number system { ${fields} } } }`;
  const { errors } = await app.graphql('axel', `query ($id: ID!) { system(id: $id) { ${fields} } }`, { id: register.ids.system });

  expect(errors).toHaveLength(1);
  expect(errors![0]!.extensions).toMatchObject({ code: 'TOO_LARGE', retryable: false, details: { next: expect.stringContaining('fewer') } });
});

describe('while others use up their connections', () => {
  const question = (): object => ({ environment: 'dev', target: { bundleDigest: register.ids.bundleDigest } });
  const send = async (path: string, body: object, token?: string): Promise<Response> => fetch(`${app.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token ?? await app.token('pipeline')}` }, body: JSON.stringify(body) });
  const graphql = (query: string): Promise<Response> => send('/graphql', { query, variables: query.includes('$question') ? { question: question() } : {} });
  const asked = 'gateDecision(question: $question) { verdict }';
  const gate = [
    () => send('/v1/gate/check', question()), () => send('/v1/gate/authorize', question()), () => graphql(`query ($question: GateQuestionInput!) { __typename ${asked} }`),
    () => graphql('mutation ($question: GateQuestionInput!) { authorizePromotion(question: $question) { verdict grant { id } } }'),
  ];
  const others = [() => graphql('{ viewer { id } }'), () => graphql(`query ($question: GateQuestionInput!) { ${asked} viewer { id } }`), () => graphql('mutation { submitRisk(id: "R-1", expectedVersion: 1) { id } }')];

  /** All connections of one pool are taken, and nobody waits long for another. */
  async function without<T>(name: PoolName, work: () => Promise<T>): Promise<T> {
    const { master } = app.app.get(Pools)[name].driver as unknown as { master: pg.Pool };
    const held = await Promise.all(Array.from({ length: master.options.max }, () => master.connect()));
    const patience = master.options.connectionTimeoutMillis;
    master.options.connectionTimeoutMillis = 100;
    try {
      return await work();
    } finally {
      master.options.connectionTimeoutMillis = patience;
      for (const client of held) client.release();
    }
  }
  const told = async (answer: Response): Promise<unknown> => [answer.status, answer.headers.get('retry-after'), /"code":"OVERLOADED"|"verdict":"ALLOW"/.exec(await answer.text())?.[0]];
  const all = async (asks: readonly (() => Promise<Response>)[]): Promise<unknown[]> => Promise.all(asks.map(async (ask) => told(await ask())));
  const ALLOWED = [200, null, '"verdict":"ALLOW"'];
  const OVERLOADED = [503, '1', '"code":"OVERLOADED"'];

  test('the gate answers, and the server is ready, whatever readers and writers do; they are told when to come again', async () => {
    const { data } = await app.graphql<{ issueApiKey: { secret: string } }>('ada', 'mutation ($until: DateTime!) { issueApiKey(input: { name: "Nightly build", validUntil: $until }) { secret } }', { until: new Date(Date.now() + 86_400_000).toISOString() });
    await without('general', async () => {
      expect(await told(await send('/v1/gate/check', question(), data!.issueApiKey.secret))).toEqual(ALLOWED);
      expect(await all([...gate, ...others])).toEqual([...gate.map(() => ALLOWED), ...others.map(() => OVERLOADED)]);
      expect((await fetch(`${app.url}/health/ready`)).status).toBe(200);
    });
  });

  test('readers are answered, however many ask the gate; those are told when to come again', async () => {
    await without('gate', async () => {
      expect(await all(gate)).toEqual(gate.map(() => OVERLOADED));
      expect((await graphql('{ viewer { id } }')).status).toBe(200);
    });
  });
});
