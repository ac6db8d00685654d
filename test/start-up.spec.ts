// The server as a program: which settings stop its start and with what words, and how it lives over an external database and stops.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { mintToken } from '../src/identity/issuer.js';
import { createKeys } from '../src/identity/installed-keys.js';
import { embeddedKeys } from '../src/identity/keys.js';
import { cloneDatabase, type TestDatabase } from './support/database.js';
import { killAll, run, type Program } from './support/programs.js';
import { prepareDatabase } from '../src/platform/migrate.js';

const CHECKOUT = join(import.meta.dirname, '..');
/** A start that cannot succeed ends this long after the program is loaded; loading alone is measured, since it depends on what else the machine does. */
const STOPS_WITHIN_MS = 5000;

let project: string;
let loading = 0;
let database: TestDatabase;
const listeners: Server[] = [];
/** One that is never read from does not notice that the other side is gone. */
const accepted: Socket[] = [];

beforeAll(async () => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-start-')));
  for (const name of ['dist', 'migrations', 'package.json']) cpSync(join(CHECKOUT, name), join(project, name), { recursive: true });
  symlinkSync(join(CHECKOUT, 'node_modules'), join(project, 'node_modules'));
  database = await cloneDatabase();
  const begun = performance.now();
  await run(process.execPath, ['-e', `import(${JSON.stringify(join(project, 'dist/src/server.js'))}).then(() => process.exit())`], { cwd: '/', env: process.env }).ended();
  loading = performance.now() - begun;
});

afterAll(async () => {
  killAll();
  listeners.forEach((listener) => listener.close());
  accepted.forEach((socket) => socket.destroy());
  await database.drop();
  rmSync(project, { recursive: true });
});

function start(env: Readonly<Record<string, string>>): Program {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PORT|HOST|LOG_LEVEL|NODE_ENV|DATABASE_.*|COUNTERSIGN_.*|MIGRATION_.*|ADMIN_.*|METRICS_.*|NODE_OPTIONS)$/.test(name)));
  return run(process.execPath, [join(project, 'dist/src/main.js')], { cwd: '/', env: { ...clean, PORT: '0', COUNTERSIGN_DATA: join(project, 'data'), ...env } });
}

/** The one line by which a start was refused. */
async function refusal(env: Readonly<Record<string, string>>): Promise<string> {
  const begun = performance.now();
  const program = start(env);
  expect([await program.ended(), program.printed()]).toEqual([1, expect.not.stringMatching(/\n {4}at /)]);
  expect(performance.now() - begun).toBeLessThan(STOPS_WITHIN_MS + 5 * loading);
  const lines = program.printed().trim().split('\n').filter((line) => line.startsWith('countersign: '));
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

/** Several refused starts at once. */
async function refusals(...settings: Readonly<Record<string, string>>[]): Promise<string[]> {
  return Promise.all(settings.map(refusal));
}

async function listening(answer: (socket: Socket) => void, port = 0): Promise<number> {
  const server = createServer((socket) => {
    accepted.push(socket);
    answer(socket);
  });
  listeners.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function asAdmin<Row extends object>(sql: string, url = database.adminUrl): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

function elsewhere(url: string, name: string): string {
  return url.replace(/\/[^/?]+\?/, `/${name}?`);
}

describe('a start is refused in one line that names the variable', () => {
  test('for a value that cannot be used', async () => {
    expect(await refusals({ PORT: '70000' }, { NODE_ENV: 'production' })).toEqual([expect.stringMatching(/^countersign: PORT must be/), expect.stringMatching(/^countersign: DATABASE_URL is missing: with NODE_ENV=production/)]);
  });

  test('for a port that is taken, and an address that is not of this machine', async () => {
    const port = await listening((socket) => socket.destroy());
    const given: readonly Readonly<Record<string, string>>[] = [{ PORT: String(port) }, { HOST: '203.0.113.9' }, { METRICS_PORT: String(port) }, { METRICS_PORT: '0', METRICS_HOST: '203.0.113.9' }];

    const lines = await refusals(...given.map((settings) => ({ ...settings, DATABASE_URL: database.appUrl })));

    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^countersign: PORT ${port} is taken; choose another, such as PORT=`)), expect.stringMatching(/^countersign: HOST 203\.0\.113\.9 is no address of this machine/),
      expect.stringMatching(new RegExp(`^countersign: METRICS_PORT ${port} is taken; choose another, such as METRICS_PORT=`)), expect.stringMatching(/^countersign: METRICS_HOST 203\.0\.113\.9 is no address of this machine/),
    ]);
  });

  test('for a data folder that cannot be written', async () => {
    writeFileSync(join(project, 'a-file'), '');
    const unwritable = { COUNTERSIGN_DATA: join(project, 'a-file', 'data') };

    const lines = await refusals({ ...unwritable, DATABASE_URL: database.appUrl }, unwritable);

    for (const line of lines) expect(line).toMatch(/(?=.*a-file)(?=.*COUNTERSIGN_DATA)/);
  });
});

describe('a start in production is refused', () => {
  const refusedKeys = async (prepare: (folder: string) => void): Promise<string> => {
    const folder = mkdtempSync(join(project, 'keys-'));
    createKeys(folder);
    prepare(folder);
    return refusal({ NODE_ENV: 'production', DATABASE_URL: database.appUrl, COUNTERSIGN_KEYS: folder });
  };

  test('without keys, with keys that others may read, and with weak ones', async () => {
    const lines = await Promise.all([
      refusal({ NODE_ENV: 'production', DATABASE_URL: database.appUrl }), refusal({ NODE_ENV: 'production', DATABASE_URL: database.appUrl, COUNTERSIGN_KEYS: join(project, 'no-keys') }),
      refusedKeys((folder) => { chmodSync(join(folder, 'signing.pem'), 0o644); }), refusedKeys((folder) => { writeFileSync(join(folder, 'address.key'), '00'.repeat(32)); }),
    ]);

    expect(lines).toEqual(['is missing', 'names no folder', 'names .*signing.pem, which others may read', 'names a folder whose address.key is too weak'].map((problem) => expect.stringMatching(new RegExp(`^countersign: COUNTERSIGN_KEYS ${problem}`))));
  });

  test('with the administrator’s connection alone, wherever it is named, and told what to do', async () => {
    const keys = mkdtempSync(join(project, 'keys-'));
    createKeys(keys);
    const admin = database.adminUrl;
    const named: readonly Readonly<Record<string, string>>[] = [{ ADMIN_DATABASE_URL: admin }, { MIGRATION_DATABASE_URL: admin }, { DATABASE_URL: admin }, { DATABASE_URL: database.appUrl, MIGRATION_DATABASE_URL: admin }];

    const lines = await refusals(...named.map((urls) => ({ NODE_ENV: 'production', COUNTERSIGN_KEYS: keys, ...urls })));

    expect(lines).toEqual([
      expect.stringMatching(/^countersign: DATABASE_URL is missing: .*"countersign db prepare" has prepared/), expect.stringMatching(/^countersign: DATABASE_URL is missing, but MIGRATION_DATABASE_URL is set/),
      expect.stringMatching(/^countersign: DATABASE_URL: the role postgres could bypass the separation of tenants .*"countersign db prepare --urls-to <file>" makes it/),
      expect.stringMatching(/^countersign: MIGRATION_DATABASE_URL: the role postgres must not migrate, .*use the role countersign_owner: "countersign db prepare --urls-to <file>" makes it/),
    ]);
  });

  test('by a superuser, a role that owns tables, a password that everybody knows, and before the schema is there', async () => {
    const keys = mkdtempSync(join(project, 'keys-'));
    createKeys(keys);
    const name = `bare_${String(process.pid)}`;
    await prepareDatabase(elsewhere(database.adminUrl, 'postgres'), name);
    const urls = [database.adminUrl, database.ownerUrl, database.appUrl.replace('countersign_app@', 'countersign_app:known-to-everybody-set-APP_PASSWORD@'), elsewhere(database.appUrl, name)];

    const lines = await refusals(...urls.map((url) => ({ NODE_ENV: 'production', DATABASE_URL: url, COUNTERSIGN_KEYS: keys })));

    expect(lines).toEqual([': the role postgres could bypass', ': the role countersign_owner could bypass', ' carries a password that is known to everybody', ': \\d+ migrations have not run'].map((problem) => expect.stringMatching(new RegExp(`^countersign: DATABASE_URL${problem}`))));
    await asAdmin(`drop database ${name}`, elsewhere(database.adminUrl, 'postgres'));
  });
});

test('a start is refused in one line that names file and place of a broken catalogue', async () => {
  const file = join(project, 'dist/src/taxonomies/catalogues/owasp-llm@2025.catalogue.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('"id": "LLM02"', '"id": "LLM01"'));

  const line = await refusal({ DATABASE_URL: database.appUrl });

  writeFileSync(file, text);
  expect(line).toBe('countersign: owasp-llm@2025.catalogue.json: nodes.1.id LLM01 is there a second time');
});

describe('a database is refused', () => {
  const refused = async (...urls: string[]): Promise<string[]> => refusals(...urls.map((url) => ({ DATABASE_URL: url })));

  test('when nothing listens there, or something that is no PostgreSQL, or that never answers', async () => {
    const [closed, web, mute] = [await listening((socket) => socket.destroy()), await listening((socket) => { socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'); }), await listening((socket) => { socket.on('error', () => undefined); })];
    await new Promise((resolve) => listeners.find((listener) => (listener.address() as AddressInfo | null)?.port === closed)?.close(resolve));

    const lines = await refused(...[closed, web, mute].map((port) => `postgresql://countersign_app:hunter2@127.0.0.1:${port}/register`));

    expect(lines).toEqual([expect.stringMatching(/^countersign: DATABASE_URL: .*ECONNREFUSED/), expect.stringMatching(/^countersign: DATABASE_URL: \S+/), expect.stringMatching(/^countersign: DATABASE_URL: .*time/i)]);
    expect(lines.join()).not.toContain('hunter2');
  });

  test('when it does not exist, or does not know the role', async () => {
    const lines = await refused(elsewhere(database.appUrl, 'nowhere'), database.appUrl.replace('countersign_app@', 'stranger@'));

    expect(lines).toEqual(['nowhere', 'stranger'].map((name) => expect.stringMatching(new RegExp(`^countersign: DATABASE_URL: .*${name}.*; "countersign db prepare" makes roles and database$`))));
  });

  test('when the role is a superuser or owns the tables', async () => {
    const lines = await refused(database.adminUrl, database.ownerUrl);

    expect(lines).toEqual(['postgres', 'countersign_owner'].map((role) => expect.stringMatching(new RegExp(`^countersign: DATABASE_URL: the role ${role} could bypass the separation of tenants .*use the role countersign_app`))));
  });

  test('while migrations have not run, naming them', async () => {
    const name = `empty_${String(process.pid)}`;
    await prepareDatabase(elsewhere(database.adminUrl, 'postgres'), name);

    expect(await refused(elsewhere(database.appUrl, name))).toEqual([expect.stringMatching(/^countersign: DATABASE_URL: \d+ migrations have not run \(0001_audit_log\.sql, .*MIGRATION_DATABASE_URL/)]);
    await asAdmin(`drop database ${name}`, elsewhere(database.adminUrl, 'postgres'));
  });

  test('when a migration was changed after it had run', async () => {
    const changed = await cloneDatabase();
    await asAdmin("update public.schema_migrations set digest = 'other' where name like '0001%'", changed.adminUrl);

    expect(await refused(changed.appUrl)).toEqual([expect.stringMatching(/^countersign: DATABASE_URL: 0001_audit_log\.sql was changed after it had been run/)]);
    await changed.drop();
  });
});

describe('a server over an external database', () => {
  const name = `external_${String(process.pid)}`;
  let env: Record<string, string>;
  let program: Program;
  let url: string;

  beforeAll(async () => {
    await prepareDatabase(elsewhere(database.adminUrl, 'postgres'), name);
    env = { DATABASE_URL: elsewhere(database.appUrl, name), MIGRATION_DATABASE_URL: elsewhere(database.ownerUrl, name) };
  });

  afterAll(() => asAdmin(`drop database if exists ${name} with (force)`, elsewhere(database.adminUrl, 'postgres')));

  async function begin(): Promise<void> {
    program = start(env);
    url = `http://${(await program.line(/http:\/\/(\S+)\/graphql/))[1] ?? ''}`;
  }

  async function graphql(query: string): Promise<Record<string, unknown>> {
    const token = await mintToken(embeddedKeys(join(project, 'data', 'keys')), 'sam');
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query }) });
    return await answer.json() as Record<string, unknown>;
  }

  const health = async (what: string): Promise<number> => (await fetch(`${url}/health/${what}`)).status;

  test('migrates it, makes the example and answers', async () => {
    await begin();

    expect(program.printed()).toMatch(/migrating: 0001_audit_log\.sql[\s\S]*Making the example organization/);
    expect(await graphql('{ systems { nodes { number } } }')).toEqual({ data: { systems: { nodes: [{ number: 'SYS-1' }, { number: 'SYS-2' }, { number: 'SYS-3' }] } } });
    expect([await health('live'), await health('ready')]).toEqual([200, 200]);
  });

  test.each<[string, string]>([['GET', '/explorer'], ['GET', '/explorer/start.json'], ['GET', '/explorer/graphiql.js'], ['POST', '/explorer/token']])('has no explorer: %s %s', async (method, path) => {
    const answer = await fetch(`${url}${path}`, { method, headers: { 'content-type': 'application/json' }, ...(method === 'POST' && { body: '{"as":"rita"}' }) });

    expect([answer.status, await answer.json()]).toEqual([404, expect.objectContaining({ code: 'NOT_FOUND' })]);
    expect(program.printed()).not.toContain('Explorer');
  });

  test('stops without dropping the request that it is working on', async () => {
    const holder = new pg.Client({ connectionString: elsewhere(database.adminUrl, name) });
    await holder.connect();
    await holder.query('begin; select from ai_systems for update');
    const edited = graphql('mutation { editSystem(id: "SYS-1", expectedVersion: 2, input: { name: "Renamed" }) { name } }');
    await waitFor(async () => (await holder.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).rowCount === 1);

    const address = join(project, 'data', 'server.json');
    expect(JSON.parse(readFileSync(address, 'utf8'))).toMatchObject({ url: expect.stringMatching(/^http/) as unknown });
    program.signal('SIGTERM');
    await program.line(/Stopping/);
    await holder.query('rollback');
    await holder.end();

    expect(await edited).toEqual({ data: { editSystem: { name: 'Renamed' } } });
    expect(await program.ended()).toBe(0);
    expect(existsSync(address)).toBe(false);
  });

  test('keeps its data when it starts again, with the application’s role alone', async () => {
    delete env['MIGRATION_DATABASE_URL'];
    await begin();

    expect(program.printed()).not.toMatch(/migrating|Making/);
    expect(await graphql('{ system(id: "SYS-1") { name version } }')).toEqual({ data: { system: { name: 'Renamed', version: 3 } } });
  });

  test('is alive but not ready when the database is gone, allows nothing, and stops when asked', async () => {
    await asAdmin(`drop database ${name} with (force)`, elsewhere(database.adminUrl, 'postgres'));

    await waitFor(async () => await health('ready') === 503);
    expect(await health('live')).toBe(200);
    expect(await graphql('{ viewer { id } }')).toMatchObject({ errors: [{ extensions: { code: 'REGISTER_UNAVAILABLE', retryable: true } }] });
    const token = await mintToken(embeddedKeys(join(project, 'data', 'keys')), 'pipeline');
    const body = JSON.stringify({ target: { bundleDigest: 'ab'.repeat(32) }, environment: 'dev' });
    const gate = await fetch(`${url}/v1/gate/check`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body });
    expect([gate.status, await gate.json()]).toEqual([503, expect.objectContaining({ decision: false, verdict: 'ERROR' })]);
    program.signal('SIGINT');
    expect(await program.ended()).toBe(0);
  });

  /** Asks again until it holds; the time limit of the test ends it otherwise. */
  async function waitFor(holds: () => Promise<boolean>): Promise<void> {
    while (!await holds());
  }
});

test('a server without a port of its own takes the next free one and says so', async () => {
  const taken = await listening((socket) => socket.destroy(), 3000).catch(() => null);
  const program = start({ PORT: '', DATABASE_URL: database.appUrl });

  const [, port] = await program.line(/GraphQL +http:\/\/127\.0\.0\.1:(\d+)\//);

  expect(Number(port)).not.toBe(3000);
  expect(program.printed()).not.toContain('Metrics');
  expect(program.printed()).toMatch(/Port 3000 is taken; using http/);
  expect(taken === null || taken === 3000).toBe(true);
  program.signal('SIGTERM');
  expect(await program.ended()).toBe(0);
});

test('a server with METRICS_PORT says where its metrics are, and stops serving them when it stops', async () => {
  const program = start({ METRICS_PORT: '0', DATABASE_URL: database.appUrl });
  const [, url] = await program.line(/Metrics +(http:\/\/127\.0\.0\.1:\d+\/metrics)/);

  const answer = await fetch(url!);

  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('countersign_writes_total{outcome="COMMITTED"} 0\n')]);
  program.signal('SIGTERM');
  expect(await program.ended()).toBe(0);
  await expect(fetch(url!)).rejects.toThrow();
});
