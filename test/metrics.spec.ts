// What the operator sees of a server: each number rises by exactly what happened, by names of ours alone, and never in the way of serving.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type pg from 'pg';
import { seedSystems } from '../src/cli/example.js';
import type { Permission } from '../src/domain/actor.js';
import type { Digest } from '../src/domain/digest.js';
import { Refusal } from '../src/domain/refusal.js';
import { GateService } from '../src/gate/gate.service.js';
import { Signer } from '../src/identity/signer.js';
import { Readiness } from '../src/platform/readiness.js';
import { embeddedKeys } from '../src/identity/keys.js';
import type { Database } from '../src/platform/database.js';
import { Pools } from '../src/platform/pools.js';
import { Metrics } from '../src/platform/metrics.js';
import { serveMetrics } from '../src/platform/metrics-server.js';
import type { Tx } from '../src/platform/transaction.js';
import { UnitOfWork } from '../src/platform/unit-of-work.js';
import { createServer } from '../src/server.js';
import { startApp, type RestAnswer, type TestApp } from './support/app.js';
import { cuttingProxy, type CuttingProxy } from './support/cutting-proxy.js';
import { parseMetrics, scrapeOf, type Scraper } from './support/metrics-text.js';
import { connectTo } from './support/register.js';
import { recordStatements } from './support/statements.js';

const PROJECT = join(import.meta.dirname, '..');

let app: TestApp;
let metrics: Scraper;
/** A second server of the same process over the same database, by way of a network that can break. */
let other: NestFastifyApplication;
let otherMetrics: Scraper;
let proxy: CuttingProxy;
/** What ships in the example’s first release. */
let bundleDigest: Digest;

beforeAll(async () => {
  app = await startApp();
  await seedSystems(app.app, app.as, PROJECT);
  const { data } = await app.graphql<{ release: { bundleDigest: Digest } }>('rita', '{ release(id: "REL-1") { bundleDigest } }');
  ({ bundleDigest } = data!.release);
  await ask('dev'); // With the first decision of an organization, the edition of the shipped policy is written down as well.
  metrics = await scrapeOf(app.app.get(Metrics).registry);
  proxy = await cuttingProxy(app.database.appUrl);
  other = await serverOver(proxy);
  otherMetrics = await scrapeOf(other.get(Metrics).registry);
});

afterAll(async () => {
  await metrics.close();
  await otherMetrics.close();
  await other.close();
  await proxy.close();
  await app.close();
});

async function serverOver({ url }: CuttingProxy): Promise<NestFastifyApplication> {
  return createServer({ databaseUrl: url, poolSize: 3, keys: embeddedKeys(join(app.dataFolder, 'keys')), logLevel: 'silent' });
}

const HTTP = 'http_request_duration_seconds_count{method="POST",route="/graphql",status="2xx"}';
const COMMITTED = 'writes_total{outcome="COMMITTED"}';
const ONE_COMMIT = { [COMMITTED]: 1, audit_entries_total: 1, commit_duration_seconds_count: 1 };

/** A root field that was asked for so many times. */
function field(type: 'query' | 'mutation' | 'none', name: string, outcome: string, times = 1): Record<string, number> {
  return { [`graphql_operations_total{type="${type}",field="${name}",outcome="${outcome}"}`]: times, [`graphql_operation_duration_seconds_count{type="${type}",field="${name}"}`]: times };
}

function decision(operation: string, environment: string, verdict: string): Record<string, number> {
  return { [`gate_decisions_total{operation="${operation}",environment="${environment}",verdict="${verdict}"}`]: 1, [`gate_decision_duration_seconds_count{operation="${operation}"}`]: 1 };
}

async function ask(environment: string, operation = 'check'): Promise<RestAnswer> {
  return app.rest('pipeline', `/v1/gate/${operation}`, { environment, target: { bundleDigest } });
}

/** The smallest command: a fact about the organization, and no record. */
function noteReading(tx: Tx): void {
  tx.note('log.read', { type: 'Tenant', id: tx.ctx.tenantId, version: null });
}

async function command(work: (tx: Tx, attempt: number) => void, { server = app.app, as = 'rita', permission = 'log.read' }: { server?: NestFastifyApplication; as?: string; permission?: Permission } = {}): Promise<unknown> {
  return server.get(UnitOfWork).write(app.as(as), permission, async (tx) => { work(tx, tx.attempt); }).catch((error: unknown) => error);
}

function trouble(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('requests', () => {
  test('count by route template and class of their status', async () => {
    const risen = await metrics.during(async () => {
      for (const path of ['/health/live', '/health/live', '/health/ready']) await fetch(`${app.url}${path}`);
      await fetch(`${app.url}/v1/gate/check`, { method: 'POST' });
      for (const method of ['DELETE', 'PROPFIND']) await fetch(`${app.url}/nowhere`, { method });
    });

    expect(risen).toEqual({
      'http_request_duration_seconds_count{method="GET",route="/health/live",status="2xx"}': 2,
      'http_request_duration_seconds_count{method="GET",route="/health/ready",status="2xx"}': 1,
      'http_request_duration_seconds_count{method="POST",route="/v1/gate/check",status="4xx"}': 1,
      'http_request_duration_seconds_count{method="DELETE",route="none",status="4xx"}': 1,
      'http_request_duration_seconds_count{method="OTHER",route="none",status="4xx"}': 1,
    });
  });

  test('over GraphQL count each root field by its own outcome, whatever it is called by the client', async () => {
    const risen = await metrics.during(() => app.graphql('rita', `
      query risk { systems: viewer { id } a: risk(id: "R-1") { number } b: risk(id: "R-1") { number } c: risk(id: "R-999") { number } ...more }
      fragment more on Query { left: system(id: "SYS-1") @skip(if: true) { id } promotions { nodes { id } } }`));

    expect(risen).toEqual({
      [HTTP]: 1, ...field('query', 'viewer', 'OK'), ...field('query', 'risk', 'OK', 2), ...field('query', 'promotions', 'OK'),
      'graphql_operations_total{type="query",field="risk",outcome="NOT_FOUND"}': 1, 'graphql_operation_duration_seconds_count{type="query",field="risk"}': 3,
    });
  });

  test('over GraphQL count documents that ask for nothing of ours as none', async () => {
    const risen = await metrics.during(async () => {
      await app.graphql('rita', '{ nothingOfThatName }');
      await app.graphql('rita', '{ __typename }');
    });

    expect(risen).toEqual({
      'http_request_duration_seconds_count{method="POST",route="/graphql",status="4xx"}': 1, [HTTP]: 1,
      ...field('none', 'none', 'INVALID_INPUT'), ...field('none', 'none', 'OK'), 'graphql_operation_duration_seconds_count{type="none",field="none"}': 2,
    });
  });
});

describe('readiness', () => {
  const FINE = { database: 'ok', schema: 'ok', signer: 'ok', clock: 'ok' };
  const asked = async (): Promise<unknown> => fetch(`${app.url}/health/ready`).then(async (answer) => [answer.status, answer.headers.get('retry-after'), await answer.json() as unknown]);
  const asAdmin = async (sql: string): Promise<void> => {
    const admin = await connectTo(app.database.adminUrl, null);
    await admin.query(sql);
    await admin.end();
  };

  test('names everything that was looked at', async () => {
    expect(await asked()).toEqual([200, null, { status: 'ready', checks: FINE }]);
  });

  test('ends while a migration of this program is missing or was changed, and not by those of a newer one', async () => {
    await asAdmin("insert into schema_migrations (name, digest) values ('9999_of_tomorrow.sql', 'x')");
    expect(await asked()).toEqual([200, null, { status: 'ready', checks: FINE }]);
    for (const [spoil, mend] of [["update schema_migrations set digest = digest || 'x' where name like '0014%'", "update schema_migrations set digest = left(digest, -1) where name like '0014%'"], ["update schema_migrations set name = 'x' || name where name like '0014%'", "update schema_migrations set name = substr(name, 2) where name like 'x0014%'"]] as const) {
      await asAdmin(spoil);
      expect(await asked()).toEqual([503, '1', { status: 'not ready', because: 'the schema is not that of this program', checks: { ...FINE, schema: 'failed' } }]);
      await asAdmin(mend);
    }
    expect(await asked()).toMatchObject([200, null, {}]);
  });

  test('ends while nothing can be signed', async () => {
    const broken = jest.spyOn(app.app.get(Signer), 'sign').mockImplementation(() => { throw new Error('the key is gone'); });

    expect(await asked()).toEqual([503, '1', { status: 'not ready', because: 'nothing can be signed', checks: { ...FINE, signer: 'failed' } }]);
    broken.mockRestore();
  });

  test.each([6000, -6000])('ends while the clock is %i ms from that of the database', async (apart) => {
    const wrong = jest.spyOn(app.app.get(Readiness), 'now').mockImplementation(() => Date.now() + apart);

    expect(await asked()).toEqual([503, '1', { status: 'not ready', because: 'the clock is not that of the database', checks: { ...FINE, clock: 'failed' } }]);
    wrong.mockRestore();
  });
});

describe('the gate', () => {
  const request = (operation: string): Record<string, number> => ({ [`http_request_duration_seconds_count{method="POST",route="/v1/gate/${operation}",status="2xx"}`]: 1 });

  test('counts what it decides by the kind of the environment, and the same when it remembers', async () => {
    expect(await metrics.during(() => ask('production'))).toEqual({ ...request('check'), ...decision('check', 'PRODUCTION', 'DENY'), ...ONE_COMMIT });
    expect(await metrics.during(() => ask('production'))).toEqual({ ...request('check'), ...decision('check', 'PRODUCTION', 'DENY') });
  });

  test('counts an ALLOW with its grant, and an environment that nobody knows', async () => {
    expect(await metrics.during(() => ask('dev', 'authorize'))).toEqual({ ...request('authorize'), ...decision('authorize', 'DEVELOPMENT', 'ALLOW'), ...ONE_COMMIT, audit_entries_total: 2 });
    expect(await metrics.during(() => ask('nowhere'))).toEqual({ ...request('check'), ...decision('check', 'none', 'DENY'), ...ONE_COMMIT });
  });

  test('counts no decision where a question is refused, nor where none is made', async () => {
    const risen = await metrics.during(async () => {
      await app.rest('pipeline', '/v1/gate/check', { environment: 'pilot', target: {} });
      await app.rest('dana', '/v1/gate/authorize', { environment: 'pilot', target: { bundleDigest } });
    });

    expect(Object.keys(risen).filter((name) => name.startsWith('gate_'))).toEqual([]);
    expect(risen).toMatchObject({ 'http_request_duration_seconds_count{method="POST",route="/v1/gate/check",status="4xx"}': 1, 'http_request_duration_seconds_count{method="POST",route="/v1/gate/authorize",status="4xx"}': 1 });
  });
});

describe('the door', () => {
  test('counts attempts that begin again apart from the command that ends well', async () => {
    const risen = await metrics.during(() => command((tx, attempt) => {
      if (attempt < 3) throw trouble('40001');
      noteReading(tx);
      noteReading(tx);
    }));

    expect(risen).toEqual({ ...ONE_COMMIT, write_retries_total: 2, audit_entries_total: 2 });
  });

  test('counts a command that never succeeds once, after its attempts', async () => {
    expect(await metrics.during(() => command(() => { throw trouble('40P01'); }))).toEqual({ write_retries_total: 5, 'writes_total{outcome="OVERLOADED"}': 1 });
  });

  test('counts a refusal by its code, and the entry that records it', async () => {
    const risen = await metrics.during(async () => {
      await command(noteReading, { as: 'pipeline' });
      await command(() => { throw new Refusal('CONFLICT'); });
      await command(() => { throw trouble('no code of ours'); });
    });

    expect(risen).toEqual({
      'writes_total{outcome="PERMISSION_DENIED"}': 1, 'refused_commands_total{record="RECORDED"}': 1, audit_entries_total: 1, commit_duration_seconds_count: 1,
      'writes_total{outcome="CONFLICT"}': 1, 'writes_total{outcome="INTERNAL_ERROR"}': 1,
    });
  });

  test('counts refused commands beyond the limit, which are not recorded', async () => {
    const { tenantId, principalId } = app.as('dana');
    const client = await connectTo(app.database.adminUrl, tenantId);
    await client.query(`insert into refusal_counts (tenant_id, principal_id, minute, refused)
      select $1, $2, date_trunc('minute', clock_timestamp()) + later * interval '1 minute', 60 from generate_series(0, 5) later
      on conflict (tenant_id, principal_id, minute) do update set refused = 60`, [tenantId, principalId]);
    await client.end();

    expect(await metrics.during(() => command(noteReading, { as: 'dana', permission: 'gate.authorize' }))).toEqual({ 'writes_total{outcome="PERMISSION_DENIED"}': 1, 'refused_commands_total{record="OVER_LIMIT"}': 1 });
  });

  test('counts what became of a write whose answer was lost', async () => {
    const cut = async (moment: 'BEFORE_COMMIT' | 'AFTER_COMMIT', work: () => Promise<unknown>): Promise<Record<string, number>> => otherMetrics.during(async () => {
      proxy.cutNext(moment);
      await work();
    });
    const question = { target: { kind: 'BUNDLE', bundleDigest }, system: null, environment: 'pilot', action: 'promote' } as const;

    expect(await cut('BEFORE_COMMIT', () => command(noteReading, { server: other }))).toEqual({ 'writes_total{outcome="OUTCOME_UNKNOWN"}': 1, commit_duration_seconds_count: 1 });
    expect(await cut('AFTER_COMMIT', () => other.get(GateService).authorize(app.as('pipeline'), question))).toEqual({ ...decision('authorize', 'PILOT', 'DENY'), ...ONE_COMMIT });
    expect(await cut('BEFORE_COMMIT', () => command(noteReading, { server: other, as: 'pipeline' }))).toEqual({
      'writes_total{outcome="PERMISSION_DENIED"}': 1, 'refused_commands_total{record="FAILED"}': 1, commit_duration_seconds_count: 1,
    });
  });
});

test('names that clients invent make no new series', async () => {
  const authorization = `Bearer ${await app.token('pipeline')}`;
  const send = async (name: string, method: string, path: string, body?: object): Promise<unknown> => (await fetch(`${app.url}${path}`, {
    method, headers: { authorization, 'x-request-id': name, 'content-type': 'application/json' }, body: body === undefined ? null : JSON.stringify(body),
  })).text();
  const invent = async (i: number): Promise<void> => {
    const name = `invented${String(i)}`;
    await send(name, 'GET', `/${name}/${name}?${name}=${name}`);
    await send(name, 'POST', '/graphql', { operationName: name, query: `query ${name} { ${name}: viewer { id } x${name}: risk(id: "${name}") { id } }`, extensions: { code: name } });
    if (i % 10 > 0) return;
    await send(name, 'PROPFIND', `/health/${name}`);
    await send(name, 'POST', '/graphql', { query: `{ ${name} }` });
    await send(name, 'POST', '/v1/gate/check', { environment: name, target: { bundleDigest } });
    await send(name, 'POST', '/v1/gate/check', { environment: 'pilot', action: name, target: { bundleDigest } });
  };
  const ours = async (): Promise<string[]> => [...(await metrics.scrape()).series.keys()].filter((key) => key.startsWith('countersign_'));
  await invent(0);
  const before = await ours();

  const risen = await metrics.during(async () => { for (let i = 1; i <= 200; i += 8) await Promise.all(Array.from({ length: 8 }, (_, k) => invent(i + k))); });

  expect(await ours()).toEqual(before);
  expect(before.join()).not.toContain('invented');
  expect(risen).toMatchObject({ ...field('query', 'viewer', 'OK', 200), 'gate_decisions_total{operation="check",environment="none",verdict="DENY"}': 20 });
}, 90_000);

test('two servers of one process count apart', async () => {
  const risen = await otherMetrics.during(async () => {
    expect(await metrics.during(() => ask('pilot'))).not.toEqual({});
    await app.graphql('rita', '{ viewer { id } }');
  });

  expect(risen).toEqual({});
});

describe('the database', () => {
  test('that has no connection left is told as that, and when to come again, over REST and GraphQL', async () => {
    const { general, gate } = other.get(Pools);
    const held = await Promise.all([general, gate].flatMap((each) => [1, 2, 3].map(() => clientsOf(each).connect())));
    const headers = { authorization: `Bearer ${await app.token('pipeline')}` };
    const ask = (url: string, payload: object): ReturnType<typeof other.inject> => other.inject({ method: 'POST', url, headers, payload });
    const answers = await Promise.all([ask('/v1/gate/check', { environment: 'dev', target: { bundleDigest } }), ask('/graphql', { query: '{ viewer { id } }' }), ask('/graphql', { query: 'mutation { submitRisk(id: "R-1", expectedVersion: 1) { id } }' })]);
    for (const client of held) client.release();

    for (const answer of answers) expect([answer.statusCode, answer.headers['retry-after'], answer.body]).toEqual([503, '1', expect.stringContaining('"code":"OVERLOADED"')]);
    expect((await ask('/graphql', { query: '{ viewer { id } }' })).statusCode).toBe(200);
  });

  const fresh = async (): Promise<ReadonlyMap<string, number>> => parseMetrics(await new Metrics(app.app.get(Pools)).registry.metrics()).series;
  const connections = (series: ReadonlyMap<string, number>): unknown[] => ['connections{pool="general",state="busy"}', 'connections{pool="general",state="idle"}', 'waiting{pool="general"}', 'connections_limit{pool="general"}'].map((name) => series.get(`countersign_database_${name}`));
  const clientsOf = ({ driver }: Database): pg.Pool => (driver as unknown as { master: pg.Pool }).master;
  const pool = (): pg.Pool => clientsOf(app.app.get(Pools).general);

  test('shows the pool as it is, and how large the log is', async () => {
    const { rows: [sizes] } = await pool().query<Record<'entry' | 'content', number>>("select pg_total_relation_size('audit.entry')::int as entry, pg_total_relation_size('audit.content')::int as content");
    const held = await pool().connect();
    const { idleCount } = pool();

    const series = await fresh();

    held.release();
    expect(connections(series)).toEqual([1, idleCount, 0, 10]);
    expect([series.get('countersign_audit_log_bytes{table="entry"}'), series.get('countersign_audit_log_bytes{table="content"}')]).toEqual([sizes!.entry, sizes!.content]);
    expect(sizes!.entry).toBeGreaterThan(8192);
  });

  test('is asked once for many scrapes', async () => {
    const { registry } = new Metrics(app.app.get(Pools));
    const sent = await recordStatements(app.app).during(() => Promise.all([registry.metrics(), registry.metrics(), registry.metrics()]));

    expect(sent.map(({ sql }) => sql)).toEqual([expect.stringContaining('pg_total_relation_size')]);
    expect(parseMetrics(await registry.metrics()).series.get('countersign_audit_log_bytes{table="entry"}')).toBeGreaterThan(0);
  });

  test('does not hold up a scrape while every connection is taken', async () => {
    const held = await Promise.all(Array.from({ length: 10 }, () => pool().connect()));
    const waiting = pool().connect();

    const series = await fresh();

    held.forEach((client) => { client.release(); });
    (await waiting).release();
    expect(connections(series)).toEqual([10, 0, 1, 10]);
    expect([...series.keys()].filter((key) => key.includes('audit_log_bytes'))).toEqual([]);
  });
});

describe('the listener', () => {
  test('serves GET /metrics and nothing else', async () => {
    const base = metrics.url.replace('/metrics', '');
    const asked = await Promise.all(([['GET', '/metrics'], ['GET', '/metrics?name=x'], ['HEAD', '/metrics'], ['POST', '/metrics'], ['GET', '/'], ['GET', '/metrics/x'], ['POST', '/graphql']] as const).map(async ([method, path]) => fetch(`${base}${path}`, { method })));

    expect(asked.map(({ status }) => status)).toEqual([200, 200, 405, 405, 404, 404, 404]);
    expect([asked[0]!.headers.get('content-type'), asked[2]!.headers.get('allow')]).toEqual([expect.stringMatching(/^text\/plain; version=0\.0\.4/), 'GET']);
  });

  test('is not the port of the public', async () => {
    const answer = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${await app.token('ada')}` } });

    expect([answer.status, await answer.text()]).toEqual([404, expect.not.stringContaining('countersign_')]);
  });

  test('names the variable when its place cannot be had', async () => {
    const { registry } = new Metrics(app.app.get(Pools));
    const port = Number(new URL(app.url).port);

    await expect(serveMetrics(registry, { port, host: '127.0.0.1' })).rejects.toMatchObject({ variable: 'METRICS_PORT', message: expect.stringMatching(`^METRICS_PORT ${String(port)} is taken`) });
    await expect(serveMetrics(registry, { port: 0, host: '203.0.113.9' })).rejects.toMatchObject({ variable: 'METRICS_HOST' });
  });

  test('answers while the database is away, without what only that knows', async () => {
    const network = await cuttingProxy(app.database.appUrl);
    const server = await serverOver(network);
    const scraper = await scrapeOf(server.get(Metrics).registry);
    await network.close();

    const { series } = await scraper.scrape();

    await scraper.close();
    await server.close();
    expect([...series.keys()].filter((key) => key.includes('audit_log_bytes'))).toEqual([]);
    expect([series.get('countersign_database_connections_limit{pool="gate"}'), series.get('countersign_writes_total{outcome="COMMITTED"}')]).toEqual([3, 0]);
  });
});

describe('docs/operations/metrics.md', () => {
  const text = readFileSync(join(PROJECT, 'docs/operations/metrics.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z0-9_]+)` \| (counter|gauge|histogram) \| (.*) \|$/gm)].map(([, name, type, rest]) => ({ name, type, rest: rest! }));
  const here = rows.filter(({ rest }) => process.platform === 'linux' || !rest.includes('Linux only'));

  test('lists every metric with its type, and none that is not there', async () => {
    const { families } = await metrics.scrape();

    expect(here.map(({ name, type }) => `${name!} ${type!}`).sort()).toEqual(families.map(({ name, type }) => `${name} ${type}`).sort());
    expect(families.filter(({ help }) => help === '')).toEqual([]);
  });

  test('lists the labels that our metrics have', async () => {
    await metrics.during(() => ask('pilot'));
    const labels = new Map<string, string>();
    for (const key of (await metrics.scrape()).series.keys()) {
      const [, name, inside = ''] = /^(countersign_\w+?)(?:_bucket)?(?:\{(.*)\})?$/.exec(key) ?? [];
      const named = [...inside.matchAll(/(\w+)="/g)].map(([, label]) => label!).filter((label) => label !== 'le');
      if (name !== undefined && !/_(sum|count)$/.test(name)) labels.set(name, named.map((label) => `\`${label}\``).join(', ') || '–');
    }

    const listed = rows.filter(({ name }) => name!.startsWith('countersign_')).map(({ name, rest }) => [name, rest.split(' | ')[0]]);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(labels));
  });
});
