// A PostgreSQL as an operator has one: a server of its own with a superuser and a password, which asks everybody for theirs.
import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/embedded-postgres.js';
import { PROJECT } from './command-line.js';

export interface ExternalPostgres { readonly adminUrl: string; stop(): Promise<void> }

export async function startExternalPostgres(password: string): Promise<ExternalPostgres> {
  const postgres = await startEmbeddedPostgres({ durable: false, projectFolder: PROJECT, say: () => undefined });
  const open = postgres.url('postgres', 'postgres');
  const [settings] = await ask<{ hba_file: string }>(open, 'show hba_file');
  await ask(open, `alter role postgres password '${password}'`);
  writeFileSync(settings!.hba_file, 'local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n');
  await ask(open, 'select pg_reload_conf()');
  return { adminUrl: open.replace('postgres@', `postgres:${password}@`), stop: () => postgres.stop() };
}

async function ask<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client.query<Row>(sql).then(({ rows }) => rows).finally(() => client.end());
}
