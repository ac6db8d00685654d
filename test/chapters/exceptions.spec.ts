// The list of exceptions, in time: each from when it counts, to when it ends, however it does; and whatever went on in a span is in the span.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { plusDays, plusMs } from '../../src/domain/clock.js';
import type { Stored } from '../../src/domain/package.js';
import type { Waiver } from '../../src/domain/waiver.js';
import { BaselinesService } from '../../src/gate/baselines.service.js';
import { BreakGlassService } from '../../src/gate/break-glass.service.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { OversightQueries } from '../../src/reporting/oversight.queries.js';
import type { Exception } from '../../src/reporting/oversight.table.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { WaiversService } from '../../src/reviews/waivers.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { adoptedIn } from '../support/adopted.js';
import { at, givenReady, givenRelease, givenSystem, openPromotion, openRegister, questionAbout, sign, type Ready, type Register } from '../support/register.js';

let register: Register;
let waivers: WaiversService;
beforeAll(async () => {
  register = await openRegister();
  waivers = register.app.get(WaiversService);
});
afterAll(() => register.close());

const EVER = { from: '2000-01-01T00:00:00.000Z', to: '2099-01-01T00:00:00.000Z', ongoing: true };
const soon = (days: number): string => plusDays(new Date().toISOString(), days);

/** All about a system but the votes of its own team, which nearly each of them begins with. */
async function exceptions(system: string | null, span = EVER, kinds: readonly Exception['kind'][] = ['WAIVER', 'BREAK_GLASS', 'BASELINE', 'LAPSED_BUT_RUNNING', 'UNGOVERNED_DEPLOYMENT']): Promise<Pick<Exception, 'reference' | 'happenedAt' | 'endsAt'>[]> {
  const { nodes } = await register.app.get(OversightQueries).exceptions(register.as('axel'), span, { system, kinds }, { first: 50, after: null });
  return nodes.map(({ reference, happenedAt, endsAt }) => ({ reference, happenedAt, endsAt }));
}

const attested = (system: string, span = EVER): ReturnType<typeof exceptions> => exceptions(system, span, ['SELF_ATTESTED']);
const requested = ({ release }: Ready, requirement = 'R5/PROVENANCE'): Promise<Stored<Waiver>> => waivers.request(register.as('sam'), { release: release.id, environment: 'pilot', requirement, reason: 'Unclear.', compensatingControl: 'Five users.', validUntil: soon(10) });
const grant = (handle: string, waiver: Stored<Waiver>): Promise<Stored<Waiver>> => waivers.grant(register.as(handle), at(waiver));

test('a waiver is one from the grant that was enough on, until it runs out', async () => {
  const ready = await givenReady(register);
  const half = await grant('hanna', await requested(ready, 'R3'));
  expect([half, await exceptions(ready.system.id)]).toEqual([expect.objectContaining({ grantsNeeded: 2, inForceSince: null }), []]);

  const waiver = await grant('rita', half);

  expect(waiver.inForceSince).toBe(waiver.grants[1]?.at);
  expect(await exceptions(ready.system.id)).toEqual([{ reference: waiver.number, happenedAt: waiver.grants[1]?.at, endsAt: waiver.validUntil }]);
});

test('a waiver that is taken back ends there, and one that nobody else granted never was one', async () => {
  const [ready, other] = [await givenReady(register), await givenReady(register)];
  const waiver = await grant('rita', await grant('hanna', await requested(ready, 'R3')));

  const revoked = await waivers.end(register.as('rita'), at(waiver), 'revoke', 'It was called off.');
  await waivers.end(register.as('hanna'), at(await grant('hanna', await requested(other, 'R3'))), 'revoke', 'It was called off.');

  expect(revoked.endedAt! > waiver.inForceSince! && revoked.endedAt! < waiver.validUntil).toBe(true);
  expect(await exceptions(ready.system.id)).toEqual([{ reference: waiver.number, happenedAt: waiver.inForceSince, endsAt: revoked.endedAt }]);
  expect(await exceptions(other.system.id)).toEqual([]);
});

test('a lane is attested by the team at the level that the signed package asks for, whatever was asked when the request was opened', async () => {
  const systems = register.app.get(SystemsService);
  const system = await givenSystem(register, { tier: 'HIGH' });
  const promotion = await openPromotion(register, (await givenRelease(register, system.id)).id);
  expect(promotion.lanes).toContainEqual({ lane: 'LEGAL', level: 'INDEPENDENT' });
  await systems.assessTier(register.as('hugo'), at(system), { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: 'It was looked at again.' });

  const signOff = await sign(register, 'sam', promotion, ['LEGAL']);

  expect(signOff.selfAttested).toEqual(['LEGAL']);
  expect(await attested(system.id)).toEqual([{ reference: signOff.number, happenedAt: signOff.signedAt, endsAt: signOff.validUntil }]);
});

test('a reviewer from outside who approves a lane that the team could have attested is none, nor is a no of the team', async () => {
  const system = await givenSystem(register);
  const promotion = await openPromotion(register, (await givenRelease(register, system.id)).id);
  expect(promotion.lanes).toContainEqual({ lane: 'LEGAL', level: 'SELF' });

  expect((await sign(register, 'lena', promotion, ['LEGAL'])).selfAttested).toEqual([]);

  expect(await attested(system.id)).toEqual([]);
});

test('a vote that is withdrawn ends there', async () => {
  const { system, signOff } = await givenReady(register);

  const { withdrawn } = await register.app.get(SignOffsService).withdraw(register.as('sam'), at(signOff), 'It was a mistake.');

  expect(await attested(system.id)).toEqual([{ reference: signOff.number, happenedAt: signOff.signedAt, endsAt: withdrawn?.at }]);
});

test('a baseline ends when it runs out, or when it is ended before', async () => {
  const { system } = await givenReady(register);
  const baselines = register.app.get(BaselinesService);
  const [proposed] = await baselines.propose(register.as('sam'), { system: system.id, environment: 'pilot', bundleDigests: [(await givenRelease(register, system.id)).bundleDigest], until: soon(30), reason: 'It ran before.' });
  const confirmed = await baselines.confirm(register.as('rita'), at(proposed!));
  expect(await exceptions(system.id)).toEqual([{ reference: confirmed.number, happenedAt: confirmed.confirmedAt, endsAt: confirmed.until }]);

  const { endedAt } = await baselines.end(register.as('rita'), at(confirmed), 'end', 'It is not needed.');

  expect(await exceptions(system.id)).toEqual([{ reference: confirmed.number, happenedAt: confirmed.confirmedAt, endsAt: endedAt }]);
});

/** One that was used, as the gate let it. */
async function givenEmergency(): Promise<{ system: string; id: string }> {
  const system = await givenSystem(register);
  const release = await givenRelease(register, system.id);
  const glass = register.app.get(BreakGlassService);
  const invoked = await glass.invoke(register.as('dana'), { system: system.id, environment: 'pilot', bundleDigest: release.bundleDigest, emergency: 'OUTAGE', incident: 'Nobody gets an answer.', validUntil: plusMs(new Date().toISOString(), 3_600_000) });
  await glass.turnSecondKey(register.as('eve'), at(invoked));
  await register.app.get(GateService).authorize(register.as('pipeline'), questionAbout(release));
  return { system: system.id, id: invoked.id };
}

test('an emergency is due to be judged, and ends when it was', async () => {
  const { system, id } = await givenEmergency();
  const [used] = await exceptions(system);
  expect(used!.endsAt! > used!.happenedAt).toBe(true);

  const { review } = await register.app.get(BreakGlassService).review(register.as('hugo'), { id, expectedVersion: 3 }, 'ratify', 'It was one.');

  expect(await exceptions(system)).toEqual([{ ...used, endsAt: review?.at }]);
  expect([await exceptions(system, { ...EVER, from: plusMs(review!.at, -1) }), await exceptions(system, { ...EVER, from: review!.at })]).toEqual([[{ ...used, endsAt: review?.at }], []]);
});

test('an emergency that nobody judged when it was due goes on', async () => {
  const { system } = await givenEmergency();
  const [used] = await exceptions(system);

  expect(await exceptions(system, { ...EVER, from: plusDays(used!.endsAt!, 90) })).toEqual([used]);
});

test('what began before a span and went on in it is in it, and what had ended before is not', async () => {
  const ready = await givenReady(register);
  const waiver = await grant('rita', await grant('hanna', await requested(ready, 'R3')));
  const { endedAt } = await waivers.end(register.as('rita'), at(waiver), 'revoke', 'It was called off.');
  const within = async (from: string): Promise<unknown[]> => (await exceptions(ready.system.id, { ...EVER, from })).map(({ reference }) => reference);

  expect(await within(plusMs(endedAt!, -1))).toEqual([waiver.number]);
  expect(await within(endedAt!)).toEqual([]);
  expect(await exceptions(ready.system.id, { ...EVER, from: plusMs(waiver.inForceSince!, 1), ongoing: false })).toEqual([]);
  expect(await exceptions(ready.system.id, { ...EVER, to: plusMs(waiver.inForceSince!, -1) })).toEqual([]);
});

test('what runs on although it was refused before a span is in the span, and no more once something else came', async () => {
  const { system, release, signOff } = await givenReady(register);
  const deploy = async ({ bundleDigest, ...more }: typeof release): Promise<string> => {
    const { grant: given } = await register.app.get(GateService).authorize(register.as('pipeline'), questionAbout({ bundleDigest, ...more }));
    return (await register.app.get(DeploymentsService).report(register.as('pipeline'), { grant: given!.id, bundleDigest, environment: 'pilot' })).startedAt;
  };
  await deploy(release);
  await register.app.get(SignOffsService).withdraw(register.as('sam'), at(signOff), 'It was a mistake.');
  const { id, decidedAt } = await register.app.get(GateService).check(register.as('pipeline'), { ...questionAbout(release), action: 'run' });
  const later = { ...EVER, from: '2098-01-01T00:00:00.000Z' };
  expect([await exceptions(system.id, later), await exceptions(system.id, { ...EVER, to: plusMs(decidedAt, -1) })]).toEqual([[{ reference: id, happenedAt: decidedAt, endsAt: null }], []]);

  const next = await givenRelease(register, system.id);
  await sign(register, 'sam', await openPromotion(register, next.id));
  const startedAt = await deploy(next);

  expect([await exceptions(system.id, later), await exceptions(system.id, { ...EVER, from: plusMs(startedAt, -1) })]).toEqual([[], [{ reference: id, happenedAt: decidedAt, endsAt: startedAt }]]);
});

test('a policy that came into force is told at that instant, and is none for as long as it stands', async () => {
  const { number, activatedAt } = await adoptedIn(register);
  const changes = async (from: string): Promise<unknown[]> => (await exceptions(null, { ...EVER, from }, ['POLICY_CHANGE'])).map(({ reference }) => reference);

  expect([await changes(activatedAt!), await changes(plusMs(activatedAt!, 1))]).toEqual([[number], []]);
});
