// Waivers on a real PostgreSQL: asked for by the team, granted by others, used by the gate until somebody takes them back or something changes.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plusDays } from '../../src/domain/clock.js';
import type { Stored } from '../../src/domain/package.js';
import type { Release } from '../../src/domain/release.js';
import type { Risk } from '../../src/domain/risk.js';
import type { Waiver, WaiverOutcome } from '../../src/domain/waiver.js';
import type { Answer } from '../../src/gate/answer.js';
import { GateService } from '../../src/gate/gate.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { WaiversQueries } from '../../src/reviews/waivers.queries.js';
import { WaiversService, type WaiverInput } from '../../src/reviews/waivers.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { at, estimate, givenRelease, givenRisk, givenSystem, openPromotion, openRegister, questionAbout, sign, type Register } from '../support/register.js';

let register: Register;
let waivers: WaiversService;
beforeAll(async () => {
  register = await openRegister({ poolSize: 20 });
  waivers = register.app.get(WaiversService);
});
afterAll(() => register.close());

interface Blocked { readonly risk: Stored<Risk>; readonly release: Stored<Release>; readonly systemId: string }

/** A release that everybody has signed, and one risk that nobody has assessed. */
async function givenBlocked(): Promise<Blocked> {
  const system = await givenSystem(register);
  const risk = await givenRisk(register, system.id);
  const release = await givenRelease(register, system.id);
  await sign(register, 'sam', await openPromotion(register, release.id));
  return { risk, release, systemId: system.id };
}

const soon = (days: number): string => plusDays(new Date().toISOString(), days);

function input({ risk, release }: Blocked, more: Partial<WaiverInput> = {}): WaiverInput {
  return { release: release.number, environment: 'pilot', requirement: `R3/${risk.number}`, reason: 'The workshop is next week.', compensatingControl: 'Five users only.', validUntil: soon(30), ...more };
}

const requested = (blocked: Blocked, more: Partial<WaiverInput> = {}): Promise<Stored<Waiver>> => waivers.request(register.as('sam'), input(blocked, more));
const grant = (handle: string, waiver: Stored<Waiver>): Promise<Stored<Waiver>> => waivers.grant(register.as(handle), at(waiver));
const granted = async (blocked: Blocked, more: Partial<WaiverInput> = {}): Promise<Stored<Waiver>> => grant('rita', await grant('hanna', await requested(blocked, more)));
const check = ({ release }: Blocked): Promise<Answer> => register.app.get(GateService).check(register.as('pipeline'), questionAbout(release));

async function outcome({ id }: Waiver): Promise<WaiverOutcome | undefined> {
  return (await register.app.get(WaiversQueries).outcomes(register.as('axel'), [id])).get(id);
}

function codes(outcomes: readonly PromiseSettledResult<unknown>[]): string[] {
  return outcomes.map((each) => (each.status === 'fulfilled' ? 'DONE' : (each.reason as { code?: string }).code ?? String(each.reason))).sort();
}

describe('a waiver', () => {
  test('lets a release pass until it ends, and the answer names it', async () => {
    const blocked = await givenBlocked();
    expect((await check(blocked)).decision).toMatchObject({ verdict: 'DENY', reasons: [{ code: 'RISK_UNASSESSED', severity: 'BLOCK' }] });

    const half = await grant('hanna', await requested(blocked));
    expect([await outcome(half), (await check(blocked)).decision.verdict]).toEqual(['REQUESTED', 'DENY']);
    const waiver = await grant('rita', half);

    const { decision, holdsUntil } = await check(blocked);
    expect(decision).toMatchObject({ verdict: 'ALLOW', limitedBy: { what: 'WAIVER', ref: waiver.id } });
    expect(decision.reasons.map(({ severity, code, requirement }) => `${severity} ${code} ${requirement}`)).toEqual([`WARN RISK_UNASSESSED R3/${blocked.risk.number}`, `INFO WAIVER_USED R3/${blocked.risk.number}`, 'INFO ALL_REQUIREMENTS_MET GATE']);
    expect([await outcome(waiver), holdsUntil]).toEqual(['GRANTED', waiver.validUntil]);
    expect((await register.app.get(GateService).authorize(register.as('pipeline'), questionAbout(blocked.release))).grant).not.toBeNull();
  });

  test('counts no longer from the moment at which it is revoked', async () => {
    const blocked = await givenBlocked();
    const waiver = await granted(blocked);
    expect((await check(blocked)).decision.verdict).toBe('ALLOW');

    await waivers.end(register.as('rita'), at(waiver), 'revoke', 'The workshop was called off.');

    expect([await outcome(waiver), (await check(blocked)).decision.verdict]).toEqual(['REVOKED', 'DENY']);
  });

  test('ends when something material is changed, whoever changes it', async () => {
    const blocked = await givenBlocked();
    const waiver = await granted(blocked);
    await register.app.get(RisksService).edit(register.as('dana'), at(blocked.risk), { statement: { source: 'Another', event: 'one', consequence: 'altogether' } });

    expect(await outcome(waiver)).toBe('OUTDATED');
    expect((await check(blocked)).decision.reasons).toContainEqual(expect.objectContaining({ code: 'RISK_UNASSESSED', severity: 'BLOCK' }));
  });

  test('is refused to those who may neither ask nor agree, each with a code', async () => {
    const blocked = await givenBlocked();
    const waiver = await requested(blocked);

    await expect(waivers.request(register.as('rita'), input(blocked))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(requested(blocked, { requirement: 'R5/LEGAL' })).rejects.toMatchObject({ code: 'NOT_WAIVABLE' });
    await expect(requested(blocked, { requirement: 'R3/R-99999' })).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'requirement' } });
    await expect(requested(blocked, { validUntil: soon(91) })).rejects.toMatchObject({ code: 'VALIDITY_TOO_LONG' });
    await expect(requested(blocked)).rejects.toMatchObject({ code: 'ALREADY_EXISTS', facts: { id: waiver.number } });
    await expect(grant('hugo', waiver)).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES', facts: { because: ['AUTHOR'] } });
    await expect(grant('sam', waiver)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(grant('pipeline', waiver)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  test('is about the package that was shown: the same act as a sign-off is bound to', async () => {
    const blocked = await givenBlocked();
    const waiver = await requested(blocked);
    await register.app.get(SystemsService).edit(register.as('sam'), { id: blocked.systemId, expectedVersion: 2 }, { intendedPurpose: 'Answers customers by itself.' });

    await expect(grant('hanna', waiver)).rejects.toMatchObject({ code: 'PACKAGE_CHANGED' });
    expect(waiver.packageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});

describe('at the same moment', () => {
  test('two people agree: both count, the second after reading the first', async () => {
    const blocked = await givenBlocked();
    const waiver = await requested(blocked);

    const outcomes = await Promise.allSettled([grant('hanna', waiver), grant('rita', waiver)]);

    expect(codes(outcomes)).toEqual(['CONFLICT', 'DONE']);
    const present = await register.app.get(WaiversQueries).waiver(register.as('axel'), waiver.id);
    expect(present.grants).toHaveLength(1);
    const other = present.grants[0]?.role === 'HEAD_OF_RISK' ? 'rita' : 'hanna';
    expect([await outcome(await grant(other, present)), (await check(blocked)).decision.verdict]).toEqual(['GRANTED', 'ALLOW']);
  });

  test('somebody agrees and somebody else changes what was shown: it never counts', async () => {
    for (let round = 0; round < 8; round += 1) {
      const blocked = await givenBlocked();
      const half = await grant('hanna', await requested(blocked));

      const outcomes = await Promise.allSettled([
        grant('rita', half), register.app.get(RisksService).edit(register.as('dana'), at(blocked.risk), { statement: { source: `Round ${String(round)}`, event: 'changed', consequence: 'beside it' } }),
      ]);

      expect(outcomes[1].status).toBe('fulfilled');
      expect(codes([outcomes[0]])[0]).toMatch(/^DONE$|^PACKAGE_CHANGED$/);
      expect([await outcome(half), (await check(blocked)).decision.verdict]).toEqual(['OUTDATED', 'DENY']);
    }
  });

  test('two ask for the same: one waiver; two renew it: one renewal, and none after it', async () => {
    const blocked = await givenBlocked();
    const both = await Promise.allSettled(['sam', 'dana'].map((handle) => waivers.request(register.as(handle), input(blocked))));
    expect(codes(both)).toEqual(['ALREADY_EXISTS', 'DONE']);
    const [first] = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));

    const renewed = await Promise.allSettled(['sam', 'dana', 'sam', 'dana'].map((handle) => waivers.request(register.as(handle), input(blocked, { renews: first!.number }))));

    expect(codes(renewed)).toEqual(['DONE', 'NOT_RENEWABLE', 'NOT_RENEWABLE', 'NOT_RENEWABLE']);
    const [renewal] = renewed.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(renewal).toMatchObject({ renews: first?.id, grants: [] });
    await expect(requested(blocked, { renews: renewal!.number })).rejects.toMatchObject({ code: 'NOT_RENEWABLE' });
  });
});

test('a risk that is assessed after all needs no waiver, and what it covered is outdated', async () => {
  const blocked = await givenBlocked();
  const waiver = await granted(blocked);
  await register.app.get(RisksService).assess(register.as('sam'), at(blocked.risk), estimate(1));

  expect(await outcome(waiver)).toBe('OUTDATED');
  expect((await check(blocked)).decision.reasons.map(({ code }) => code)).not.toContain('WAIVER_USED');
});
