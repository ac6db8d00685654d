// Two organizations in one database: neither sees, names nor changes what belongs to the other, whatever it asks.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { GateService } from '../../src/gate/gate.service.js';
import { PeopleService } from '../../src/identity/people.service.js';
import { ConfirmationsService } from '../../src/acceptances/confirmations.service.js';
import { SystemsQueries } from '../../src/systems/systems.queries.js';
import { startApp, type TestApp } from '../support/app.js';
import { fillRegister, secondOrganization, type Register } from './register.js';

const KINDS = { system: 'AiSystem', release: 'Release', risk: 'Risk', acceptance: 'RiskAcceptance', promotion: 'Promotion', signOff: 'SignOff', deployment: 'Deployment', environment: 'Environment' } as const;
type Kind = keyof typeof KINDS;

let app: TestApp;
let ours: Register;
let theirs: Register;

beforeAll(async () => {
  app = await startApp();
  ours = await fillRegister(app, app.as, '', 'a1');
  theirs = await fillRegister(app, await secondOrganization(app), 'other-', 'a1');
});

afterAll(() => app.close());

const node = (handle: string, id: string): ReturnType<TestApp['graphql']> => app.graphql(handle, 'query ($id: ID!) { node(id: $id) { __typename id } }', { id });

describe('node', () => {
  test.each(Object.keys(KINDS) as Kind[])('gives a %s to its own organization, and nothing to the other', async (kind) => {
    expect(await node('axel', ours.ids[kind])).toEqual({ data: { node: { __typename: KINDS[kind], id: ours.ids[kind] } } });
    expect(await node('other-axel', theirs.ids[kind].toUpperCase())).toEqual({ data: { node: { __typename: KINDS[kind], id: theirs.ids[kind] } } });
    expect((await node('axel', theirs.ids[kind])).errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
    expect((await node('other-axel', ours.ids[kind])).errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
  });

  test('gives neither accounts, decisions nor grants, which are no nodes, nor a number of nobody here', async () => {
    for (const id of [ours.as('sam').principalId, ours.ids.decision, ours.ids.grant, ours.as('sam').tenantId, 'SYS-99', 'U-1']) expect((await node('axel', id)).errors?.[0]?.extensions['code']).toBe('NOT_FOUND');
  });
});

test('the same number names each organization’s own record', async () => {
  const systems = await Promise.all(['axel', 'other-axel'].map((handle) => app.graphql(handle, '{ system(id: "SYS-1") { id } }')));

  expect(systems).toEqual([{ data: { system: { id: ours.ids.system } } }, { data: { system: { id: theirs.ids.system } } }]);
});

test('lists hold what is one’s own', async () => {
  const idsOf = async (handle: string): Promise<string> => JSON.stringify(await app.graphql(handle, '{ systems { nodes { id releases { nodes { id } } promotions { nodes { id } } signOffs { nodes { id } } } } risks { nodes { id } } people { id handle } environments { id } }'));
  const [mine, other] = [await idsOf('axel'), await idsOf('other-axel')];

  for (const kind of ['system', 'release', 'risk', 'promotion', 'signOff', 'environment'] as const) {
    expect([kind, mine.includes(ours.ids[kind]), mine.includes(theirs.ids[kind]), other.includes(theirs.ids[kind]), other.includes(ours.ids[kind])]).toEqual([kind, true, false, true, false]);
  }
  expect(mine).not.toContain('other-');
});

test('a page goes on after a foreign cursor without showing anything foreign', async () => {
  const queries = app.app.get(SystemsQueries);
  const { endCursor } = await queries.systems(theirs.as('axel'), { first: 1, after: null });

  expect((await queries.systems(ours.as('axel'), { first: 100, after: endCursor })).nodes.map(({ id }) => id)).not.toContain(theirs.ids.system);
});

test('the same bundle is judged in each organization by its own facts', async () => {
  const ask = (handle: string, environment: string): Promise<{ body: Readonly<Record<string, unknown>> }> => app.rest(handle, '/v1/gate/check', { target: { bundleDigest: ours.ids.bundleDigest }, environment });

  expect(theirs.ids.bundleDigest).toBe(ours.ids.bundleDigest);
  expect((await ask('pipeline', 'pilot')).body).toMatchObject({ verdict: 'ALLOW', target: { systemId: ours.ids.system } });
  expect((await ask('other-pipeline', 'other-pilot')).body).toMatchObject({ verdict: 'ALLOW', target: { systemId: theirs.ids.system } });
  expect((await ask('pipeline', 'other-pilot')).body).toMatchObject({ verdict: 'DENY', target: null });
});

test('a context that pairs an account with another organization is refused', async () => {
  const mixed = { ...ours.as('sam'), tenantId: theirs.as('sam').tenantId };

  await expect(app.app.get(SystemsQueries).system(mixed, theirs.ids.system)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(app.app.get(ConfirmationsService).confirm(mixed, { id: theirs.ids.risk, expectedVersion: 1 })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(app.app.get(PeopleService).admit({ ...ours.as('ada'), tenantId: theirs.as('ada').tenantId }, { kind: 'SERVICE', issuer: 'x', subject: 'y', displayName: 'z', function: null, grants: [] })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(app.app.get(GateService).decision(ours.as('axel'), theirs.ids.decision)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
