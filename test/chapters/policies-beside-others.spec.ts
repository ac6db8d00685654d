// Policies beside others in force: what contradicts one of them is refused when it is handed in, supposed or applied from a folder, with its place; names of environments that there are not are told.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { EXIT, readArguments } from '../../src/cli/command.js';
import { policyApplyCommand } from '../../src/cli/policy-apply.command.js';
import type { PolicyDocument, PolicyVersion } from '../../src/domain/policy-version.js';
import type { Stored } from '../../src/domain/package.js';
import { WhatIfService } from '../../src/gate/what-if.service.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { startApp, type TestApp } from '../support/app.js';
import { refusal } from '../support/given.js';
import { at, givenRelease, givenSystem, questionAbout } from '../support/register.js';

const CASES = 'cases:\n  - { name: nobody is bound, why: It is bound to no place that is there., wanted: { verdict: DENY, includes: [BLOCK GATE NO_POLICY] } }\n';
const MESSAGE = 'Binding 2 of theirs and binding 1 of ours have the priority 7';

let app: TestApp;
let service: PoliciesService;
let folder: string;
beforeAll(async () => {
  app = await startApp();
  service = app.app.get(PoliciesService);
  let ours = at(await tested(text('ours', [{ environments: ['prodution', 'north'], priority: 7, mode: 'ENFORCE' }])));
  ours = at(await service.submit(app.as('rita'), ours));
  for (const handle of ['hugo', 'hanna']) ours = at(await service.approve(app.as(handle), ours));
  await service.activate(app.as('hugo'), ours);
});
afterAll(() => app.close());
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'countersign-beside-')); });
afterEach(() => rmSync(folder, { recursive: true }));

function text(id: string, bindings: PolicyDocument['bindings'], version = '1.0'): string {
  return `# By hand.\n${stringify({ ...SHIPPED_DOCUMENT, id, version, bindings }, { aliasDuplicateObjects: false })}`;
}
const THEIRS = text('theirs', [{ environments: ['south'], priority: 7, mode: 'WARN' }, { environments: ['north'], priority: 7, mode: 'WARN' }]);
/** Where the second binding stands. */
const PLACE = { line: THEIRS.split('\n').findLastIndex((line) => line.startsWith('  - environments')) + 1, column: 5 };

async function tested(source: string): Promise<Stored<PolicyVersion>> {
  return service.test(app.as('rita'), at(await service.draft(app.as('rita'), { source, cases: CASES, note: 'To try it.' })));
}

async function apply(source: string, ...args: string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  writeFileSync(join(folder, 'p.policy.yaml'), source);
  writeFileSync(join(folder, 'p.cases.yaml'), CASES);
  const [out, err]: [string[], string[]] = [[], []];
  const say = (lines: string[]) => (line: string): void => void lines.push(line.replaceAll(folder, 'F'));
  const given = readArguments(policyApplyCommand, [folder, ...args, '--url', app.url, '--token', await app.token('rita')]);
  return { code: await policyApplyCommand.run(given, { out: say(out), err: say(err), write: () => Promise.reject(new Error('no file was asked for')) }), out, err };
}

const stateOf = async (policyId: string): Promise<unknown> => (await app.graphql<{ policies: { nodes: unknown[] } }>('rita', 'query ($id: String!) { policies(filter: { policyId: $id }) { nodes { state } } }', { id: policyId })).data!.policies.nodes;

test.each([['--dry-run'], []])('from a folder it is refused before anything is written, with its place in the file: %j', async (...args: string[]) => {
  expect(await apply(THEIRS, ...args.filter((arg) => arg.startsWith('--')))).toEqual({ code: EXIT.REFUSED, out: [], err: [expect.stringMatching(new RegExp(`^F/p\\.policy\\.yaml:${String(PLACE.line)}:5 bindings\\.1: ${MESSAGE}.* The other one is in force\\.$`))] });
  expect(await stateOf('theirs')).toEqual([]);
});

test('beside the shipped policy any priority may stand, and a version takes the place of the one before', async () => {
  expect((await apply(text('elsewhere', [{ environments: ['somewhere'], priority: 0, mode: 'ENFORCE' }]), '--dry-run')).err).toEqual([]);
  expect((await apply(text('ours', [{ environments: ['north'], priority: 7, mode: 'WARN' }], '2.0'), '--dry-run')).err).toEqual([]);
});

test('through the API it may be drafted and tested, and is refused when it is handed in or supposed, with its place in the text', async () => {
  const version = await tested(THEIRS);
  const refused = refusal('POLICY_BINDINGS_CONTRADICT', { field: 'source', ...PLACE, because: [`${String(PLACE.line)}:5 bindings.1: ${MESSAGE} and can fit the same system in the same environment.`] });

  const submitted = await app.graphql('rita', 'mutation ($id: ID!, $v: Int!) { submitPolicy(id: $id, expectedVersion: $v) { state } }', { id: version.id, v: version.version });
  expect(submitted.errors?.[0]?.extensions).toMatchObject({ code: 'POLICY_BINDINGS_CONTRADICT', details: PLACE });
  expect(await stateOf('theirs')).toEqual([{ state: 'TESTED' }]);

  const register = { ...app, keys: null as never, tenantId: '' };
  const question = questionAbout(await givenRelease(register, (await givenSystem(register)).id));
  await expect(app.app.get(WhatIfService).ask(app.as('pipeline'), question, { classification: {}, without: [], evidence: [], policy: version.id })).rejects.toThrow(refused);
});

test('names of environments that there are not are told and refuse nothing, in a folder and of a version', async () => {
  const source = text('misspelt', [{ environments: ['pilott', 'pilot'], priority: 9, mode: 'ENFORCE' }]);
  const line = source.split('\n').findIndex((one) => one.includes('- pilott')) + 1;
  const said = `${String(line)}:9 bindings.0.environments.0: there is no environment "pilott"; nearest: pilot`;

  const { code, out } = await apply(source);

  expect([code, out.filter((one) => one.startsWith('  ! '))]).toEqual([EXIT.OK, [`  ! F/p.policy.yaml:${said}`]]);
  const { data } = await app.graphql<{ policies: { nodes: unknown[] } }>('hugo', '{ policies(filter: { policyId: "misspelt" }) { nodes { state warnings } } }');
  expect(data!.policies.nodes).toEqual([{ state: 'IN_REVIEW', warnings: [said] }]);
});

test('bindings that decide nothing beside another policy in force are told and refuse nothing, in a folder and of a version', async () => {
  const source = text('quiet', [{ environments: ['north'], priority: 5, mode: 'ENFORCE' }, { environments: ['north', 'pilot'], priority: 4, mode: 'ENFORCE' }]);
  const line = source.split('\n').findIndex((one) => one.startsWith('  - environments')) + 1;
  const said = `${String(line)}:5 bindings.0: this decides nothing: ours fits whatever it fits, with priority 7`;

  const { code, out } = await apply(source);

  expect([code, out.filter((one) => one.includes('decides nothing'))]).toEqual([EXIT.OK, [`  ! F/p.policy.yaml:${said}`]]);
  const { data } = await app.graphql<{ policies: { nodes: { state: string; warnings: string[] }[] } }>('hugo', '{ policies(filter: { policyId: "quiet" }) { nodes { state warnings } } }');
  expect(data!.policies.nodes.map(({ state, warnings }) => [state, warnings.filter((one) => one.includes('decides nothing'))])).toEqual([['IN_REVIEW', [said]]]);
});
