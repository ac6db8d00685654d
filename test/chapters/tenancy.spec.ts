// Two organizations in one database: neither sees, names nor changes what belongs to the other, whatever it asks.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ArchiveVerification, type VerifiedArchive } from '../../src/domain/archive-verification.js';
import { ArchiveText } from '../../src/domain/tenant-archive.js';
import { resumeTenant, suspendTenant, type Tenant } from '../../src/domain/tenant.js';
import { GateService } from '../../src/gate/gate.service.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { ConfirmationsService } from '../../src/acceptances/confirmations.service.js';
import { turnTenant } from '../../src/platform/tenant-acts.js';
import { archiveLines, type Read } from '../../src/platform/archive-lines.js';
import { archiveText, eraseOrganization } from '../../src/platform/tenant-archive.js';
import { entryHalves } from '../../src/platform/entry-bytes.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { SystemsQueries } from '../../src/systems/systems.queries.js';
import { startApp, type TestApp } from '../support/app.js';
import { countersign, type Ended } from '../support/command-line.js';
import { until } from '../support/log-lock.js';
import { IdentityProvider } from '../support/identity-provider.js';
import { fillRegister, secondOrganization, systemInput, type Register } from './register.js';

const KINDS = { system: 'AiSystem', release: 'Release', risk: 'Risk', acceptance: 'RiskAcceptance', promotion: 'Promotion', signOff: 'SignOff', deployment: 'Deployment', environment: 'Environment' } as const;
type Kind = keyof typeof KINDS;

let app: TestApp;
let ours: Register;
let theirs: Register;

beforeAll(async () => {
  app = await startApp();
  ours = await fillRegister(app, app.as, '', 'a1');
  theirs = await fillRegister(app, await secondOrganization(app), 'other-', 'a1');
});

afterAll(() => app.close());

const node = (handle: string, id: string): ReturnType<TestApp['graphql']> => app.graphql(handle, 'query ($id: ID!) { node(id: $id) { __typename id } }', { id });

describe('node', () => {
  test.each(Object.keys(KINDS) as Kind[])('gives a %s to its own organization, and nothing to the other', async (kind) => {
    expect(await node('axel', ours.ids[kind])).toEqual({ data: { node: { __typename: KINDS[kind], id: ours.ids[kind] } } });
    expect(await node('other-axel', theirs.ids[kind].toUpperCase())).toEqual({ data: { node: { __typename: KINDS[kind], id: theirs.ids[kind] } } });
    expect((await node('axel', theirs.ids[kind])).errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
    expect((await node('other-axel', ours.ids[kind])).errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
  });

  test('gives neither accounts, decisions nor grants, which are no nodes, nor a number of nobody here', async () => {
    for (const id of [ours.as('sam').principalId, ours.ids.decision, ours.ids.grant, ours.as('sam').tenantId, 'SYS-99', 'U-1']) expect((await node('axel', id)).errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
  });
});

test('the same number names each organization’s own record', async () => {
  const systems = await Promise.all(['axel', 'other-axel'].map((handle) => app.graphql(handle, '{ system(id: "SYS-1") { id } }')));

  expect(systems).toEqual([{ data: { system: { id: ours.ids.system } } }, { data: { system: { id: theirs.ids.system } } }]);
});

test('lists hold what is one’s own', async () => {
  const idsOf = async (handle: string): Promise<string> => JSON.stringify(await app.graphql(handle, '{ systems { nodes { id releases { nodes { id } } promotions { nodes { id } } signOffs { nodes { id } } } } risks { nodes { id } } people { id handle } environments { id } }'));
  const [mine, other] = [await idsOf('axel'), await idsOf('other-axel')];

  for (const kind of ['system', 'release', 'risk', 'promotion', 'signOff', 'environment'] as const) {
    expect([kind, mine.includes(ours.ids[kind]), mine.includes(theirs.ids[kind]), other.includes(theirs.ids[kind]), other.includes(ours.ids[kind])]).toEqual([kind, true, false, true, false]);
  }
  expect(mine).not.toContain('other-');
});

test('a page goes on after a foreign cursor without showing anything foreign', async () => {
  const queries = app.app.get(SystemsQueries);
  const { endCursor } = await queries.systems(theirs.as('axel'), { first: 1, after: null });

  expect((await queries.systems(ours.as('axel'), { first: 100, after: endCursor })).nodes.map(({ id }) => id)).not.toContain(theirs.ids.system);
});

test('the same bundle is judged in each organization by its own facts', async () => {
  const ask = (handle: string, environment: string): Promise<{ body: Readonly<Record<string, unknown>> }> => app.rest(handle, '/v1/gate/check', { target: { bundleDigest: ours.ids.bundleDigest }, environment });

  expect(theirs.ids.bundleDigest).toBe(ours.ids.bundleDigest);
  expect((await ask('pipeline', 'pilot')).body).toMatchObject({ verdict: 'ALLOW', target: { systemId: ours.ids.system } });
  expect((await ask('other-pipeline', 'other-pilot')).body).toMatchObject({ verdict: 'ALLOW', target: { systemId: theirs.ids.system } });
  expect((await ask('pipeline', 'other-pilot')).body).toMatchObject({ verdict: 'DENY', target: null });
});

test('a context that pairs an account with another organization is refused', async () => {
  const mixed = { ...ours.as('sam'), tenantId: theirs.as('sam').tenantId };

  await expect(app.app.get(SystemsQueries).system(mixed, theirs.ids.system)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(app.app.get(ConfirmationsService).confirm(mixed, { id: theirs.ids.risk, expectedVersion: 1 })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(app.app.get(PeopleService).admit({ ...ours.as('ada'), tenantId: theirs.as('ada').tenantId }, { kind: 'SERVICE', issuer: 'x', subject: 'y', displayName: 'z', function: null, grants: [] })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(app.app.get(GateService).decision(ours.as('axel'), theirs.ids.decision)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

describe('an organization that is suspended', () => {
  const turn = (decide: Parameters<typeof turnTenant>[2], as = theirs.as): Promise<Tenant> => turnTenant(app.database.ownerUrl, as('ada').tenantId, decide);
  const suspended = (reason: string): Promise<Tenant> => turn((tenant, now) => suspendTenant(tenant, { reason, keepUntil: null, now }));
  const resumed = (): Promise<Tenant> => turn(resumeTenant);
  const QUESTION = { target: { bundleDigest: `sha256:${'a1'.repeat(32)}` }, environment: 'other-pilot' };

  test('answers nobody, and lets nothing in, until it is resumed; the other one goes on', async () => {
    const before = await app.graphql('other-axel', '{ systems { nodes { id name } } }');
    await suspended('The contract has ended.');
    const answers = await Promise.all([app.graphql('other-axel', '{ systems { nodes { id } } }'), app.graphql('other-rita', `mutation { reopenRisk(id: "${theirs.ids.risk}", expectedVersion: 3, reason: "x") { id } }`)]);
    const gate = await Promise.all(['check', 'authorize'].map((route) => app.rest('other-pipeline', `/v1/gate/${route}`, QUESTION)));
    const elsewhere = await app.graphql('axel', '{ systems { nodes { id } } }');
    await resumed();

    for (const { data, errors } of answers) expect({ data, code: errors?.[0]?.extensions['code'], message: errors?.[0]?.message }).toEqual({ data: undefined, code: 'TENANT_SUSPENDED', message: 'This organization is suspended: The contract has ended.' });
    for (const { status, body } of gate) expect({ status, ...body }).toMatchObject({ status: 403, code: 'TENANT_SUSPENDED', decision: false });
    expect(elsewhere.errors).toBeUndefined();
    expect(await app.graphql('other-axel', '{ systems { nodes { id name } } }')).toEqual(before);
  });

  test('records both in its own log, by the operator', async () => {
    await suspended('Once more.');
    await resumed();
    const { data: head } = await app.graphql<{ changes: { pageInfo: { headSize: number } } }>('other-axel', '{ changes(first: 1) { pageInfo { headSize } } }');
    const { data } = await app.graphql<{ changes: { nodes: { action: string; actor: null }[] } }>('other-axel', 'query ($after: Int) { changes(first: 100, after: $after) { nodes { action actor { id } outcome } } }', { after: (head?.changes.pageInfo.headSize ?? 0) - 10 });

    expect(data?.changes.nodes.filter(({ action }) => action.startsWith('TENANT_')).slice(-2)).toEqual([{ action: 'TENANT_SUSPENDED', actor: null, outcome: 'DONE' }, { action: 'TENANT_RESUMED', actor: null, outcome: 'DONE' }]);
  });

  test('lets nothing slip in that was under way', async () => {
    const door = app.app.get(UnitOfWork);
    let begun = (): void => undefined;
    let go = (): void => undefined;
    const [hasBegun, mayGo] = [new Promise<void>((resolve) => { begun = resolve; }), new Promise<void>((resolve) => { go = resolve; })];
    const writing = door.write(theirs.as('all'), 'risk.log', async (tx) => {
      begun();
      await mayGo;
      tx.note('log.read', { type: 'Tenant', id: theirs.as('ada').tenantId, version: null });
    }).then(() => 'written', (error: unknown) => (error as { code: string }).code);
    await hasBegun;
    await suspended('At once.');
    go();

    expect(await writing).toBe('TENANT_SUSPENDED');
    await resumed();
  });

  test('lets nothing in by another role of the database that may serve', async () => {
    const { tenantId, principalId } = theirs.as('ada');
    const { head, tail } = entryHalves('test/other', { ...theirs.as('ada'), principalId }, 'USER', { action: 'log.read', object: { type: 'Tenant', id: tenantId, version: null }, scopeId: null, before: null, after: null, reason: null, outcome: 'DONE', code: null });
    await suspended('Whoever it is.');
    const client = new pg.Client({ connectionString: app.database.adminUrl });
    await client.connect();
    await client.query('begin; create role serving in role countersign_app; set local session authorization serving');
    await client.query("select set_config('app.tenant', $1, true)", [tenantId]);
    const written = client.query("select audit.append(array[$1], array[$2], array['Tenant'], array[$3::uuid], array[null]::uuid[])", [head, tail, tenantId]);

    await expect(written).rejects.toMatchObject({ code: 'CS004', message: 'Whoever it is.' });
    await client.end();
    await resumed();
  });

  test('is turned by its operator only, and only where it exists', async () => {
    const suspend = (url: string, id: string): Promise<unknown> => turnTenant(url, id, (tenant, now) => suspendTenant(tenant, { reason: 'x', keepUntil: null, now }));

    await expect(suspend(app.database.appUrl, theirs.as('ada').tenantId)).rejects.toMatchObject({ code: '42501' });
    for (const id of [randomUUID(), 'x', '']) await expect(suspend(app.database.ownerUrl, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(turn(resumeTenant)).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { allowedActions: ['suspend'] } });
  });
});

describe('all that an organization has', () => {
  let third: Register;
  beforeAll(async () => { third = await fillRegister(app, await secondOrganization(app), 'other-', 'c3'); });

  async function archived(tenantId: string): Promise<string> {
    let text = '';
    for await (const line of archiveText(app.database.ownerUrl, tenantId)) text += line;
    return text;
  }

  function verified(text: string): VerifiedArchive {
    const verification = new ArchiveVerification();
    for (const line of text.match(/.*\n/g) ?? []) verification.read(line);
    return verification.outcome();
  }

  /** Every row that is owned by somebody, as text, by its owner. */
  async function rowsOf(tenantId: string): Promise<Record<string, string[]>> {
    const client = new pg.Client({ connectionString: app.database.adminUrl });
    await client.connect();
    const { rows } = await client.query<{ name: string; owner: string }>("select c.oid::regclass::text as name, min(a.attname) as owner from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname in ('tenant_id', 'log_id') where c.relkind = 'r' and c.relnamespace::regnamespace::text in ('public', 'identity', 'audit', 'gate') group by 1 order by 1");
    const found = await Promise.all(rows.map(async ({ name, owner }) => [name, (await client.query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t where ${owner === 'log_id' ? 'log_id = (select log_id from audit.log where tenant_id = $1)' : 'tenant_id = $1'} order by 1`, [tenantId])).rows.map(({ row }) => row)] as const));
    await client.end();
    return Object.fromEntries(found.filter(([, texts]) => texts.length > 0));
  }

  test('is one text that verifies, and holds every record and entry of it and nothing of another', async () => {
    const [text, rows] = [await archived(third.as('ada').tenantId), await rowsOf(third.as('ada').tenantId)];

    expect(verified(text)).toMatchObject({ head: { organization: { id: third.as('ada').tenantId, name: 'Other' }, size: rows['audit.entry']?.length }, contents: rows['audit.content']?.length, erased: 0 });
    for (const id of Object.values({ ...third.ids, environmentName: 'other-pilot', challenge: '' })) expect(text).toContain(id.split('/')[0]);
    for (const foreign of [ours.as('ada').tenantId, theirs.as('ada').tenantId, ours.ids.risk, theirs.ids.system, theirs.ids.evidence]) expect(text).not.toContain(foreign);
  });

  test('does not verify when a row was changed behind the log', async () => {
    const client = new pg.Client({ connectionString: app.database.adminUrl });
    await client.connect();
    const name = async (text: string): Promise<unknown> => client.query(`begin; set local session_replication_role = replica; alter table ai_systems disable trigger all; update ai_systems set name = '${text}' where id = '${third.ids.system}'; alter table ai_systems enable trigger all; commit`);
    const { rows: [before] } = await client.query<{ name: string }>('select name from ai_systems where id = $1', [third.ids.system]);
    await name('Another name');
    const changed = await archived(third.as('ada').tenantId);
    await name(before?.name ?? '');
    await client.end();

    expect(() => verified(changed)).toThrow(/^RECORD_DIFFERS in line \d+$/);
    expect(verified(await archived(third.as('ada').tenantId))).toMatchObject({ erased: 0 });
  });

  test('is taken with an entry in its log', async () => {
    const actions = [...(await archived(third.as('ada').tenantId)).matchAll(/\\"action\\":\\"([\w.]+)\\"/g)].map(([, action]) => action);

    expect(actions.at(-1)).toBe('tenant.exported');
  });

  const taken = async (handle: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${app.url}/v1/archive`, { headers: { authorization: `Bearer ${await app.token(handle)}` } });
    return { status: response.status, text: await response.text() };
  };

  test('is taken by its own administrators and auditors over REST, holds what the operator’s holds and nothing of another, and is an entry of its log', async () => {
    const { text } = await taken('other-axel');
    const [operators, { tenantId }] = [await archived(theirs.as('ada').tenantId), theirs.as('ada')];
    const contentsOf = (lines: string): string[] => lines.split('\n').filter((line) => /"kind":"(record|content)"/.test(line)).sort();

    const [own, { records, contents }] = [verified(text), verified(operators)];
    expect(own).toMatchObject({ head: { organization: { id: tenantId, name: 'Other' } }, records, contents, erased: 0 });
    expect(contentsOf(text)).toEqual(contentsOf(operators));
    expect(text).not.toContain(ours.as('ada').tenantId);
    expect(text.split('\n').filter((line) => line.includes('"kind":"entry"')).at(-1)).toContain(`tenant.exported\\",`);
    expect((await taken('other-ada')).status).toBe(200);
    for (const handle of ['other-sam', 'other-pipeline', 'sam']) expect(await taken(handle)).toMatchObject({ status: 403, text: expect.stringContaining('PERMISSION_DENIED') });
  });

  test('verifies although others write while it is taken: it is as of the size in its first line', async () => {
    const systems = app.app.get(SystemsService);
    const [as, { tenantId }] = [theirs.as, theirs.as('ada')];
    const edited = await systems.register(as('sam'), systemInput('other-sam'));
    const writes = [
      (): Promise<unknown> => systems.edit(as('sam'), { id: edited.id, expectedVersion: 1 }, { name: 'Changed after the size was read' }),
      (): Promise<unknown> => systems.register(as('sam'), systemInput('other-sam', { name: 'Came after the size was read' })),
    ];
    const read: Read = async (sql, parameters) => {
      const rows = await app.app.get(UnitOfWork).read(as('ada'), 'archive.take', (scope) => scope.query(sql, parameters));
      await writes.pop()?.();
      return rows as never;
    };
    const archive = new ArchiveText();
    let text = '';
    for await (const line of archiveLines(read, { id: tenantId, name: 'Other' })) text += archive.line(line);
    text += archive.end();

    expect(writes).toEqual([]);
    const { records, head: { size } } = verified(text);
    const after = verified(await archived(tenantId));
    expect([after.records - records, after.head.size - size]).toEqual([1, 3]);
    expect(text).toContain('"name":"Reply assistant","number":"SYS-');
  });

  test('is taken a few times an hour by each account, and a refused time counts for nothing', async () => {
    const taking = await Promise.all(Array.from({ length: 6 }, () => taken('axel')));
    const refused = taking.filter(({ status }) => status === 429);

    expect([taking.filter(({ status }) => status === 200).length, refused.length]).toEqual([3, 3]);
    expect(JSON.parse(refused[0]!.text)).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryable: true, details: { retryAfter: expect.any(Number) } });
    expect(taking.filter(({ status }) => status === 200).map(({ text }) => typeof verified(text))).toEqual(['object', 'object', 'object']);
  });

  test('is nothing where there is no such organization', async () => {
    await expect(archived(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  /** Somebody of it has begun to write before all of this, and goes on in the middle of it. */
  async function underWay(one: Register): Promise<{ noting: Promise<string>; goesOn: () => void }> {
    let goesOn = (): void => undefined;
    const mayGo = new Promise<void>((resolve) => { goesOn = resolve; });
    let noting = Promise.resolve('');
    await new Promise<void>((begun) => {
      noting = app.app.get(UnitOfWork).note(one.as('sam'), 'identity.signIn', async (scope) => {
        begun();
        await mayGo;
        return scope.query("insert into refusal_counts (principal_id, minute, refused) values ($1, '2026-01-01T00:00:00Z', 1)", [one.as('sam').principalId]);
      }).then(() => 'noted', (error: unknown) => (error as { code: string }).code);
    });
    return { noting, goesOn };
  }

  /** Until somebody waits for everybody to leave it, whom nobody may join meanwhile. */
  async function waited(tenantId: string): Promise<void> {
    const client = new pg.Client({ connectionString: app.database.adminUrl });
    await client.connect();
    const isWaiting = async (): Promise<boolean> => (await client.query("select from pg_locks where locktype = 'advisory' and not granted and (classid::bigint << 32) + objid::bigint = identity.presence($1)", [tenantId])).rows.length > 0;
    await until(isWaiting, 4000).finally(() => client.end());
  }

  test('is erased once it is suspended and named; its log still verifies, and the others keep everything', async () => {
    const { tenantId } = third.as('ada');
    const others = async (): Promise<unknown> => Promise.all([ours, theirs].map((one) => rowsOf(one.as('ada').tenantId)));
    const [before, log] = [await others(), (await rowsOf(tenantId))['audit.entry']!];

    await expect(eraseOrganization(app.database.ownerUrl, tenantId, 'Other')).rejects.toMatchObject({ code: 'INVALID_TRANSITION' });
    const { noting, goesOn } = await underWay(third);
    await turnTenant(app.database.ownerUrl, tenantId, (tenant, now) => suspendTenant(tenant, { reason: 'Over.', keepUntil: null, now }));
    await expect(eraseOrganization(app.database.ownerUrl, tenantId, null)).rejects.toMatchObject({ code: 'RETENTION_PERIOD' });
    const erased = Promise.allSettled(['Other', 'Other'].map((name) => eraseOrganization(app.database.ownerUrl, tenantId, name).finally(goesOn)));
    await waited(tenantId).then(goesOn);
    expect((await erased).map((one) => one.status === 'rejected' ? (one.reason as { code: string }).code : one.value.state).sort()).toEqual(['ERASED', 'INVALID_TRANSITION']);
    expect(await noting).toBe('noted');

    const after = await rowsOf(tenantId);
    expect(Object.keys(after)).toEqual(['audit.content', 'audit.entry', 'audit.head', 'audit.log', 'gate.epochs', 'identity.tenants']);
    expect(after['audit.entry']).toEqual(expect.arrayContaining(log));
    expect(after['audit.entry']).toHaveLength(log.length + 2);
    expect(after['audit.content']!.every((row) => row.includes('"bytes": null'))).toBe(true);
    expect(JSON.stringify(after)).not.toMatch(/other-sam|Reply assistant|Hidden text|"Other"/);
    expect(verified(await archived(tenantId))).toMatchObject({ head: { organization: { name: 'erased' }, size: log.length + 3 }, records: 0, erased: after['audit.content']!.length });
    expect(await others()).toEqual(before);
    await expect(app.app.get(SystemsQueries).system(third.as('axel'), third.ids.system)).rejects.toMatchObject({ code: 'TENANT_SUSPENDED' });
  });
});

test('the operator opens, suspends, archives, verifies and erases an organization on the command line', async () => {
  const { ownerUrl: MIGRATION_DATABASE_URL, appUrl: DATABASE_URL } = app.database;
  const folder = mkdtempSync(join(tmpdir(), 'countersign-archive-'));
  const archive = join(folder, 'acme.jsonl');
  mkdirSync(join(folder, 'incoming'));
  const provider = await IdentityProvider.start('https://acme.example');
  const tenant = (...args: string[]): Promise<Ended> => countersign(['tenant', ...args], { MIGRATION_DATABASE_URL, DATABASE_URL, OUTGOING_LOOPBACK: 'allow', EVIDENCE_STORE: folder });

  const opened = await tenant('create', '--organization', 'Acme', '--issuer', provider.url, '--audience', 'https://acme.example', '--subject', 'amara', '--name', 'Amara, administrator');
  await provider.stop();
  const id = /^organization: Acme, (.*)$/m.exec(opened.out)?.[1] ?? '';
  expect(opened).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^The organization is open\.$/m) });
  expect((await tenant('list')).out).toContain(`${id}  ACTIVE  Acme\n`);
  for (const day of ['2031-02-30', '2031-12-31T00:00:00Z']) expect(await tenant('suspend', '--organization', id, '--reason', 'Unpaid.', '--keep-until', day)).toMatchObject({ code: 64, err: expect.stringContaining(day) });
  expect(await tenant('suspend', '--organization', id, '--reason', 'Unpaid.')).toEqual({ code: 0, out: `${id}  SUSPENDED  Acme  Unpaid.\n`, err: '' });
  expect(await tenant('erase', '--organization', id)).toMatchObject({ code: 1, out: '', err: expect.stringContaining('refused: RETENTION_PERIOD') });
  expect(await tenant('export', '--organization', id, '--output', archive)).toMatchObject({ code: 0, out: expect.stringMatching(/bytes\n$/) });
  expect(await tenant('verify', archive)).toMatchObject({ code: 0, out: expect.stringMatching(`^VALID  ${id}  4 records, 4 contents of which 0 are erased, 6 entries, root [0-9a-f]{64}\n$`) });
  expect((statSync(archive).mode & 0o777).toString(8)).toBe('600');
  expect(await tenant('verify', archive, '--root', '00'.repeat(32))).toMatchObject({ code: 4, out: 'INVALID  OTHER_ROOT\n' });
  writeFileSync(archive, readFileSync(archive).subarray(0, -100));
  expect(await tenant('verify', archive)).toMatchObject({ code: 4, out: expect.stringMatching(/^INVALID {2}CUT_OFF in line \d+\n$/) });
  mkdirSync(join(folder, id, 'ab'), { recursive: true });
  expect(await tenant('erase', '--organization', id, '--confirm', 'Acme')).toEqual({ code: 0, out: `${id}  ERASED  erased\n`, err: '' });
  expect(existsSync(join(folder, id))).toBe(false);
  expect((await tenant('list')).out).toContain(`${id}  ERASED  erased\n`);
  expect(await tenant('resume', '--organization', id)).toMatchObject({ code: 1, err: expect.stringContaining('refused: INVALID_TRANSITION') });
  expect(await countersign(['tenant', 'list'])).toMatchObject({ code: 1, err: expect.stringContaining('MIGRATION_DATABASE_URL is missing') });
  rmSync(folder, { recursive: true });
}, 60_000);
