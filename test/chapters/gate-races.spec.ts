// An ALLOW against whatever takes back what it rests on, on two server processes over one database: after the taking back is
// acknowledged nothing is allowed any more, and no grant stands behind it in the log.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { PeopleService } from '../../src/identity/people.service.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { holdLog, until, type HeldLog } from '../support/log-lock.js';
import { connectTo, givenReady, givenRelease, givenSystem, openPromotion, openRegister, type Ready, type Register } from '../support/register.js';
import { startServerProcess, type GateBody, type ServerProcess } from '../support/server-process.js';
import { TAKE_BACKS, type TakeBack } from '../support/take-backs.js';
import { Chance } from '../support/world-random.js';

const FULL = process.env['CAMPAIGN'] === 'full';
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const ASKERS = 5;

let register: Register;
let servers: [ServerProcess, ServerProcess];
let log: pg.Client;
let held: HeldLog | undefined;

beforeAll(async () => {
  register = await openRegister();
  servers = await Promise.all([startServerProcess(register), startServerProcess(register)]);
  log = await connectTo(register.database.appUrl, register.tenantId);
});
afterAll(async () => {
  await log.end();
  await Promise.all(servers.map((server) => server.stop()));
  await register.close();
});
afterEach(() => held?.release());

function asked(ready: Ready): object {
  return { target: { bundleDigest: ready.release.bundleDigest }, environment: 'pilot' };
}

async function authorize(server: ServerProcess, ready: Ready, handle = 'pipeline'): Promise<GateBody> {
  return (await server.gate(handle, 'authorize', asked(ready))).body;
}

/** The position of the last entry about the object with this action; −1 = there is none. */
async function seqOf(objectId: string, action: string): Promise<number> {
  const found = await log.query<{ seq: string }>("select max(seq) as seq from audit.entries where object_id = $1 and convert_from(entry, 'UTF8')::jsonb ->> 'action' = $2", [objectId, action]);
  return Number(found.rows[0]?.seq ?? -1);
}

async function grantsAfter(ready: Ready, seq: number): Promise<number> {
  const found = await log.query<{ count: number }>("select count(*)::int as count from audit.entries where scope_id = $1 and object_type = 'Grant' and seq > $2", [ready.system.id, seq]);
  return found.rows[0]!.count;
}

describe.each(TAKE_BACKS)('while $what', (takeBack) => {
  test('whoever queued for the log behind it is not allowed', async () => {
    const ready = await givenReady(register);
    expect((await authorize(servers[0], ready)).verdict).toBe('ALLOW');
    held = await holdLog(register);
    const taken = takeBack.take(servers[1], ready);
    await held.queued(1);
    const answer = authorize(servers[0], ready);
    await held.queued(2);
    await held.release();

    expect((await taken).errors).toBeUndefined();
    expect((await answer).verdict).not.toBe('ALLOW');
    expect(await grantsAfter(ready, await seqOf(takeBack.objectOf(ready), takeBack.event))).toBe(0);
    const restored = await takeBack.restore(register, ready);
    expect((await authorize(servers[0], restored)).verdict).toBe('ALLOW');
  });

  test('whoever queued for the log before it is allowed, and stands before it in the log', async () => {
    const ready = await givenReady(register);
    held = await holdLog(register);
    const answer = authorize(servers[0], ready);
    await held.queued(1);
    const taken = takeBack.take(servers[1], ready);
    await held.queued(2);
    await held.release();

    expect((await taken).errors).toBeUndefined();
    const { verdict, grant } = await answer;
    expect(verdict).toBe('ALLOW');
    expect(await seqOf(grant!.id, 'grant.minted')).toBeLessThan(await seqOf(takeBack.objectOf(ready), takeBack.event));
  });
});

describe('races of two servers', () => {
  let raced = 0;
  /** One race: several ask, one takes back, all within a few milliseconds; and whoever hears of it asks at once again, everywhere. */
  async function race(chance: Chance, takeBack: TakeBack, ready: Ready): Promise<{ before: GateBody[]; after: GateBody[] }> {
    const delays = Array.from({ length: ASKERS + 1 }, () => chance.next() * 12);
    // Every other race begins when somebody was just allowed: however slow the machine, both outcomes occur.
    const first = (raced += 1) % 2 === 0 ? [await authorize(servers[chance.between(0, 1)]!, ready)] : [];
    const before = Promise.all(delays.slice(1).map(async (delay, i) => {
      await pause(delay);
      return authorize(servers[i % 2]!, ready);
    }));
    await pause(delays[0]);
    expect((await takeBack.take(servers[chance.between(0, 1)]!, ready)).errors).toBeUndefined();
    const after = await Promise.all(servers.flatMap((server) => (['authorize', 'check'] as const).map(async (operation) => (await server.gate('pipeline', operation, asked(ready))).body)));
    return { before: [...first, ...await before], after };
  }

  test.each(TAKE_BACKS.map((takeBack, i) => ({ ...takeBack, races: FULL ? 300 : i === 0 ? 30 : 8 })))('allow nothing after it is acknowledged that $what', async ({ races, ...takeBack }) => {
    console.log(`seed ${String(SEED)}: ${String(races)} races, ${takeBack.what}`);
    const chance = new Chance(SEED);
    let ready = await givenReady(register);
    const verdicts: string[] = [];

    for (let i = 0; i < races; i += 1) {
      const { before, after } = await race(chance, takeBack, ready);

      expect(after.map(({ verdict }) => verdict)).not.toContain('ALLOW');
      expect([...before, ...after].map(({ verdict }) => verdict)).not.toContain('ERROR');
      expect(await grantsAfter(ready, await seqOf(takeBack.objectOf(ready), takeBack.event))).toBe(0);
      verdicts.push(...before.map(({ verdict }) => verdict));
      ready = await takeBack.restore(register, ready);
    }

    // Otherwise there was no race.
    expect(verdicts).toContain('ALLOW');
    expect(verdicts.filter((verdict) => verdict !== 'ALLOW').length).toBeGreaterThan(0);
  }, FULL ? 600_000 : 60_000);
});

describe('time', () => {
  test('is looked at again when the answer is recorded: a permission that ended in the queue allows nothing', async () => {
    const ready = await givenReady(register);
    const ends = new Date(Date.now() + 2000).toISOString();
    const grants = [{ role: 'DEPLOYER', validUntil: ends } as const];
    await register.app.get(PeopleService).admit(register.as('ada'), { kind: 'SERVICE', issuer: BUILT_IN_ISSUER, subject: 'brief', displayName: 'Brief', function: null, grants });
    const before = await seqOf(ready.signOff.id, 'signOff.recorded');
    held = await holdLog(register);
    const answer = authorize(servers[0], ready, 'brief');
    await held.queued(1);
    await until(async () => (await log.query<{ over: boolean }>('select clock_timestamp() > $1 as over', [ends])).rows[0]!.over);
    await held.release();

    expect((await answer).verdict).not.toBe('ALLOW');
    expect(await grantsAfter(ready, before)).toBe(0);
  });

  test('is looked at again when a vote is recorded: a role that ended in the queue gives none', async () => {
    const ends = new Date(Date.now() + 2000).toISOString();
    const brief = await register.app.get(PeopleService).admit(register.as('ada'), { kind: 'USER', issuer: BUILT_IN_ISSUER, subject: 'brief-reviewer', displayName: 'Brief', function: 'security', grants: [{ role: 'REVIEWER', lane: 'SECURITY', qualification: 'Knows it.', validUntil: ends }] });
    const promotion = await openPromotion(register, (await givenRelease(register, (await givenSystem(register, { tier: 'HIGH', euClass: 'HIGH_RISK_ANNEX_III' })).id)).id, 'production');
    const ctx: RequestContext = { ...register.as('kim'), principalId: brief.id };
    const { challenge, packages } = await register.app.get(SignOffsService).request(ctx, [promotion.id], ['SECURITY']);
    held = await holdLog(register);
    const vote = register.app.get(SignOffsService).confirm(ctx, { challenge, packageDigests: packages.map(({ digest }) => digest) }, { choice: 'APPROVE', statement: 'I have read it.', attests: [] }).catch((error: unknown) => error);
    await held.queued(1);
    await until(async () => (await log.query<{ over: boolean }>('select clock_timestamp() > $1 as over', [ends])).rows[0]!.over);
    await held.release();

    expect(await vote).toMatchObject({ code: expect.stringMatching(/PERMISSION_DENIED|NOT_ELIGIBLE/) });
  });
});
