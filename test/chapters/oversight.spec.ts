// What auditors look at: exceptions from the rules in one list, and what is in an environment by which right.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Baseline } from '../../src/domain/baseline.js';
import { plusDays, plusMs } from '../../src/domain/clock.js';
import type { Stored } from '../../src/domain/package.js';
import { BaselineTable } from '../../src/gate/baseline.table.js';
import { BaselinesService } from '../../src/gate/baselines.service.js';
import { BreakGlassService } from '../../src/gate/break-glass.service.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { OversightQueries } from '../../src/reporting/oversight.queries.js';
import { SignOffTable } from '../../src/reviews/review.table.js';
import { WaiversService } from '../../src/reviews/waivers.service.js';
import { adoptedIn } from '../support/adopted.js';
import { at, givenReady, givenRelease, givenSystem, openRegister, questionAbout, type Register } from '../support/register.js';

let register: Register;
beforeAll(async () => { register = await openRegister(); });
afterAll(() => register.close());

const PAGE = { first: 50, after: null };
const EVER = { from: '2000-01-01T00:00:00.000Z', to: '2099-01-01T00:00:00.000Z', ongoing: true };

async function exceptions(system: string, span = EVER): Promise<string[]> {
  const { nodes } = await register.app.get(OversightQueries).exceptions(register.as('rita'), span, { system }, PAGE);
  return nodes.map(({ kind, reference }) => `${kind} ${reference}`);
}

async function population(instant: string | null = null): Promise<Map<string, { standing: string; decisionId: string | null }>> {
  const { nodes } = await register.app.get(OversightQueries).population(register.as('rita'), 'pilot', instant, PAGE);
  return new Map(nodes.map(({ bundleDigest, standing, decisionId }) => [bundleDigest, { standing, decisionId }]));
}

test('a lane that the team attested by itself, a waiver that was granted and a baseline are exceptions, in their time only', async () => {
  const { system, release, signOff } = await givenReady(register);
  expect(await exceptions(system.id)).toEqual([`SELF_ATTESTED ${signOff.number}`]);

  const waivers = register.app.get(WaiversService);
  const requested = await waivers.request(register.as('sam'), { release: release.id, environment: 'pilot', requirement: 'R5/PROVENANCE', reason: 'Unclear.', compensatingControl: 'Five users.', validUntil: plusDays(new Date().toISOString(), 10) });
  expect(await exceptions(system.id)).toEqual([`SELF_ATTESTED ${signOff.number}`]);
  const half = await waivers.grant(register.as('hanna'), at(requested));
  expect(await exceptions(system.id)).toEqual([`SELF_ATTESTED ${signOff.number}`]);
  const waiver = await waivers.grant(register.as('kim'), at(half));
  expect(await exceptions(system.id)).toEqual([`WAIVER ${requested.number}`, `SELF_ATTESTED ${signOff.number}`]);

  expect(await exceptions(system.id, { ...EVER, to: plusMs(signOff.signedAt, -1) })).toEqual([]);
  expect(await exceptions(system.id, { ...EVER, to: signOff.signedAt })).toEqual([`SELF_ATTESTED ${signOff.number}`]);
  expect(await exceptions(system.id, { ...EVER, from: plusMs(signOff.signedAt, 1) })).toEqual([`WAIVER ${requested.number}`, `SELF_ATTESTED ${signOff.number}`]);
  expect(await exceptions(system.id, { ...EVER, from: waiver.validUntil })).toEqual([`SELF_ATTESTED ${signOff.number}`]);
  await expect(register.app.get(OversightQueries).exceptions(register.as('rita'), { ...EVER, from: EVER.to, to: EVER.from }, {}, PAGE)).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'from' } });
});

test('what is there is there by a decision, by a baseline, or by nothing; what was replaced was there before', async () => {
  const { system, release } = await givenReady(register);
  const before = await givenRelease(register, system.id);
  const baselines = register.app.get(BaselinesService);
  const [proposed] = await baselines.propose(register.as('sam'), { system: system.id, environment: 'pilot', bundleDigests: [before.bundleDigest], until: plusDays(new Date().toISOString(), 30), reason: 'It ran before.' });
  expect((await population()).has(before.bundleDigest)).toBe(false);
  const confirmed = await baselines.confirm(register.as('rita'), at(proposed!));
  expect(await exceptions(system.id)).toContain(`BASELINE ${proposed!.number}`);
  expect((await population()).get(before.bundleDigest)).toEqual({ standing: 'BASELINED', decisionId: null });

  const answer = await register.app.get(GateService).authorize(register.as('pipeline'), questionAbout(release));
  const deployed = await register.app.get(DeploymentsService).report(register.as('pipeline'), { grant: answer.grant!.id, bundleDigest: release.bundleDigest, environment: 'pilot' });

  const now = await population();
  expect(now.get(release.bundleDigest)).toEqual({ standing: 'GOVERNED', decisionId: answer.id });
  expect(now.has(before.bundleDigest)).toBe(false);
  const then = await population(plusMs(deployed.startedAt, -1));
  expect([then.has(release.bundleDigest), then.get(before.bundleDigest)?.standing]).toEqual([false, 'BASELINED']);
  expect((await population(plusMs(confirmed.confirmedAt!, -1))).has(before.bundleDigest)).toBe(false);
  await expect(population('2099-01-01T00:00:00.000Z')).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'at' } });
});

/** A bundle that runs in the pilot by a baseline of thirty days. */
async function givenBaselined(): Promise<{ bundleDigest: string; baseline: Stored<Baseline> }> {
  const { system } = await givenReady(register);
  const { bundleDigest } = await givenRelease(register, system.id);
  const baselines = register.app.get(BaselinesService);
  const [proposed] = await baselines.propose(register.as('sam'), { system: system.id, environment: 'pilot', bundleDigests: [bundleDigest], until: plusDays(new Date().toISOString(), 30), reason: 'It ran before.' });
  return { bundleDigest, baseline: await baselines.confirm(register.as('rita'), at(proposed!)) };
}

test('what no decision let in is ungoverned from when its baseline is ended on, and was not before', async () => {
  const { bundleDigest, baseline } = await givenBaselined();
  const { endedAt } = await register.app.get(BaselinesService).end(register.as('rita'), at(baseline), 'end', 'It is not needed.');

  expect((await population()).get(bundleDigest)).toEqual({ standing: 'UNGOVERNED', decisionId: null });
  expect((await population(plusMs(endedAt!, -1))).get(bundleDigest)).toEqual({ standing: 'BASELINED', decisionId: null });
});

test('what no decision let in is ungoverned from the end of its baseline on, and was not before', async () => {
  const { bundleDigest, baseline } = await givenBaselined();
  const { confirmedAt } = baseline;
  expect((await population()).get(bundleDigest)).toEqual({ standing: 'BASELINED', decisionId: null });

  // Its end comes through the door, since no test waits for a month.
  await register.app.get(UnitOfWork).write(register.as('rita'), 'baseline.confirm', async (tx) => {
    const present = await tx.get(BaselineTable, baseline.id);
    return tx.put(BaselineTable, { next: { ...present, until: plusMs(confirmedAt!, 1) }, event: 'baseline.confirmed' }, present);
  });

  expect((await population()).get(bundleDigest)).toEqual({ standing: 'UNGOVERNED', decisionId: null });
  expect((await population(confirmedAt)).get(bundleDigest)).toEqual({ standing: 'BASELINED', decisionId: null });
  expect((await population(plusMs(confirmedAt!, 1))).get(bundleDigest)).toEqual({ standing: 'UNGOVERNED', decisionId: null });
});

test('an emergency that was used is an exception until it is judged; one that was only declared is none', async () => {
  const system = await givenSystem(register);
  const release = await givenRelease(register, system.id);
  const glass = register.app.get(BreakGlassService);
  const invoked = await glass.invoke(register.as('dana'), { system: system.id, environment: 'pilot', bundleDigest: release.bundleDigest, emergency: 'OUTAGE', incident: 'Nobody gets an answer.', validUntil: plusMs(new Date().toISOString(), 3_600_000) });
  await glass.turnSecondKey(register.as('eve'), at(invoked));
  expect(await exceptions(system.id)).toEqual([]);

  await register.app.get(GateService).authorize(register.as('pipeline'), questionAbout(release));

  expect(await exceptions(system.id)).toEqual([`BREAK_GLASS ${invoked.number}`]);
});

test('what goes on running in its days of grace is an exception, named by the decision that let it', async () => {
  const { system, release, signOff } = await givenReady(register);
  const gate = register.app.get(GateService);
  const run = { ...questionAbout(release), action: 'run' as const };
  const { grant } = await gate.authorize(register.as('pipeline'), questionAbout(release));
  await register.app.get(DeploymentsService).report(register.as('pipeline'), { grant: grant!.id, bundleDigest: release.bundleDigest, environment: 'pilot' });
  const met = await gate.check(register.as('pipeline'), run);
  expect(met.decision.verdict).toBe('ALLOW');

  // Its end comes through the door, since no test waits for two years.
  await register.app.get(UnitOfWork).write(register.as('sam'), 'review.decide', async (tx) => {
    const present = await tx.get(SignOffTable, signOff.id);
    return tx.put(SignOffTable, { next: { ...present, validUntil: plusMs(present.signedAt, 1) }, event: 'signOff.recorded' }, present);
  });
  const lapsed = await gate.check(register.as('pipeline'), run);

  expect([lapsed.decision.verdict, lapsed.decision.reasons.some(({ params }) => params.dueBy !== undefined)]).toEqual(['ALLOW', true]);
  expect(await exceptions(system.id)).toEqual([`LAPSED_BUT_RUNNING ${lapsed.id!}`, `SELF_ATTESTED ${signOff.number}`]);
});

test('a policy that comes into force is an exception of the whole organization', async () => {
  const changes = async (): Promise<string[]> => (await register.app.get(OversightQueries).exceptions(register.as('rita'), EVER, {}, PAGE)).nodes.filter(({ kind }) => kind === 'POLICY_CHANGE').map(({ reference, systemId }) => `${reference} ${String(systemId)}`);
  expect(await changes()).toEqual([]);

  const { number } = await adoptedIn(register);

  expect(await changes()).toEqual([`${number} null`]);
});
