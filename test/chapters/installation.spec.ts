// Organizations of an installed register, above all the first: made once, whoever comes at the same time, and whole, wherever it was interrupted.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { foundOrganization, type WantedOrganization } from '../../src/cli/installation.js';
import { suspendTenant } from '../../src/domain/tenant.js';
import type { IssuerInput } from '../../src/domain/trusted-issuer.js';
import { Outgoing } from '../../src/platform/outgoing/outgoing.js';
import { checkRole } from '../../src/platform/role-check.js';
import { turnTenant } from '../../src/platform/tenant-acts.js';
import { eraseOrganization } from '../../src/platform/tenant-archive.js';
import { createTenant, isBuiltInOver } from '../../src/platform/tenants.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const WANTED: WantedOrganization = {
  another: false,
  name: 'First', origin: 'test.example/countersign', administrator: { subject: 'subject-1', displayName: 'First administrator' },
  issuer: {
    kind: 'PEOPLE', issuer: 'https://login.example/', audience: 'https://risk.example', jwksUrl: 'https://login.example/keys', jwks: null, algorithms: ['RS256'], tokenType: null,
    maxTokenAgeMinutes: 60, groupsClaim: null, groupRoles: [], groupRolesDays: 30, admitsNewcomers: false, signOffAcr: [], signOffAmr: [],
  },
};

let database: TestDatabase;
beforeEach(async () => { database = await cloneDatabase(); });
afterEach(() => database.drop());

const found = (wanted = WANTED): ReturnType<typeof foundOrganization> => foundOrganization(database, wanted, new Outgoing(false));

async function asAdmin<Row extends object>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  return client.query<Row>(sql).then(({ rows }) => rows).finally(() => client.end());
}

/** What the log says, in its order. */
async function events(): Promise<string[]> {
  return (await asAdmin<{ event: string }>("select convert_from(entry, 'UTF8')::jsonb ->> 'action' as event from audit.entry order by seq")).map(({ event }) => event);
}

const WHOLE = ['principal.admitted', 'profile.recorded', 'criteria.adopted', 'issuer.registered'];

test.each(['superuser', 'bypassrls', 'createrole', 'replication'])('a server does not serve by a role that has %s, or is a member of one', async (attribute) => {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  await client.query(`begin; create role strong ${attribute}; create role serving in role strong; create role plain; set local session authorization serving`);
  const asked = checkRole(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);

  await expect(asked).rejects.toThrow(/^DATABASE_URL: the role serving could bypass the separation of tenants/);
  await client.query('reset session authorization; set local session authorization plain');
  await expect(checkRole(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows)).resolves.toBeUndefined();
  await client.end();
});

test.each([
  ['is a member of pg_read_all_data', 'grant pg_read_all_data to serving'], ['is a member of pg_write_all_data', 'grant pg_write_all_data to serving'], ['is a member of pg_execute_server_program', 'grant pg_execute_server_program to serving'],
  ['is a member of pg_read_server_files', 'grant pg_read_server_files to serving'], ['is a member of pg_write_server_files', 'grant pg_write_server_files to serving'],
  ['is a member of pg_signal_backend', 'create role between in role pg_signal_backend; grant between to serving'], ['may set session_replication_role', 'grant set on parameter session_replication_role to serving'],
])('a server does not serve by a role that %s', async (trouble, granted) => {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  await client.query(`begin; create role serving; ${granted}; set local session authorization serving`);

  await expect(checkRole(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows)).rejects.toThrow(`DATABASE_URL: the role serving ${trouble}`);
  await client.end();
});

test.each([
  ['alter role countersign_app replication', 'could bypass the separation of tenants (superuser, BYPASSRLS, CREATEROLE or REPLICATION)'],
  ['create role strong replication; create role between in role strong; grant between to countersign_app', 'could bypass the separation of tenants (superuser, BYPASSRLS, CREATEROLE or REPLICATION)'],
  ['grant truncate, trigger, references on risks to countersign_app', 'has references, trigger, truncate on public.risks,'],
  ['grant references (tenant_id) on risks to countersign_app; grant truncate on audit.entry to public', 'has references (tenant_id) on public.risks, truncate on audit.entry,'],
  ['create view entries as select 1 as one; create role between; grant trigger on entries to between; alter role countersign_app noinherit; grant between to countersign_app', 'has trigger on public.entries,'],
  ['alter schema audit owner to countersign_app; alter schema identity owner to countersign_app', 'could bypass the separation of tenants (owner of schema audit, schema identity)'],
  ['alter function identity.create_tenant owner to countersign_app', 'could bypass the separation of tenants (owner of function identity.'],
  ['create sequence counted; alter sequence counted owner to countersign_app; create domain named as text; alter domain named owner to countersign_app; alter view audit.entries owner to countersign_app', 'could bypass the separation of tenants (owner of type public.named, view audit.entries, sequence public.counted)'],
  ['create table counts (n serial); alter table counts owner to countersign_app', 'could bypass the separation of tenants (owner of table public.counts, sequence public.counts_n_seq)'],
  ['do $$ begin execute format(\'alter database %I owner to countersign_app\', current_database()); end $$', 'could bypass the separation of tenants (owner of database test_'],
  ['grant countersign_audit to countersign_app', 'could bypass the separation of tenants (owner of function '],
  ['grant pg_read_all_data to countersign_app', 'is a member of pg_read_all_data,'], ['grant set on parameter session_replication_role to countersign_app', 'may set session_replication_role,'],
])('a server does not serve by the role of the application after "%s", and does after what the refusal says', async (broken, trouble) => {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  const asApp = async (): Promise<void> => {
    await client.query('set local session authorization countersign_app');
    await checkRole(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows).finally(() => client.query('reset session authorization'));
  };
  await client.query('begin');
  await asApp();
  await client.query(broken);
  const told = await asApp().then(() => 'nothing', (error: unknown) => (error as Error).message);

  expect(told).toContain(`DATABASE_URL: the role countersign_app ${trouble}`);
  await client.query(/; as an administrator of PostgreSQL, in this database: (.+)$/.exec(told)![1]!);
  await expect(asApp()).resolves.toBeUndefined();
  await client.end();
});

test('a server serves by the role of the application beside neighbours in its database, and with what that role has elsewhere', async () => {
  await asAdmin('create schema neighbour; create table neighbour.own (id int); alter table neighbour.own owner to countersign_app; create table theirs (id int)');
  const client = new pg.Client({ connectionString: database.appUrl });
  await client.connect();

  await expect(checkRole(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows)).resolves.toBeUndefined();
  await client.end();
});

describe('the first organization', () => {
  test('is made once by two who come at the same time, with its entries', async () => {
    const both = await Promise.all([found(), found()]);

    expect(both.map(({ before }) => before).sort()).toEqual([false, true]);
    expect(both.map(({ administrator, issuer }) => [administrator, issuer])).toEqual([['U-1', 'ISS-1'], ['U-1', 'ISS-1']]);
    expect(new Set(both.map(({ tenantId }) => tenantId)).size).toBe(1);
    expect(await events()).toEqual(WHOLE);
  });

  test('is the same in whichever order its algorithms are named', async () => {
    const named = (algorithms: IssuerInput['algorithms']): WantedOrganization => ({ ...WANTED, issuer: { ...WANTED.issuer, algorithms } });

    expect([await found(named(['RS256', 'ES256'])), await found(named(['RS256', 'ES256', 'RS256']))]).toEqual([expect.objectContaining({ before: false }), expect.objectContaining({ before: true })]);
  });

  test('goes on after its tenant, where it was interrupted there', async () => {
    const id = randomUUID();
    await createTenant(database.ownerUrl, { id, name: WANTED.name, origin: `${WANTED.origin}/${id}` });

    expect(await found()).toEqual({ tenantId: id, administrator: 'U-1', issuer: 'ISS-1', before: false });
    expect(await events()).toEqual(WHOLE);
  });

  test.each(['trusted_issuers', 'risk_criteria'])('goes on after its administrator, where it was interrupted before %s', async (table) => {
    await asAdmin(`alter table ${table} add constraint interrupted check (false) not valid`);
    await expect(found()).rejects.toThrow(/interrupted/);
    await asAdmin(`alter table ${table} drop constraint interrupted`);

    expect(await found()).toMatchObject({ administrator: 'U-1', issuer: 'ISS-1', before: false });
    expect(await events()).toEqual(WHOLE);
  });

  test.each<[string, WantedOrganization]>([
    ['name', { ...WANTED, name: 'Second' }], ['log', { ...WANTED, origin: 'test.example/other' }], ['administrator', { ...WANTED, administrator: { ...WANTED.administrator, subject: 'subject-2' } }],
    ['audience', { ...WANTED, issuer: { ...WANTED.issuer, audience: 'https://other.example' } }],
    ['name of the administrator', { ...WANTED, administrator: { ...WANTED.administrator, displayName: 'Second administrator' } }], ['address of keys', { ...WANTED, issuer: { ...WANTED.issuer, jwksUrl: 'https://other.example/keys' } }],
    ['algorithm', { ...WANTED, issuer: { ...WANTED.issuer, algorithms: ['ES256', 'RS256'] } }], ['type of token', { ...WANTED, issuer: { ...WANTED.issuer, tokenType: 'at+jwt' } }],
  ])('is not made again with another %s', async (_, other) => {
    await found();

    await expect(found(other)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(await events()).toEqual(WHOLE);
  });

  test('is refused before anything is written, where a rule would refuse it half-way', async () => {
    await expect(found({ ...WANTED, issuer: { ...WANTED.issuer, jwksUrl: 'http://login.example/keys' } })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(foundOrganization({ ...database, appUrl: database.ownerUrl }, WANTED, new Outgoing(false))).rejects.toThrow(/^DATABASE_URL: the role countersign_owner could bypass/);

    expect(await asAdmin('select from audit.log')).toHaveLength(0);
  });

  test('ends the built-in issuer of its register', async () => {
    expect(await isBuiltInOver(database.appUrl)).toBe(false);

    await found();

    expect(await isBuiltInOver(database.appUrl)).toBe(true);
  });
});

describe('another organization', () => {
  const other = { ...WANTED, another: true, name: 'Second', issuer: { ...WANTED.issuer, audience: 'https://second.example' } };

  test('is opened beside the first, once, and goes on where it was interrupted', async () => {
    const first = await found();
    await asAdmin("alter table trusted_issuers add constraint interrupted check (audience <> 'https://second.example') not valid");
    await expect(found(other)).rejects.toThrow(/interrupted/);
    await asAdmin('alter table trusted_issuers drop constraint interrupted');
    const [second, again] = [await found(other), await found(other)];

    expect([second.tenantId === first.tenantId, second.before, again]).toEqual([false, false, { ...second, before: true }]);
    expect((await events()).sort()).toEqual([...WHOLE, ...WHOLE].sort());
    expect((await found()).before).toBe(true);
  });

  test('is not opened for tokens that are those of the first', async () => {
    await found();

    await expect(found({ ...other, issuer: WANTED.issuer })).rejects.toMatchObject({ code: 'ALREADY_EXISTS', message: expect.stringContaining('those of First') });
    expect(await events()).toEqual(WHOLE);
  });

  test('nor for those that the first believes since, but for those that nobody believes any more', async () => {
    await found();
    const second = await found(other);
    const columns = 'tenant_id, version, digest, kind, issuer, jwks_url, algorithms, token_type, max_token_age_minutes, groups_claim, group_roles, group_roles_days, admits_newcomers, sign_off_acr, sign_off_amr, registered_by, registered_at';
    const believe = (audience: string, state: string): Promise<unknown> => asAdmin(`alter table trusted_issuers disable trigger all; insert into trusted_issuers (${columns}, id, number, audience, state) select ${columns}, gen_random_uuid(), 'ISS-${state}', '${audience}', '${state}' from trusted_issuers where tenant_id = '${second.tenantId}' and number = 'ISS-1'`);
    await believe('https://third.example', 'ACTIVE');
    await believe('https://fourth.example', 'RETIRED');
    const opened = (audience: string): ReturnType<typeof found> => found({ ...other, name: 'New', issuer: { ...other.issuer, audience } });

    await expect(opened('https://third.example')).rejects.toMatchObject({ code: 'ALREADY_EXISTS', message: expect.stringContaining('those of Second') });
    expect(await opened('https://fourth.example')).toMatchObject({ before: false });
  });

  test('is never one that was erased, whatever it is called', async () => {
    const first = await found();
    await turnTenant(database.ownerUrl, first.tenantId, (tenant, now) => suspendTenant(tenant, { reason: 'Over.', keepUntil: null, now }));
    await eraseOrganization(database.ownerUrl, first.tenantId, WANTED.name);
    const again = await found({ ...other, name: 'erased', issuer: WANTED.issuer });

    expect(again).toMatchObject({ before: false, administrator: 'U-1' });
    expect(again.tenantId).not.toBe(first.tenantId);
  });
});
