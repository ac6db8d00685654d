// Migrations that change rows: they run as the owner, whom the walls between organizations bind like everybody, with no organization pinned.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrate, migrationFiles } from '../src/platform/migrate.js';
import { cloneDatabase, type TestDatabase } from './support/database.js';

let database: TestDatabase;
let admin: pg.Client;

beforeEach(async () => {
  database = await cloneDatabase();
  admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  for (const name of ['ours', 'theirs']) {
    const tenant = randomUUID();
    await admin.query(`select identity.create_tenant('${tenant}', '${name}', 'test/${name}')`);
    await admin.query(`insert into counters (tenant_id, prefix, last) values ('${tenant}', 'R', 1)`);
  }
});
afterEach(async () => {
  await admin.end();
  await database.drop();
});

const run = (sql: string): Promise<string[]> => migrate(database.ownerUrl, () => undefined, [...migrationFiles(), { name: '9999_rows.sql', sql, digest: '' }]);
const column = async (sql: string): Promise<unknown[]> => (await admin.query<{ value: unknown }>(sql)).rows.map(({ value }) => value);
const counts = (): Promise<unknown[]> => column('select last::int as value from counters order by tenant_id');
/** Every table of the product that has policies, and whether they bind its owner. */
const forced = (): Promise<unknown[]> => column("select c.oid::regclass || ' ' || relforcerowsecurity as value from pg_class c join pg_policy p on p.polrelid = c.oid group by 1 order by 1");
const ran = (): Promise<unknown[]> => column("select name as value from schema_migrations where name like '9%'");

const UPDATE = 'update counters set last = last + 1';
const OPEN = 'alter table counters no force row level security';
const SHUT = 'alter table counters force row level security';

describe('a migration that changes rows', () => {
  test('changes those of every organization, and leaves every wall as it was', async () => {
    const before = await forced();

    expect(await run(`${OPEN}; ${UPDATE}; ${SHUT}`)).toEqual(['9999_rows.sql']);

    expect([await counts(), await forced(), await ran()]).toEqual([[2, 2], before, ['9999_rows.sql']]);
    expect(before.filter((table) => !String(table).endsWith(' true'))).toEqual([]);
    expect(before.length).toBeGreaterThan(30);
  });

  test.each([
    ['update', UPDATE], ['delete', 'delete from counters'], ['read for a copy', 'create table copies as select * from counters'],
    ['insert', "insert into counters (tenant_id, prefix, last) select tenant_id, 'X', 1 from identity.tenants"],
    ['function', `do $$ begin ${UPDATE}; end $$`], ['statement of the role of the log', 'set role countersign_audit; update audit.head set size = size; reset role'],
  ])('is refused for a %s that the wall would filter, and told how to go on', async (_kind, sql) => {
    await expect(run(sql)).rejects.toThrow(/^9999_rows\.sql: query would be affected by row-level security policy for table "\w+" \(.*NO FORCE ROW LEVEL SECURITY/);

    expect([await counts(), await ran()]).toEqual([[1, 1], []]);
  });

  test('is taken back whole when it leaves a wall open, or makes a table whose owner is not bound', async () => {
    const before = await forced();

    await expect(run(`${OPEN}; ${UPDATE}`)).rejects.toThrow('9999_rows.sql: it leaves counters without FORCE ROW LEVEL SECURITY');
    await expect(run('create table notes (tenant_id uuid not null); alter table notes enable row level security')).rejects.toThrow('it leaves notes without FORCE');

    expect([await counts(), await forced(), await ran()]).toEqual([[1, 1], before, []]);
  });

  test('leaves alone what others have in the same database, and looks at its own wherever it lies', async () => {
    await admin.query('create schema neighbour; create table neighbour.jobs (username text); alter table neighbour.jobs enable row level security');

    expect(await run(`${OPEN}; ${UPDATE}; ${SHUT}`)).toEqual(['9999_rows.sql']);

    await admin.query("delete from schema_migrations where name like '9%'; grant create on schema neighbour to countersign_owner; grant usage on schema neighbour to countersign_owner");
    await expect(run('create table neighbour.notes (tenant_id uuid); alter table neighbour.notes enable row level security')).rejects.toThrow('it leaves neighbour.notes without FORCE');
  });
});
