// The connection breaks while a write is committed: what was committed is answered as done, what was not is never called done.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { seedOrganization } from '../../src/cli/example.js';
import { embeddedKeys } from '../../src/identity/keys.js';
import { commandKey } from '../../src/platform/idempotency-key.js';
import type { RequestContext } from '../../src/platform/request-context.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { createServer } from '../../src/server.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { cuttingProxy, type CuttingProxy } from '../support/cutting-proxy.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { connectTo } from '../support/register.js';

let database: TestDatabase;
let proxy: CuttingProxy;
let app: NestFastifyApplication;
let as: (handle: string) => RequestContext;
let keys: string;
let systemId: string;

beforeAll(async () => {
  database = await cloneDatabase();
  proxy = await cuttingProxy(database.appUrl);
  keys = mkdtempSync(join(tmpdir(), 'countersign-keys-'));
  app = await createServer({ databaseUrl: proxy.url, poolSize: 5, keys: embeddedKeys(keys), logLevel: 'silent' });
  await app.init();
  as = await seedOrganization(app, { ownerUrl: database.ownerUrl, origin: 'test/countersign' });
  const system = await app.get(SystemsService).register(as('sam'), {
    name: 'Reply assistant', intendedPurpose: 'Drafts replies.', prohibitedUses: [], owner: 'sam', developers: [], businessUnit: null, affectedGroups: [], autonomy: 'ASSISTS', jurisdictions: [],
  });
  systemId = system.id;
});

afterAll(async () => {
  await app.close();
  await proxy.close();
  await database.drop();
  rmSync(keys, { recursive: true });
});

async function logRisk(key?: string): Promise<string> {
  const statement = { source: 'A network', event: 'breaks', consequence: 'and nobody knows what happened' };
  const risk = await app.get(RisksService).log({ ...as('sam'), command: commandKey({ method: 'POST', url: '/', headers: { 'idempotency-key': key } }, '') }, systemId, { statement, affectedParties: [], taxonomy: ['owasp-llm@2025#LLM01'], owner: 'sam', release: null }, false);
  return risk.number;
}

/** The risks that are really there, past the proxy. */
async function risksThere(): Promise<string[]> {
  const client = await connectTo(database.appUrl, as('sam').tenantId);
  const { rows } = await client.query<{ number: string }>('select number from risks order by id');
  await client.end();
  return rows.map((row) => row.number);
}

test('a write whose answer was lost after the commit is answered as done, once', async () => {
  const before = await risksThere();
  proxy.cutNext('AFTER_COMMIT');

  const number = await logRisk();

  expect(proxy.cuts()).toBe(1);
  expect(await risksThere()).toEqual([...before, number]);
});

test('a write that was cut off before the commit is not done, and its outcome is called unknown, not retryable', async () => {
  const before = await risksThere();
  const cuts = proxy.cuts();
  proxy.cutNext('BEFORE_COMMIT');

  await expect(logRisk()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });

  expect(proxy.cuts()).toBe(cuts + 1);
  expect(await risksThere()).toEqual(before);
  expect(await logRisk()).toMatch(/^R-\d+$/);
});

test.each(['BEFORE_COMMIT', 'AFTER_COMMIT'] as const)('with a key it is done once when it is sent again, wherever it was cut off: %s', async (place) => {
  const [before, key] = [await risksThere(), `cut-off-${place}`];
  proxy.cutNext(place);
  const first = await logRisk(key).catch((error: unknown) => (error as { facts: { next: string } }).facts.next);

  const number = await logRisk(key);

  expect(first).toEqual(place === 'AFTER_COMMIT' ? number : expect.stringContaining('same Idempotency-Key'));
  expect(await risksThere()).toEqual([...before, number]);
});
