// What several people, or one person several times, may do at the same moment with a sign-off, and with what it asks for.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConditionsService } from '../../src/acceptances/conditions.service.js';
import { plusDays } from '../../src/domain/clock.js';
import { sha256 } from '../../src/domain/digest.js';
import type { Stored } from '../../src/domain/package.js';
import type { SignOff } from '../../src/domain/sign-off.js';
import { EvidenceService } from '../../src/evidence/evidence.service.js';
import { GateService } from '../../src/gate/gate.service.js';
import { AccountsService } from '../../src/identity/accounts.service.js';
import { PrincipalTable } from '../../src/platform/principal.table.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import type { Change } from '../../src/systems/systems.service.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { holdLog, holdRecord } from '../support/log-lock.js';
import { askToSign, at, confirmSign, givenConfirmedRisk, givenRelease, givenSystem, openPromotion, openRegister, questionAbout, sign, signOn, type Register } from '../support/register.js';

let register: Register;
beforeAll(async () => { register = await openRegister({ poolSize: 20 }); });
afterAll(() => register.close());

describe('one challenge', () => {
  test('gives one sign-off, however often it is confirmed at once', async () => {
    const system = await givenSystem(register);
    const promotion = await openPromotion(register, (await givenRelease(register, system.id)).id);
    const asked = await askToSign(register, 'sam', [promotion.id], promotion.lanes.map(({ lane }) => lane));

    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => confirmSign(register, 'sam', asked)));

    const codes = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? 'SIGNED' : (outcome.reason as { code?: string }).code ?? String(outcome.reason)));
    expect(codes.sort()).toEqual([...Array.from({ length: 49 }, () => 'CHALLENGE_USED'), 'SIGNED']);
    const kept = await register.app.get(SignOffsService).signOffsOf(register.as('sam'), system.id, { first: 100, after: null });
    expect(kept.nodes).toHaveLength(1);
  });

  test('signs no other meaning than the one that it was asked for', async () => {
    const system = await givenSystem(register);
    const promotion = await openPromotion(register, (await givenRelease(register, system.id)).id);
    const lanes = promotion.lanes.map(({ lane }) => lane);
    const { challenge, packages } = await register.app.get(SignOffsService).request(register.as('sam'), [promotion.id], lanes, { meaning: 'REJECTED' });
    const asked = { challenge, packageDigests: packages.map(({ digest }) => digest) };

    await expect(confirmSign(register, 'sam', asked, 'APPROVE')).rejects.toMatchObject({ code: 'CHALLENGE_INVALID', facts: { field: 'choice', expected: 'REJECTED' } });
    expect(await confirmSign(register, 'sam', asked, 'REJECT')).toMatchObject({ meaning: 'REJECTED' });
  });
});

test('is not confirmed by whoever lost the role while waiting for somebody else', async () => {
  const system = await givenSystem(register, { tier: 'HIGH', euClass: 'HIGH_RISK_ANNEX_III' });
  const promotion = await openPromotion(register, (await givenRelease(register, system.id)).id, 'production');
  const asked = await askToSign(register, 'kim', [promotion.id], ['SECURITY']);
  const [accounts, kim] = [register.app.get(AccountsService), register.as('kim').principalId];
  const role = { role: 'REVIEWER' as const, lane: 'SECURITY' as const, validFrom: null };
  const account = async (): Promise<Change> => at(await register.app.get(UnitOfWork).read(register.as('ada'), 'register.read', (scope) => scope.get(PrincipalTable, kim)));

  const held = await holdRecord(register, 'promotions', promotion.id);
  const confirmed = confirmSign(register, 'kim', asked).catch((error: unknown) => error);
  await held.queued(1);
  await accounts.revokeRole(register.as('ada'), await account(), role, 'Moves on.');
  await held.release();

  const outcome = await confirmed;
  await accounts.grantRole(register.as('ada'), await account(), { ...role, systems: null, qualification: 'Knows the systems.', validUntil: null });

  expect(outcome).toMatchObject({ code: 'NOT_ELIGIBLE' });
});

describe('two people on a lane of four eyes', () => {
  test('both count when they sign at the same moment', async () => {
    const system = await givenSystem(register, { tier: 'MODERATE', euClass: 'LIMITED', flags: ['PERSONAL_DATA', 'SPECIAL_CATEGORY', 'THIRD_PARTY_MODEL'] });
    await givenConfirmedRisk(register, system.id);
    const release = await givenRelease(register, system.id);
    const promotion = await openPromotion(register, release.id);
    expect(promotion.lanes).toContainEqual({ lane: 'PRIVACY', level: 'FOUR_EYES' });
    await sign(register, 'sam', promotion, promotion.lanes.filter(({ level }) => level === 'SELF').map(({ lane }) => lane));
    const both = ['petra', 'lena'] as const;

    for (let round = 0; round < 20; round += 1) {
      const asked = await Promise.all(both.map((handle) => askToSign(register, handle, [promotion.id], ['PRIVACY'])));
      const signed = await Promise.all(both.map((handle, i) => confirmSign(register, handle, asked[i]!)));

      const { decision } = await register.app.get(GateService).check(register.as('pipeline'), questionAbout(release));
      expect(decision.lanes.find(({ lane }) => lane === 'PRIVACY')).toMatchObject({ passed: true, signOffs: signed.map(({ number }) => number).sort() });
      await Promise.all(both.map((handle, i) => register.app.get(SignOffsService).withdraw(register.as(handle), at(signed[i]!), 'Once more.')));
    }
  });
});

describe('a condition', () => {
  test('is as long as fits into the vote and into its taking back', async () => {
    const system = await givenSystem(register);
    const promotion = await openPromotion(register, (await givenRelease(register, system.id)).id);
    const due = plusDays(new Date().toISOString(), 10);
    const vote = async (words: number): Promise<Stored<SignOff>> => {
      const asked = await askToSign(register, 'sam', [promotion.id], promotion.lanes.map(({ lane }) => lane));
      const conditions = Array.from({ length: 20 }, () => ({ text: '漢'.repeat(words), evidence: 'A report.', owner: 'dana', due, effect: 'BLOCK' as const }));
      return register.app.get(SignOffsService).confirm(register.as('sam'), asked, { choice: 'APPROVE_WITH_CONDITIONS', statement: '漢'.repeat(4000), attests: [], conditions });
    };

    await expect(vote(760)).rejects.toMatchObject({ code: 'TOO_LARGE', facts: { field: 'conditions' } });
    const longest = await vote(750);
    expect((await register.app.get(SignOffsService).withdraw(register.as('sam'), at(longest), '漢'.repeat(4000))).withdrawn).not.toBeNull();
  });

  test('is not confirmed on evidence that was revoked just before', async () => {
    const system = await givenSystem(register, { tier: 'HIGH', euClass: 'HIGH_RISK_ANNEX_III' });
    const promotion = await openPromotion(register, (await givenRelease(register, system.id)).id, 'production');
    const [conditions, records] = [register.app.get(ConditionsService), register.app.get(EvidenceService)];
    const imposed = await signOn(register, 'kim', await askToSign(register, 'kim', [promotion.id], ['SECURITY']), { owner: 'bea', due: plusDays(new Date().toISOString(), 10) });
    const today = new Date().toISOString();
    const submitted = await records.submit(register.as('dana'), system.id, { type: 'test_report', title: 'Load test', digest: sha256('report'), subjectDigest: null, location: null, collectedAt: plusDays(today, -1), validUntil: plusDays(today, 30), supersedes: null });
    const verified = await records.verify(register.as('rita'), at(submitted));
    const fulfilled = await conditions.fulfil(register.as('bea'), at(imposed), [verified.id]);

    const held = await holdLog(register);
    const revoked = records.revoke(register.as('rita'), at(verified), 'It was made up.');
    await held.queued(1);
    const confirmed = conditions.confirm(register.as('kim'), at(fulfilled), 'I read the report.').catch((error: unknown) => error);
    await held.queued(2);
    await held.release();

    expect(await revoked).toMatchObject({ state: 'REVOKED' });
    expect(await confirmed).toMatchObject({ code: 'EVIDENCE_NOT_VALID' });
  });
});
