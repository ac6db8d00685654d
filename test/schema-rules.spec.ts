// What a migrated database must look like: whose row it is, who may touch it, and that no change escapes the log.
// Each rule is also run on a planted violation inside a transaction that is rolled back.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { SCHEMA_PLANTS } from './support/architecture/schema-plants.js';
import { SCHEMA_RULES } from './support/architecture/schema-rules.js';
import { cloneDatabase } from './support/database.js';

describe('the rules of the schema', () => {
  let database: Awaited<ReturnType<typeof cloneDatabase>>;
  let client: pg.Client;

  beforeAll(async () => {
    database = await cloneDatabase();
    client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const findings = async (sql: string): Promise<string[]> => (await client.query<{ finding: string }>(sql)).rows.map(({ finding }) => finding);

  const rolledBack = async (work: () => Promise<void>): Promise<void> => {
    await client.query('begin');
    try {
      await work();
    } finally {
      await client.query('rollback');
    }
  };

  test.each(SCHEMA_RULES)('$name', async ({ sql }) => {
    expect(await findings(sql)).toEqual([]);
  });

  test.each(SCHEMA_PLANTS)('a planted violation is found: $finding', async ({ rule, sql, finding }) => {
    const [judge] = SCHEMA_RULES.filter(({ name }) => name === rule);

    await rolledBack(async () => {
      await client.query(sql);

      expect(await findings(judge!.sql)).toContain(finding);
    });
  });

  test('each rule is proved by a planted violation', () => {
    expect([...new Set(SCHEMA_PLANTS.map(({ rule }) => rule))].sort()).toEqual(SCHEMA_RULES.map(({ name }) => name).sort());
  });

  test('the register and its log are there to be judged', async () => {
    const { rows } = await client.query<{ name: string }>("select oid::regclass::text as name from pg_class where relkind = 'r' and relname in ('risks', 'sign_offs', 'entry', 'epochs', 'tenants')");

    expect(rows.map(({ name }) => name).sort()).toEqual(['audit.entry', 'gate.epochs', 'identity.tenants', 'risks', 'sign_offs']);
  });
});
