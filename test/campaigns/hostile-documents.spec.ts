// What comes over the wire to /graphql: the audits of GraphQL over HTTP, a table of abuses, and thousands of documents that nobody would
// write. Whatever is sent, the server answers in JSON, calls the client's mistake one, and stays as quick and as small as it was.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { embeddedKeys } from '../../src/identity/keys.js';
import { documentId, GATE_DOCUMENT } from '../../src/platform/trusted-documents.js';
import { RiskImportService } from '../../src/risks/risk-import.service.js';
import { OPERATIONS } from '../chapters/operations.js';
import { admitEverything, fillRegister, givenRelease, secondOrganization } from '../chapters/register.js';
import { ABUSES, type Abuse } from '../support/abuses.js';
import { startApp, type TestApp } from '../support/app.js';
import { csvFile, csvRow } from '../support/csv-rows.js';
import { RandomDocuments, type HostileRequest } from '../support/random-documents.js';
import { startServerProcess, type ServerProcess } from '../support/server-process.js';
import { ValidDocuments } from '../support/valid-documents.js';
import { Chance } from '../support/world-random.js';

const FULL = process.env['CAMPAIGN'] === 'full';
const DOCUMENTS = FULL ? 10_000 : 400;
const RISKS = 200;
const SEED = Number(process.env['CAMPAIGN_SEED'] ?? 20_261_126);
const AT_ONCE = 8;
const MB = 1024 * 1024;
/** Mostly somebody who may do everything: only what is asked for is refused then. */
const SPEAKERS = ['all', 'all', 'all', 'all', 'axel', 'dana', 'pipeline'];

interface AuditResult { readonly status: 'ok' | 'notice' | 'warn' | 'error'; readonly id: string; readonly name: string; readonly reason?: string }
const { auditServer } = createRequire(import.meta.url)('graphql-http') as { auditServer(options: { url: string; fetchFn: unknown }): Promise<AuditResult[]> };

let app: TestApp;
let token: string;
beforeAll(async () => {
  app = await startApp();
  token = await app.token('axel');
});
afterAll(() => app.close());

async function send({ method = 'POST', path = '', body, headers = {}, token: given = token }: Abuse): Promise<{ status: number; text: string }> {
  const response = await fetch(`${app.url}/graphql${path}`, {
    method, headers: { 'content-type': 'application/json', ...(given !== '' && { authorization: `Bearer ${given}` }), ...headers }, ...(body !== undefined && { body }),
  });
  return { status: response.status, text: await response.text() };
}

const codesIn = (text: string): (string | undefined)[] => {
  const answer = JSON.parse(text) as { code?: string; errors?: { extensions: { code: string } }[] };
  return answer.errors === undefined ? [answer.code] : answer.errors.map(({ extensions }) => extensions.code);
};

test('the audits of GraphQL over HTTP find no error', async () => {
  const authorized = (url: string, init: RequestInit = {}): Promise<Response> => fetch(url, { ...init, headers: { ...init.headers as Record<string, string>, authorization: `Bearer ${token}` } });
  const results = await auditServer({ url: `${app.url}/graphql`, fetchFn: authorized });
  const counts = Object.fromEntries(['ok', 'notice', 'warn', 'error'].map((status) => [status, results.filter((result) => result.status === status).length]));
  process.stderr.write(`audits of GraphQL over HTTP: ${JSON.stringify(counts)}\n${results.filter(({ status }) => status !== 'ok').map(({ status, id, name }) => `  ${status} ${id} ${name}\n`).join('')}`);

  expect(results.length).toBeGreaterThan(50);
  expect(results.filter(({ status }) => status === 'error').map(({ name, reason }) => [name, reason])).toEqual([]);
});

const BY_HASH = { extensions: { persistedQuery: { version: 1, sha256Hash: documentId(GATE_DOCUMENT).slice(7) } } };

test.each([['its id', { documentId: documentId(GATE_DOCUMENT) }], ['its hash alone', BY_HASH], ['its hash beside it', { ...BY_HASH, query: GATE_DOCUMENT }]])('a published document is answered by %s', async (_, named) => {
  const { status, text } = await send({ token: await app.token('pipeline'), body: JSON.stringify({ ...named, variables: { question: { target: { bundleDigest: 'ab'.repeat(32) }, environment: 'dev' } } }) });

  expect({ status, answer: JSON.parse(text) as unknown }).toMatchObject({ status: 200, answer: { data: { gateDecision: { verdict: 'DENY', reasons: expect.arrayContaining([expect.objectContaining({ code: 'RELEASE_UNKNOWN' })]) } } } });
});

test('a library that sends hashes first is told to send texts, with nothing carried out', async () => {
  const { status, text } = await send({ body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'ab'.repeat(32) } } }) });

  expect({ status, answer: JSON.parse(text) as unknown }).toEqual({ status: 200, answer: { errors: [{ message: 'PersistedQueryNotSupported', extensions: expect.objectContaining({ code: 'PERSISTED_QUERY_NOT_SUPPORTED' }) }] } });
});

test('every abuse is refused as a mistake of the client', async () => {
  const seen = await Promise.all(Object.entries(ABUSES).map(async ([name, abuse]) => {
    const { status, text } = await send(abuse);
    return { name, status, size: text.length, codes: codesIn(text), leaks: /did you mean|node_modules|stacktrace/i.test(text) };
  }));
  process.stderr.write(`abuses: ${String(seen.length)}, refused: ${String(seen.filter(({ status }) => status >= 400 && status < 500).length)}\n`);

  expect(seen.filter(({ status, codes }) => status >= 500 || status < 400 || codes.length === 0 || codes.includes('INTERNAL_ERROR') || codes.includes(undefined))).toEqual([]);
  expect(seen.filter(({ size, leaks }) => size > 5000 || leaks)).toEqual([]);
  expect(seen.length).toBeGreaterThanOrEqual(25);
});

interface Sent { readonly handle: string; readonly request: HostileRequest }

/** Records to ask for, of this organization and of another, and a server of its own, whose loop and heap are nobody else's. */
async function besieged(): Promise<{ server: ServerProcess; next: () => Sent }> {
  await admitEverything(app, 'all');
  const [own, foreign] = [await fillRegister(app, app.as, '', 'a1'), await givenRelease(app, await secondOrganization(app), 'other-', 'b2')];
  await app.app.get(RiskImportService).import(app.as('sam'), csvFile(...Array.from({ length: RISKS }, (_, i) => csvRow('SYS-1', `many-${String(i)}`))), false);
  const chance = new Chance(SEED);
  const names = [...Object.values(own.ids), ...Object.values(own.ids), ...Object.values(foreign), 'SYS-1', 'R-2', 'REL-1', 'P-1', 'U-1', 'DEL-1', 'W-1', 'F-1'];
  const schema = buildSchema(readFileSync(join(import.meta.dirname, '../../src/schema.graphql'), 'utf8'));
  const [valid, torn] = [new ValidDocuments(schema, { names, samples: (root) => OPERATIONS[root]?.args(own) ?? {} }, chance), new RandomDocuments(schema, SEED)];
  const server = await startServerProcess({ database: app.database, keys: embeddedKeys(join(app.dataFolder, 'keys')) });
  return { server, next: () => ({ handle: chance.pick(SPEAKERS), request: (chance.happens(0.75) ? valid : torn).next() }) };
}

/** Whether anything of it was carried out: what is refused before has no data, and no field at which it was refused. */
function isCarriedOut(text: string): boolean {
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: { path?: unknown }[] };
  return data !== undefined || errors?.some(({ path }) => path !== undefined) === true;
}

/** What became of the documents, as counts. */
class Outcomes {
  readonly broken: string[] = [];
  readonly #counts = new Map<string, number>();
  carriedOut = 0;

  add({ request }: Sent, status: number, text: string): void {
    const codes = codesIn(text);
    if (isCarriedOut(text)) this.carriedOut += 1;
    for (const key of [String(status), ...new Set(codes.map((code) => code ?? 'ANSWERED'))]) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    if (status >= 500 || codes.includes('INTERNAL_ERROR')) this.broken.push(`${String(status)} ${text.slice(0, 200)} ${JSON.stringify(request).slice(0, 1500)}`);
  }

  told(): string {
    return JSON.stringify(Object.fromEntries([...this.#counts].sort(([, a], [, b]) => b - a)));
  }
}

/** Several at a time, until there were so many. */
async function sendMany(count: number, { server, next }: Awaited<ReturnType<typeof besieged>>): Promise<Outcomes> {
  const outcomes = new Outcomes();
  let left = count;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left > 0) {
      left -= 1;
      const sent = next();
      const response = await server.post(sent.handle, '/graphql', JSON.stringify(sent.request));
      outcomes.add(sent, response.status, await response.text());
    }
  }));
  return outcomes;
}

test(`${String(DOCUMENTS)} hostile documents stop nothing`, async () => {
  const siege = await besieged();
  const { server } = siege;
  const { broken } = await sendMany(DOCUMENTS / 10, siege);
  const before = await server.fared();
  const began = performance.now();

  const outcomes = await sendMany(DOCUMENTS, siege);

  const each = (performance.now() - began) / DOCUMENTS;
  const { p99, most, busy, held } = await server.fared();
  const { status } = await server.post('axel', '/graphql', '{"query":"{ viewer { id } }"}');
  await server.stop();
  const growth = (held - before.held) / MB;
  process.stderr.write(`hostile documents: ${String(DOCUMENTS)}, seed ${String(SEED)}, ${each.toFixed(1)} ms each; carried out ${String(outcomes.carriedOut)}; answers ${outcomes.told()}; event loop late by ${p99.toFixed(0)} ms at p99, ${most.toFixed(0)} ms at most, busy for ${busy.toFixed(0)} ms at p99; held ${(before.held / MB).toFixed(0)} MB +${growth.toFixed(1)} MB\n`);
  expect([...broken, ...outcomes.broken]).toEqual([]);
  expect(outcomes.carriedOut).toBeGreaterThan(DOCUMENTS / 2);
  expect(status).toBe(200);
  // Time by the clock says as much about what else the machine does: it is bounded where the campaign has the machine for itself.
  expect({ late: !FULL || p99 < 100, busy: busy < 200, growth: growth < 50 }).toEqual({ late: true, busy: true, growth: true });
}, FULL ? 3_600_000 : 120_000);
