// What it costs that each transaction holds its presence in its organization: entering and leaving, one transaction after another.
// Baseline: the same function without the lock, in the same database over the same connection.
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../dist/src/platform/embedded-postgres.js';
import { migrate, prepareCluster, prepareDatabase } from '../dist/src/platform/migrate.js';
import { createTenant } from '../dist/src/platform/tenants.js';

const PROJECT = join(import.meta.dirname, '..');
const DATABASE = 'bench';
const WARM_UP = 500;
const TRANSACTIONS = 5_000;
const TENANT = '00000000-0000-4000-8000-000000000001';
const NOBODY = '00000000-0000-4000-8000-000000000002';

const postgres = await startEmbeddedPostgres({ durable: false, projectFolder: PROJECT, say: () => undefined });
try {
  await measure();
} finally {
  await postgres.stop();
}

async function measure() {
  const admin = postgres.url('postgres', 'postgres');
  const ownerUrl = postgres.url('countersign_owner', DATABASE);
  await prepareCluster(admin);
  await prepareDatabase(admin, DATABASE);
  await migrate(ownerUrl);
  await createTenant(ownerUrl, { id: TENANT, name: 'Bench', origin: 'bench/presence' });
  await withoutLock(ownerUrl);
  const client = new pg.Client(postgres.url('countersign_app', DATABASE));
  await client.connect();
  const { presence, none } = await compare(client, { presence: 'identity.enter', none: 'identity.enter_without_presence' });
  await client.end();
  console.log(`a transaction  p50 ${presence.toFixed(3)} ms with presence, ${none.toFixed(3)} ms without (baseline): ratio ${(presence / none).toFixed(3)} over ${TRANSACTIONS} transactions each`);
}

/** The function as the migrations made it, but for its lock. */
async function withoutLock(ownerUrl) {
  const owner = new pg.Client(ownerUrl);
  await owner.connect();
  const { rows: [{ made }] } = await owner.query("select pg_get_functiondef('identity.enter(uuid,uuid)'::regprocedure) as made");
  const text = made.replace('identity.enter(', 'identity.enter_without_presence(').replace(/pg_catalog\.pg_try_advisory_xact_lock_shared\([^;]*;/, 'true;');
  if (/advisory/.test(text)) throw new Error('The lock was not taken out.');
  await owner.query(text);
  await owner.end();
}

/** In turns, so that whatever else the machine does falls on both; the first ones warm up. */
async function compare(client, functions) {
  const times = { presence: [], none: [] };
  for (let i = -WARM_UP; i < TRANSACTIONS; i += 1) {
    for (const name of i % 2 === 0 ? ['presence', 'none'] : ['none', 'presence']) {
      const begun = performance.now();
      await client.query('begin');
      await client.query({ name, text: `select * from ${functions[name]}($1, $2)`, values: [TENANT, NOBODY] });
      await client.query('commit');
      if (i >= 0) times[name].push(performance.now() - begun);
    }
  }
  return { presence: median(times.presence), none: median(times.none) };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
