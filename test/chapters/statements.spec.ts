// What a person signed is kept word for word under the server's key: it proves this vote, about these packages, here, and nothing else.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { signOffVerifyCommand } from '../../src/cli/sign-off.command.js';
import { readArguments } from '../../src/cli/command.js';
import { GateService } from '../../src/gate/gate.service.js';
import { PromotionsService } from '../../src/reviews/promotions.service.js';
import { SignOffsService } from '../../src/reviews/sign-offs.service.js';
import { StatementsService } from '../../src/reviews/statements.service.js';
import { SignOffTable } from '../../src/reviews/review.table.js';
import { plusDays } from '../../src/domain/clock.js';
import { canonicalJson } from '../../src/domain/digest.js';
import type { Stored } from '../../src/domain/package.js';
import type { SignOff } from '../../src/domain/sign-off.js';
import { verifyStatement, type Statement } from '../../src/domain/statement.js';
import { readableStatement } from '../../src/domain/statement-readable.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { mintToken } from '../../src/identity/issuer.js';
import { Signer } from '../../src/identity/signer.js';
import { askToSign, at, confirmSign, givenReady, givenSystem, givenConfirmedRisk, givenRelease, openPromotion, openRegister, questionAbout, sign, type Ready, type Register } from '../support/register.js';

let register: Register;
let ready: Ready;
let admin: pg.Client;
let folder: string;

beforeAll(async () => {
  register = await openRegister();
  ready = await givenReady(register);
  admin = new pg.Client({ connectionString: register.database.adminUrl });
  await admin.connect();
  folder = mkdtempSync(join(tmpdir(), 'countersign-statements-'));
});
afterAll(async () => {
  await admin.end();
  await register.close();
  rmSync(folder, { recursive: true });
});

async function check(signOff: SignOff): Promise<unknown> {
  return register.app.get(StatementsService).check(register.as('rita'), signOff);
}

function payloadOf(signOff: SignOff): Statement {
  return JSON.parse(Buffer.from(signOff.signed?.payload ?? '', 'base64').toString('utf8')) as Statement;
}

describe('the statement of a sign-off', () => {
  test('says who signed what, where, when, in which meaning and how the person had signed in', () => {
    const { system, release, promotion, signOff } = ready;

    const statement = payloadOf(signOff);

    expect(statement).toMatchObject({
      v: 1, organization: { id: register.tenantId, log: expect.stringContaining('test/countersign') }, signOff: { id: signOff.id, number: signOff.number },
      subjects: [{ promotion: { id: promotion.id, number: promotion.number }, release: { number: release.number, bundleDigest: release.bundleDigest }, environment: { name: 'pilot' }, packageDigest: signOff.subjects[0]?.packageDigest, lanes: promotion.lanes.map(({ lane }) => lane) }],
      choice: 'APPROVE', meaning: 'APPROVED', text: 'I have read it.', challenge: signOff.challengeId, at: signOff.signedAt, validUntil: signOff.validUntil,
      signer: { principal: signOff.signerId, person: system.ownerId, name: 'Sam, system owner', roles: expect.arrayContaining([{ role: 'SYSTEM_OWNER', lane: null }]) },
      authentication: { at: expect.any(String) },
    });
  });

  test('is valid, by the key that the server publishes', async () => {
    expect(await check(ready.signOff)).toEqual(payloadOf(ready.signOff));
    expect(ready.signOff.signed?.signatures[0]?.keyid).toBe(register.app.get(Signer).keys[0]?.kid);
  });

  test.each<[string, (signOff: Stored<SignOff>) => Partial<SignOff>, string]>([
    ['decision', () => ({ choice: 'REJECT' }), 'OTHER_CONTENT'],
    ['meaning', () => ({ meaning: 'REVIEWED' }), 'OTHER_CONTENT'],
    ['text', () => ({ statement: 'I have read it!' }), 'OTHER_CONTENT'],
    ['attestation', () => ({ attests: ['NO_RISK_ABOVE_LOW'] }), 'OTHER_CONTENT'],
    ['end', () => ({ validUntil: '2099-01-01T00:00:00.000Z' }), 'OTHER_CONTENT'],
    ['time', () => ({ signedAt: '2026-01-01T00:00:00.000Z' }), 'OTHER_CONTENT'],
    ['challenge', () => ({ challengeId: '0' }), 'OTHER_CONTENT'],
    ['package', ({ subjects }) => ({ subjects: subjects.map((subject) => ({ ...subject, packageDigest: `sha256:${'0'.repeat(64)}` })) }), 'OTHER_SUBJECTS'],
    ['lanes', ({ subjects }) => ({ subjects: subjects.map((subject) => ({ ...subject, lanes: [...subject.lanes, 'EXEC' as const] })) }), 'OTHER_SUBJECTS'],
    ['promotion', ({ subjects }) => ({ subjects: subjects.map((subject) => ({ ...subject, promotionId: '018f0000-0000-7000-8000-000000000000' })) }), 'OTHER_SUBJECTS'],
    ['signer', () => ({ personId: '0' }), 'OTHER_SIGNER'],
    ['account', () => ({ signerId: '0' }), 'OTHER_SIGNER'],
    ['number', () => ({ number: 'SO-999' }), 'OTHER_SIGN_OFF'],
  ])('does not prove a vote with another %s', async (_, spoil, flaw) => {
    expect(await check({ ...ready.signOff, ...spoil(ready.signOff) })).toBe(flaw);
  });

  test('does not prove the vote of another sign-off, nor one of another organization or environment', async () => {
    const other = await givenReady(register);

    expect(await check({ ...other.signOff, signed: ready.signOff.signed })).toBe('OTHER_SIGN_OFF');
    const elsewhere = { ...register.as('rita'), tenantId: '018f0000-0000-7000-8000-000000000000' };
    await expect(register.app.get(StatementsService).check(elsewhere, ready.signOff)).resolves.toBe('OTHER_ORGANIZATION');
    const { signed, meaning, statement: text } = ready.signOff;
    const claimed = { organization: register.tenantId, signOff: ready.signOff, conditions: [], meaning, text, environments: { [ready.promotion.id]: ready.promotion.environmentId } };
    expect(verifyStatement(signed!, register.app.get(Signer).keys, claimed)).toEqual(payloadOf(ready.signOff));
    expect(verifyStatement(signed!, register.app.get(Signer).keys, { ...claimed, environments: { [ready.promotion.id]: 'production' } })).toBe('OTHER_SUBJECTS');
  });
});

describe('a yes on conditions', () => {
  const due = plusDays(new Date().toISOString(), 20);
  const asked = { text: 'Limit the rate.', evidence: 'A test report.', due, owner: 'dana', effect: 'BLOCK' } as const;

  test('says on what conditions, is valid with exactly these, and the answer of the gate carries them', async () => {
    const system = await givenSystem(register);
    await givenConfirmedRisk(register, system.id);
    const release = await givenRelease(register, system.id);
    const promotion = await openPromotion(register, release.id);
    const question = await askToSign(register, 'sam', [promotion.id], promotion.lanes.map(({ lane }) => lane));
    const vote = { choice: 'APPROVE_WITH_CONDITIONS', statement: 'Once that is done.', attests: [], conditions: [asked, { ...asked, text: 'Train the staff.', effect: 'LAPSE' as const }] } as const;
    const signOff = await register.app.get(SignOffsService).confirm(register.as('sam'), question, vote);

    const statement = payloadOf(signOff);
    const [ownerId] = system.developerIds;
    expect(statement).toMatchObject({ meaning: 'APPROVED_WITH_CONDITIONS', conditions: [{ text: 'Limit the rate.', evidence: 'A test report.', due, ownerId, effect: 'BLOCK' }, { text: 'Train the staff.', effect: 'LAPSE' }] });
    expect(await check(signOff)).toEqual(statement);
    expect(readableStatement(statement)).toContain(`## On the conditions\n\n- ${statement.conditions?.[0]?.number ?? ''}: Limit the rate.; shown by A test report., due ${due}, owner ${ownerId ?? ''}, BLOCK if missed`);
    const claimed = { organization: register.tenantId, signOff, conditions: statement.conditions?.slice(1) ?? [], meaning: signOff.meaning, text: signOff.statement, environments: { [promotion.id]: promotion.environmentId } };
    expect(verifyStatement(signOff.signed!, register.app.get(Signer).keys, claimed)).toBe('OTHER_CONTENT');
    const { decision } = await register.app.get(GateService).check(register.as('pipeline'), questionAbout(release));
    expect([decision.verdict, decision.obligations?.map(({ id }) => id), decision.limitedBy?.what]).toEqual(['ALLOW', statement.conditions?.map(({ number }) => number), 'CONDITION']);
    const withdrawn = await register.app.get(SignOffsService).withdraw(register.as('sam'), at(signOff), 'I was wrong.');
    expect(await register.app.get(StatementsService).checkWithdrawal(register.as('rita'), withdrawn)).toMatchObject({ meaning: 'REVOKED', conditions: statement.conditions });
  });

  test.each([['none at all', 'APPROVE_WITH_CONDITIONS', []], ['an unconditional yes', 'APPROVE', [asked]], ['an objection', 'REJECT', [asked]]] as const)('is refused with %s', async (_, choice, conditions) => {
    const question = await askToSign(register, 'sam', [ready.promotion.id], ['RISK']);

    await expect(register.app.get(SignOffsService).confirm(register.as('sam'), question, { choice, statement: 'So.', attests: [], conditions })).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'conditions' } });
  });
});

describe('taking a vote back', () => {
  test('is signed as well, and neither statement stands for the other', async () => {
    const { signOff } = await givenReady(register);

    const withdrawn = await register.app.get(SignOffsService).withdraw(register.as('sam'), at(signOff), 'I was wrong.');

    const statements = register.app.get(StatementsService);
    expect(await statements.checkWithdrawal(register.as('rita'), withdrawn)).toMatchObject({ meaning: 'REVOKED', text: 'I was wrong.', at: withdrawn.withdrawn?.at });
    expect(await check(withdrawn)).toMatchObject({ meaning: 'APPROVED' });
    expect(await check({ ...withdrawn, signed: withdrawn.withdrawn?.signed ?? null })).toBe('OTHER_CONTENT');
    const stored = await register.app.get(UnitOfWork).read(register.as('rita'), 'register.read', (scope) => scope.get(SignOffTable, signOff.id));
    expect(stored.withdrawn).toEqual(withdrawn.withdrawn);
  });
});

describe('stepping back', () => {
  const readableOf = (signOff: SignOff): string => readableStatement(payloadOf(signOff));

  test('by abstaining is signed with a meaning of its own, and takes back what was said before', async () => {
    const { promotion, release } = await givenReady(register);
    const lanes = promotion.lanes.map(({ lane }) => lane);

    const abstained = await confirmSign(register, 'sam', await askToSign(register, 'sam', [promotion.id], lanes), 'ABSTAIN');

    expect(await check(abstained)).toMatchObject({ choice: 'ABSTAIN', meaning: 'ABSTAINED' });
    expect(readableOf(abstained)).toContain(`Sam, system owner read, and abstained from a vote on ${promotion.number}`);
    const { decision } = await register.app.get(GateService).check(register.as('pipeline'), questionAbout(release));
    expect(decision).toMatchObject({ verdict: 'PENDING', reasons: expect.arrayContaining(lanes.map((lane) => expect.objectContaining({ code: 'REVIEW_PENDING', requirement: `R5/${lane}` }))) });
    await expect(sign(register, 'sam', promotion, lanes)).resolves.toMatchObject({ choice: 'APPROVE' });
  });

  test('by declaring a conflict excludes from the lanes of the system until a round after it was taken back', async () => {
    const { promotion, release } = await givenReady(register);

    const recused = await confirmSign(register, 'sam', await askToSign(register, 'sam', [promotion.id], ['LEGAL']), 'RECUSE');

    expect(await check(recused)).toMatchObject({ choice: 'RECUSE', meaning: 'RECUSED' });
    expect(readableOf(recused)).toContain('declared a conflict of interest in');
    await expect(askToSign(register, 'sam', [promotion.id], ['LEGAL'])).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES', facts: { because: ['RECUSED'] } });
    await expect(askToSign(register, 'sam', [promotion.id], promotion.lanes.map(({ lane }) => lane).filter((lane) => lane !== 'LEGAL'))).resolves.toBeDefined();
    await register.app.get(SignOffsService).withdraw(register.as('sam'), at(recused), 'It was another company.');
    await expect(askToSign(register, 'sam', [promotion.id], ['LEGAL'])).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES' });
    await register.app.get(PromotionsService).cancel(register.as('sam'), at(promotion), 'Anew.');
    await expect(sign(register, 'sam', await openPromotion(register, release.id), ['LEGAL'])).resolves.toMatchObject({ choice: 'APPROVE' });
  });
});

describe('who has signed in too long ago', () => {
  const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

  test.each([[null], [minutesAgo(481)], [new Date(Date.now() + 120_000).toISOString()]])('is asked to sign in again: %s', async (authenticatedAt) => {
    const promotion = await promotionOf('MINIMAL');

    await expect(register.app.get(SignOffsService).request({ ...register.as('sam'), authenticatedAt }, [promotion.id], ['LEGAL'])).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
  });

  test('cannot confirm with an old token what was asked for with a new one, and nothing is signed', async () => {
    const promotion = await promotionOf('MINIMAL');
    const asked = await askToSign(register, 'sam', [promotion.id], ['LEGAL']);
    const confirm = (authenticatedAt: string): Promise<unknown> => register.app.get(SignOffsService)
      .confirm({ ...register.as('sam'), authenticatedAt }, asked, { choice: 'APPROVE', statement: 'I have read it.', attests: [] });

    await expect(confirm(minutesAgo(481))).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED', facts: { expected: 'at most 480 minutes ago' } });

    await expect(confirm(minutesAgo(479))).resolves.toMatchObject({ choice: 'APPROVE' });
  });

  test('is asked earlier the more is at stake', async () => {
    const promotion = await promotionOf('CRITICAL');

    await expect(register.app.get(SignOffsService).request({ ...register.as('petra'), authenticatedAt: minutesAgo(16) }, [promotion.id], ['PRIVACY'])).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
    await expect(register.app.get(SignOffsService).request({ ...register.as('petra'), authenticatedAt: minutesAgo(14) }, [promotion.id], ['PRIVACY'])).resolves.toMatchObject({ challenge: expect.any(String) });
  });

  async function promotionOf(tier: 'MINIMAL' | 'CRITICAL'): Promise<Awaited<ReturnType<typeof openPromotion>>> {
    const system = await givenSystem(register, { tier });
    await givenConfirmedRisk(register, system.id);
    return openPromotion(register, (await givenRelease(register, system.id)).id);
  }
});

describe('countersign sign-off verify', () => {
  async function verify(content: unknown, ...args: string[]): Promise<[number, string]> {
    const [file, keys] = [join(folder, 'statement.json'), join(folder, 'jwks.json')];
    writeFileSync(file, JSON.stringify(content));
    writeFileSync(keys, JSON.stringify({ keys: register.app.get(Signer).keys }));
    const lines: string[] = [];
    const code = await signOffVerifyCommand.run(readArguments(signOffVerifyCommand, [file, '--keys', keys, ...args]), { out: (line) => void lines.push(line), err: (line) => void lines.push(line), write: () => Promise.resolve() });
    return [code, lines.join('\n')];
  }

  test('prints what was signed, by the file and the published keys alone', async () => {
    const [code, printed] = await verify(ready.signOff.signed, '--organization', register.tenantId, '--environment', 'pilot', '--promotion', ready.promotion.number);

    expect([code, printed]).toEqual([0, expect.stringContaining(`VALID\n# ${ready.signOff.number}: Sam, system owner approved ${ready.promotion.number}`)]);
  });

  test('verifies the package that was signed, and no other', async () => {
    const { rows: [kept] } = await admin.query<{ bytes: Buffer }>('select bytes from audit.content where digest = $1', [ready.signOff.subjects[0]?.packageDigest]);
    const file = join(folder, 'package.json');
    writeFileSync(file, kept?.bytes ?? '');
    expect((await verify(ready.signOff.signed, '--package', file))[0]).toBe(0);

    writeFileSync(file, `${String(kept?.bytes)} `);

    expect(await verify(ready.signOff.signed, '--package', file)).toEqual([4, 'INVALID  OTHER_PACKAGE']);
  });

  test.each([
    [['--organization', 'x'], 'OTHER_ORGANIZATION'], [['--environment', 'production'], 'OTHER_ENVIRONMENT'], [['--promotion', 'P-999'], 'OTHER_PROMOTION'],
  ])('ends with 4 for %j', async (args, flaw) => {
    expect(await verify(ready.signOff.signed, ...args)).toEqual([4, `INVALID  ${flaw}`]);
  });

  test('ends with 4 for a statement that was changed', async () => {
    const { signed } = ready.signOff;
    const forged = Buffer.from(Buffer.from(signed?.payload ?? '', 'base64').toString('utf8').replace('APPROVE', 'REJECTS')).toString('base64');
    expect(await verify({ ...signed, payload: forged })).toEqual([4, 'INVALID  SIGNATURE_INVALID']);
  });
});

test('the API gives statement, envelope and verdict of each vote, and the keys', async () => {
  await register.app.listen(0, '127.0.0.1');
  const url = await register.app.getUrl();
  const ask = async (path: string, init: RequestInit): Promise<unknown> => (await fetch(`${url}${path}`, init)).json();
  const query = '{ signOffs(first: 1, sort: NEWEST, filter: {signer: "sam"}) { nodes { number signedStatement { valid flaw readable envelope { json keyId } } signedWithdrawal { valid } } } }';
  const newest = await givenReady(register);

  const answer = await ask('/graphql', { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${await mintToken(register.keys, 'rita')}` }, body: JSON.stringify({ query }) });

  const [{ kid }] = (await ask('/.well-known/jwks.json', {}) as { keys: [{ kid: string }] }).keys;
  expect(answer).toEqual({ data: { signOffs: { nodes: [{
    number: newest.signOff.number, signedWithdrawal: null,
    signedStatement: { valid: true, flaw: null, readable: expect.stringContaining(newest.signOff.number), envelope: { keyId: kid, json: canonicalJson(newest.signOff.signed) } },
  }] } } });
});
