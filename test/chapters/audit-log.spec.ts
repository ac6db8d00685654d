// The log as the application's own role meets it: it can read it and append to it, for its own tenant, and do nothing else.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { openOrganization } from '../../src/cli/organization.js';
import { EXAMPLE_PEOPLE } from '../../src/cli/example-people.js';
import { canonicalJson } from '../../src/domain/digest.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { at, connectTo, givenReady, givenRisk, openRegister, type Ready, type Register } from '../support/register.js';

let register: Register;
let ready: Ready;
let app: pg.Client;
let otherTenant: string;

beforeAll(async () => {
  register = await openRegister();
  ready = await givenReady(register);
  app = await connectTo(register.database.appUrl, register.tenantId);
  const administrator = { kind: 'USER', issuer: 'urn:other', subject: 'olga', displayName: 'Olga', function: 'platform', grants: [{ role: 'TENANT_ADMIN' }] } as const;
  ({ tenantId: otherTenant } = await openOrganization(register.app.get(PeopleService), register.database.ownerUrl, { name: 'Another organization', origin: 'test/other', administrator }));
});
afterEach(() => app.query('rollback'));
afterAll(async () => {
  await app.end();
  await register.close();
});

async function codeOf(refused: Promise<unknown>): Promise<string | undefined> {
  return refused.then(() => 'went through', (error: unknown) => (error as { code?: string }).code);
}

interface Entry { readonly text: string; readonly value: Readonly<Record<string, unknown>> & { readonly action: string; readonly object: { readonly id: string } } }

async function entries(where = 'true', parameters: unknown[] = []): Promise<Entry[]> {
  const found = await app.query<{ text: string }>(`select convert_from(entry, 'UTF8') as text from audit.entries where ${where} order by seq`, parameters);
  return found.rows.map(({ text }) => ({ text, value: JSON.parse(text) as Entry['value'] }));
}

describe('the application role', () => {
  const ENTRY = "'{}', '\\x00', pg_current_xact_id(), now(), 'Risk', gen_random_uuid(), null";
  test.each([
    ['UPDATE', "update audit.entry set object_type = 'X'"],
    ['DELETE', 'delete from audit.entry'],
    ['TRUNCATE', 'truncate audit.entry'],
    ['INSERT', `insert into audit.entry select log_id, size, ${ENTRY} from audit.heads`],
    ['an update of the head', 'update audit.head set size = 0'],
    ['an update of an epoch', 'update gate.epochs set changed_seq = -1'],
    ['an insert of an epoch', 'insert into gate.epochs values (identity.current_tenant(), gen_random_uuid(), 1, pg_current_xact_id())'],
    ['raising an epoch by hand', 'select gate.raise_epoch(gen_random_uuid())'],
    ['changing content', "update audit.content set tombstone = 'x'"],
    ['deleting content', 'delete from audit.content'],
    ['ALTER', 'alter table audit.entry add column remark text'],
    ['DROP', 'drop table audit.entry'],
    ['DISABLE TRIGGER on the log', 'alter table audit.entry disable trigger append_only'],
    ['DISABLE TRIGGER on a governed table', 'alter table risks disable trigger demand_entry'],
    ['switching row-level security off', 'alter table risks disable row level security'],
    ['CREATE RULE', 'create rule quiet as on insert to audit.entry do instead nothing'],
    ['CREATE TRIGGER', 'create trigger quiet before insert on audit.entry for each row execute function audit.refuse()'],
    ['SET session_replication_role', "set session_replication_role = 'replica'"],
    ['SET ROLE', 'set role countersign_audit'],
    ['COPY FROM', 'copy audit.entry from stdin'],
    ['LOCK EXCLUSIVE', 'lock table audit.entry in exclusive mode'],
    ['GRANT', 'grant all on audit.entry to countersign_app with grant option; insert into audit.entry (seq) values (0)'],
    ['replacing the function that appends', 'create or replace function audit.lock() returns uuid language sql as $$ select null::uuid $$'],
    ['opening a log', "select audit.open_log(gen_random_uuid(), 'mine')"],
    ['creating a tenant', "select identity.create_tenant(gen_random_uuid(), 'x', 'x')"],
  ])('is refused %s', async (_what, sql) => {
    const before = await app.query('select size, frontier from audit.heads');
    await app.query('begin');

    expect(await codeOf(app.query(sql))).toBe('42501');
    await app.query('rollback');
    expect((await app.query('select size, frontier from audit.heads')).rows).toEqual(before.rows);
  });
});

describe('the owner of the log', () => {
  test.each(['update audit.entry set object_type = object_type', 'delete from audit.entry', 'truncate audit.entry', 'truncate audit.head cascade', 'delete from audit.content'])('is stopped by triggers, even as a replica: %s', async (sql) => {
    const admin = await connectTo(register.database.adminUrl, register.tenantId);
    await admin.query("set session_replication_role = 'replica'");

    expect(await codeOf(admin.query(sql))).toBe('42501');
    await admin.end();
  });
});

describe('another tenant', () => {
  const TABLES = ['principals', 'profiles', 'environments', 'risk_criteria', 'ai_systems', 'releases', 'risks', 'promotions', 'sign_offs', 'audit.log', 'audit.head', 'audit.entry', 'audit.content', 'audit.entries', 'audit.heads', 'gate.epochs', 'identity.tenants'];
  async function counted(tenantId: string | null): Promise<Record<string, number>> {
    const client = await connectTo(register.database.appUrl, tenantId);
    const found = await client.query<{ name: string; count: number }>(TABLES.map((table) => `select '${table}' as name, count(*)::int as count from ${table}`).join(' union all '));
    await client.end();
    return Object.fromEntries(found.rows.map(({ name, count }) => [name, count]));
  }

  test('sees nothing of it, and without a tenant there is nothing at all', async () => {
    const [ours, nobody, unknown] = [await counted(register.tenantId), await counted(null), await counted(randomUUID())];

    expect(Object.values(ours).filter((count) => count === 0)).toEqual([]);
    expect(Object.values(nobody).every((count) => count === 0)).toBe(true);
    expect(unknown).toEqual(nobody);
    expect((await counted(otherTenant))['ai_systems']).toBe(0);
  });

  test('gets no row and no entry', async () => {
    const theirs = "insert into counters (tenant_id, prefix, last) values ($1, 'ZZ', 1)";
    expect(await codeOf(app.query(theirs, [otherTenant]))).toBe('42501');
    expect(await codeOf(app.query("insert into audit.content (tenant_id, digest, tombstone) values ($1, 'sha256:' || repeat('0', 64), 'x')", [otherTenant]))).toBe('42501');
    expect((await app.query("update risks set ending = 'x' where tenant_id = $1", [otherTenant])).rowCount).toBe(0);
  });

  test('keeps its log when somebody else appends: an entry of one’s own making lands in one’s own log', async () => {
    const other = await connectTo(register.database.appUrl, otherTenant);
    const size = async (client: pg.Client): Promise<number> => Number((await client.query<{ size: string }>('select size from audit.heads')).rows[0]!.size);
    const [ours, theirs] = [await size(app), await size(other)];
    await app.query("select audit.append(array['{\"at\":\"'], array[$1], array['Risk'], array[$2]::uuid[], array[null]::uuid[])", [`","log":"test/other","object":{"id":"${ready.risk.id}","type":"Risk"}}`, ready.risk.id]);

    expect([await size(app), await size(other)]).toEqual([ours + 1, theirs]);
    await other.end();
  });

  test('cannot be nobody: without a tenant nothing is appended', async () => {
    const client = await connectTo(register.database.appUrl, null);

    expect(await codeOf(client.query("select audit.append(array['a'], array['b'], array['Risk'], array[gen_random_uuid()], array[null]::uuid[])"))).toBe('CS002');
    await client.end();
  });
});

describe('the bytes of an entry', () => {
  const FIELDS = ['action', 'actor', 'after', 'at', 'before', 'idempotencyKey', 'log', 'object', 'outcome', 'reason', 'v', 'via'];

  test('are canonical JSON with exactly the fields that are published', async () => {
    const all = (await entries()).filter(({ value }) => value['log'] !== 'test/other');

    expect(all.length).toBeGreaterThan(20);
    for (const { text, value } of all) {
      expect(text).toBe(canonicalJson(value));
      expect(Object.keys(value)).toEqual(FIELDS);
      expect(Object.keys(value['actor'] as object)).toEqual(['cred', 'id', 'kind']);
      expect(Object.keys(value['via'] as object)).toEqual(['ipCommitment', 'requestId', 'tokenHash', 'traceId']);
      expect(Object.keys(value.object)).toEqual(['id', 'type', 'version']);
      expect(value['at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      expect(value['log']).toMatch(/^test\/countersign\//);
    }
  });

  test('hold no names and no texts: a reason is there as a digest', async () => {
    const canary = 'canary in the coal mine';
    const risk = await givenRisk(register, ready.system.id);
    await register.app.get(RisksService).turn(register.as('rita'), at(risk), 'reject', `It is a ${canary}.`);
    const all = (await entries()).map(({ text }) => text).join('\n');

    expect(all).not.toContain(canary);
    for (const text of [...EXAMPLE_PEOPLE.map(({ displayName }) => displayName), ready.system.name, risk.statement.event]) expect(all).not.toContain(text);
    expect((await entries('object_id = $1', [risk.id])).at(-1)?.value).toMatchObject({ action: 'risk.rejected', reason: { code: null, text: expect.stringMatching(/^sha256:/) } });
  });
});

describe('a refused command', () => {
  test('is recorded with its outcome, its code and the object', async () => {
    await expect(register.app.get(RisksService).turn(register.as('axel'), at(ready.risk), 'reopen', 'No.')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });

    const [last] = (await entries()).slice(-1);
    expect(last?.value).toMatchObject({ action: 'risk.confirm', outcome: 'REFUSED', reason: { code: 'PERMISSION_DENIED', text: null }, before: null, after: null, actor: { id: register.as('axel').principalId } });
  });

  test('is recorded at most sixty times a minute for one account; the rest is counted', async () => {
    const refuse = (): Promise<unknown> => register.app.get(RisksService).turn(register.as('eve'), at(ready.risk), 'reopen', 'No.').catch(() => undefined);
    // More than two minutes can hold: the minute may turn while they come.
    for (let i = 0; i < 13; i += 1) await Promise.all(Array.from({ length: 10 }, refuse));

    const recorded = (await entries()).filter(({ value }) => value['outcome'] === 'REFUSED' && (value['actor'] as { id: string }).id === register.as('eve').principalId);
    const counted = (await app.query<{ refused: number }>('select refused from refusal_counts where principal_id = $1', [register.as('eve').principalId])).rows.map(({ refused }) => refused);
    expect(counted.reduce((sum, refused) => sum + refused, 0)).toBe(130);
    expect(recorded).toHaveLength(counted.reduce((sum, refused) => sum + Math.min(refused, 60), 0));
    expect(recorded.length).toBeLessThan(130);
  });
});
