// The explorer: what its page is made of, and who is given tokens; and every document of examples/graphql, run in
// the order of the files on a fresh example through the public API, as the person whom it names.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'node:http';
import { join } from 'node:path';
import { buildSchema, Kind, parse, validate } from 'graphql';
import { readFileSync } from 'node:fs';
import { seedSystems } from '../src/cli/example.js';
import { filled } from '../src/integrations/explorer/answers.js';
import { exampleDocuments, type ExampleDocument } from '../src/integrations/explorer/documents.js';
import { startApp, type TestApp } from './support/app.js';
import { PROJECT } from './support/command-line.js';

const DOCUMENTS = exampleDocuments(join(PROJECT, 'examples/graphql'));

/** What each document must answer on a fresh example. */
const RESULTS: Readonly<Record<string, unknown>> = {
  LogRisk: { logRisk: { number: 'R-9', version: 1, state: 'IDENTIFIED' } },
  AssessRisk: { assessRisk: { number: 'R-9', version: 2, state: 'ASSESSED', confirmed: false, current: { level: 'LOW' } } },
  PlanTreatment: { planTreatment: { number: 'R-9', version: 3, state: 'TREATING', treatment: { option: 'REDUCE' } } },
  OpenPromotion: { openPromotion: { number: 'P-4', state: 'OPEN', release: { number: 'REL-1' }, lanes: expect.arrayContaining([{ lane: 'PRIVACY', level: 'FOUR_EYES' }]) } },
  MyQueue: { reviews: { nodes: expect.arrayContaining([expect.objectContaining({ lane: 'PRIVACY', outcome: 'OPEN', overdue: false, promotion: expect.objectContaining({ number: 'P-4', release: { number: 'REL-1', label: '1.0.0' } }) })]) } },
  WhatExpires: { lapses: { nodes: expect.arrayContaining([expect.objectContaining({ kind: 'RISK_ACCEPTANCE' }), expect.objectContaining({ kind: 'EVIDENCE' })]) }, acceptances: { nodes: [{ level: 'HIGH', outcome: 'GRANTED' }] }, mitigations: { nodes: expect.anything() } },
  RequestSignOff: { requestSignOff: { packages: [{ lanes: ['PRIVACY'], promotion: { number: 'P-4' }, package: { readable: expect.stringContaining('R-9') } }] } },
  ConfirmSignOff: { confirmSignOff: { number: 'SO-5', choice: 'APPROVE', signer: { displayName: 'Petra, privacy' }, subjects: [{ lanes: ['PRIVACY'], promotion: { number: 'P-4' } }] } },
  WhatBlocksThisRelease: { release: { promotions: { nodes: [{ number: 'P-4', gate: { verdict: 'DENY', reasons: expect.arrayContaining([
    expect.objectContaining({ requirement: 'R5/PRIVACY', code: 'QUORUM_NOT_MET', owner: expect.stringMatching(/\w/), nextAction: expect.stringMatching(/\w/), params: expect.objectContaining({ have: 1, need: 2 }) }),
    expect.objectContaining({ requirement: 'R3/R-2', code: 'RISK_UNASSESSED' }), expect.objectContaining({ requirement: 'R3/R-9', code: 'RISK_UNCONFIRMED' }),
  ]) } }] } } },
  RegisterOfASystem: { system: { number: 'SYS-1', tier: 'MODERATE', risks: { nodes: [{ number: 'R-1', confirmed: true }, { number: 'R-2', state: 'IDENTIFIED' }, { number: 'R-9', state: 'TREATING' }] } } },
};

let embedded: TestApp;

beforeAll(async () => {
  embedded = await startApp({ explorer: true });
  await seedSystems(embedded.app, embedded.as, PROJECT);
});
afterAll(() => embedded.close());

const get = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> => fetch(`${embedded.url}${path}`, { headers });

/** As a client that may call the server by any name: fetch would not let it. */
async function askForToken(headers: Readonly<Record<string, string>>, body: unknown = { as: 'rita' }): Promise<{ status: number; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${embedded.url}/explorer/token`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } }, (answer) => {
      answer.setEncoding('utf8');
      let text = '';
      answer.on('data', (chunk: string) => { text += chunk; }).on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> }));
    });
    sent.on('error', reject).end(JSON.stringify(body));
  });
}

describe('the page of the explorer', () => {
  test('loads scripts and styles from this server only, and runs no text', async () => {
    const page = await get('/explorer');
    const html = await page.text();
    const policy = page.headers.get('content-security-policy') ?? '';

    expect([page.status, page.headers.get('content-type'), page.headers.get('cache-control')]).toEqual([200, 'text/html; charset=utf-8', 'no-store']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; .*connect-src 'self';.*frame-ancestors 'none'$/);
    expect(policy).not.toMatch(/unsafe-eval|https?:|script-src[^;]*unsafe-inline/);
    expect(html).not.toMatch(/https?:|<script>|<style>| on\w+=/);
  });

  test('finds each of its files, with its type, and asks again only whether it has changed', async () => {
    const html = await (await get('/explorer')).text();
    const paths = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!).concat('/explorer/answers.js');

    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths) {
      const file = await get(path);
      expect([path, file.status, file.headers.get('content-type'), file.headers.get('x-content-type-options')]).toEqual([path, 200, path.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8', 'nosniff']);
      expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(100);
      const again = await get(path, { 'if-none-match': file.headers.get('etag') ?? '' });
      expect([path, again.status]).toEqual([path, 304]);
    }
  });

  test.each(['/explorer/package.json', '/explorer/..%2fpackage.json', '/explorer/constructor', '/explorer/explorer-files.js', '/explorer/graphiql.js.map'])('shows no other file: %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test('begins with the documents and the people of the example', async () => {
    const start = await (await get('/explorer/start.json')).json() as { people: { handle: string }[]; documents: ExampleDocument[] };

    expect(start.documents).toEqual(DOCUMENTS);
    expect(start.people.map(({ handle }) => handle)).toEqual(expect.arrayContaining(['sam', 'rita', 'pipeline', 'ada']));
    expect(DOCUMENTS.filter(({ as }) => !start.people.some(({ handle }) => handle === as))).toEqual([]);
  });

  test('leaves the headers of every other answer as they are', async () => {
    expect((await get('/health/live')).headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect((await get('/health/live')).headers.get('content-security-policy')).not.toContain("'self' 'unsafe-inline'");
  });
});

describe('a token of the explorer', () => {
  const host = (): string => new URL(embedded.url).host;

  test('is good for an hour of asking as that person', async () => {
    const { status, body } = await askForToken({ host: host() });
    const answer = await fetch(`${embedded.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${String(body['token'])}` }, body: '{"query":"{ viewer { handle } }"}' });

    expect([status, body['seconds'], await answer.json()]).toEqual([200, 3600, { data: { viewer: { handle: 'rita' } } }]);
  });

  test.each<[string, () => Record<string, string>]>([
    ['under a name that was rebound', () => ({ host: 'attacker.example' })], ['under the address of the network', () => ({ host: '10.0.0.7:3000' })],
    ['through a proxy', () => ({ host: host(), 'x-forwarded-for': '203.0.113.9' })], ['from a page elsewhere', () => ({ host: host(), origin: 'https://attacker.example' })],
  ])('is refused to whoever asks %s', async (_, headers) => {
    expect(await askForToken(headers())).toEqual({ status: 403, body: expect.objectContaining({ code: 'PERMISSION_DENIED', detail: expect.stringContaining('on the machine') }) });
  });

  test('is given for people of the example only', async () => {
    expect(await askForToken({ host: host() }, { as: 'mallory' })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    for (const body of [{}, { as: 1 }, { as: 'rita', minutes: 9999 }, []]) expect([body, await askForToken({ host: host() }, body)]).toEqual([body, expect.objectContaining({ status: 400 })]);
  });
});

describe('a document of examples/graphql', () => {
  const schema = buildSchema(readFileSync(join(PROJECT, 'src/schema.graphql'), 'utf8'));
  const answers = new Map<string, unknown>();

  test('there is one for each result that is expected, and a result for each', () => {
    expect(DOCUMENTS.map(({ operation }) => operation).sort()).toEqual(Object.keys(RESULTS).sort());
  });

  test.each(DOCUMENTS)('$file says what it is for and gives every variable', ({ text, variables }) => {
    const [definition, ...others] = parse(text).definitions;
    const declared = definition?.kind === Kind.OPERATION_DEFINITION ? (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value) : [];

    expect(text).toMatch(/^# [A-Z].{30,}\n(?:# .+\n)*# as: [a-z]+\n(?:query|mutation) /);
    expect([others, validate(schema, parse(text))]).toEqual([[], []]);
    expect(Object.keys(variables).sort()).toEqual(declared.sort());
  });

  // In the order of the files: what one answers another takes up.
  test.each(DOCUMENTS)('$file is answered as expected on the example: $operation', async ({ operation, as, text, variables }) => {
    const { data, errors } = await embedded.graphql(as, text, filled(variables, answers) as Record<string, unknown>);

    expect(errors).toBeUndefined();
    expect(data).toMatchObject(RESULTS[operation] as object);
    answers.set(operation, data);
  });

  test('that takes up an answer says which one is missing', () => {
    expect(() => filled({ id: '{LogRisk.logRisk.number}' }, new Map())).toThrow(/from the answer of LogRisk: run that tab first/);
  });
});
