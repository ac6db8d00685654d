// What connections of its own are worth to the gate: how long a check takes over HTTP, while nobody else asks and while readers do.
// Baseline: the same server in the same process over the same database, whose gate takes the connections of everybody.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedOrganization, seedSystems } from '../dist/src/cli/example.js';
import { mintToken } from '../dist/src/identity/issuer.js';
import { embeddedKeys } from '../dist/src/identity/keys.js';
import { startEmbeddedPostgres } from '../dist/src/platform/embedded-postgres.js';
import { migrate, prepareCluster, prepareDatabase } from '../dist/src/platform/migrate.js';
import { Pools } from '../dist/src/platform/pools.js';
import { createServer } from '../dist/src/server.js';

const PROJECT = join(import.meta.dirname, '..');
const DATABASE = 'bench';
const WARM_UP = 50;
const QUESTIONS = 400;
const READERS = 12;
const PAGE = '{ systems(first: 20) { nodes { number risks(first: 20) { nodes { number } } releases(first: 20) { nodes { number } } } } }';

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
  const servers = { own: await serve(keys), shared: await serve(keys) };
  const pools = servers.shared.get(Pools);
  pools.of = () => pools.general;
  await seedSystems(servers.own, await seedOrganization(servers.own, { ownerUrl, origin: 'bench/countersign' }), PROJECT);
  const token = await mintToken(keys, 'pipeline');
  report('nobody else asks', await compare(servers, token, 0));
  report(`${READERS} readers ask`, await compare(servers, token, READERS));
  for (const server of Object.values(servers)) await server.close();
}

async function serve(keys) {
  const app = await createServer({ databaseUrl: postgres.url('countersign_app', DATABASE), poolSize: 5, keys, logLevel: 'silent' });
  await app.listen(0, '127.0.0.1');
  return app;
}

/** In turns, each first once, so that whatever else the machine does falls on both; the first questions warm up. */
async function compare(servers, token, readers) {
  const times = { own: [], shared: [] };
  for (const names of [['own', 'shared'], ['shared', 'own']]) {
    for (const name of names) {
      const url = await servers[name].getUrl();
      const reading = new AbortController();
      const all = Array.from({ length: readers }, () => read(`${url}/graphql`, token, reading.signal));
      for (let i = -WARM_UP; i < QUESTIONS / 2; i += 1) {
        const taken = await ask(`${url}/v1/gate/check`, token, { environment: 'pilot', target: { releaseId: 'REL-1' } });
        if (i >= 0) times[name].push(taken);
      }
      reading.abort();
      await Promise.all(all);
    }
  }
  return times;
}

async function read(url, token, signal) {
  while (!signal.aborted) await ask(url, token, { query: PAGE });
}

async function ask(url, token, body) {
  const begun = performance.now();
  const answer = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  await answer.text();
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
  return performance.now() - begun;
}

function at(values, share) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)];
}

function report(when, { own, shared }) {
  for (const share of [0.5, 0.99]) {
    const [its, without] = [at(own, share), at(shared, share)];
    console.log(`${when.padEnd(16)}  p${share * 100} ${its.toFixed(2)} ms with connections of its own, ${without.toFixed(2)} ms without (baseline): ratio ${(its / without).toFixed(2)} over ${QUESTIONS} checks each`);
  }
}
