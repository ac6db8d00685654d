// What tells a browser to keep away: on every answer, whatever was asked and however it ended. The values are written down here, not read from a library.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const HEADERS: Readonly<Record<string, string>> = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'content-security-policy': "default-src 'none';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests",
  'x-frame-options': 'SAMEORIGIN', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin', 'origin-agent-cluster': '?1',
  'x-dns-prefetch-control': 'off', 'x-download-options': 'noopen', 'x-permitted-cross-domain-policies': 'none', 'x-xss-protection': '0',
};

const post = async (path: string, body: unknown, handle: string | null = 'sam'): Promise<Response> => fetch(`${app.url}${path}`, {
  method: 'POST', headers: { 'content-type': 'application/json', ...(handle !== null && { authorization: `Bearer ${await app.token(handle)}` }) }, body: JSON.stringify(body),
});

const ANSWERS: Readonly<Record<string, readonly [number, () => Promise<Response>]>> = {
  'an answer over GraphQL': [200, () => post('/graphql', { query: '{ viewer { number } }' })],
  'an answer over REST': [200, () => fetch(`${app.url}/v1/openapi.json`)],
  'a decision': [200, () => post('/v1/gate/check', { target: { bundleDigest: 'ab'.repeat(32) }, environment: 'dev' }, 'pipeline')],
  'a refused credential': [401, () => post('/graphql', { query: '{ viewer { number } }' }, null)],
  'a document that is none': [400, () => post('/graphql', { query: '{' })],
  'a method that there is not': [405, () => fetch(`${app.url}/graphql`)],
  'an address that leads nowhere': [404, () => fetch(`${app.url}/nowhere`)],
};

test.each(Object.keys(ANSWERS))('%s has them all', async (name) => {
  const [status, ask] = ANSWERS[name]!;
  const answer = await ask();

  expect(answer.status).toBe(status);
  expect(Object.fromEntries(Object.keys(HEADERS).map((header) => [header, answer.headers.get(header)]))).toEqual(HEADERS);
});
