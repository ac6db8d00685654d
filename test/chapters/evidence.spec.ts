// Evidence over the public API: its types and what their payloads have to be, and who may verify it.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plusDays } from '../../src/domain/clock.js';
import type { JsonObject } from '../../src/domain/payload.js';
import { startApp, type GraphQLAnswer, type TestApp } from '../support/app.js';
import { givenRelease } from './register.js';

let app: TestApp;
let systemId: string;
let bundleDigest: string;

beforeAll(async () => {
  app = await startApp();
  ({ systemId, bundleDigest } = await givenRelease(app, app.as, '', 'e7'));
});

afterAll(() => app.close());

const SUBMIT = 'mutation ($system: ID!, $input: SubmitEvidenceInput!) { submitEvidence(system: $system, input: $input) { id number version type payload source } }';
interface Submitted { readonly submitEvidence: { readonly id: string; readonly number: string; readonly version: number; readonly payload: JsonObject | null } }

function submit(handle: string, more: Readonly<Record<string, unknown>>): Promise<GraphQLAnswer<Submitted>> {
  const now = new Date().toISOString();
  return app.graphql<Submitted>(handle, SUBMIT, { system: systemId, input: { type: 'evaluation_run', title: 'A run', digest: 'ab'.repeat(32), subjectDigest: bundleDigest, collectedAt: now, validUntil: plusDays(now, 30), ...more } });
}

describe('types of evidence', () => {
  test('are told with what belongs into a payload, and with one that is taken', async () => {
    const { data } = await app.graphql<{ evidenceTypes: { id: string; required: string[]; schema: JsonObject; example: JsonObject }[] }>('dana', '{ evidenceTypes { id title shows fields required schema example } }');
    const types = data!.evidenceTypes;

    expect(types).toHaveLength(39);
    expect(types.find(({ id }) => id === 'log_replay')).toMatchObject({ title: 'Decisions rebuilt from logs', fields: ['decisionsSampled', 'decisionsReconstructed', 'fieldsMissing[]'], required: ['decisionsSampled', 'decisionsReconstructed'], schema: { type: 'object', additionalProperties: false } });
    for (const { id, example } of types.slice(0, 5)) expect((await submit('dana', { type: id, payload: example })).data?.submitEvidence.payload).toEqual(example);
  });

  test('hold for what is submitted, which is told all that is wrong with it and nothing of what was in it', async () => {
    const { errors } = await submit('dana', { payload: { metrics: [{ name: 'accuracy', value: 'hunter2', threshold: 0.9, direction: 'AT_LEAST' }], startedAt: 'hunter2', thresholdsFrozenAt: '2026-10-01T00:00:00Z' } });

    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', details: { because: ['payload.modelDigest: has to be there', 'payload.metrics[0].value: a number', expect.stringMatching(/^payload.startedAt: an instant/), expect.any(String)] } });
    expect(JSON.stringify(errors)).not.toContain('hunter2');
  });

  test('hold neither for what is nothing but a file nor for a type of somebody’s own', async () => {
    expect((await submit('dana', {})).data?.submitEvidence).toMatchObject({ payload: null });
    expect((await submit('dana', { type: 'letter_of_the_mayor', payload: { metrics: 'many' } })).data?.submitEvidence).toMatchObject({ payload: { metrics: 'many' } });
  });
});
