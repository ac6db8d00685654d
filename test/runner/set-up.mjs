// Before the first test file: builds if needed, starts one throw-away PostgreSQL for the whole run and
// migrates the template database that every test file clones.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const TEMPLATE = 'countersign_template';
const project = process.cwd();

export default async function startDatabase() {
  execFileSync(process.execPath, [path.join(project, 'scripts', 'ready.mjs'), '--build'], { stdio: 'inherit' });
  const { startEmbeddedPostgres } = await import(built('embedded-postgres.js'));
  const { prepareCluster, prepareDatabase, migrate } = await import(built('migrate.js'));

  const postgres = await startEmbeddedPostgres({ durable: false, projectFolder: project, say: () => undefined });
  globalThis.stopTestDatabase = () => postgres.stop();
  const adminUrl = postgres.url('postgres', 'postgres');
  await prepareCluster(adminUrl);
  await prepareDatabase(adminUrl, TEMPLATE);
  await migrate(postgres.url('countersign_owner', TEMPLATE));
  process.env.COUNTERSIGN_TEST_DATABASE = adminUrl; // inherited by the workers
}

function built(name) {
  return path.join(project, 'dist', 'src', 'platform', name);
}
