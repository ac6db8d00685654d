// Before the first test file: builds if needed, starts one throw-away PostgreSQL for the whole run and
// migrates the template database that every test file clones.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type * as embedded from '../../src/platform/embedded-postgres.js';
import type * as migrations from '../../src/platform/migrate.js';

export const TEMPLATE = 'countersign_template';
const project = process.cwd();

export default async function startDatabase(): Promise<void> {
  // Jest resolves no ".js" import of a ".ts" file here, so the set-up runs what was built.
  execFileSync(process.execPath, [path.join(project, 'scripts', 'ready.mjs'), '--build'], { stdio: 'inherit' });
  const { startEmbeddedPostgres } = (await import(built('embedded-postgres.js'))) as typeof embedded;
  const { prepareCluster, prepareDatabase, migrate } = (await import(built('migrate.js'))) as typeof migrations;

  const postgres = await startEmbeddedPostgres({ durable: false, projectFolder: project, say: () => undefined });
  globalThis.stopTestDatabase = () => postgres.stop();
  const adminUrl = postgres.url('postgres', 'postgres');
  await prepareCluster(adminUrl);
  await prepareDatabase(adminUrl, TEMPLATE);
  await migrate(postgres.url('countersign_owner', TEMPLATE));
  process.env['COUNTERSIGN_TEST_DATABASE'] = adminUrl; // inherited by the workers
}

function built(name: string): string {
  return path.join(project, 'dist', 'src', 'platform', name);
}

declare global {
  var stopTestDatabase: (() => Promise<void>) | undefined;
}
