// Which articles apply to a system, as clients are told it: by what the register knows, on any day.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SystemsService } from '../../src/systems/systems.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { systemInput } from './register.js';

const OBLIGATIONS = `query ($id: ID!, $on: String, $unchangedSince: String) { system(id: $id) { obligations(on: $on, unchangedSince: $unchangedSince) { on
  obligations { reference title state from source because { fact holds asked found } confirmed confirmations { number outcome confirmedBy { handle } } servedBy { id } } nextChange { on changes { reference before after } } } } }`;

const CONFIRM = 'mutation ($input: ConfirmLawDateInput!) { confirmLawDate(input: $input) { id number version outcome } }';
const REVOKE = 'mutation ($id: ID!, $expectedVersion: Int!, $reason: String!) { revokeLawDate(id: $id, expectedVersion: $expectedVersion, reason: $reason) { outcome } }';

interface Told { readonly on: string; readonly obligations: readonly { readonly reference: string; readonly state: string }[]; readonly nextChange: { readonly on: string; readonly changes: readonly unknown[] } | null }

let app: TestApp;
let system: string;

beforeAll(async () => {
  app = await startApp();
  const systems = app.app.get(SystemsService);
  const made = await systems.register(app.as('sam'), systemInput('sam', { jurisdictions: ['EU'] }));
  system = made.number;
});

afterAll(() => app.close());

async function told(args: Readonly<Record<string, string>> = {}, id = system): Promise<Told> {
  const { data } = await app.graphql<{ system: { obligations: Told } }>('rita', OBLIGATIONS, { id, ...args });
  return data!.system.obligations;
}

const of = ({ obligations }: Told, article: string): unknown => obligations.find(({ reference }) => reference === `eu-ai-act@2026-1744#${article}`);

describe('the obligations of a system', () => {
  test('are all of its places while nobody has assessed it: what is not known applies', async () => {
    const answer = await told({ on: '2028-01-01' });

    expect(of(answer, 'Art-55')).toMatchObject({ state: 'APPLIES', because: [{ fact: 'FLAGS', found: null }, { fact: 'JURISDICTIONS', found: ['EU'] }] });
    expect(answer.obligations.find(({ reference }) => reference === 'us-sr-26-2@2026#validation')).toMatchObject({ state: 'NOT_CONCERNED', because: [{ fact: 'JURISDICTIONS', holds: false, asked: ['US'], found: [] }] });
  });

  test('follow the class that a risk officer gave it, day by day', async () => {
    const made = await app.app.get(SystemsService).register(app.as('sam'), systemInput('sam', { jurisdictions: ['EU'] }));
    await app.app.get(SystemsService).assessTier(app.as('rita'), { id: made.id, expectedVersion: 1 }, { tier: 'HIGH', euClass: 'HIGH_RISK_ANNEX_III', flags: ['PERSONAL_DATA'], rationale: 'Decides on credit.' });

    const [before, from] = [await told({ on: '2027-12-01' }, made.id), await told({ on: '2027-12-02' }, made.id)];

    expect([of(before, 'Art-9'), of(from, 'Art-9')]).toMatchObject([{ state: 'NOT_YET', from: '2027-12-02', servedBy: expect.arrayContaining([{ id: 'R-01' }]) }, { state: 'APPLIES' }]);
    expect(before.nextChange).toMatchObject({ on: '2027-12-02', changes: expect.arrayContaining([{ reference: 'eu-ai-act@2026-1744#Art-9', before: 'NOT_YET', after: 'APPLIES' }]) });
    expect(of(await told({ on: '2028-01-01', unchangedSince: '2020-01-01' }, made.id), 'Art-9')).toMatchObject({ state: 'NOT_CONCERNED', source: expect.stringContaining('Art. 111(2)') });
  });

  test('are those of today unless a day is named', async () => {
    expect((await told()).on).toBe(new Date().toISOString().slice(0, 10));
  });

  test.each([['on', '2027-02-30'], ['unchangedSince', 'always']])('are refused for a day that is none: %s', async (field, day) => {
    const { errors } = await app.graphql('rita', OBLIGATIONS, { id: system, [field]: day });

    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', details: { field } });
  });
});

describe('a date of law', () => {
  const input = { reference: 'eu-ai-act@2026-1744#Art-4', day: '2025-02-02', source: 'OJ L, 2024/1689', note: 'Art. 113(a).' };
  const confirm = (handle: string, more: Readonly<Record<string, string>> = {}): ReturnType<TestApp['graphql']> => app.graphql(handle, CONFIRM, { input: { ...input, ...more } });

  test('that a reviewer of the law confirmed is shown so, with who did, until it is taken back', async () => {
    const { data } = await confirm('lena') as { data: { confirmLawDate: { id: string; number: string; version: number } } };
    const { id, number, version } = data.confirmLawDate;

    expect(of(await told(), 'Art-4')).toMatchObject({ confirmed: true, confirmations: [{ number, outcome: 'IN_FORCE', confirmedBy: { handle: 'lena' } }] });
    expect(of(await told(), 'Art-5')).toMatchObject({ confirmed: false, confirmations: [] });
    expect((await confirm('lena')).errors?.[0]?.extensions).toMatchObject({ code: 'ALREADY_EXISTS' });

    await app.graphql('lena', REVOKE, { id, expectedVersion: version, reason: 'Misread.' });

    expect(of(await told(), 'Art-4')).toMatchObject({ confirmed: false, confirmations: [] });
  });

  test('is confirmed for the class for which it is that of the article, and for no other', async () => {
    await confirm('lena', { reference: 'eu-ai-act@2026-1744#Art-9', day: '2028-08-02' });

    // Of a system that nobody has classified, the earliest day counts.
    expect(of(await told(), 'Art-9')).toMatchObject({ from: '2027-12-02', confirmed: false, confirmations: [{ outcome: 'IN_FORCE' }] });
  });

  test.each([
    ['kim', {}, 'NOT_ELIGIBLE'], ['hugo', {}, 'PERMISSION_DENIED'], ['lena', { day: '2024-08-01' }, 'INVALID_INPUT'], ['lena', { reference: 'owasp-llm@2025#LLM01' }, 'INVALID_INPUT'], ['lena', { reference: 'eu-ai-act@2026-1744#Art-4000' }, 'TAXONOMY_REFERENCE_INVALID'],
  ])('is not confirmed by %s with %j', async (handle, more, code) => {
    expect((await confirm(handle, more as Readonly<Record<string, string>>)).errors?.[0]?.extensions).toMatchObject({ code });
  });
});
