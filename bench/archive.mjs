// What a server holds in memory while an organization takes its archive over REST: the most above what it held before, as the archive grows.
// Baseline: the same server and organization with a tenth of it. Start it with node --expose-gc.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { seedOrganization, seedSystems } from '../dist/src/cli/example.js';
import { mintToken } from '../dist/src/identity/issuer.js';
import { embeddedKeys } from '../dist/src/identity/keys.js';
import { startEmbeddedPostgres } from '../dist/src/platform/embedded-postgres.js';
import { migrate, prepareCluster, prepareDatabase } from '../dist/src/platform/migrate.js';
import { createServer } from '../dist/src/server.js';

const PROJECT = join(import.meta.dirname, '..');
const DATABASE = 'bench';
const ADDED = [5_000, 45_000];
const EACH_BYTES = 4_096;
const LOOK_EACH = 1_000_000;

const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
const postgres = await startEmbeddedPostgres({ durable: false, projectFolder: PROJECT, say: () => undefined });
try {
  await measure();
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true });
}

async function measure() {
  const admin = postgres.url('postgres', 'postgres');
  const ownerUrl = postgres.url('countersign_owner', DATABASE);
  await prepareCluster(admin);
  await prepareDatabase(admin, DATABASE);
  await migrate(ownerUrl);
  const keys = embeddedKeys(folder);
  const app = await createServer({ databaseUrl: postgres.url('countersign_app', DATABASE), poolSize: 5, keys, logLevel: 'silent' });
  await app.listen(0, '127.0.0.1');
  await seedSystems(app, await seedOrganization(app, { ownerUrl, origin: 'bench/countersign' }), PROJECT);
  const token = await mintToken(keys, 'ada');
  const url = `${await app.getUrl()}/v1/archive`;
  await addContents(postgres.url('postgres', DATABASE), ADDED[0]);
  await take(url, token);
  const tenth = await take(url, token);
  await addContents(postgres.url('postgres', DATABASE), ADDED[1]);
  const whole = await take(url, token);
  report('tenth', tenth);
  report('whole', whole);
  console.log(`bytes ${(whole.bytes / tenth.bytes).toFixed(1)} times, memory ${(whole.grown / Math.max(tenth.grown, 1)).toFixed(1)} times the baseline`);
  await app.close();
}

/** Reads the archive piece by piece and keeps nothing; looked at is what is alive, not what waits to be collected. */
async function take(url, token) {
  const before = alive();
  const [begun, answer] = [performance.now(), await fetch(url, { headers: { authorization: `Bearer ${token}` } })];
  if (answer.status !== 200) throw new Error(`the archive was answered with ${answer.status}: ${await answer.text()}`);
  let [bytes, most] = [0, before];
  for await (const piece of answer.body) {
    if (Math.floor(bytes / LOOK_EACH) < Math.floor((bytes + piece.length) / LOOK_EACH)) most = Math.max(most, alive());
    bytes += piece.length;
  }
  return { bytes, grown: most - before, seconds: (performance.now() - begun) / 1000 };
}

function alive() {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Stored bytes of no record, as signed packages are; their text differs. */
async function addContents(adminUrl, added) {
  const client = new pg.Client(adminUrl);
  await client.connect();
  await client.query(`insert into audit.content (tenant_id, digest, bytes)
    select tenant_id, 'sha256:' || encode(sha256(bytes), 'hex'), bytes
    from (select tenant_id from audit.log limit 1) log, generate_series(1, ${String(added)}) n, convert_to(rpad(${String(added)} || ' ' || n || ' ', ${String(EACH_BYTES)}, md5(n::text)), 'UTF8') bytes`);
  await client.end();
}

function report(name, { bytes, grown, seconds }) {
  console.log(`${name.padEnd(5)}  ${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s, at most ${(grown / 1e6).toFixed(1)} MB more memory (the client included)`);
}
