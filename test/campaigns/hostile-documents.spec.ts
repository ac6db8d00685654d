// What comes over the wire to /graphql: the audits of GraphQL over HTTP, a table of abuses, and thousands of documents that nobody would
// write. Whatever is sent, the server answers in JSON, calls the client's mistake one, and stays as quick and as small as it was.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { buildSchema } from 'graphql';
import { documentId, GATE_DOCUMENT } from '../../src/platform/trusted-documents.js';
import { ABUSES, type Abuse } from '../support/abuses.js';
import { startApp, type TestApp } from '../support/app.js';
import { RandomDocuments } from '../support/random-documents.js';

const FULL = process.env['CAMPAIGN'] === 'full';
const DOCUMENTS = FULL ? 10_000 : 120;
const SEED = Number(process.env['CAMPAIGN_SEED'] ?? 20_261_126);
const AT_ONCE = 8;
const MB = 1024 * 1024;

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

const codesIn = (text: string): unknown[] => {
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

test(`${String(DOCUMENTS)} hostile documents stop nothing`, async () => {
  const documents = new RandomDocuments(buildSchema(readFileSync(join(import.meta.dirname, '../../src/schema.graphql'), 'utf8')), SEED);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const [before, statuses, broken] = [process.memoryUsage().rss, new Map<number, number>(), new Array<string>()];
  delay.enable();
  const cpuBefore = process.cpuUsage();
  for (let sent = 0; sent < DOCUMENTS; sent += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      const request = documents.next();
      const { status, text } = await send({ body: JSON.stringify(request) });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status >= 500 || codesIn(text).includes('INTERNAL_ERROR')) broken.push(`${String(status)} ${text.slice(0, 200)} ${JSON.stringify(request).slice(0, 500)}`);
    }));
  }
  delay.disable();
  const cpu = process.cpuUsage(cpuBefore);
  const each = (cpu.user + cpu.system) / 1000 / DOCUMENTS;
  const [p99, growth] = [delay.percentile(99) / 1e6, (process.memoryUsage().rss - before) / MB];
  process.stderr.write(`hostile documents: ${String(DOCUMENTS)}, seed ${String(SEED)}, statuses ${JSON.stringify(Object.fromEntries(statuses))}, p99 of the event loop ${p99.toFixed(0)} ms; ${each.toFixed(1)} ms of processor time each, client included; memory +${growth.toFixed(0)} MB\n`);

  expect(broken).toEqual([]);
  expect((await send({ body: '{"query":"{ viewer { id } }"}' })).status).toBe(200);
  // Time by the clock says more about what else the machine does: it is told, and bounded loosely.
  if (FULL) expect({ each: each < 50, p99: p99 < 2000, growth: growth < 400 }).toEqual({ each: true, p99: true, growth: true });
}, FULL ? 3_600_000 : 120_000);
