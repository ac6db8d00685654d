// What trying a policy on the past costs: a simulation over recorded decisions on a real PostgreSQL, and for how long it keeps others waiting at most.
// Baseline: the same decisions replayed one by one in the same process. The situations are those of the shipped gate cases, of many systems.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { transformSync } from '@swc/core';
import pg from 'pg';
import { seedOrganization } from '../dist/src/cli/example.js';
import { CASE_NOW } from '../dist/src/domain/gate-case-time.js';
import { canonicalJson, sha256 } from '../dist/src/domain/digest.js';
import { ReplayService } from '../dist/src/gate/replay.service.js';
import { SimulationsQueries } from '../dist/src/gate/simulations.queries.js';
import { SimulationsService } from '../dist/src/gate/simulations.service.js';
import { embeddedKeys } from '../dist/src/identity/keys.js';
import { startEmbeddedPostgres } from '../dist/src/platform/embedded-postgres.js';
import { migrate, prepareCluster, prepareDatabase } from '../dist/src/platform/migrate.js';
import { PoliciesService } from '../dist/src/policies/policies.service.js';
import { SHIPPED_DOCUMENT } from '../dist/src/policies/shipped-policy.js';
import { createServer } from '../dist/src/server.js';

const PROJECT = join(import.meta.dirname, '..');
const DATABASE = 'bench';
const DAY = 86_400_000;
/** 500 systems with 11 situations each, of which each is asked about 10 times: 55,000 decisions. Within a day nothing is asked twice. */
const SYSTEMS = Number(process.argv[2] ?? 500);
const SITUATIONS = 11;
const TIMES = Number(process.argv[3] ?? 10);
const REPLAYED = 500;

const { RecordedWorld, shippedSituations } = await support('recorded-decisions');
const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
const postgres = await startEmbeddedPostgres({ durable: false, projectFolder: PROJECT, say: () => undefined });
try {
  await measure();
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true });
}

/** The tests' builders, compiled beside what they build with. */
async function support(name) {
  const file = join(PROJECT, 'dist/test/support', `${name}.js`);
  mkdirSync(join(file, '..'), { recursive: true });
  const options = JSON.parse(readFileSync(join(PROJECT, '.swcrc'), 'utf8'));
  writeFileSync(file, transformSync(readFileSync(join(PROJECT, 'test/support', `${name}.ts`), 'utf8'), { ...options, swcrc: false, sourceMaps: false, jsc: { ...options.jsc, baseUrl: PROJECT } }).code);
  return import(file);
}

async function measure() {
  const admin = postgres.url('postgres', 'postgres');
  const ownerUrl = postgres.url('countersign_owner', DATABASE);
  await prepareCluster(admin);
  await prepareDatabase(admin, DATABASE);
  await migrate(ownerUrl);
  const app = await createServer({ databaseUrl: postgres.url('countersign_app', DATABASE), poolSize: 5, keys: embeddedKeys(folder), logLevel: 'silent' });
  const as = await seedOrganization(app, { ownerUrl, origin: 'bench/countersign' });
  const begin = Date.now() - 25 * DAY;
  const idle = await heldUp(() => new Promise((resolve) => { setTimeout(resolve, 3000); }));
  const ids = await fill(as('pipeline'), begin);
  const policy = await draft(app, as('rita'));
  const window = (days) => ({ from: new Date(begin).toISOString(), to: new Date(begin + days * DAY - 1).toISOString() });
  await simulate(app, as('rita'), policy, window(1 / 24));
  const alone = await replayOneByOne(app, as('rita'), ids);
  for (const [what, days] of [['each of its own facts ', 1], ['as decisions are asked', 20]]) {
    const simulated = await simulate(app, as('rita'), policy, window(days));
    report(what, simulated, { alone, lists: await listsOfFacts(as('rita'), window(days)) });
  }
  console.log(`event loop held up while nothing was done: ${idle.blocked99.toFixed(1)} ms at the 99th percentile, ${idle.blocked.toFixed(1)} ms at most`);
  console.log(`baseline: ${REPLAYED} of them replayed one by one, ${alone.toFixed(0)} decisions/s`);
  await app.close();
}

/** A policy that asks for more: an evaluation that is not older than a month, and more eyes on systems of tier MODERATE. */
async function draft(app, ctx) {
  const requirements = [{ id: 'B-01', kind: 'EVIDENCE', title: 'A fresh evaluation', gates: ['CANARY', 'PRODUCTION'], evidenceType: 'evaluation_run', maxAgeDays: 30, basis: [] }];
  const document = { ...SHIPPED_DOCUMENT, version: 'bench', tierMatrix: { ...SHIPPED_DOCUMENT.tierMatrix, MODERATE: SHIPPED_DOCUMENT.tierMatrix.HIGH }, requirements };
  return app.get(PoliciesService).draft(ctx, { source: JSON.stringify(document), cases: '', note: 'To measure.' });
}

async function replayOneByOne(app, ctx, ids) {
  const begun = performance.now();
  const differing = new Set();
  for (let at = 0; at < REPLAYED; at += 1) for (const one of (await app.get(ReplayService).replay(ctx, ids[Math.floor(at * ids.length / REPLAYED)])).differences) differing.add(one);
  // They were written past the door: under ids of their own, and about no records of the register.
  for (const beside of ['id', 'systemId', 'releaseId', 'environmentId']) differing.delete(beside);
  if (differing.size > 0) throw new Error(`a decision was not made again: ${[...differing].join()}`);
  return REPLAYED * 1000 / (performance.now() - begun);
}

async function simulate(app, ctx, policy, window) {
  const cpu = process.cpuUsage();
  let id = '';
  const held = await heldUp(async () => {
    ({ id } = await app.get(SimulationsService).start(ctx, { policy: policy.id, window }));
    await app.get(SimulationsService).settled();
  });
  const used = process.cpuUsage(cpu);
  const { result, ending } = await app.get(SimulationsQueries).simulation(ctx, id);
  if (result === null) throw new Error(ending);
  return { result, cpuMs: (used.user + used.system) / 1000, ...held };
}

/** For how long anything else waited while this was done, in milliseconds. */
async function heldUp(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return { blocked: delay.max / 1e6, blocked99: delay.percentile(99) / 1e6 };
}

/** How many lists of facts the decisions of a span were made from, told apart as a simulation does: where the list is the same, the same was looked at, at whatever time. */
async function listsOfFacts({ tenantId }, { from, to }) {
  const client = new pg.Client({ connectionString: postgres.url('postgres', DATABASE) });
  await client.connect();
  await client.query("select set_config('app.tenant', $1, false)", [tenantId]);
  const { rows: [{ lists }] } = await client.query(`
    select count(distinct sha256(convert_to((convert_from(c.bytes, 'UTF8')::json -> 'facts')::text, 'UTF8')))::int as lists
    from gate_decisions d join audit.content c on c.tenant_id = d.tenant_id and c.digest = d.facts_digest where d.tenant_id = $1 and d.decided_at between $2 and $3`, [tenantId, from, to]);
  await client.end();
  return lists;
}

function report(what, { result, cpuMs, blocked, blocked99 }, { alone, lists }) {
  const decisions = result.judged + result.untouched + result.unjudged;
  const [rate, perCore] = [decisions * 1000 / result.ms, decisions * 1000 / cpuMs];
  const flips = result.flips.map(({ from, to, count }) => `${from} to ${to} ${count}`).join(', ');
  console.log(`${what}  ${decisions} decisions from ${lists} distinct lists of facts, ${(decisions / lists).toFixed(1)} for each, in ${(result.ms / 1000).toFixed(1)} s: ${rate.toFixed(0)} decisions/s, ${perCore.toFixed(0)} for each second of this process's CPU, ${(rate / alone).toFixed(1)} times the baseline; event loop held up ${blocked99.toFixed(1)} ms at the 99th percentile, ${blocked.toFixed(1)} ms at most; ${flips}`);
}

/** Written past the door, which would take an hour: the bytes that the door would keep, the rows that it would write. */
async function fill({ tenantId, principalId }, begin) {
  const client = new pg.Client({ connectionString: postgres.url('postgres', DATABASE) });
  await client.connect();
  await client.query("select set_config('app.tenant', $1, false)", [tenantId]);
  await client.query('alter table gate_decisions disable trigger user');
  const situations = shippedSituations(PROJECT);
  const ids = [];
  for (let system = 0; system < SYSTEMS; system += 1) {
    const world = new RecordedWorld();
    for (let nth = 0; nth < SITUATIONS; nth += 1) {
      const { facts, at } = situations[(system * 7 + nth * 31) % situations.length]();
      // What a system has in common in its situations are the same records: its people, its criteria, most of what is known of it.
      const moved = begin - Date.parse(CASE_NOW) + system * 1000;
      const those = shifted(facts, moved);
      await askOften(world, world.keep(those, `${system}`, { caller: { ...those.caller, id: principalId } }), Date.parse(at) + moved + nth);
    }
    await write(client, world, system, ids);
  }
  await client.query('alter table gate_decisions enable trigger user');
  await client.query('analyze');
  await client.end();
  return ids;
}

/** Once on the first day, and then each other day at another hour: most answers still hold, some do not. */
async function askOften(world, facts, first) {
  let last = null;
  for (let times = 0; times < TIMES; times += 1) {
    const at = new Date(first + times * 19 / TIMES * DAY).toISOString();
    const holds = last !== null && (last.holdsUntil === null || at < last.holdsUntil) && (facts.about?.delegations.length ?? 0) === 0;
    last = holds ? world.again(last, at) : await world.record(facts, at);
  }
}

/** All instants of the facts, moved; packages have other digests then. */
function shifted(facts, ms) {
  const moved = JSON.parse(JSON.stringify(facts).replaceAll(/"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/g, (_, instant) => JSON.stringify(new Date(Date.parse(instant) + ms).toISOString())));
  let text = JSON.stringify(moved);
  for (const [digest, pkg] of Object.entries(moved.about?.packages ?? {})) text = text.replaceAll(digest, sha256(canonicalJson(pkg)));
  return JSON.parse(text);
}

async function write(client, { contents, decisions }, system, ids) {
  await client.query('insert into audit.content (digest, bytes) select * from unnest($1::text[], $2::bytea[]) on conflict do nothing', [[...contents.keys()], [...contents.values()]]);
  const rows = decisions.map((one, index) => ({
    id: `01a00000-0000-7000-8000-${(system * 1000 + index + 1).toString(16).padStart(12, '0')}`, version: 1, digest: one.factsDigest, question: one.question, question_hash: one.questionHash, caller_id: one.callerId, decision: one.decision,
    facts_digest: one.factsDigest, epochs: {}, decided_at: one.at, holds_until: one.holdsUntil,
  }));
  ids.push(...rows.map(({ id }) => id));
  await client.query(`insert into gate_decisions (id, version, digest, question, question_hash, caller_id, decision, facts_digest, epochs, decided_at, holds_until)
    select id, version, digest, question, question_hash, caller_id, decision, facts_digest, epochs, decided_at, holds_until from jsonb_populate_recordset(null::gate_decisions, $1::jsonb)`, [JSON.stringify(rows)]);
}
