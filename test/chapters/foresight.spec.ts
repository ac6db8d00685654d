// Looking ahead over the API: what the gate will say when things have lapsed, and a way to ALLOW that leads there when it is walked.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Instant } from '../../src/domain/clock.js';
import { plusMs } from '../../src/domain/clock.js';
import { humanActs, type PlannedAct } from '../../src/domain/gate-plan.js';
import type { Verdict } from '../../src/domain/gate.js';
import type { GateQuestion } from '../../src/domain/gate-question.js';
import type { JsonObject } from '../../src/domain/payload.js';
import { EVIDENCE_TYPES } from '../../src/evidence/catalogue/evidence-types.js';
import { mintToken } from '../../src/identity/issuer.js';
import { GateService } from '../../src/gate/gate.service.js';
import { WhatIfService } from '../../src/gate/what-if.service.js';
import { ConfirmationsService } from '../../src/acceptances/confirmations.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { refusal } from '../support/given.js';
import { at, connectTo, estimate, givenReady, givenRelease, givenRisk, givenSystem, openPromotion, openRegister, questionAbout, sign, type Register } from '../support/register.js';

let register: Register;
beforeAll(async () => { register = await openRegister(); });
afterAll(() => register.close());

const gate = (): GateService => register.app.get(GateService);

async function forecast(question: GateQuestion, instant: Instant): Promise<string[]> {
  const { decision } = await gate().forecast(register.as('rita'), question, instant);
  return [decision.verdict, ...decision.reasons.map(({ code }) => code)];
}

test('a forecast is the answer of today until something lapses, and from that instant on names what has', async () => {
  const { release, signOff } = await givenReady(register);
  const question = questionAbout(release);

  expect(await forecast(question, plusMs(signOff.validUntil, -1))).toEqual(['ALLOW', 'ALL_REQUIREMENTS_MET']);
  expect(await forecast(question, signOff.validUntil)).toEqual(['PENDING', 'SIGN_OFF_EXPIRED', 'SIGN_OFF_EXPIRED', 'SIGN_OFF_EXPIRED', 'SIGN_OFF_EXPIRED']);
});

test('a forecast is recorded nowhere, and none is made for the past', async () => {
  const { release } = await givenReady(register);
  const answer = await gate().forecast(register.as('rita'), questionAbout(release), '2099-01-01T00:00:00.000Z');

  expect(answer).toMatchObject({ id: null, grant: null, decidedAt: '2099-01-01T00:00:00.000Z' });
  await expect(gate().forecast(register.as('rita'), questionAbout(release), '2020-01-01T00:00:00.000Z')).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'at' } });
});

test('the way to ALLOW, walked act by act, leads to ALLOW in as many acts as it says', async () => {
  const system = await givenSystem(register);
  const risk = await givenRisk(register, system.id);
  const release = await givenRelease(register, system.id);
  const question = questionAbout(release);
  const walk: Record<string, (act: PlannedAct) => Promise<unknown>> = {
    assessRisk: () => register.app.get(RisksService).assess(register.as('sam'), at(risk), estimate(1)),
    confirmRisk: async () => register.app.get(ConfirmationsService).confirm(register.as('rita'), { id: risk.id, expectedVersion: 2 }),
    openPromotion: () => openPromotion(register, release.id),
    requestSignOff: async ({ lanes }) => sign(register, 'sam', (await openOnes())[0]!, lanes),
  };
  const openOnes = async (): Promise<Awaited<ReturnType<typeof openPromotion>>[]> => promotions;
  const promotions: Awaited<ReturnType<typeof openPromotion>>[] = [];

  const plan = await gate().plan(register.as('rita'), question);
  for (const act of plan.acts) {
    const done = await walk[act.mutation]?.(act);
    if (act.mutation === 'openPromotion') promotions.push(done as never);
  }

  expect(plan.acts.map(({ mutation }) => mutation)).toEqual(['assessRisk', 'confirmRisk', 'openPromotion', 'requestSignOff']);
  expect(humanActs(plan)).toBe(4);
  expect((await gate().check(register.as('pipeline'), question)).decision.verdict).toBe('ALLOW');
  expect((await gate().plan(register.as('rita'), question)).acts).toEqual([]);
});

test('both are asked over GraphQL', async () => {
  const { release, signOff } = await givenReady(register);
  await register.app.listen(0, '127.0.0.1');
  const query = `query ($q: GateQuestionInput!, $at: DateTime!) { gateForecast(question: $q, at: $at) { verdict decision reasons { code } } gateRequirements(question: $q) { verdict humanActs stuck { code } acts { mutation who people lanes about requirements } } }`;
  const variables = { q: { target: { bundleDigest: release.bundleDigest }, environment: 'production' }, at: signOff.validUntil };

  const response = await fetch(`${await register.app.getUrl()}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${await mintToken(register.keys, 'rita')}` }, body: JSON.stringify({ query, variables }),
  });

  const { data } = await response.json() as { data: Record<string, Record<string, unknown>> };
  expect(data['gateForecast']).toMatchObject({ verdict: 'DENY', decision: false });
  expect(data['gateRequirements']).toMatchObject({ verdict: 'DENY', stuck: [], acts: expect.arrayContaining([expect.objectContaining({ mutation: 'reportDeployment', who: 'DEPLOYER' }), expect.objectContaining({ mutation: 'requestSignOff' })]) });
});

test('what would be is told beside what is, and written nowhere', async () => {
  const { release } = await givenReady(register);
  const log = await connectTo(register.database.appUrl, register.tenantId);
  const written = async (): Promise<number> => (await log.query<{ n: number }>('select count(*)::int as n from audit.entries')).rows[0]!.n;
  const before = await written();

  const { now, then, added } = await register.app.get(WhatIfService).ask(register.as('pipeline'), questionAbout(release), { classification: { tier: 'CRITICAL' }, without: [], evidence: [], policy: null });

  expect([now, then].map(({ id, decision }) => [id, decision.verdict])).toEqual([[null, 'ALLOW'], [null, 'PENDING']]);
  expect(added.map(({ code }) => code)).toContain('REVIEW_STALE');
  expect(await written()).toBe(before);
  await log.end();
});

test('what could never be handed in is not supposed: the first of it is named with its place', async () => {
  const { release } = await givenReady(register);
  const supposing = async (...evidence: { type: string; payload: JsonObject }[]): Promise<Verdict> => {
    const { then } = await register.app.get(WhatIfService).ask(register.as('pipeline'), questionAbout(release), { classification: {}, without: [], evidence: evidence.map((one) => ({ ...one, about: 'RELEASE' as const })), policy: null });
    return then.decision.verdict;
  };
  const ours = { type: 'our_own_kind', payload: { accuracy: 0.93 } };
  const { id: type, example } = EVIDENCE_TYPES.find(({ id }) => id === 'evaluation_run')!;

  expect(await supposing(ours, { type, payload: example })).toBe('ALLOW');
  await expect(supposing(ours, { type, payload: { ...example, metrics: [] } })).rejects.toThrow(refusal('INVALID_INPUT', { field: 'evidence[1].payload.metrics' }));
});
