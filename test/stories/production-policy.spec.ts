// The story of the way to production by its steps about the policy alone: what is there is left, and where nothing is there it says so and what to do.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clientOf } from '../../src/cli/client.js';
import { play } from '../../src/cli/story/play.js';
import { adopts, brings } from '../../src/cli/story/readiness-requests.js';
import type { Step } from '../../src/cli/story/step.js';
import { readinessPolicy } from '../../src/policies/readiness-policy.js';
import { startApp, type TestApp } from '../support/app.js';

const ELSE = 'countersign policy show --shipped pilot-to-production';
const { source, cases } = readinessPolicy();

let app: TestApp;
beforeAll(async () => { app = await startApp(); });
afterAll(async () => app.close());

async function told(step: Step): Promise<string> {
  const printed: string[] = [];
  const print = (line: string): void => void printed.push(line);
  await play([step], async (handle) => clientOf(app.url, await app.token(handle)), { out: print, err: print });
  return printed.slice(1).join('\n');
}

async function act(handle: string, query: string, variables: Record<string, unknown>): Promise<{ id: string; version: number }> {
  return Object.values(await clientOf(app.url, await app.token(handle)).graphql(query, variables))[0] as { id: string; version: number };
}

async function changed(handle: string, action: string, { id, version }: { id: string; version: number }, more = ''): Promise<{ id: string; version: number }> {
  return act(handle, `mutation ($id: ID!, $version: Int!) { ${action}(id: $id, expectedVersion: $version${more}) { id version } }`, { id, version });
}

const DRAFT = 'mutation ($input: DraftPolicyInput!) { draftPolicy(input: $input) { id version } }';

test('nothing is approved or activated where no version is in review or in force, nor beside another policy', async () => {
  for (const step of [brings('rita', 'approves it', 'approvePolicy'), brings('hugo', 'activates it', 'activatePolicy')]) expect(await told(step)).toMatch(new RegExp(`REFUSED  NOT_FOUND  No version of pilot-to-production is in review or in force\\..*${ELSE}`));

  const drafted = await act('hugo', DRAFT, { input: { source, cases, note: 'As it ships.' } });
  expect(await told(adopts('hugo', 'hands it in'))).toMatch(new RegExp(`REFUSED  ALREADY_EXISTS  POL-1, .* is DRAFT already\\..*${ELSE}`));
  await changed('hugo', 'withdrawPolicy', drafted, ', reason: "Not yet."');

  let ours = await act('hugo', DRAFT, { input: { source: source.replace(/^id: .*/m, 'id: ours'), cases, note: 'Our own.' } });
  for (const [handle, action] of [['hugo', 'testPolicy'], ['hugo', 'submitPolicy'], ['rita', 'approvePolicy'], ['hanna', 'approvePolicy'], ['hugo', 'activatePolicy']] as const) ours = await changed(handle, action, ours);
  expect(await told(adopts('hugo', 'hands it in'))).toMatch(new RegExp(`REFUSED  ALREADY_EXISTS  POL-2, .* of ours, is in force\\..*${ELSE}`));
  expect(await told(brings('rita', 'approves it', 'approvePolicy'))).toContain('REFUSED  NOT_FOUND');
});
