// The class of a system under the EU AI Act, signed by a lawyer, over the API and on a real PostgreSQL: who signs, what holds of it, and what it does to the gate.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClassificationInput } from '../../src/domain/classification-record.js';
import type { ClassificationStatement } from '../../src/domain/classification-statement.js';
import { plusDays } from '../../src/domain/clock.js';
import { ClassificationsService } from '../../src/reviews/classifications.service.js';
import { SHIPPED } from '../../src/policies/shipped-policy.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { connectTo } from '../support/register.js';
import { systemInput } from './register.js';

const SIGNED: ClassificationInput = { euClass: 'LIMITED', flags: [{ flag: 'PROFILING', holds: false }], roles: ['PROVIDER'], annexIIIUses: [], derogation: null, rationale: 'People talk to it.', validUntil: null };

let app: TestApp;
let systems: SystemsService;
let service: ClassificationsService;

beforeAll(async () => {
  app = await startApp();
  [systems, service] = [app.app.get(SystemsService), app.app.get(ClassificationsService)];
});
afterAll(() => app.close());

type System = Awaited<ReturnType<SystemsService['register']>>;

async function assessed(flags: readonly 'PROFILING'[] = []): Promise<System> {
  const { id } = await systems.register(app.as('sam'), systemInput('sam', { developers: ['dana'] }));
  return systems.assessTier(app.as('hugo'), { id, expectedVersion: 1 }, { tier: 'MODERATE', euClass: 'LIMITED', flags: [...flags], rationale: 'By the questionnaire.' });
}
const classify = (handle: string, { id, version }: System, more: Partial<ClassificationInput> = {}): Promise<System> => service.classify(app.as(handle), { id, expectedVersion: version }, { ...SIGNED, ...more });

describe('a classification', () => {
  test('is signed word for word: system, record, signer and sign-in, under the key of the server', async () => {
    const system = await assessed();
    const { data } = await app.graphql<{ classifySystem: { classification: Record<string, unknown> & { envelope: { json: string }; digest: string } } }>('lena',
      'mutation ($id: ID!, $input: ClassifySystemInput!) { classifySystem(id: $id, expectedVersion: 2, input: $input) { version classification { revision euClass roles live genuine signedBy { handle } digest envelope { payloadType json } } } }',
      { id: system.id, input: { euClass: 'LIMITED', flags: SIGNED.flags, roles: ['PROVIDER'], rationale: SIGNED.rationale } });

    expect(data).toMatchObject({ classifySystem: { version: 3, classification: { revision: 1, euClass: 'LIMITED', roles: ['PROVIDER'], live: true, genuine: true, signedBy: { handle: 'lena' }, envelope: { payloadType: 'application/vnd.countersign.classification+json' } } } });
    const { digest, envelope } = data!.classifySystem.classification;
    const statement = JSON.parse(Buffer.from((JSON.parse(envelope.json) as { payload: string }).payload, 'base64').toString('utf8')) as ClassificationStatement;
    expect(statement).toMatchObject({ system: { id: system.id, version: 2, digest: system.digest }, record: { digest, systemId: system.id, flags: { PROFILING: false, AGENTIC: null } }, signer: { roles: expect.arrayContaining([{ role: 'REVIEWER', lane: 'LEGAL' }]) } });
    const { data: log } = await app.graphql<{ changes: { nodes: unknown[] } }>('axel', 'query ($system: ID!) { changes(first: 10, filter: { system: $system }) { nodes { action } } }', { system: system.id });
    expect(JSON.stringify(log)).toContain('SYSTEM_CLASSIFIED');
  });

  test.each([['sam', 'PERMISSION_DENIED'], ['hugo', 'PERMISSION_DENIED'], ['petra', 'NOT_ELIGIBLE'], ['axel', 'PERMISSION_DENIED'], ['pipeline', 'PERMISSION_DENIED']])('is not signed by %s', async (handle, code) => {
    await expect(classify(handle, await assessed())).rejects.toMatchObject({ code });
  });

  test('is not signed by a lawyer who owns the system, nor about a state that is over', async () => {
    const { id } = await systems.register(app.as('sam'), systemInput('lena'));
    await expect(service.classify(app.as('lena'), { id, expectedVersion: 1 }, SIGNED)).rejects.toMatchObject({ code: 'SEPARATION_OF_DUTIES', facts: { because: ['SYSTEM_OWNER'] } });
    const system = await assessed();
    await expect(classify('lena', { ...system, version: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('is not signed by somebody who has not signed in lately', async () => {
    const { id } = await assessed();
    await expect(service.classify({ ...app.as('lena'), authenticatedAt: plusDays(new Date().toISOString(), -2) }, { id, expectedVersion: 2 }, SIGNED)).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
  });

  test('that raises the tier is signed by whoever has signed in as lately as that tier asks for', async () => {
    const { id } = await assessed();
    const { reauthenticationMinutes: minutes } = SHIPPED;
    expect(minutes.HIGH).toBeLessThan(minutes.MODERATE);
    const between = { ...app.as('lena'), authenticatedAt: new Date(Date.now() - (minutes.HIGH + minutes.MODERATE) * 30_000).toISOString() };
    const sign = (more: Partial<ClassificationInput>): Promise<System> => service.classify(between, { id, expectedVersion: 2 }, { ...SIGNED, ...more });

    await expect(sign({ euClass: 'HIGH_RISK_ANNEX_III', annexIIIUses: ['III_4_A'] })).rejects.toMatchObject({ code: 'REAUTHENTICATION_REQUIRED' });
    expect((await sign({})).version).toBe(3);
  });

  test('is replaced by another one, and both are kept', async () => {
    const twice = await classify('lena', await classify('lena', await assessed()), { euClass: 'MINIMAL' });
    expect(twice.classifications.map(({ revision, euClass }) => [revision, euClass])).toEqual([[1, 'LIMITED'], [2, 'MINIMAL']]);
  });
});

describe('two sources', () => {
  const FACTS = 'query ($id: ID!) { system(id: $id) { tier euClass flags facts { fact value ground sources { source value } } } }';
  const factOf = async (id: string, wanted: string): Promise<unknown> => {
    const { data } = await app.graphql<{ system: { facts: { fact: string }[] } }>('axel', FACTS, { id });
    return data!.system.facts.find(({ fact }) => fact === wanted);
  };

  test('that disagree about a flag leave it unknown, so it applies', async () => {
    const { id } = await classify('lena', await assessed(['PROFILING']));
    expect(await factOf(id, 'PROFILING')).toEqual({ fact: 'PROFILING', value: 'true', ground: 'DISAGREED', sources: [{ source: 'TIER_ASSESSMENT', value: 'true' }, { source: 'CLASSIFICATION', value: 'false' }] });
  });

  test('that disagree about the class apply both, and hold up the tier; the inventory finds it so', async () => {
    const { id, number } = await classify('lena', await assessed(), { euClass: 'HIGH_RISK_ANNEX_III', annexIIIUses: ['III_4_A'], flags: [{ flag: 'WORKPLACE', holds: true }] });
    const { data } = await app.graphql('axel', '{ systems(filter: { euClasses: [HIGH_RISK_ANNEX_III], tiers: [HIGH], flags: [WORKPLACE] }) { nodes { number tier euClass flags } } }');
    expect(data).toEqual({ systems: { nodes: [{ number, tier: 'HIGH', euClass: 'HIGH_RISK_ANNEX_III', flags: ['WORKPLACE'] }] } });
    expect(await factOf(id, 'EU_CLASS')).toMatchObject({ value: 'HIGH_RISK_ANNEX_III, LIMITED', ground: 'DISAGREED' });
  });
});

test('nobody rewrites one past the log', async () => {
  const { id } = await classify('lena', await assessed());
  const client = await connectTo(app.database.adminUrl, app.as('axel').tenantId);
  await expect(client.query(`update ai_systems set classifications = jsonb_set(classifications, '{0,roles}', '["IMPORTER"]') where id = $1`, [id])).rejects.toThrow('no audit entry about ai_systems');
  await client.end();
});
