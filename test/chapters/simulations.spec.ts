// A draft of a policy tried on what has been: which decisions turn and over what, what runs that might not go on, and who may try it.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Stored } from '../../src/domain/package.js';
import { plusDays } from '../../src/domain/clock.js';
import type { PolicySimulation } from '../../src/domain/policy-simulation.js';
import { ENGINE_VERSION } from '../../src/domain/gate.js';
import { recordTest, type PolicyVersion } from '../../src/domain/policy-version.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { SimulationsQueries, type Standing } from '../../src/gate/simulations.queries.js';
import { showSimulation } from '../../src/gate/simulations.graphql.js';
import { SimulationsResolver } from '../../src/gate/simulations.resolver.js';
import { SimulationsService } from '../../src/gate/simulations.service.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { PolicyTable } from '../../src/policies/policy.table.js';
import { SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { refusal } from '../support/given.js';
import { connectTo, givenReady, givenRelease, openRegister, questionAbout, type Ready, type Register } from '../support/register.js';

const EVALUATION = { id: 'E-01', kind: 'EVIDENCE', title: 'An evaluation of exactly this release', gates: ['PILOT'], evidenceType: 'evaluation_run', basis: [] };

let register: Register;
let service: SimulationsService;
let ready: Ready;
let drafted = 0;

beforeAll(async () => {
  register = await openRegister();
  service = register.app.get(SimulationsService);
  ready = await givenReady(register);
  await history(ready);
});
afterAll(() => register.close());

/** In the pilot: asked, let in and brought in, asked whether it may go on; a release that nobody signed; then somewhere else, and about nothing that is known. */
async function history({ release }: Ready): Promise<void> {
  const gate = register.app.get(GateService);
  const pipeline = (): RequestContext => register.as('pipeline');
  await gate.check(pipeline(), questionAbout(release));
  const { grant } = await gate.authorize(pipeline(), questionAbout(release));
  await register.app.get(DeploymentsService).report(pipeline(), { grant: grant!.id, bundleDigest: release.bundleDigest, environment: 'pilot' });
  await gate.check(pipeline(), { ...questionAbout(release), action: 'run' });
  await gate.check(pipeline(), questionAbout(await givenRelease(register, release.systemId)));
  await gate.check(pipeline(), questionAbout(release, 'dev'));
  await gate.check(pipeline(), { ...questionAbout(release), target: { kind: 'BUNDLE', bundleDigest: `sha256:${'99'.repeat(32)}` } });
}

function draft(more: object): Promise<Stored<PolicyVersion>> {
  drafted += 1;
  const { bindings, ...rest } = { ...SHIPPED_DOCUMENT, version: `9.0.${String(drafted)}`, ...more };
  return register.app.get(PoliciesService).draft(register.as('rita'), { source: JSON.stringify({ ...rest, bindings }), cases: '', note: 'To try it.' });
}

/** Asked for in the pilot, beside what the shipped policy asks for; nowhere else is it bound. */
const strict = (): Promise<Stored<PolicyVersion>> => draft({ id: 'pilots', bindings: [{ priority: 10, mode: 'ENFORCE', kinds: ['PILOT'] }], requirements: [EVALUATION] });

async function simulate(version: PolicyVersion, window: { from?: string; to?: string } | null = null): Promise<Stored<PolicySimulation>> {
  const { id } = await service.start(register.as('rita'), { policy: version.number, window });
  await service.settled();
  return register.app.get(SimulationsQueries).simulation(register.as('axel'), id);
}

const standing = async (id: string): Promise<Standing> => (await register.app.get(SimulationsQueries).standing(register.as('axel'), id))!;

async function owner<T>(work: (query: (sql: string, values?: unknown[]) => Promise<{ rows: Record<string, unknown>[] }>) => Promise<T>): Promise<T> {
  const client = await connectTo(register.database.adminUrl, register.tenantId);
  try {
    return await work((sql, values) => client.query(sql, values));
  } finally {
    await client.end();
  }
}

const decisions = (): Promise<number> => owner(async (query) => Number((await query('select count(*) from gate_decisions')).rows[0]!.count));

test('writes no decision, whatever it judges: the log has its beginning and its end', async () => {
  const version = await strict();
  const entries = (): Promise<string[]> => owner(async (query) => (await query("select convert_from(entry, 'UTF8')::jsonb ->> 'action' as action from audit.entries order by seq")).rows.map(({ action }) => String(action)));
  const [before, decided] = [await entries(), await decisions()];
  const { result } = await simulate(version);

  expect(result!.judged + result!.deployments).toBeGreaterThan(1);
  expect([await decisions(), (await entries()).slice(before.length)]).toEqual([decided, ['simulation.started', 'simulation.completed']]);
});

describe('a draft that asks for more', () => {
  test('turns exactly what it would have refused, over what it asks for, and leaves the rest as it was', async () => {
    const before = await decisions();
    const { result, ending } = await simulate(await strict());

    expect(ending).toBeNull();
    // Asked, let in, and asked again whether it may go on; what was refused is refused. Of another place and of nothing known it says nothing.
    expect(result).toMatchObject({ judged: 4, untouched: 2, unjudged: 0, otherEngine: 0, flips: [{ from: 'ALLOW', to: 'DENY', count: 3 }], requirementsTotal: 1 });
    expect(result!.requirements).toEqual([{ requirement: 'R7/E-01', code: 'EVIDENCE_MISSING', added: 3, lifted: 0, deployments: 1 }]);
    expect(result!.examples.map(({ action }) => action)).toEqual(['promote', 'promote', 'run']);
    expect(result!.examples[0]).toMatchObject({ environment: 'pilot', system: ready.system.number, from: 'ALLOW', to: 'DENY', added: ['R7/E-01 EVIDENCE_MISSING'], lifted: [] });
    expect(await decisions()).toBe(before);
  });

  test('lists every decision that turns, page by page', async () => {
    const done = await simulate(await strict());
    const page = (first: number, after: string | null, filter = {}) => register.app.get(SimulationsQueries).turned(register.as('axel'), done, filter, { first, after });
    const [one, all] = [await page(1, null), await page(50, null)];
    const rest = await page(50, one.endCursor);

    expect(all.nodes.map(({ from, to, added }) => [from, to, added])).toEqual(Array(done.result!.flips[0]!.count).fill(['ALLOW', 'DENY', ['R7/E-01 EVIDENCE_MISSING']]));
    expect([...one.nodes, ...rest.nodes]).toEqual(all.nodes);
    expect([one.hasNextPage, rest.hasNextPage, await all.count(), (await page(50, null, { from: 'DENY' })).nodes]).toEqual([true, false, { value: all.nodes.length, isExact: true }, []]);
  });

  test('names what runs now and could not go on', async () => {
    const { result } = await simulate(await strict());

    expect(result).toMatchObject({ deployments: 1, deploymentsRefused: 1, deploymentsRefusedNow: 0 });
    expect(result!.refusedDeployments).toEqual([{ number: expect.stringMatching(/^D-/) as unknown as string, system: ready.system.number, environment: 'pilot', from: 'ALLOW', to: 'DENY', added: ['R7/E-01 EVIDENCE_MISSING'], lifted: [] }]);
  });

  test('lists them page by page as well', async () => {
    const done = await simulate(await strict());
    const page = await register.app.get(SimulationsQueries).refused(register.as('axel'), done, { first: 5, after: null });

    expect([page.nodes, page.hasNextPage, await page.count()]).toEqual([done.result!.refusedDeployments, false, { value: 1, isExact: true }]);
  });

  test('says how far it has come, and how fast', async () => {
    const { id } = await simulate(await strict());
    await owner((query) => query('update simulation_progress set looked_at = 900, ms = 1200 where simulation_id = $1', [id]));
    const shown = showSimulation(await register.app.get(SimulationsQueries).simulation(register.as('axel'), id));

    expect(await register.app.get(SimulationsResolver).progress(register.as('axel'), shown)).toEqual({ lookedAt: 900, perSecond: 750 });
  });

  test('is found again in the list, the latest first, with what came of it', async () => {
    const done = await simulate(await strict());
    const queries = register.app.get(SimulationsQueries);
    const page = await queries.simulations(register.as('axel'), { first: 1, after: null });

    expect(page.nodes).toEqual([await queries.simulation(register.as('axel'), done.id)]);
    expect(page.nodes[0]).toMatchObject({ number: done.number, result: done.result });
    const rest = await queries.simulations(register.as('axel'), { first: 100, after: page.endCursor });
    expect(rest.nodes.length).toBeGreaterThan(0);
    expect(rest.nodes.map(({ id }) => id)).not.toContain(done.id);
  });

  test('looks at the decisions of the span only', async () => {
    const early = plusDays(new Date().toISOString(), -1);

    expect((await simulate(await strict(), { from: plusDays(early, -1), to: early })).result).toMatchObject({ judged: 0, untouched: 0, flips: [], deployments: 1 });
  });
});

test('a draft that asks for less lets in what was refused, over what it no longer asks for', async () => {
  const { result } = await simulate(await draft({ tierMatrix: { ...SHIPPED_DOCUMENT.tierMatrix, MINIMAL: {} } }));

  expect(result).toMatchObject({ judged: 5, untouched: 1, flips: [{ from: 'DENY', to: 'ALLOW', count: 1 }], deploymentsRefused: 0 });
  expect(result!.requirements).toContainEqual({ requirement: 'R5/REQUEST', code: 'REVIEW_MISSING', added: 0, lifted: 1, deployments: 0 });
  expect(result!.requirements.every(({ requirement, added }) => requirement.startsWith('R5/') && added === 0)).toBe(true);
});

test('what was decided on facts that are kept no longer is counted by itself', async () => {
  await owner(async (query) => {
    await query("update audit.content set bytes = null, tombstone = 'erased' where digest = (select facts_digest from gate_decisions where question ->> 'action' = 'run')");
  });

  expect((await simulate(await strict())).result).toMatchObject({ judged: 3, unjudged: 1, untouched: 2, flips: [{ from: 'ALLOW', to: 'DENY', count: 2 }] });
});

describe('while it runs', () => {
  test('it is seen how far it has come, and no second one is started', async () => {
    const version = await strict();
    const holder = await connectTo(register.database.adminUrl, register.tenantId);
    await holder.query('begin; lock table simulation_progress in exclusive mode');
    const { id, number } = await service.start(register.as('rita'), { policy: version.id, window: null });
    await holder.query('select from policy_simulations where id = $1 for update', [id]);

    expect((await register.app.get(SimulationsQueries).simulation(register.as('axel'), id)).result).toBeNull();
    expect(await standing(id)).toMatchObject({ outcome: 'RUNNING', lookedAt: 0 });
    await expect(service.start(register.as('hugo'), { policy: version.id, window: null })).rejects.toThrow(refusal('ALREADY_EXISTS', { subject: 'PolicySimulation', id: number }));

    await holder.query('commit');
    await holder.end();
    await service.settled();
    const { outcome, lookedAt, ms } = await standing(id);
    expect({ outcome, lookedAt }).toEqual({ outcome: 'DONE', lookedAt: 6 });
    expect(ms).toBeGreaterThan(0);
  });

  test('one whose server is gone is taken for abandoned after a minute, and gives way to the next one', async () => {
    const version = await strict();
    const work = register.app.get(UnitOfWork);
    let writes = 0;
    const broken = { write: (...args: Parameters<UnitOfWork['write']>) => ((writes += 1) === 1 ? work.write(...args) : Promise.reject(new Error('gone'))), read: () => Promise.reject(new Error('gone')) };
    const gone = new SimulationsService(broken as unknown as UnitOfWork);
    const { id } = await gone.start(register.as('rita'), { policy: version.id, window: null });
    await gone.settled();

    expect((await standing(id)).outcome).toBe('RUNNING');
    await owner((query) => query("insert into simulation_progress (simulation_id, looked_at, ms, touched_at) values ($1, 1, 1, clock_timestamp() - interval '61 seconds')", [id]));
    expect((await standing(id)).outcome).toBe('ABANDONED');
    expect((await simulate(version)).result).not.toBeNull();
    expect(await register.app.get(SimulationsQueries).simulation(register.as('axel'), id)).toMatchObject({ result: null, ending: 'The server that ran it is gone.' });
  });

  test('a server that stops says so', async () => {
    const stopped = new SimulationsService(register.app.get(UnitOfWork));
    await stopped.beforeApplicationShutdown();
    const { id } = await stopped.start(register.as('rita'), { policy: (await strict()).id, window: null });
    await stopped.settled();

    expect(await register.app.get(SimulationsQueries).simulation(register.as('axel'), id)).toMatchObject({ result: null, ending: 'The server stopped.' });
    expect((await standing(id)).outcome).toBe('FAILED');
  });
});

test('it is not started by whoever may not draft policies, for a span that cannot be looked at, or beside what contradicts it', async () => {
  const version = await strict();
  const start = (handle: string, window: { from?: string; to?: string } | null = null, policy = version.id): Promise<unknown> => service.start(register.as(handle), { policy, window });

  await expect(start('axel')).rejects.toThrow(refusal('PERMISSION_DENIED'));
  await expect(start('rita', { to: '2099-01-01T00:00:00.000Z' })).rejects.toThrow(refusal('INVALID_INPUT', { field: 'window.to' }));
  await expect(start('rita', { from: '2020-01-01T00:00:00.000Z' })).rejects.toThrow(refusal('INVALID_INPUT', { field: 'window.from' }));
  await expect(start('rita', null, 'POL-999')).rejects.toThrow(refusal('NOT_FOUND'));

  // What is in force now, and not what is only drafted: beside another draft of the same priority it is tried.
  const beside = await draft({ id: 'beside', bindings: [{ priority: 10, mode: 'ENFORCE', kinds: ['PILOT'] }] });
  expect((await simulate(beside)).ending).toBeNull();
  await bringIntoForce(version);
  await expect(start('rita', null, beside.id)).rejects.toThrow(refusal('POLICY_BINDINGS_CONTRADICT', { field: 'source', line: 1 }));
});

async function bringIntoForce(version: Stored<PolicyVersion>): Promise<void> {
  const work = register.app.get(UnitOfWork);
  await work.write(register.as('rita'), 'policy.draft', async (tx) => {
    const present = await tx.lock(PolicyTable, version.id);
    return tx.put(PolicyTable, recordTest(present, { cases: 1, failed: [], engine: ENGINE_VERSION }, tx.now), present);
  });
  const policies = register.app.get(PoliciesService);
  let present = await policies.submit(register.as('rita'), { id: version.id, expectedVersion: version.version + 1 });
  for (const handle of ['hugo', 'hanna']) present = await policies.approve(register.as(handle), { id: present.id, expectedVersion: present.version });
  await policies.activate(register.as('hugo'), { id: present.id, expectedVersion: present.version });
}
