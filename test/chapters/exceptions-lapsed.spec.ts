// What the gate lets go on in its days of grace, in the list of exceptions: each answer until the next one says anew how it is, and each in a place of its own.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { plusDays, plusMs, type Instant } from '../../src/domain/clock.js';
import type { Stored } from '../../src/domain/package.js';
import type { Release } from '../../src/domain/release.js';
import type { SignOff } from '../../src/domain/sign-off.js';
import { BaselinesService } from '../../src/gate/baselines.service.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { OversightQueries } from '../../src/reporting/oversight.queries.js';
import type { Exception } from '../../src/reporting/oversight.table.js';
import { SignOffTable } from '../../src/reviews/review.table.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { at, connectTo, givenReady, givenRelease, openPromotion, openRegister, questionAbout, sign, type Ready, type Register } from '../support/register.js';

let register: Register;
beforeAll(async () => { register = await openRegister(); });
afterAll(() => register.close());

const EVER = { from: '2000-01-01T00:00:00.000Z', to: '2099-01-01T00:00:00.000Z', ongoing: true };
const page = (system: string, { span = EVER, first = 50, after = null as string | null } = {}): ReturnType<OversightQueries['exceptions']> =>
  register.app.get(OversightQueries).exceptions(register.as('axel'), span, { system, kinds: ['LAPSED_BUT_RUNNING', 'NOT_ENFORCED'] }, { first, after });

/** Each with its end. */
async function lapses(system: string, from: Instant = EVER.from): Promise<(string | null)[][]> {
  return (await page(system, { span: { ...EVER, from } })).nodes.map(({ reference, endsAt }) => [reference, endsAt]);
}

interface Asked { readonly id: string; readonly at: Instant; readonly verdict: string; readonly dueBy: Instant | null }
async function asked(release: Release, by = register.as('pipeline')): Promise<Asked> {
  const { id, decidedAt, decision: { verdict, reasons } } = await register.app.get(GateService).check(by, { ...questionAbout(release), action: 'run' });
  return { id: id ?? '', at: decidedAt, verdict, dueBy: reasons.find(({ params }) => params.dueBy !== undefined)?.params.dueBy ?? null };
}

async function authorize(release: Release, action: 'promote' | 'rollback' = 'promote'): Promise<string> {
  return (await register.app.get(GateService).authorize(register.as('pipeline'), { ...questionAbout(release), action })).grant!.id;
}

async function deploy(release: Release, action: 'promote' | 'rollback' = 'promote'): Promise<Instant> {
  return (await register.app.get(DeploymentsService).report(register.as('pipeline'), { grant: await authorize(release, action), bundleDigest: release.bundleDigest, environment: 'pilot' })).startedAt;
}

/** A sign-off that has ended, through the door, since no test waits for two years. */
async function ended(signOff: Stored<SignOff>): Promise<Stored<SignOff>> {
  return register.app.get(UnitOfWork).write(register.as('sam'), 'review.decide', async (tx) => {
    const present = await tx.get(SignOffTable, signOff.id);
    return tx.put(SignOffTable, { next: { ...present, validUntil: plusMs(present.signedAt, 1) }, event: 'signOff.recorded' }, present);
  });
}

/** Something that runs although its sign-off has ended. */
async function givenLapsed(): Promise<Ready & { lapsed: Asked }> {
  const ready = await givenReady(register);
  await deploy(ready.release);
  const signOff = await ended(ready.signOff);
  const lapsed = await asked(ready.release);
  expect([lapsed.verdict, lapsed.dueBy]).toEqual(['ALLOW', expect.any(String)]);
  expect(await lapses(ready.system.id)).toEqual([[lapsed.id, lapsed.dueBy]]);
  return { ...ready, signOff, lapsed };
}

/** Past the door, since what was decided never changes. */
async function decidedOtherwise(set: string, id: string): Promise<void> {
  const client = await connectTo(register.database.adminUrl, null);
  await client.query('alter table gate_decisions disable trigger all');
  await client.query(`update gate_decisions set ${set} where id = $1`, [id]);
  await client.query('alter table gate_decisions enable trigger all');
  await client.end();
}

test('a lapse goes on for its days of grace, although the answer runs out before', async () => {
  const { system, lapsed } = await givenLapsed();
  await decidedOtherwise(`holds_until = decided_at + interval '1 hour'`, lapsed.id);
  expect(await lapses(system.id, plusDays(lapsed.at, 1))).toEqual([[lapsed.id, lapsed.dueBy]]);
});

test('a lapse that was cured ends with the answer that says so', async () => {
  const { system, release, lapsed } = await givenLapsed();

  await sign(register, 'sam', await openPromotion(register, release.id));
  const cured = await asked(release);

  expect([cured.verdict, cured.dueBy]).toEqual(['ALLOW', null]);
  expect(await lapses(system.id)).toEqual([[lapsed.id, cured.at]]);
  expect([await lapses(system.id, plusMs(cured.at, -1)), await lapses(system.id, cured.at)]).toEqual([[[lapsed.id, cured.at]], []]);
});

test('each answer in the days of grace ends the one before it', async () => {
  const { system, release, lapsed } = await givenLapsed();

  // Asked anew, since the same answer is not recorded twice.
  await givenRelease(register, system.id);
  const second = await asked(release);

  expect([second.id === lapsed.id, second.dueBy]).toEqual([false, lapsed.dueBy]);
  expect(await lapses(system.id)).toEqual([[second.id, expect.any(String)], [lapsed.id, second.at]]);
  expect((await lapses(system.id, second.at)).map(([reference]) => reference)).toEqual([second.id]);
});

test('an answer about the tool that asked, or about another release of the system, ends none', async () => {
  const { system, release, lapsed } = await givenLapsed();
  const narrow = (await register.app.get(PeopleService).admit(register.as('ada'), { kind: 'SERVICE', issuer: BUILT_IN_ISSUER, subject: 'narrow', displayName: 'A tool for another place', function: null, grants: [{ role: 'DEPLOYER', lane: null, environmentIds: [randomUUID()] }] })).id;

  expect((await asked(release, { ...register.as('pipeline'), principalId: narrow })).verdict).toBe('DENY');
  expect((await asked(await givenRelease(register, system.id))).verdict).toBe('DENY');

  expect(await lapses(system.id)).toEqual([[lapsed.id, lapsed.dueBy]]);
});

test('a lapse ends where it is refused to go on, and goes on as refused', async () => {
  const { system, release, signOff, lapsed } = await givenLapsed();

  await register.app.get(SignOffsService).withdraw(register.as('sam'), at(signOff), 'It was a mistake.');
  const refused = await asked(release);

  expect(refused.verdict).toBe('DENY');
  expect(await lapses(system.id)).toEqual([[refused.id, null], [lapsed.id, refused.at]]);
});

test('a lapse ends when another release of its system comes in its place', async () => {
  const { system, lapsed } = await givenLapsed();
  const next = await givenRelease(register, system.id);
  await sign(register, 'sam', await openPromotion(register, next.id));
  const startedAt = await deploy(next);

  expect(await lapses(system.id)).toEqual([[lapsed.id, startedAt]]);
});

test('a lapse ends when what lapsed is promoted again, and not when it is rolled back to', async () => {
  const { system, release, lapsed } = await givenLapsed();
  await sign(register, 'sam', await openPromotion(register, release.id));
  await deploy(release, 'rollback');
  expect(await lapses(system.id)).toEqual([[lapsed.id, lapsed.dueBy]]);

  const startedAt = await deploy(release);

  expect(await lapses(system.id)).toEqual([[lapsed.id, startedAt]]);
});

test.each<[string, (ready: Ready) => Promise<Stored<SignOff>[]>]>([
  ['was never brought in', async ({ release }) => {
    await authorize(release);
    return [];
  }],
  ['was replaced before', async ({ system, release }) => {
    await deploy(release);
    const next = await givenRelease(register, system.id);
    const signOff = await sign(register, 'sam', await openPromotion(register, next.id));
    await deploy(next);
    return [signOff];
  }],
])('no lapse is told of what is asked about and %s', async (_, goOn) => {
  const ready = await givenReady(register);
  for (const signOff of [ready.signOff, ...await goOn(ready)]) await ended(signOff);

  expect(await asked(ready.release)).toMatchObject({ verdict: 'ALLOW', dueBy: expect.any(String) });
  expect(await lapses(ready.system.id)).toEqual([]);
});

test('a lapse ends when a baseline of its release is confirmed there', async () => {
  const { system, release, lapsed } = await givenLapsed();
  const baselines = register.app.get(BaselinesService);
  const [proposed] = await baselines.propose(register.as('sam'), { system: system.id, environment: 'pilot', bundleDigests: [release.bundleDigest], until: plusDays(new Date().toISOString(), 30), reason: 'It ran before.' });

  const { confirmedAt } = await baselines.confirm(register.as('rita'), at(proposed!));

  expect(await lapses(system.id)).toEqual([[lapsed.id, confirmedAt]]);
});

test('a decision that is an exception in two ways is in both, however small the pages are', async () => {
  const { system, lapsed } = await givenLapsed();
  // Where a policy warns, one requirement has lapsed and another one blocks.
  await decidedOtherwise(`decision = jsonb_set(decision, '{enforcedVerdict}', '"DENY"')`, lapsed.id);
  const told = ({ kind, recordId, reference }: Exception): string[] => [kind, recordId, reference];

  const whole = (await page(system.id)).nodes.map(told);
  const one = await page(system.id, { first: 1 });
  const two = await page(system.id, { first: 1, after: one.endCursor });

  expect([...whole].sort()).toEqual([['LAPSED_BUT_RUNNING', lapsed.id, lapsed.id], ['NOT_ENFORCED', lapsed.id, lapsed.id]]);
  expect([...one.nodes, ...two.nodes].map(told)).toEqual(whole);
  expect([one.hasNextPage, two.hasNextPage]).toEqual([true, false]);
});
