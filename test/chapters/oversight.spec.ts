// What auditors look at: exceptions from the rules in one list, and what is in an environment by which right.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Baseline } from '../../src/domain/baseline.js';
import { plusDays, plusMs } from '../../src/domain/clock.js';
import type { Stored } from '../../src/domain/package.js';
import { BaselineTable } from '../../src/gate/baseline.table.js';
import { BaselinesService } from '../../src/gate/baselines.service.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { OversightQueries } from '../../src/reporting/oversight.queries.js';
import { WaiversService } from '../../src/reviews/waivers.service.js';
import { at, givenReady, givenRelease, openRegister, questionAbout, type Register } from '../support/register.js';

let register: Register;
beforeAll(async () => { register = await openRegister(); });
afterAll(() => register.close());

const PAGE = { first: 50, after: null };
const EVER = { from: '2000-01-01T00:00:00.000Z', to: '2099-01-01T00:00:00.000Z' };

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
  await waivers.grant(register.as('hanna'), at(requested));
  expect(await exceptions(system.id)).toEqual([`WAIVER ${requested.number}`, `SELF_ATTESTED ${signOff.number}`]);

  expect(await exceptions(system.id, { ...EVER, to: plusMs(signOff.signedAt, -1) })).toEqual([]);
  expect(await exceptions(system.id, { ...EVER, to: signOff.signedAt })).toEqual([`SELF_ATTESTED ${signOff.number}`]);
  expect(await exceptions(system.id, { ...EVER, from: plusMs(signOff.signedAt, 1) })).toEqual([`WAIVER ${requested.number}`]);
  await expect(register.app.get(OversightQueries).exceptions(register.as('rita'), { from: EVER.to, to: EVER.from }, {}, PAGE)).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'from' } });
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
