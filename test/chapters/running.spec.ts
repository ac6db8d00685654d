// What runs, on a real PostgreSQL: asked through the services, over REST and GraphQL, remembered and forgotten when something changes.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ENGINE_VERSION } from '../../src/domain/gate.js';
import { plusDays } from '../../src/domain/clock.js';
import type { GateAction } from '../../src/domain/gate-question.js';
import type { Stored } from '../../src/domain/package.js';
import type { Release } from '../../src/domain/release.js';
import type { BreakGlass } from '../../src/domain/break-glass.js';
import { BreakGlassQueries } from '../../src/gate/break-glass.queries.js';
import { BreakGlassService } from '../../src/gate/break-glass.service.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { BaselinesService } from '../../src/gate/baselines.service.js';
import type { Answer } from '../../src/gate/answer.js';
import { GateService } from '../../src/gate/gate.service.js';
import { migrate } from '../../src/platform/migrate.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { ReleasesService } from '../../src/systems/releases.service.js';
import { holdLog } from '../support/log-lock.js';
import { at, connectTo, givenReady, givenRelease, givenSystem, openRegister, questionAbout, type Ready, type Register } from '../support/register.js';

let register: Register;
beforeAll(async () => {
  register = await openRegister({ poolSize: 20 });
});
afterAll(() => register.close());

const gate = (): GateService => register.app.get(GateService);
const ask = (release: Release, action: GateAction): Promise<Answer> => gate().check(register.as('pipeline'), { ...questionAbout(release), action });
const authorize = (release: Release, action: GateAction = 'promote'): Promise<Answer> => gate().authorize(register.as('pipeline'), { ...questionAbout(release), action });
const report = (grant: Answer['grant'], release: Release, handle = 'pipeline'): Promise<unknown> => register.app.get(DeploymentsService).report(register.as(handle), { grant: grant?.id ?? '', bundleDigest: release.bundleDigest, environment: 'pilot' });
const soon = (days: number): string => plusDays(new Date().toISOString(), days);

function said({ decision }: Answer): string[] {
  return [...new Set(decision.reasons.filter(({ severity }) => severity !== 'INFO').map(({ severity, code }) => `${severity} ${code}`))];
}

async function givenPromoted(): Promise<Ready> {
  const ready = await givenReady(register);
  expect((await authorize(ready.release)).grant).toMatchObject({ action: 'promote', promotionId: ready.promotion.id });
  return ready;
}

describe('what was let into an environment', () => {
  test('may run there, which nothing may before; the very next answer knows it', async () => {
    const { release } = await givenReady(register);
    expect(said(await ask(release, 'run'))).toEqual(['BLOCK NOT_AUTHORIZED_HERE']);

    await authorize(release);

    expect((await ask(release, 'run')).decision).toMatchObject({ verdict: 'ALLOW', action: 'run', promotionId: null });
    expect(said(await gate().check(register.as('pipeline'), { ...questionAbout(release, 'dev'), action: 'run' }))).toEqual(['BLOCK NOT_AUTHORIZED_HERE']);
  });

  test('may not run once its sign-off is taken back, and may come back all the same, under a grant of its own', async () => {
    const { release, signOff } = await givenPromoted();
    await register.app.get(SignOffsService).withdraw(register.as('sam'), at(signOff), 'I was wrong.');

    expect(said(await ask(release, 'run'))).toEqual(['BLOCK SIGN_OFF_REVOKED']);
    const { decision, grant } = await authorize(release, 'rollback');
    expect(decision.verdict).toBe('ALLOW');
    expect(grant).toMatchObject({ action: 'rollback', promotionId: null });
  });

  test('neither runs nor comes back once its release is withdrawn', async () => {
    const { release } = await givenPromoted();
    expect((await ask(release, 'run')).decision.verdict).toBe('ALLOW');

    await register.app.get(ReleasesService).withdraw(register.as('rita'), at(release), 'It leaks.');

    for (const action of ['promote', 'run', 'rollback'] as const) expect(said(await ask(release, action))).toContain('BLOCK RELEASE_WITHDRAWN');
  });

  test('is recomputed from what was stored with the decision: grants and baselines are among its facts', async () => {
    const { release } = await givenPromoted();
    const { factsDigest } = await ask(release, 'run');
    const reader = await connectTo(register.database.appUrl, register.tenantId);
    const { rows } = await reader.query<{ manifest: { facts: [string, string, string][]; engine: string } }>("select convert_from(bytes, 'UTF8')::jsonb as manifest from audit.content where digest = $1", [factsDigest]);
    await reader.end();

    expect(rows[0]?.manifest.facts.map(([type]) => type)).toContain('Grant');
    expect(rows[0]?.manifest.engine).toBe(ENGINE_VERSION);
  });

  test('gets no grant to run: that is no deployment', async () => {
    const { release } = await givenPromoted();

    await expect(authorize(release, 'run')).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'action' } });
  });
});

describe('a baseline', () => {
  async function givenRunning(): Promise<{ release: Stored<Release>; systemId: string }> {
    const { id: systemId } = await givenSystem(register);
    return { release: await givenRelease(register, systemId), systemId };
  }
  const baselines = (): BaselinesService => register.app.get(BaselinesService);
  const propose = ({ release, systemId }: Awaited<ReturnType<typeof givenRunning>>, digests = [release.bundleDigest]): ReturnType<BaselinesService['propose']> =>
    baselines().propose(register.as('sam'), { system: systemId, environment: 'pilot', bundleDigests: digests, until: soon(90), reason: 'It ran before.' });

  test('lets run what two people let run, with everything that is missing as a warning, until somebody ends it', async () => {
    const running = await givenRunning();
    const [proposed] = await propose(running);
    expect(said(await ask(running.release, 'run'))).toContain('BLOCK NOT_AUTHORIZED_HERE');

    const confirmed = await baselines().confirm(register.as('hugo'), at(proposed!));
    expect((await ask(running.release, 'run')).decision).toMatchObject({ verdict: 'ALLOW', limitedBy: { what: 'BASELINE', ref: confirmed.id } });
    expect((await ask(running.release, 'promote')).decision.verdict).toBe('DENY');

    await baselines().end(register.as('sam'), at(confirmed), 'end', 'It is replaced.');
    expect(said(await ask(running.release, 'run'))).toContain('BLOCK NOT_AUTHORIZED_HERE');
  });

  test('is imported as a whole list or not at all', async () => {
    const running = await givenRunning();

    await expect(propose(running, [running.release.bundleDigest, `sha256:${'0'.repeat(64)}`])).rejects.toMatchObject({ code: 'NOT_FOUND', facts: { field: 'input.bundleDigests.1' } });
    await expect(propose(running, [running.release.bundleDigest, running.release.bundleDigest])).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(await propose(running)).toHaveLength(1);
  });

  test('is no way in for a release that was made after the gate had let something of the system in', async () => {
    const running = await givenRunning();
    await baselines().confirm(register.as('hugo'), at((await propose(running))[0]!));
    const next = await givenRelease(register, running.systemId);

    await expect(propose({ ...running, release: next })).rejects.toMatchObject({ code: 'NOT_ELIGIBLE', facts: { because: ['REGISTERED_SINCE'] } });
  });

  test('is given once, however many ask at the same moment', async () => {
    const running = await givenRunning();
    const outcomes = await Promise.allSettled([propose(running), propose(running)]);

    expect(outcomes.map((each) => (each.status === 'fulfilled' ? 'DONE' : (each.reason as { code: string }).code)).sort()).toEqual(['ALREADY_EXISTS', 'DONE']);
  });

  test('is never confirmed by its proposer, not even in the table', async () => {
    const [proposed] = await propose(await givenRunning());
    const owner = await connectTo(register.database.ownerUrl, register.tenantId);

    await expect(owner.query("update baselines set state = 'CONFIRMED', confirmed_by = proposed_by, confirmed_at = now() where id = $1", [proposed!.id])).rejects.toThrow(/baselines_check|baselines_confirmed_by_check|violates check constraint/);
    await owner.end();
  });
});

describe('break-glass', () => {
  const glass = (): BreakGlassService => register.app.get(BreakGlassService);
  const invoke = ({ release, systemId }: { release: Release; systemId: string }): Promise<Stored<BreakGlass>> =>
    glass().invoke(register.as('dana'), { system: systemId, environment: 'pilot', bundleDigest: release.bundleDigest, emergency: 'OUTAGE', incident: 'Nobody gets an answer.', validUntil: soon(0.5) });

  async function givenEmergency(): Promise<{ release: Stored<Release>; systemId: string; ready: Stored<BreakGlass> }> {
    const { id: systemId } = await givenSystem(register);
    const release = await givenRelease(register, systemId);
    return { release, systemId, ready: await glass().turnSecondKey(register.as('eve'), at(await invoke({ release, systemId }))) };
  }

  test('opens the gate once, and says in the decision what it stepped over', async () => {
    const { release, ready } = await givenEmergency();
    expect((await ask(release, 'promote')).decision).toMatchObject({ verdict: 'ALLOW', override: { breakGlass: ready.number } });

    const { decision, grant } = await authorize(release);
    expect(decision.override).toMatchObject({ kind: 'BREAK_GLASS', breakGlassId: ready.id, steppedOver: expect.arrayContaining(['R5/REQUEST', 'R5/RISK']) });
    expect(grant).toMatchObject({ action: 'promote', promotionId: null, breakGlassId: ready.id });
    expect(said(await ask(release, 'promote'))).toContain('BLOCK REVIEW_MISSING');
    expect(said(await ask(release, 'run'))).toContain('WARN REVIEW_MISSING');
    await report(grant, release);
  });

  test('gives one grant, however many ask at the same moment', async () => {
    const { release } = await givenEmergency();
    const held = await holdLog(register);
    const first = authorize(release);
    await held.queued(1);
    const others = [authorize(release), authorize(release)];
    await held.queued(2);
    await held.release();
    const answers = await Promise.all([first, ...others]);

    expect(answers.map(({ decision }) => decision.verdict)).toEqual(['ALLOW', 'DENY', 'DENY']);
  });

  test('once condemned lets nothing run, and its open grant is void', async () => {
    const { release, ready } = await givenEmergency();
    const [{ grant }, { grant: back }] = [await authorize(release), await authorize(release, 'rollback')];
    expect((await ask(release, 'run')).decision.verdict).toBe('ALLOW');

    await glass().review(register.as('rita'), { id: ready.id, expectedVersion: ready.version + 1 }, 'condemn', 'It could have waited.');

    expect(said(await ask(release, 'run'))).toContain('BLOCK NOT_AUTHORIZED_HERE');
    for (const open of [grant, back]) await expect(report(open, release)).rejects.toMatchObject({ code: 'GRANT_INVALID', facts: { because: ['BREAK_GLASS_CONDEMNED'] } });
  });

  test('is invoked once at a time, however many ask at the same moment', async () => {
    const { id: systemId } = await givenSystem(register);
    const release = await givenRelease(register, systemId);
    const outcomes = await Promise.allSettled([invoke({ release, systemId }), invoke({ release, systemId })]);

    expect(outcomes.map((each) => (each.status === 'fulfilled' ? 'DONE' : (each.reason as { code: string }).code)).sort()).toEqual(['ALREADY_EXISTS', 'DONE']);
  });

  test.each([
    ['a second key of its invoker', "second_key = jsonb_build_object('personId', invoked_by)"], ['more than a day', "valid_until = invoked_at + interval '25 hours'"],
    ['a review of whoever used it', "state = 'RATIFIED', used_at = invoked_at, used_by = tenant_id, review = jsonb_build_object('by', tenant_id)"],
    ['a review of the team of then', "state = 'RATIFIED', used_at = invoked_at, review = jsonb_build_object('by', (select member from jsonb_array_elements_text(team) as member where member <> invoked_by::text))"],
    ['a review of its invoker', "state = 'RATIFIED', used_at = invoked_at, review = jsonb_build_object('by', invoked_by)"],
  ])('has no %s, not even in the table', async (_, change) => {
    const { ready } = await givenEmergency();
    const owner = await connectTo(register.database.ownerUrl, register.tenantId);

    await expect(owner.query(`update break_glasses set ${change} where id = $1`, [ready.id])).rejects.toThrow(/violates check constraint/);
    await owner.end();
  });

  test('that was judged stands as such, with the hour at which that was due', async () => {
    const { release, ready } = await givenEmergency();
    await authorize(release);
    await glass().review(register.as('rita'), { id: ready.id, expectedVersion: ready.version + 1 }, 'ratify', 'It was right.');
    const standing = await register.app.get(BreakGlassQueries).standings(register.as('axel'), [ready.id]);

    expect(standing.get(ready.id)).toMatchObject({ outcome: 'RATIFIED', reviewDueAt: expect.any(String) });
  });

  test('that was used keeps the hour at which its review is due, and what lapses soon says the same, whatever the policy was', async () => {
    const { release, ready } = await givenEmergency();
    await authorize(release);
    const owner = await connectTo(register.database.ownerUrl, register.tenantId);
    const hours = async (): Promise<unknown> => (await owner.query("select extract(epoch from review_due - used_at)::int / 3600 as kept, extract(epoch from ends_at - used_at)::int / 3600 as listed from lapses join break_glasses using (tenant_id, id) where id = $1", [ready.id])).rows;

    expect(await hours()).toEqual([{ kept: 72, listed: 72 }]);
    await owner.query('begin');
    await owner.query("update break_glasses set review_due = used_at + interval '24 hours' where id = $1", [ready.id]);
    expect(await hours()).toEqual([{ kept: 24, listed: 24 }]);
    await owner.query('rollback');
    await owner.end();
  });
});

describe('a register that is older', () => {
  /** Takes away what the migrations made. */
  const BEFORE = `
    drop table baselines, break_glasses cascade;
    drop index grants_by_place, releases_to_judge, conditions_to_confirm; alter table grants drop column action, drop column break_glass_id;
    drop trigger demand_entry on grants;
    create constraint trigger demand_entry after insert or update or delete on grants deferrable initially deferred for each row execute function audit.demand_entry('id');
    delete from schema_migrations where name in ('0017_run_and_baselines.sql', '0018_break_glass.sql', '0022_emergencies_and_queues.sql');`;

  test('has grants by which something was brought in: what they were given for may run, and come back', async () => {
    const { release } = await givenPromoted();
    const client = await connectTo(register.database.adminUrl, null);
    await client.query(BEFORE);

    expect(await migrate(register.database.ownerUrl)).toEqual(['0017_run_and_baselines.sql', '0018_break_glass.sql', '0022_emergencies_and_queues.sql']);
    // What later migrations gave to the table that was made again.
    await client.query('alter table baselines add column ended_at timestamptz(3)');
    const { rows } = await client.query<{ action: string; broken: string | null }>('select action, break_glass_id as broken from grants where release_id = $1', [release.id]);
    await client.end();

    expect(rows).toEqual([{ action: 'promote', broken: null }]);
    expect((await ask(release, 'run')).decision.verdict).toBe('ALLOW');
    expect((await ask(release, 'rollback')).decision.verdict).toBe('ALLOW');
  });
});
