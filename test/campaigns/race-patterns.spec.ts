// Two people act at the same moment, again and again: whatever the order in which their acts are written down, nobody's signature stands
// for what they did not see, nothing is used twice, and nothing counts that was taken away. A tenth in the daily run, 300 races each in full.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { AcceptancesService } from '../../src/acceptances/acceptances.service.js';
import { plusDays } from '../../src/domain/clock.js';
import type { Stored } from '../../src/domain/package.js';
import type { Promotion } from '../../src/domain/promotion.js';
import type { Release } from '../../src/domain/release.js';
import type { SignOff } from '../../src/domain/sign-off.js';
import { DeploymentsService } from '../../src/gate/deployments.service.js';
import type { Answer } from '../../src/gate/answer.js';
import { GateService } from '../../src/gate/gate.service.js';
import { AccountsService } from '../../src/identity/accounts.service.js';
import { BUILT_IN_ISSUER } from '../../src/identity/issuer.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { WaiversService } from '../../src/reviews/waivers.service.js';
import type { RiskCriteria } from '../../src/domain/scoring.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { CriteriaService } from '../../src/risks/criteria.service.js';
import { CriteriaTable } from '../../src/risks/risk.table.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { RisksQueries } from '../../src/risks/risks.queries.js';
import { askToSign, at, confirmSign, connectTo, estimate, givenReady, givenRelease, givenRisk, givenSystem, openPromotion, openRegister, questionAbout, sign, type Register } from '../support/register.js';
import { holdLog } from '../support/log-lock.js';
import { Chance } from '../support/world-random.js';

const FULL = process.env['CAMPAIGN'] === 'full';
const RACES = FULL ? 300 : 30;
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const TIMEOUT = FULL ? 900_000 : 120_000;

let register: Register;
let log: pg.Client;
beforeAll(async () => {
  register = await openRegister({ poolSize: 20 });
  log = await connectTo(register.database.appUrl, register.tenantId);
  console.log(`seed ${String(SEED)}: ${String(RACES)} races of each pattern`);
});
afterAll(async () => {
  await log.end();
  await register.close();
});

const as = (handle: string): ReturnType<Register['as']> => register.as(handle);
type Act = () => Promise<unknown>;

/** null = done, otherwise the code of the refusal. */
async function codeOf(act: Act): Promise<string | null> {
  return act().then(() => null, (error: unknown) => (error as { code?: string }).code ?? String(error));
}

/** All at once, within a few milliseconds of each other. */
async function race(chance: Chance, ...acts: readonly Act[]): Promise<(string | null)[]> {
  return Promise.all(acts.map(async (act) => {
    await pause(chance.next() * 8);
    return codeOf(act);
  }));
}

/** All have read what they decide from before any is written down; then they are, in this order. */
async function queued(...inOrder: readonly (readonly Act[])[]): Promise<(string | null)[]> {
  const held = await holdLog(register);
  const codes: Promise<string | null>[] = [];
  for (const acts of inOrder) {
    codes.push(...acts.map(codeOf));
    await held.queued(codes.length);
  }
  await held.release();
  return Promise.all(codes);
}

/** The first is to be written down already when the second begins, which waits for it. */
async function overtaking(first: Act, second: Act): Promise<(string | null)[]> {
  const held = await holdLog(register);
  const codes = [codeOf(first)];
  await held.queued(1);
  codes.push(codeOf(second));
  await held.release();
  return Promise.all(codes);
}

/** The position of the last entry about the object with this action; −1 = there is none. */
async function seqOf(objectId: string, action: string): Promise<number> {
  const found = await log.query<{ seq: string }>("select max(seq) as seq from audit.entries where object_id = $1 and convert_from(entry, 'UTF8')::jsonb ->> 'action' = $2", [objectId, action]);
  return Number(found.rows[0]?.seq ?? -1);
}

async function passes(release: Release, lane: string, environment = 'pilot'): Promise<boolean> {
  const { decision } = await register.app.get(GateService).check(as('pipeline'), questionAbout(release, environment));
  return decision.lanes.find((state) => state.lane === lane)?.passed ?? false;
}

/** Both orders must occur, or nothing was raced. */
function expectBoth(orders: readonly boolean[]): void {
  if (FULL) expect(new Set(orders).size).toBe(2);
}

describe('at the same moment', () => {
  test('an editor changes a risk and an approver signs: no signature stands for other words than were shown', async () => {
    const chance = new Chance(SEED);
    const { risk, promotion } = await givenReady(register);
    let present = risk;
    const orders: boolean[] = [];
    for (let i = 0; i < (FULL ? 1000 : 100); i += 1) {
      const asked = await askToSign(register, 'sam', [promotion.id], ['RISK']);
      let signOffId = '';
      const [edited, signed] = await race(chance,
        async () => { present = await register.app.get(RisksService).edit(as('dana'), at(present), { statement: { ...present.statement, consequence: `harm of kind ${String(i)}` } }); },
        async () => { signOffId = (await confirmSign(register, 'sam', asked)).id; });

      expect(edited).toBeNull();
      expect([null, 'PACKAGE_CHANGED']).toContain(signed);
      if (signed === null) expect(await seqOf(signOffId, 'signOff.recorded')).toBeLessThan(await seqOf(present.id, 'risk.edited'));
      orders.push(signed === null);
    }
    expectBoth(orders);
  }, TIMEOUT);

  test('a risk rises and an approver signs: no lane passes on the lower level', async () => {
    const chance = new Chance(SEED + 1);
    const { risk, release, promotion } = await givenReady(register);
    let present = risk;
    for (let i = 0; i < RACES; i += 1) {
      const asked = await askToSign(register, 'sam', [promotion.id], ['RISK']);
      const [risen, signed] = await race(chance,
        async () => { present = await register.app.get(RisksService).assess(as('rita'), at(present), estimate(5)); }, () => confirmSign(register, 'sam', asked));

      expect([risen, [null, 'PACKAGE_CHANGED'].includes(signed ?? null)]).toEqual([null, true]);
      expect(await passes(release, 'RISK')).toBe(false);
      present = await register.app.get(RisksService).assess(as('rita'), at(present), estimate(1));
    }
  }, TIMEOUT);

  test('a role is taken away and its holder signs: the vote counts no more once that is acknowledged', async () => {
    const chance = new Chance(SEED + 2);
    const accounts = register.app.get(AccountsService);
    const admitted = await register.app.get(PeopleService).admit(as('ada'), { kind: 'USER', issuer: BUILT_IN_ISSUER, subject: 'racer', displayName: 'Racer', function: 'security', grants: [{ role: 'REVIEWER', lane: 'SECURITY' }] });
    const racer = { ...as('ada'), principalId: admitted.id };
    const system = await givenSystem(register, { tier: 'HIGH', euClass: 'HIGH_RISK_ANNEX_III' });
    const release = await givenRelease(register, system.id);
    let promotion: Stored<Promotion> = await openPromotion(register, release.id, 'production');
    let version = admitted.version;
    for (let i = 0; i < RACES; i += 1) {
      const asked = await register.app.get(SignOffsService).request(racer, [promotion.id], ['SECURITY']);
      const revoke = async (): Promise<unknown> => accounts.revokeRole(as('ada'), { id: admitted.id, expectedVersion: version }, { role: 'REVIEWER', lane: 'SECURITY', validFrom: null }, 'Moves on.');
      const vote = async (): Promise<unknown> => register.app.get(SignOffsService).confirm(racer, { challenge: asked.challenge, packageDigests: asked.packages.map(({ digest }) => digest) }, { choice: 'APPROVE', statement: 'Fine.', attests: [] });
      // To sign takes longer than to revoke: by chance alone the vote would hardly ever be first.
      const [revoked, signed] = await [async () => (await queued([vote], [revoke])).reverse(), () => queued([revoke], [vote]), () => race(chance, revoke, vote)][i % 3]!();

      expect(revoked).toBeNull();
      expect([null, 'NOT_ELIGIBLE', 'PERMISSION_DENIED', 'OVERLOADED']).toContain(signed);
      expect(await passes(release, 'SECURITY', 'production')).toBe(false);
      version += 1;
      await accounts.grantRole(as('ada'), { id: admitted.id, expectedVersion: version }, { role: 'REVIEWER', lane: 'SECURITY', systems: null, validFrom: null, validUntil: null, qualification: 'Certified.' });
      version += 1;
      promotion = await register.app.get(PromotionsService).resubmit(as('sam'), at(promotion), { reason: 'Once more.' });
    }
  }, TIMEOUT);

  test('two people take back the sign-offs of which each lane needs one: nothing is let through once both are taken back', async () => {
    const chance = new Chance(SEED + 6);
    const { release, promotion, signOff } = await givenReady(register);
    const orders: boolean[] = [];
    let ofSam = signOff;
    for (let i = 0; i < RACES; i += 1) {
      const ofDana = await sign(register, 'dana', promotion);
      const takeBack = (handle: string, given: Stored<SignOff>) => async (): Promise<unknown> => register.app.get(SignOffsService).withdraw(as(handle), at(given), 'I see it otherwise now.');
      const answers: Answer[] = [];
      const ask = async (): Promise<void> => { answers.push(await register.app.get(GateService).authorize(as('pipeline'), questionAbout(release))); };
      const both = [takeBack('sam', ofSam), takeBack('dana', ofDana)] as const;
      // To judge takes longer than to take back: by chance alone the gate would hardly ever be first, or overtaken.
      const codes = await [() => queued(both, [ask]), () => queued([ask], both), () => race(chance, ...both, ask)][i % 3]!();

      expect(codes).toEqual([null, null, null]);
      const [answer] = answers;
      const allowed = answer?.grant !== null;
      const last = Math.max(await seqOf(ofSam.id, 'signOff.withdrawn'), await seqOf(ofDana.id, 'signOff.withdrawn'));
      expect(allowed).toBe(await seqOf(answer?.id ?? '', 'gate.decided') < last);
      expect(await passes(release, 'RISK')).toBe(false);
      orders.push(allowed);
      ofSam = await sign(register, 'sam', promotion);
    }
    expectBoth(orders);
  }, TIMEOUT);

  test('the criteria are tightened and a release is promoted: nothing is let through by the old ones once that is acknowledged', async () => {
    const chance = new Chance(SEED + 7);
    const { release } = await givenReady(register);
    const { matrix } = await register.app.get(CriteriaService).present(as('hugo'));
    const strict = matrix.map((row) => row.map(() => 'VERY_HIGH' as const));
    let adopted = '';
    /** Nobody can do this through the API yet, so it goes through the door. */
    const adopt = (next: RiskCriteria['matrix']) => async (): Promise<unknown> => register.app.get(UnitOfWork).write(as('hugo'), 'criteria.adopt', async (tx) => {
      const [present] = await tx.all(CriteriaTable, {});
      const done = await tx.put(CriteriaTable, { next: { ...present!, matrix: next }, event: 'criteria.adopted' }, present);
      adopted = done.id;
      return done;
    });
    const orders: boolean[] = [];
    for (let i = 0; i < RACES; i += 1) {
      const answers: Answer[] = [];
      const ask = async (): Promise<void> => { answers.push(await register.app.get(GateService).authorize(as('pipeline'), questionAbout(release))); };
      const codes = await [() => queued([adopt(strict)], [ask]), () => queued([ask], [adopt(strict)]), () => race(chance, adopt(strict), ask)][i % 3]!();

      expect(codes).toEqual([null, null]);
      const allowed = answers[0]?.grant !== null;
      expect(allowed).toBe(await seqOf(answers[0]?.id ?? '', 'gate.decided') < await seqOf(adopted, 'criteria.adopted'));
      expect((await register.app.get(GateService).check(as('pipeline'), questionAbout(release))).decision.verdict).not.toBe('ALLOW');
      orders.push(allowed);
      await adopt(matrix)();
    }
    expectBoth(orders);
  }, TIMEOUT);

  test('a grant is redeemed twice: it starts one deployment', async () => {
    const chance = new Chance(SEED + 3);
    const { release } = await givenReady(register);
    for (let i = 0; i < RACES; i += 1) {
      const { grant } = await register.app.get(GateService).authorize(as('pipeline'), questionAbout(release));
      const report = (): Promise<unknown> => register.app.get(DeploymentsService).report(as('pipeline'), { grant: grant?.id ?? '', bundleDigest: release.bundleDigest, environment: 'pilot' });

      expect((await race(chance, report, report)).sort()).toEqual(['GRANT_CONSUMED', null]);
    }
  }, TIMEOUT);

  test('two people ask for the same waiver: one is there', async () => {
    const chance = new Chance(SEED + 4);
    const { release } = await givenReady(register);
    const waivers = register.app.get(WaiversService);
    for (let i = 0; i < RACES; i += 1) {
      const made: { id: string; version: number }[] = [];
      const ask = (handle: string) => async (): Promise<void> => {
        made.push(await waivers.request(as(handle), { release: release.id, environment: 'pilot', requirement: 'R5/PROVENANCE', reason: 'Unclear.', compensatingControl: 'Five users.', validUntil: plusDays(new Date().toISOString(), 10) }));
      };

      const codes = await race(chance, ask('sam'), ask('dana'));
      expect(codes.filter((code) => code === null)).toHaveLength(1);
      await waivers.end(as(codes[0] === null ? 'sam' : 'dana'), at(made[0]!), 'withdraw', 'Once more.');
    }
  }, TIMEOUT);

  test('a risk is accepted and assessed higher: it is accepted at no lower level than it has', async () => {
    const chance = new Chance(SEED + 5);
    const system = await givenSystem(register);
    const orders: boolean[] = [];
    const [risks, acceptances] = [register.app.get(RisksService), register.app.get(AcceptancesService)];
    for (let i = 0; i < RACES; i += 1) {
      const assessed = await risks.assess(as('sam'), at(await givenRisk(register, system.id)), estimate(4));
      const requested = await acceptances.request(as('sam'), at(assessed), { reason: 'Worth it.', validUntil: plusDays(new Date().toISOString(), 10) });
      const half = await acceptances.grant(as('bea'), at(requested));
      const grant = (): Promise<unknown> => acceptances.grant(as('rita'), at(half));
      const assess = (): Promise<unknown> => risks.assess(as('hugo'), at(assessed), estimate(5));
      // By chance alone one of them would be first nearly always.
      const codes = await [async () => (await overtaking(assess, grant)).reverse(), () => overtaking(grant, assess), () => race(chance, grant, assess)][i % 3]!();

      const risk = await register.app.get(RisksQueries).risk(as('axel'), assessed.id);
      if (codes[1] === null) expect([codes[0], risk.state]).toEqual(['PACKAGE_CHANGED', 'ASSESSED']);
      else expect([...codes, risk.state]).toEqual([null, 'CONFLICT', 'ACCEPTED']);
      orders.push(codes[1] === null);
    }
    expect(new Set(orders).size).toBe(2);
  }, TIMEOUT);
});
