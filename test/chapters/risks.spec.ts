// The life of a risk on a real PostgreSQL: logged, assessed by the criteria, confirmed by somebody else, or accepted by those who may.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plusDays } from '../../src/domain/clock.js';
import type { ConsequenceClass } from '../../src/domain/scoring.js';
import { AcceptancesService } from '../../src/acceptances/acceptances.service.js';
import { ConfirmationsService } from '../../src/acceptances/confirmations.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { givenRelease, riskInput } from './register.js';

let app: TestApp;
let risks: RisksService;
let confirmations: ConfirmationsService;
let acceptances: AcceptancesService;
let systemId: string;

beforeAll(async () => {
  app = await startApp();
  [risks, confirmations, acceptances] = [app.app.get(RisksService), app.app.get(ConfirmationsService), app.app.get(AcceptancesService)];
  ({ systemId } = await givenRelease(app, app.as, '', 'd4'));
});

afterAll(() => app.close());

type Estimate = [likelihood: number, value: number, kind?: ConsequenceClass];
const estimate = ([likelihood, value, kind = 'LEGAL']: Estimate): { likelihood: number; consequences: { class: ConsequenceClass; value: number }[] } => ({ likelihood, consequences: [{ class: kind, value }] });
const change = ({ id, version }: { id: string; version: number }): { id: string; expectedVersion: number } => ({ id, expectedVersion: version });
const soon = (days: number): string => plusDays(new Date().toISOString(), days);

const logged = (): ReturnType<RisksService['log']> => risks.log(app.as('sam'), systemId, riskInput('sam'), false);
const assess = (risk: { id: string; version: number }, current: Estimate, handle = 'sam'): ReturnType<RisksService['assess']> =>
  risks.assess(app.as(handle), change(risk), { inherent: estimate(current), current: estimate(current), target: null, rationale: 'Seen.', strengthOfKnowledge: 'MEDIUM' });
const assessed = async (current: Estimate): ReturnType<RisksService['assess']> => assess(await logged(), current);
const request = async (current: Estimate, days = 10): ReturnType<AcceptancesService['request']> => acceptances.request(app.as('sam'), change(await assessed(current)), { reason: 'Worth it.', validUntil: soon(days) });
const grant = (acceptance: { id: string; version: number }, handle: string): ReturnType<AcceptancesService['grant']> => acceptances.grant(app.as(handle), change(acceptance));

const MODERATE: Estimate = [2, 3];
const HIGH: Estimate = [3, 4];

describe('a risk', () => {
  test('is logged as identified, or kept as a draft that needs a reference only when it is handed in', async () => {
    expect(await logged()).toMatchObject({ state: 'IDENTIFIED', version: 1 });
    await expect(risks.log(app.as('sam'), systemId, riskInput('sam', { taxonomy: [] }), false)).rejects.toMatchObject({ code: 'TAXONOMY_REFERENCE_INVALID' });
    const draft = await risks.log(app.as('dana'), systemId, riskInput('sam', { taxonomy: [] }), true);

    expect(draft.state).toBe('DRAFT');
    await expect(risks.submit(app.as('dana'), change(draft))).rejects.toMatchObject({ code: 'TAXONOMY_REFERENCE_INVALID' });
    const edited = await risks.edit(app.as('dana'), change(draft), { taxonomy: ['owasp-llm@2025#LLM01', 'owasp-llm@2025#LLM01'] });
    expect(await risks.submit(app.as('dana'), change(edited))).toMatchObject({ state: 'IDENTIFIED', taxonomy: ['owasp-llm@2025#LLM01'] });
  });

  test.each(['LLM01', 'owasp@2025', 'owasp#1', 'Owasp@1#a', 'owasp@1#', 'owasp@1#a b'])('is refused with the reference %j', async (reference) => {
    await expect(risks.log(app.as('sam'), systemId, riskInput('sam', { taxonomy: [reference] }), false)).rejects.toMatchObject({ code: 'TAXONOMY_REFERENCE_INVALID', facts: { field: 'taxonomy.0', actual: reference } });
  });

  test.each<[Estimate, string]>([[[1, 1], 'VERY_LOW'], [[1, 4], 'LOW'], [[2, 3], 'MODERATE'], [[3, 4], 'HIGH'], [[5, 5], 'VERY_HIGH'], [[1, 5, 'SAFETY'], 'MODERATE'], [[1, 5, 'FUNDAMENTAL_RIGHTS'], 'MODERATE'], [[1, 5, 'FINANCIAL'], 'LOW']])(
    'estimated as %j is %s, as the server computes it', async (current, level) => {
      expect((await assessed(current)).assessments[0]?.current.level).toBe(level);
    });

  test('is assessed by its owner or a risk officer, never above its inherent level', async () => {
    const risk = await risks.log(app.as('sam'), systemId, riskInput('dana'), false);

    await expect(assess(risk, MODERATE, 'sam')).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
    await expect(risks.assess(app.as('rita'), change(risk), { inherent: estimate([1, 1]), current: estimate(MODERATE), target: null, rationale: 'x', strengthOfKnowledge: 'WEAK' })).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'current' } });
    expect(await assess(risk, MODERATE, 'rita')).toMatchObject({ state: 'ASSESSED', version: 2 });
  });

  test('is confirmed by an officer who did not assess it, within tolerance only', async () => {
    const risk = await assess(await logged(), MODERATE, 'rita');

    await expect(confirmations.confirm(app.as('sam'), change(risk))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(confirmations.confirm(app.as('rita'), change(risk))).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES', facts: { because: ['LAST_ASSESSOR'] } });
    expect(await confirmations.confirm(app.as('hugo'), change(risk))).toMatchObject({ state: 'MONITORED', confirmation: { revision: 1 } });
    await expect(confirmations.confirm(app.as('hugo'), change(await assessed(HIGH)))).rejects.toMatchObject({ code: 'ABOVE_TOLERANCE', facts: { actual: 'HIGH', expected: 'MODERATE' } });
  });

  test('keeps what was confirmed while a new assessment waits, and names its possible actions', async () => {
    const confirmed = await confirmations.confirm(app.as('rita'), change(await assessed([1, 4])));
    const again = await assess(confirmed, HIGH);

    const { data } = await app.graphql<{ risk: object }>('axel', `{ risk(id: "${again.id}") { state availableActions residualLevel } }`);
    expect(data?.risk).toEqual({ state: 'ASSESSED', residualLevel: 'LOW', availableActions: ['assess', 'planTreatment', 'confirm', 'accept'] });
  });

  test('answers what cannot be done with what can', async () => {
    const risk = await logged();

    await expect(confirmations.confirm(app.as('rita'), change(risk))).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { state: 'IDENTIFIED', action: 'confirm', allowedActions: ['assess', 'reject'] } });
    const rejected = await risks.turn(app.as('rita'), change(risk), 'reject', 'A duplicate.');
    await expect(assess(rejected, MODERATE)).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { allowedActions: [] } });
    await expect(risks.edit(app.as('sam'), change(rejected), { affectedParties: [] })).rejects.toMatchObject({ code: 'INVALID_TRANSITION' });
  });

  test('that is retained needs an acceptance, and its treatment is chosen by its owner', async () => {
    const risk = await assessed(MODERATE);

    await expect(risks.planTreatment(app.as('rita'), change(risk), 'RETAIN', 'x')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const treated = await risks.planTreatment(app.as('sam'), change(risk), 'RETAIN', 'It is small.');
    await expect(confirmations.confirm(app.as('rita'), change(treated))).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { allowedActions: ['assess', 'accept'] } });
  });
});

describe('an acceptance', () => {
  test('of a MODERATE risk takes a business owner and a risk officer', async () => {
    const requested = await request(MODERATE);

    await expect(grant(requested, 'eve')).rejects.toMatchObject({ code: 'ABOVE_AUTHORITY', facts: { because: ['BUSINESS_OWNER', 'RISK_OFFICER'] } });
    await expect(grant(requested, 'sam')).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES', facts: { because: ['LAST_ASSESSOR'] } });
    const once = await grant(requested, 'bea');
    await expect(grant(once, 'bea')).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES', facts: { because: ['GRANTED_ALREADY'] } });
    expect((await risks.assess(app.as('rita'), { id: requested.riskId, expectedVersion: 2 }, { inherent: estimate([5, 5]), current: estimate(MODERATE), target: null, rationale: 'x', strengthOfKnowledge: 'WEAK' })).state).toBe('ASSESSED');
    await expect(grant(once, 'rita')).rejects.toMatchObject({ code: 'PACKAGE_CHANGED' });
  });

  test('of a HIGH risk takes the head of risk and an executive, and moves the risk with the last of them', async () => {
    const requested = await request(HIGH);
    const once = await grant(requested, 'eve');
    const state = async (): Promise<unknown> => (await app.graphql('axel', `{ risk(id: "${requested.riskId}") { state } riskAcceptance(id: "${requested.id}") { outcome } }`)).data;

    expect(await state()).toEqual({ risk: { state: 'ASSESSED' }, riskAcceptance: { outcome: 'REQUESTED' } });
    await expect(grant(once, 'rita')).rejects.toMatchObject({ code: 'ABOVE_AUTHORITY', facts: { because: ['HEAD_OF_RISK'] } });
    const twice = await grant(once, 'hugo');
    expect(await state()).toEqual({ risk: { state: 'ACCEPTED' }, riskAcceptance: { outcome: 'GRANTED' } });

    await expect(acceptances.end(app.as('bea'), change(twice), 'revoke', 'x')).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
    expect(await acceptances.end(app.as('hugo'), change(twice), 'revoke', 'An incident.')).toMatchObject({ state: 'REVOKED', version: 4 });
    await expect(grant({ id: requested.id, version: 4 }, 'eve')).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { state: 'REVOKED', allowedActions: [] } });
  });

  test('is asked for within the time of its level, at a level that somebody may accept', async () => {
    await expect(request([5, 5])).rejects.toMatchObject({ code: 'NOT_ACCEPTABLE', facts: { actual: 'VERY_HIGH' } });
    await expect(request(HIGH, 91)).rejects.toMatchObject({ code: 'VALIDITY_TOO_LONG', facts: { field: 'validUntil' } });
    await expect(request(HIGH, -1)).rejects.toMatchObject({ code: 'INVALID_INPUT', facts: { field: 'validUntil' } });
    expect(await request(HIGH, 89)).toMatchObject({ state: 'REQUESTED' });
  });

  test('is withdrawn by whoever asked for it', async () => {
    const requested = await request(MODERATE);

    await expect(acceptances.end(app.as('rita'), change(requested), 'withdraw', 'x')).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
    expect(await acceptances.end(app.as('sam'), change(requested), 'withdraw', 'Treated instead.')).toMatchObject({ state: 'WITHDRAWN' });
  });
});
