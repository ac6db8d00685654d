// What runs although nothing lets it run any more, as auditors see it: what the gate refused to let go on, and what nobody asked about.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { plusDays, plusMs, type Instant } from '../../src/domain/clock.js';
import type { Deployment } from '../../src/domain/grant.js';
import type { Stored } from '../../src/domain/package.js';
import type { Release } from '../../src/domain/release.js';
import { BaselinesService } from '../../src/gate/baselines.service.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { DecisionTable, GrantTable } from '../../src/gate/gate.table.js';
import { GateService } from '../../src/gate/gate.service.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { OversightQueries } from '../../src/reporting/oversight.queries.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { ReleasesService } from '../../src/systems/releases.service.js';
import { at, givenReady, givenRelease, givenRisk, openPromotion, openRegister, questionAbout, sign, type Ready, type Register } from '../support/register.js';

let register: Register;
let narrow: string;
beforeAll(async () => {
  register = await openRegister();
  narrow = (await register.app.get(PeopleService).admit(register.as('ada'), { kind: 'SERVICE', issuer: BUILT_IN_ISSUER, subject: 'narrow', displayName: 'A tool for another place', function: null, grants: [{ role: 'DEPLOYER', lane: null, environmentIds: [randomUUID()] }] })).id;
});
afterAll(() => register.close());

/** What has lapsed and runs, as it is referred to, and whether that has ended. */
async function lapses(system: string): Promise<[string, boolean][]> {
  const { nodes } = await register.app.get(OversightQueries).exceptions(register.as('axel'), { from: '2000-01-01T00:00:00.000Z', to: '2099-01-01T00:00:00.000Z', ongoing: true }, { system, kinds: ['LAPSED_BUT_RUNNING'] }, { first: 50, after: null });
  return nodes.map(({ reference, endsAt }) => [reference, endsAt !== null]);
}

async function asked(release: Release, by = register.as('pipeline')): Promise<Awaited<ReturnType<GateService['check']>> & { id: string }> {
  const answer = await register.app.get(GateService).check(by, { ...questionAbout(release), action: 'run' });
  return { ...answer, id: answer.id ?? '' };
}

async function deploy(release: Release): Promise<Stored<Deployment>> {
  const { grant } = await register.app.get(GateService).authorize(register.as('pipeline'), questionAbout(release));
  return register.app.get(DeploymentsService).report(register.as('pipeline'), { grant: grant!.id, bundleDigest: release.bundleDigest, environment: 'pilot' });
}

async function takenBack({ signOff }: Ready): Promise<void> {
  await register.app.get(SignOffsService).withdraw(register.as('sam'), at(signOff), 'It was a mistake.');
}

/** What ran before goes on by a baseline. */
async function baselined({ system, release }: Pick<Ready, 'system' | 'release'>): Promise<void> {
  const baselines = register.app.get(BaselinesService);
  const [proposed] = await baselines.propose(register.as('sam'), { system: system.id, environment: 'pilot', bundleDigests: [release.bundleDigest], until: plusDays(new Date().toISOString(), 30), reason: 'It ran before.' });
  await baselines.confirm(register.as('rita'), at(proposed!));
}

/** The end of the answer by which it came in comes through the door, since no test waits for it; and what ends then. */
async function ends(deployment: Deployment, holdsUntil: Instant, limitedBy = { what: 'SIGN_OFF', ref: deployment.id }): Promise<void> {
  await register.app.get(UnitOfWork).write(register.as('sam'), 'review.decide', async (tx) => {
    const present = await tx.get(DecisionTable, (await tx.get(GrantTable, deployment.grantId)).decisionId);
    return tx.put(DecisionTable, { next: { ...present, holdsUntil, decision: { ...present.decision, limitedBy } }, event: 'gate.decided' }, present);
  });
}

test('what the gate refuses to let go on is an exception from the first refusal on, until it lets it run again', async () => {
  const ready = await givenReady(register);
  const { system, release } = ready;
  await deploy(release);
  expect([(await asked(release)).decision.verdict, await lapses(system.id)]).toEqual(['ALLOW', []]);

  await takenBack(ready);
  const first = await asked(release);
  expect([first.decision.verdict, await lapses(system.id)]).toEqual(['DENY', [[first.id, false]]]);

  // Another refusal says nothing new.
  const risk = await givenRisk(register, system.id);
  const second = await asked(release);
  expect([second.decision.verdict, second.id === first.id, await lapses(system.id)]).toEqual(['DENY', false, [[first.id, false]]]);

  await register.app.get(RisksService).turn(register.as('rita'), at(risk), 'reject', 'It is there already.');
  await sign(register, 'sam', await openPromotion(register, release.id));
  expect([(await asked(release)).decision.verdict, await lapses(system.id)]).toEqual(['ALLOW', [[first.id, true]]]);
});

test('it ends when something else of its system comes in its place', async () => {
  const ready = await givenReady(register);
  await deploy(ready.release);
  await takenBack(ready);
  const refused = await asked(ready.release);
  expect(await lapses(ready.system.id)).toEqual([[refused.id, false]]);

  const next = await givenRelease(register, ready.system.id);
  await sign(register, 'sam', await openPromotion(register, next.id));
  await deploy(next);
  expect(await lapses(ready.system.id)).toEqual([[refused.id, true]]);
});

test('what a baseline let run is one, too, once it has ended and the gate refuses it', async () => {
  const { system } = await givenReady(register);
  const before = await givenRelease(register, system.id);
  const baselines = register.app.get(BaselinesService);
  const [proposed] = await baselines.propose(register.as('sam'), { system: system.id, environment: 'pilot', bundleDigests: [before.bundleDigest], until: plusDays(new Date().toISOString(), 30), reason: 'It ran before.' });
  const confirmed = await baselines.confirm(register.as('rita'), at(proposed!));
  await baselines.end(register.as('rita'), at(confirmed), 'end', 'It is not needed.');

  const { id } = await asked(before);

  expect(await lapses(system.id)).toEqual([[id, false]]);
});

test('it ends when a baseline of it is confirmed there; so does what nobody had asked about', async () => {
  const [ready, unasked] = [await givenReady(register), await givenReady(register)];
  await deploy(ready.release);
  await takenBack(ready);
  const refused = await asked(ready.release);
  const deployed = await deploy(unasked.release);
  await ends(deployed, plusMs(deployed.startedAt, 1));
  expect([await lapses(ready.system.id), await lapses(unasked.system.id)]).toEqual([[[refused.id, false]], [[deployed.number, false]]]);

  await baselined(ready);
  await baselined(unasked);

  expect([await lapses(ready.system.id), await lapses(unasked.system.id)]).toEqual([[[refused.id, true]], [[deployed.number, true]]]);
});

test('what is brought in once more and refused again is another one', async () => {
  const ready = await givenReady(register);
  await deploy(ready.release);
  await takenBack(ready);
  const first = await asked(ready.release);
  await sign(register, 'sam', await openPromotion(register, ready.release.id));
  await deploy(ready.release);
  await register.app.get(ReleasesService).withdraw(register.as('sam'), at(ready.release), 'It is wrong.');
  const second = await asked(ready.release);

  expect([second.decision.verdict, await lapses(ready.system.id)]).toEqual(['DENY', [[second.id, false], [first.id, true]]]);
});

test('none is what was only granted, and what was refused only to the tool that asked', async () => {
  const [granted, running] = [await givenReady(register), await givenReady(register)];
  await register.app.get(GateService).authorize(register.as('pipeline'), questionAbout(granted.release));
  await takenBack(granted);
  expect([(await asked(granted.release)).decision.verdict, await lapses(granted.system.id)]).toEqual(['DENY', []]);

  await deploy(running.release);
  const told = await asked(running.release, { ...register.as('pipeline'), principalId: narrow });
  expect([told.decision.reasons.map(({ code }) => code), await lapses(running.system.id)]).toEqual([['ENVIRONMENT_MISMATCH'], []]);
});

test('what nobody had asked about when the answer that let it in ran out is one until somebody asks; what somebody had asked about is none', async () => {
  const [unasked, known] = [await givenReady(register), await givenReady(register)];
  const [first, second] = [await deploy(unasked.release), await deploy(known.release)];
  await ends(first, plusMs(first.startedAt, 1));
  expect(await lapses(unasked.system.id)).toEqual([[first.number, false]]);

  const { decidedAt } = await asked(known.release);
  await ends(second, plusMs(decidedAt, 1));
  expect(await lapses(known.system.id)).toEqual([]);

  await asked(unasked.release);
  expect(await lapses(unasked.system.id)).toEqual([[first.number, true]]);
});

test('a tool that may not ask has not asked', async () => {
  const { system, release } = await givenReady(register);
  const deployed = await deploy(release);
  const as = { ...register.as('pipeline'), principalId: narrow };
  const before = await asked(release, as);
  await ends(deployed, plusMs(before.decidedAt, 1));
  expect(await lapses(system.id)).toEqual([[deployed.number, false]]);

  // Asked anew, since the same answer is not recorded twice.
  await givenRelease(register, system.id);
  const after = await asked(release, as);
  expect([after.id === before.id, await lapses(system.id)]).toEqual([false, [[deployed.number, false]]]);
});

test('nothing lapses by a freeze that begins, nor by the role of the tool that asked; by the role of a person it does', async () => {
  const [frozen, asker, signer] = [await givenReady(register), await givenReady(register), await givenReady(register)];
  const limits = { FREEZE: { what: 'FREEZE', ref: 'year-end' }, TOOL: { what: 'ROLE_GRANT', ref: register.as('pipeline').principalId }, PERSON: { what: 'ROLE_GRANT', ref: register.as('sam').principalId } };
  const [first, second, third] = [await deploy(frozen.release), await deploy(asker.release), await deploy(signer.release)];
  await ends(first, plusMs(first.startedAt, 1), limits.FREEZE);
  await ends(second, plusMs(second.startedAt, 1), limits.TOOL);
  await ends(third, plusMs(third.startedAt, 1), limits.PERSON);

  expect([await lapses(frozen.system.id), await lapses(asker.system.id), await lapses(signer.system.id)]).toEqual([[], [], [[third.number, false]]]);
});

test('an answer that has not run out says nothing', async () => {
  const { system, release } = await givenReady(register);
  const deployed = await deploy(release);
  await ends(deployed, plusDays(deployed.startedAt, 400));
  expect(await lapses(system.id)).toEqual([]);
});
