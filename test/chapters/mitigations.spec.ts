// Mitigations and their evidence over the public API: who may do what, what a risk is worth with them, and what the gate says.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plusDays } from '../../src/domain/clock.js';
import { ConfirmationsService } from '../../src/acceptances/confirmations.service.js';
import { EvidenceService } from '../../src/evidence/evidence.service.js';
import { MitigationsService } from '../../src/mitigations/mitigations.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { givenRelease, riskInput } from './register.js';

let app: TestApp;
let systemId: string;
let bundleDigest: string;

beforeAll(async () => {
  app = await startApp();
  ({ systemId, bundleDigest } = await givenRelease(app, app.as, '', 'e5'));
});

afterAll(() => app.close());

type Ref = { readonly id: string; readonly version: number };
const at = ({ id, version }: Ref): { id: string; expectedVersion: number } => ({ id, expectedVersion: version });
const mitigations = (): MitigationsService => app.app.get(MitigationsService);
const evidence = (): EvidenceService => app.app.get(EvidenceService);
const soon = (days: number): string => plusDays(new Date().toISOString(), days);

/** Claimed to be LOW, HIGH before any treatment. */
async function claimedLow(): Promise<Ref> {
  const risks = app.app.get(RisksService);
  const logged = await risks.log(app.as('sam'), systemId, riskInput('sam'), false);
  const rating = (likelihood: number): { likelihood: number; consequences: { class: 'LEGAL'; value: number }[] } => ({ likelihood, consequences: [{ class: 'LEGAL', value: 4 }] });
  return risks.assess(app.as('sam'), at(logged), { inherent: rating(3), current: rating(1), target: null, rationale: 'It is filtered.', strengthOfKnowledge: 'MEDIUM' });
}

function propose(riskId: string, more: Partial<Parameters<MitigationsService['propose']>[2]> = {}): ReturnType<MitigationsService['propose']> {
  return mitigations().propose(app.as('dana'), riskId, { title: 'A filter', description: 'Filters hidden text.', owner: 'dana', due: soon(20), effect: 'LIKELIHOOD', reduces: 2, requiredFrom: null, control: null, ...more });
}

function report(more: Partial<Parameters<EvidenceService['submit']>[2]> = {}, handle = 'dana'): ReturnType<EvidenceService['submit']> {
  const now = new Date().toISOString();
  return evidence().submit(app.as(handle), systemId, { type: 'test_report', title: 'Attack test', digest: 'ab'.repeat(32), subjectDigest: null, location: 'reports/7.pdf', collectedAt: now, validUntil: plusDays(now, 60), supersedes: null, ...more });
}

/** Everything but the last step: implemented, on evidence that Kim has verified. */
async function implemented(riskId: string): Promise<{ mitigation: Ref; report: Ref }> {
  const started = await mitigations().begin(app.as('dana'), at(await propose(riskId)), 'start');
  const submitted = await report();
  const done = await mitigations().implement(app.as('dana'), at(started), [submitted.number]);
  return { mitigation: done, report: await evidence().verify(app.as('kim'), at(submitted)) };
}

async function residual(riskId: string): Promise<unknown> {
  const { data } = await app.graphql<{ risk: object }>('axel', `{ risk(id: "${riskId}") { residualLevel current { level } mitigations { state lapsed evidence { number outcome } } } }`);
  return data?.risk;
}

describe('a claim below the inherent level', () => {
  test('counts from the moment at which its mitigation is verified, and no longer once its evidence is revoked', async () => {
    const risk = await claimedLow();
    const { mitigation, report: shown } = await implemented(risk.id);

    expect(await residual(risk.id)).toMatchObject({ residualLevel: 'HIGH', current: { level: 'LOW' } });
    await expect(app.app.get(ConfirmationsService).confirm(app.as('rita'), at(risk))).rejects.toMatchObject({ code: 'ABOVE_TOLERANCE', facts: { actual: 'HIGH', because: ['NOT_EARNED'] } });

    await mitigations().verify(app.as('kim'), at(mitigation));
    expect(await residual(risk.id)).toMatchObject({ residualLevel: 'LOW', mitigations: [{ state: 'VERIFIED', lapsed: false, evidence: [{ outcome: 'VERIFIED' }] }] });
    expect(await app.app.get(ConfirmationsService).confirm(app.as('rita'), at(risk))).toMatchObject({ state: 'MONITORED' });

    await evidence().revoke(app.as('rita'), at(shown), 'The test was wrong.');
    expect(await residual(risk.id)).toMatchObject({ residualLevel: 'HIGH', mitigations: [{ state: 'VERIFIED', lapsed: true, evidence: [{ outcome: 'REVOKED' }] }] });
  });

  test('counts again when fresh evidence stands in for what was revoked', async () => {
    const risk = await claimedLow();
    const { mitigation, report: shown } = await implemented(risk.id);
    await mitigations().verify(app.as('kim'), at(mitigation));
    await evidence().revoke(app.as('kim'), at(shown), 'The test was wrong.');

    const fresh = await report({ supersedes: shown.id });
    expect(await residual(risk.id)).toMatchObject({ residualLevel: 'HIGH' });
    await evidence().verify(app.as('rita'), at(fresh));

    expect(await residual(risk.id)).toMatchObject({ residualLevel: 'LOW', mitigations: [{ lapsed: false, evidence: [{ outcome: 'REVOKED' }] }] });
  });
});

describe('a mitigation', () => {
  test('is carried out by its owner and verified by somebody else on valid evidence', async () => {
    const started = await mitigations().begin(app.as('dana'), at(await propose((await claimedLow()).id)), 'start');
    const submitted = await report();

    await expect(mitigations().implement(app.as('sam'), at(started), [submitted.id])).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
    await expect(mitigations().implement(app.as('dana'), at(started), ['E-999999'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const done = await mitigations().implement(app.as('dana'), at(started), [submitted.id]);
    await expect(mitigations().verify(app.as('dana'), at(done))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(mitigations().verify(app.as('kim'), at(done))).rejects.toMatchObject({ code: 'EVIDENCE_NOT_VALID' });
    await expect(evidence().verify(app.as('dana'), at(submitted))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await evidence().verify(app.as('kim'), at(submitted));
    expect(await mitigations().verify(app.as('kim'), at(done))).toMatchObject({ state: 'VERIFIED', version: 4 });
  });

  test('is given up by its owner and a risk officer together', async () => {
    const proposed = await propose((await claimedLow()).id);
    const asked = await mitigations().cancel(app.as('dana'), at(proposed), 'Too dear.');

    expect(asked).toMatchObject({ state: 'PROPOSED', cancellation: { as: 'OWNER' } });
    await expect(mitigations().cancel(app.as('dana'), at(asked), 'Really.')).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES' });
    await expect(mitigations().cancel(app.as('sam'), at(asked), 'Me too.')).rejects.toMatchObject({ code: 'NOT_ELIGIBLE' });
    expect(await mitigations().cancel(app.as('rita'), at(asked), 'Agreed.')).toMatchObject({ state: 'CANCELLED' });
  });

  test('that a gate waits for keeps it shut, and says who can open it', async () => {
    const { number } = await propose((await claimedLow()).id, { requiredFrom: 'PILOT' });

    const { body } = await app.rest('pipeline', '/v1/gate/check', { environment: 'pilot', target: { bundleDigest } });
    expect(body['reasons']).toContainEqual(expect.objectContaining({ code: 'MITIGATION_UNVERIFIED', requirement: `R6/${number}`, owner: 'mitigation owner', params: expect.objectContaining({ mitigation: number }) }));
  });

  test('is one of at most a hundred of its risk', async () => {
    const risk = await claimedLow();
    for (let n = 0; n < 100; n += 1) await propose(risk.id);

    await expect(propose(risk.id)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });
});

describe('evidence', () => {
  test('comes from people and from pipelines, and says which', async () => {
    expect([(await report()).source, (await report({}, 'pipeline')).source]).toEqual(['HUMAN', 'CI']);
    await expect(report({}, 'axel')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  test('is verified once, by somebody who did not submit it, and rejected for good', async () => {
    const submitted = await report({}, 'rita');

    await expect(evidence().verify(app.as('rita'), at(submitted))).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES', facts: { because: ['SUBMITTER'] } });
    const rejected = await evidence().reject(app.as('kim'), at(submitted), 'It shows nothing.');
    await expect(evidence().verify(app.as('kim'), at(rejected))).rejects.toMatchObject({ code: 'INVALID_TRANSITION', facts: { allowedActions: [] } });
  });

  test('is found by its number and by its id, with everything about it', async () => {
    const submitted = await report({ subjectDigest: bundleDigest });
    const { data } = await app.graphql<Record<string, unknown>>('axel', `{
      evidence(id: "${submitted.number}") { contentDigest subjectDigest location outcome submitter { handle } verifier { handle } system { number } supersedes { number } }
      node(id: "${submitted.id}") { __typename id } }`);

    expect(data).toEqual({
      evidence: { contentDigest: `sha256:${'ab'.repeat(32)}`, subjectDigest: bundleDigest, location: 'reports/7.pdf', outcome: 'SUBMITTED', submitter: { handle: 'dana' }, verifier: null, system: { number: 'SYS-1' }, supersedes: null },
      node: { __typename: 'Evidence', id: submitted.id },
    });
  });
});
