// What counting costs: how long a question at the gate takes over HTTP, once remembered and once decided anew, with metrics and without.
// Baseline: the same server in the same process over the same database, whose metrics take no notice of anything.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedOrganization, seedSystems } from '../dist/src/cli/example.js';
import { mintToken } from '../dist/src/identity/issuer.js';
import { embeddedKeys } from '../dist/src/identity/keys.js';
import { startEmbeddedPostgres } from '../dist/src/platform/embedded-postgres.js';
import { Metrics } from '../dist/src/platform/metrics.js';
import { migrate, prepareCluster, prepareDatabase } from '../dist/src/platform/migrate.js';
import { createServer } from '../dist/src/server.js';

const PROJECT = join(import.meta.dirname, '..');
const DATABASE = 'bench';
const WARM_UP = 50;
const QUESTIONS = 400;

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
  const counting = await serve(keys);
  const silent = await serve(keys);
  silence(silent.get(Metrics));
  await seedSystems(counting, await seedOrganization(counting, { ownerUrl, origin: 'bench/countersign' }), PROJECT);
  const token = await mintToken(keys, 'pipeline');
  for (const operation of ['check', 'authorize']) report(operation, await compare(operation, token, { counting, silent }));
  await counting.close();
  await silent.close();
}

async function serve(keys) {
  const app = await createServer({ databaseUrl: postgres.url('countersign_app', DATABASE), poolSize: 5, keys, logLevel: 'silent' });
  await app.listen(0, '127.0.0.1');
  return app;
}

function silence(metrics) {
  for (const name of Object.getOwnPropertyNames(Metrics.prototype)) if (name !== 'constructor') metrics[name] = () => undefined;
  metrics.timeCommit = (commit) => commit();
}

/** In turns, question by question, so that whatever else the machine does falls on both; the first ones warm up. */
async function compare(operation, token, servers) {
  const times = { counting: [], silent: [] };
  for (let i = -WARM_UP; i < QUESTIONS; i += 1) {
    for (const name of i % 2 === 0 ? ['counting', 'silent'] : ['silent', 'counting']) {
      const taken = await ask(`${await servers[name].getUrl()}/v1/gate/${operation}`, token);
      if (i >= 0) times[name].push(taken);
    }
  }
  return { counting: median(times.counting), silent: median(times.silent) };
}

async function ask(url, token) {
  const begun = performance.now();
  const answer = await fetch(url, {
    method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ environment: 'pilot', target: { releaseId: 'REL-1' } }),
  });
  await answer.text();
  if (answer.status !== 200) throw new Error(`the gate answered ${answer.status}`);
  return performance.now() - begun;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function report(operation, { counting, silent }) {
  console.log(`${operation.padEnd(9)}  p50 ${counting.toFixed(3)} ms with metrics, ${silent.toFixed(3)} ms without (baseline): ratio ${(counting / silent).toFixed(3)} over ${QUESTIONS} questions each`);
}
