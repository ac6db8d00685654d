// Two organizations with something in every table and every column that can hold words: what the register of the tests leaves out, of the first one
// for the canaries, of the second one so that each type is shown with a record in it.
import { expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { SimulationsService } from '../../src/gate/simulations.service.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { Acts } from '../support/acts.js';
import type { TestApp } from '../support/app.js';
import { newKey } from '../support/token-issuer.js';
import { OPERATIONS } from './operations.js';
import { POLICY_CASES, policySource, type Register } from './register.js';

export class Filling {
  readonly #acts: Acts;

  constructor(private readonly app: TestApp) {
    this.#acts = new Acts(app);
  }

  /** What the register of the tests has no row for: comments, flags, uses of keys, refusals, evidence that somebody verified. */
  async rest(register: Register): Promise<void> {
    const { ids, versions } = register;
    const acts = this.#acts;
    await acts.act('all', 'commentOnPromotion', { id: ids.promotion, text: 'Look at the prompt.', lane: 'RISK' });
    await acts.change('hugo', 'assessTier', { id: ids.system, version: versions.system }, { input: { tier: 'MINIMAL', euClass: 'MINIMAL', flags: ['PERSONAL_DATA'], rationale: 'Names of people.' } });
    const evidence = await acts.act('all', 'submitEvidence', { system: ids.system, input: { type: 'test_report', title: 'Load test', digest: '01'.repeat(32), collectedAt: new Date().toISOString(), validUntil: new Date(Date.now() + 9e8).toISOString() } });
    await acts.change('rita', 'verifyEvidence', evidence);
    const fulfilled = await acts.change('sam', 'fulfilCondition', { id: ids.condition, version: versions.condition }, { evidence: [evidence.id] });
    await acts.change('rita', 'confirmCondition', fulfilled, { reason: 'Seen.' });
    await acts.refusal(acts.change('axel', 'confirmRisk', { id: ids.risk, version: versions.risk }));
    await acts.read('axel', 'changes', {}, 'nodes { __typename }');
    await acts.act('ada', 'registerIssuer', { input: { kind: 'KUBERNETES', issuer: 'https://kubernetes.default.svc', audience: 'a', jwks: JSON.stringify({ keys: [(await newKey('RS256')).jwk] }) } });
    const { secret } = await acts.read<{ secret: string }>('ada', 'issueApiKey', OPERATIONS['issueApiKey']!.args(register), 'secret');
    await this.#post({ authorization: `Bearer ${secret}` }, '/v1/gate/check', { target: { bundleDigest: ids.bundleDigest }, environment: ids.environmentName });
    await this.#post({ authorization: `Bearer ${await this.app.token('ada')}`, 'idempotency-key': randomUUID() }, '/graphql', { query: 'mutation { createEnvironment(input: { name: "stage", kind: STAGING }) { id } }' });
    await this.#simulated();
    await this.#emergency(ids.environmentName);
    await this.takeArchive('axel');
    await this.#asAdmin(`insert into audit.content (tenant_id, digest, tombstone) values ('${register.as('sam').tenantId}', 'sha256:${'02'.repeat(32)}', 'Erased on request.')`);
  }

  /** What of the second one is shown in no other answer, so that each type is looked at with a record in it. What others still change stays as it is. */
  async second(register: Register): Promise<void> {
    const { ids, versions } = register;
    const acts = this.#acts;
    await acts.act('other-all', 'commentOnPromotion', { id: ids.promotion, text: 'Look at the prompt.', lane: 'RISK' });
    await acts.act('other-ada', 'registerIssuer', OPERATIONS['registerIssuer']!.args(register));
    const later = await acts.act('other-dana', 'createRelease', { system: ids.system, input: { label: '1.1', components: [{ role: 'MODEL', name: 'model', digest: 'b3'.repeat(32) }] } });
    await acts.change('other-dana', 'claimChangeClass', later, { changeClass: 'RETRAIN_SAME_SPEC', since: ids.release, reason: 'The same data, newer.' });
    const risk = await acts.act('other-sam', 'logRisk', OPERATIONS['logRisk']!.args(register));
    const assessed = await acts.change('other-sam', 'assessRisk', risk, { input: OPERATIONS['assessRisk']!.args(register)['input'] });
    await acts.change('other-sam', 'planTreatment', assessed, { option: 'REDUCE', reason: 'It can be made rarer.' });
    const mitigation = await acts.act('other-sam', 'proposeMitigation', { ...OPERATIONS['proposeMitigation']!.args(register), risk: risk.id });
    await acts.change('other-sam', 'cancelMitigation', mitigation, { reason: 'Another one is better.' });
    await acts.change('other-hugo', 'grantAcceptance', { id: ids.acceptance, version: versions.acceptance });
    await acts.change('other-rita', 'grantWaiver', { id: ids.waiver, version: versions.waiver });
    await acts.change('other-eve', 'turnSecondKey', { id: ids.breakGlass, version: versions.breakGlass });
  }

  async takeArchive(handle: string): Promise<string> {
    const response = await fetch(`${this.app.url}/v1/archive`, { headers: { authorization: `Bearer ${await this.app.token(handle)}` } });
    expect([handle, response.status]).toEqual([handle, 200]);
    return response.text();
  }

  /** A version that passed its cases; one that was withdrawn, with a reason; one that would turn a decision; and one whose simulation came to nothing. */
  async #simulated(): Promise<void> {
    const draft = (source: string): ReturnType<Acts['act']> => this.#acts.act('rita', 'draftPolicy', { input: { source, cases: POLICY_CASES, note: 'To try it.' } });
    await this.#acts.change('rita', 'testPolicy', await draft(policySource('2.0')));
    await this.#acts.change('rita', 'withdrawPolicy', await draft(policySource('3.0')), { reason: 'Nobody can follow it.' });
    const requirement = { id: 'E-01', kind: 'EVIDENCE', title: 'An evaluation', gates: ['PILOT'], evidenceType: 'accuracy_test', condition: 'payload.accuracy >= 0.9', basis: [] };
    const strict = await draft(JSON.stringify({ ...SHIPPED_DOCUMENT, id: 'strict', version: '1.0', bindings: [{ environments: ['pilot'], priority: 10, mode: 'ENFORCE' }], requirements: [requirement] }));
    await this.#acts.act('rita', 'simulatePolicy', { policy: strict.id });
    await this.app.app.get(SimulationsService).settled();
    const stopped = new SimulationsService(this.app.app.get(UnitOfWork));
    await stopped.beforeApplicationShutdown();
    await stopped.start(this.app.as('rita'), { policy: strict.id, window: null });
    await stopped.settled();
  }

  /** Used, and reviewed with a reason. */
  async #emergency(environment: string): Promise<void> {
    const registered = await this.#acts.act('sam', 'registerSystem', { input: { name: 'n', intendedPurpose: 'p', owner: 'sam', developers: ['dana'], autonomy: 'ASSISTS' } });
    const system = await this.#acts.change('hugo', 'assessTier', registered, { input: { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [], rationale: 'r' } });
    const { bundleDigest } = await this.#acts.act('dana', 'createRelease', { system: system.id, input: { label: '1.0', components: [{ role: 'MODEL', name: 'model', digest: 'd7'.repeat(32) }] } });
    const invoked = await this.#acts.act('sam', 'invokeBreakGlass', { input: { system: system.id, environment, bundleDigest, emergency: 'OUTAGE', incident: 'Nobody gets an answer.', validUntil: new Date(Date.now() + 7_200_000).toISOString() } });
    await this.#acts.change('eve', 'turnSecondKey', invoked);
    await this.#acts.read('pipeline', 'authorizePromotion', { question: { environment, target: { bundleDigest } } }, 'id');
    const used = await this.#acts.read<{ id: string; version: number }>('axel', 'breakGlass', { id: invoked.id }, 'id version');
    await this.#acts.change('hugo', 'reviewBreakGlass', used, { verdict: 'RATIFY', reason: 'There was no other way.' });
  }

  async #post(headers: Readonly<Record<string, string>>, path: string, body: unknown): Promise<void> {
    const { status } = await fetch(`${this.app.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
    expect([path, status]).toEqual([path, 200]);
  }

  async #asAdmin(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.app.database.adminUrl });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  }
}
