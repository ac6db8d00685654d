// Policies as organizations change them: handed in from a folder by the command line, refused through the API with their place, in force from the next question on.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { Refused } from '../../src/cli/client.js';
import { EXIT, readArguments, UsageError, type Command } from '../../src/cli/command.js';
import { PathRefused } from '../../src/cli/digest-folder.js';
import { policyApplyCommand } from '../../src/cli/policy-apply.command.js';
import { policyShowCommand } from '../../src/cli/policy-show.command.js';
import type { Stored } from '../../src/domain/package.js';
import type { Promotion } from '../../src/domain/promotion.js';
import { ENGINE_VERSION } from '../../src/domain/gate.js';
import { draftPolicy, recordTest, type PolicyDocument } from '../../src/domain/policy-version.js';
import { AccountsService } from '../../src/identity/accounts.service.js';
import { PrincipalTable } from '../../src/platform/principal.table.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { PoliciesService } from '../../src/policies/policies.service.js';
import { parsePolicy } from '../../src/policies/policy-document.js';
import { PolicyTable } from '../../src/policies/policy.table.js';
import { SHIPPED_DOCUMENT } from '../../src/policies/shipped-policy.js';
import { startApp, type TestApp } from '../support/app.js';
import { holdLog } from '../support/log-lock.js';
import { at, connectTo, givenConfirmedRisk, givenRelease, givenSystem, openPromotion, sign } from '../support/register.js';

const PASSES = 'cases:\n  # Nothing is asked where it is not bound.\n  - { name: nobody is bound, why: It is bound to no place that is there., wanted: { verdict: DENY, includes: [BLOCK GATE NO_POLICY] } }\n';
const FAILS = PASSES.replace('verdict: DENY, includes: [BLOCK GATE NO_POLICY]', 'verdict: ALLOW');

let app: TestApp;
let folder: string;
let log: Awaited<ReturnType<typeof connectTo>>;
beforeAll(async () => {
  app = await startApp();
  log = await connectTo(app.database.appUrl, app.as('ada').tenantId);
});
afterAll(async () => {
  await log.end();
  await app.close();
});
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'countersign-policies-')); });
afterEach(() => rmSync(folder, { recursive: true }));

interface Printed { readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] }

async function run(handle: string, command: Command, ...args: string[]): Promise<Printed> {
  const [out, err]: [string[], string[]] = [[], []];
  const given = readArguments(command, [...args, '--url', app.url, '--token', await app.token(handle)]);
  const code = await command.run(given, { out: (line) => void out.push(line.replaceAll(folder, 'F')), err: (line) => void err.push(line.replaceAll(folder, 'F')), write: () => Promise.reject(new Error('no file was asked for')) });
  return { code, out, err };
}

const apply = (...args: string[]): Promise<Printed> => run('rita', policyApplyCommand, folder, ...args);

/** The shipped policy under another name, bound to nothing that is there. */
function policy(id: string, version: string, more: Partial<PolicyDocument> = {}): string {
  return `# Written by hand.\n${stringify({ ...SHIPPED_DOCUMENT, id, version, bindings: [{ environments: [`${id}-place`], priority: 1, mode: 'ENFORCE' }], ...more }, { aliasDuplicateObjects: false })}`;
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** How much was ever written. */
async function written(): Promise<number> {
  return (await log.query<{ n: number }>('select count(*)::int as n from audit.entries')).rows[0]!.n;
}

async function versions(policyId: string): Promise<unknown[]> {
  const { data } = await app.graphql<{ policies: { nodes: unknown[] } }>('rita', 'query ($id: String!) { policies(filter: { policyId: $id }) { nodes { label state note casesPassed source cases } } }', { id: policyId });
  return data!.policies.nodes;
}

/** Two who did not write it approve it, and it comes into force. */
async function bringIntoForce(id: string): Promise<void> {
  const service = app.app.get(PoliciesService);
  let present = { id, expectedVersion: 3 };
  for (const handle of ['hugo', 'hanna']) present = { id, expectedVersion: (await service.approve(app.as(handle), present)).version };
  await service.activate(app.as('hugo'), present);
}

describe('policy apply', () => {
  test('hands in what the folder holds, says who is next, and approves nothing', async () => {
    const text = policy('north', '1.0');
    write({ 'north/north.policy.yaml': text, 'north/north.cases.yaml': PASSES });

    const { code, out, err } = await apply('--note', 'For the north.');

    expect([code, err]).toEqual([EXIT.OK, []]);
    expect(out[0]).toBe('north 1.0  F/north/north.policy.yaml  new, 1 cases pass');
    const number = /^POL-\d+/.exec(out.at(-3) ?? '')?.[0];
    expect(out.slice(-3)).toEqual([`${String(number)}  north 1.0  IN_REVIEW`, expect.stringContaining('  approved by nobody yet; it takes 2 people other than rita ('), expect.stringContaining(`: countersign policy activate ${String(number)}`)]);
    expect(await versions('north')).toEqual([{ label: '1.0', state: 'IN_REVIEW', note: 'For the north.', casesPassed: 1, source: text, cases: PASSES }]);
  });

  test('as a dry run tells what differs from what is in force, and writes nothing', async () => {
    write({ 'p.policy.json': JSON.stringify({ ...SHIPPED_DOCUMENT, version: '1.9.0', grantMinutes: 7 }), 'p.cases.yaml': 'cases: [{ name: all is well, why: It is., wanted: { verdict: ALLOW } }]' });
    const before = await written();

    const { code, out } = await apply('--dry-run');

    expect([code, out]).toEqual([EXIT.OK, [`baseline 1.9.0  F/p.policy.json  instead of ${SHIPPED_DOCUMENT.version}, 1 cases pass`, `  ~ grantMinutes: ${String(SHIPPED_DOCUMENT.grantMinutes)} → 7`, 'dry run, nothing written']]);
    expect(await written()).toBe(before);
  });

  test('does nothing twice, and goes on where it was left', async () => {
    write({ 'p.policy.yaml': policy('east', '1.0'), 'p.cases.yaml': PASSES });
    await app.app.get(PoliciesService).draft(app.as('rita'), { source: policy('east', '1.0'), cases: PASSES, note: 'Left alone.' });

    const first = await apply();
    const before = await written();
    const second = await apply();

    expect(first.out.at(-3)).toMatch(/IN_REVIEW$/);
    expect(second.out[0]).toMatch(/; POL-\d+ is IN_REVIEW$/);
    expect([second.code, second.out.slice(-3)]).toEqual([EXIT.OK, first.out.slice(-3)]);
    expect(await written()).toBe(before);
    expect(await versions('east')).toMatchObject([{ label: '1.0', state: 'IN_REVIEW' }]);
  });

  test('leaves alone what is in force already', async () => {
    write({ 'own/p.policy.yaml': policy('south', '1.0'), 'own/p.cases.yaml': PASSES, 'shipped/p.policy.json': JSON.stringify(SHIPPED_DOCUMENT), 'shipped/p.cases.yaml': 'cases: [{ name: all is well, why: It is., wanted: { verdict: ALLOW } }]' });
    await apply();
    const { data } = await app.graphql<{ policies: { nodes: { id: string }[] } }>('rita', '{ policies(filter: { policyId: "south" }) { nodes { id } } }');
    await bringIntoForce(data!.policies.nodes[0]!.id);
    const before = await written();

    expect(await apply()).toEqual({ code: EXIT.OK, err: [], out: ['south 1.0  F/own/p.policy.yaml  unchanged: it is in force', `baseline ${SHIPPED_DOCUMENT.version}  F/shipped/p.policy.json  unchanged: it is in force`] });
    expect(await written()).toBe(before);
  });

  test.each<[string, string, RegExp]>([
    ['another text under its version', 'b/p.policy.yaml', /^POL-\d+ is version 1\.0 of taken already, with another text\.$/],
    ['other cases', 'b/p.cases.yaml', /^POL-\d+ is version 1\.0 of taken already, with other cases\.$/],
  ])('is refused for %s, before anything is written', async (_, file, said) => {
    await app.app.get(PoliciesService).draft(app.as('rita'), { source: policy('taken', '1.0'), cases: PASSES, note: 'First.' }).catch(() => undefined);
    write({ 'a/a.policy.yaml': policy('untouched', '1.0'), 'a/a.cases.yaml': PASSES, 'b/p.policy.yaml': policy('taken', '1.0'), 'b/p.cases.yaml': PASSES });
    write({ [file]: file.includes('cases') ? PASSES.replace('nobody', 'nothing') : policy('taken', '1.0', { grantMinutes: 3 }) });
    const before = await written();

    await expect(apply()).rejects.toThrow(expect.objectContaining({ constructor: Refused, code: 'ALREADY_EXISTS', message: expect.stringMatching(said) as unknown as string }));
    expect(await written()).toBe(before);
  });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['a field that is none', { 'b/b.policy.yaml': policy('bad', '1.0').replace('grantMinutes:', 'grantMinuets: 3\ngrantMinutes:') }, /^F\/b\/b\.policy\.yaml:\d+:1 .*grantMinuets is no field of it$/],
    ['bindings that contradict each other', { 'b/b.policy.yaml': policy('bad', '1.0', { bindings: [{ priority: 1, mode: 'WARN' }, { priority: 1, mode: 'ENFORCE' }] }) }, /^F\/b\/b\.policy\.yaml:\d+:\d+ bindings\.0: Binding 1 of bad and binding 2 of bad/],
    ['bindings that contradict those of another', { 'b/b.policy.yaml': policy('bad', '1.0', { bindings: [{ environments: ['good-place'], priority: 1, mode: 'WARN' }] }) }, /^F\/a\/a\.policy\.yaml:\d{3}:5 bindings\.0: Binding 1 of good and binding 1 of bad/],
    ['a version of a policy that is there twice', { 'b/b.policy.yaml': policy('good', '2.0') }, /^F\/b\/b\.policy\.yaml:2:5 id: good is there twice$/],
    ['a case that cannot be', { 'b/b.cases.yaml': 'cases:\n  - name: nothing\n' }, /^F\/b\/b\.cases\.yaml:2:5 /],
    ['a case of the same name in another file', { 'b/c.cases.yaml': PASSES }, /^F\/b\/\*\.cases\.yaml:\d+:\d+ cases\.1\.name: there is a case of this name already$/],
    ['a case that fails', { 'b/b.cases.yaml': FAILS }, /^FAIL F\/b\/b\.cases\.yaml:3 nobody is bound$/],
    ['aliases of aliases', { 'b/b.policy.yaml': `a: &a [x, x, x, x, x, x, x, x]\n${'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${Array.from({ length: 8 }, () => `*${'abcdefg'[i]!}`).join(', ')}]`).join('\n')}\n` }, /^F\/b\/b\.policy\.yaml:2:8 Excessive alias count/],
  ])('is refused for %s with its place, and writes nothing about the others', async (_, files, said) => {
    write({ 'a/a.policy.yaml': policy('good', '1.0'), 'a/a.cases.yaml': PASSES, 'b/b.policy.yaml': policy('bad', '1.0'), 'b/b.cases.yaml': PASSES, ...files });
    const before = await written();

    const { code, out, err } = await apply();

    expect([code, out, err[0]]).toEqual([EXIT.REFUSED, [], expect.stringMatching(said)]);
    expect(await written()).toBe(before);
  });

  test('takes several files of cases as one text', async () => {
    write({ 'p.policy.yaml': policy('west', '1.0'), 'a.cases.yaml': PASSES, 'b.cases.yaml': `given: { system: { tier: HIGH } }\n${PASSES.replace('nobody', 'nothing')}` });

    expect((await apply()).out[0]).toBe('west 1.0  F/p.policy.yaml  new, 2 cases pass');
    expect(await versions('west')).toMatchObject([{ state: 'IN_REVIEW', casesPassed: 2, cases: expect.stringContaining('tier: HIGH') }]);
    expect((await apply('--dry-run')).out[0]).toMatch(/; POL-\d+ is IN_REVIEW$/);
  });

  test('is wrong usage of a folder that is not there, holds nothing, two policies, no policy or no cases', async () => {
    await expect(run('rita', policyApplyCommand, join(folder, 'absent'))).rejects.toThrow(UsageError);
    await expect(apply()).rejects.toThrow(/holds no \*\.policy\.yaml/);
    write({ 'p.policy.yaml': policy('one', '1.0') });
    await expect(apply()).rejects.toThrow(/holds no cases: nothing says what one should do/);
    write({ 'q.policy.json': '{}', 'q.cases.yaml': PASSES });
    await expect(apply()).rejects.toThrow(/holds 2 policies/);
    rmSync(join(folder, 'p.policy.yaml'));
    rmSync(join(folder, 'q.policy.json'));
    await expect(apply()).rejects.toThrow(/holds 0 policies/);
  });

  test('follows no link, and says where a text is longer than it may be', async () => {
    write({ 'p.policy.yaml': `# ${'x'.repeat(10_000_000)}\n`, 'p.cases.yaml': PASSES });
    expect(await apply()).toEqual({ code: EXIT.REFUSED, out: [], err: ['F/p.policy.yaml:1:120001 A policy has at most 120000 characters; here it has more.'] });

    rmSync(join(folder, 'p.policy.yaml'));
    for (const [name, target] of [['p.policy.yaml', '/etc/hostname'], ['below', '/etc']]) {
      symlinkSync(target!, join(folder, name!));
      await expect(apply()).rejects.toThrow(expect.objectContaining({ constructor: PathRefused, problem: 'LINK', path: join(folder, name!) }));
      rmSync(join(folder, name!));
    }
  });

  test('is refused for whoever may not draft policies', async () => {
    write({ 'p.policy.yaml': policy('by-sam', '1.0'), 'p.cases.yaml': PASSES });

    await expect(run('sam', policyApplyCommand, folder)).rejects.toThrow(expect.objectContaining({ constructor: Refused, code: 'PERMISSION_DENIED' }));
    expect((await run('sam', policyApplyCommand, folder, '--dry-run')).code).toBe(EXIT.OK);
    expect(await versions('by-sam')).toEqual([]);
  });
});

describe('policy show', () => {
  test('prints the shipped policy as it can be edited, and a version as it was written', async () => {
    const { out: [shipped] } = await run('rita', policyShowCommand, 'baseline');
    expect(parsePolicy(shipped!)).toEqual(SHIPPED_DOCUMENT);
    expect(shipped!.split('\n')[0]).toBe('id: baseline');

    const text = policy('shown', '1.0');
    const drafted = await app.app.get(PoliciesService).draft(app.as('rita'), { source: text, cases: PASSES, note: 'To be shown.' });
    expect((await run('rita', policyShowCommand, drafted.number)).out).toEqual([text.trimEnd()]);
    await expect(run('rita', policyShowCommand, 'shown')).rejects.toThrow(/No policy of the name shown is in force/);
  });

  test('prints what is in force as its author wrote it', async () => {
    const text = policy('commented', '1.0');
    write({ 'p.policy.yaml': text, 'p.cases.yaml': PASSES });
    await apply();
    const { data } = await app.graphql<{ policies: { nodes: { id: string }[] } }>('rita', '{ policies(filter: { policyId: "commented" }) { nodes { id } } }');
    await bringIntoForce(data!.policies.nodes[0]!.id);

    expect((await run('rita', policyShowCommand, 'commented')).out).toEqual([text.trimEnd()]);
    await expect(run('rita', policyShowCommand)).rejects.toThrow(/^Name one of those in force: .*baseline/);
  });
});

/** Drafted by somebody, approved by two others, activated. */
async function activated(source: string): Promise<void> {
  const service = app.app.get(PoliciesService);
  const drafted = await service.draft(app.as('rita'), { source, cases: PASSES, note: 'For the test.' });
  const tested = await service.test(app.as('rita'), at(drafted));
  await bringIntoForce((await service.submit(app.as('rita'), at(tested))).id);
}

interface Shown {
  readonly gate: { readonly verdict: string; readonly policy: string; readonly reasons: readonly { readonly code: string; readonly requirement: string; readonly message: string; readonly params: object }[]; readonly reviews: readonly { readonly passed: boolean; readonly signOffs: readonly string[] }[] };
  readonly reviews: readonly { readonly lane: string; readonly outcome: string; readonly signOffs: readonly { readonly subjects: readonly { readonly diffSinceSignOff: { readonly readable: string } }[] }[] }[];
}
const SHOWN = `query ($id: ID!) { promotion(id: $id) {
  gate { verdict policy reasons { code requirement message params { differences { kind path then now } } } reviews { passed signOffs } }
  reviews { lane outcome signOffs { subjects { diffSinceSignOff { readable } } } }
} }`;

async function shown({ id }: { readonly id: string }): Promise<Shown> {
  return (await app.graphql<{ promotion: Shown }>('sam', SHOWN, { id })).data!.promotion;
}

/** A release of a system of this class, for which a promotion into the pilot is open and signed in every lane. */
async function openAndSigned(euClass: 'MINIMAL' | 'LIMITED'): Promise<{ system: string; promotion: Stored<Promotion>; signOff: string }> {
  const register = { ...app, keys: null as never, tenantId: '' };
  const system = await givenSystem(register, { euClass });
  await givenConfirmedRisk(register, system.id);
  const promotion = await openPromotion(register, (await givenRelease(register, system.id)).id);
  return { system: system.number, promotion, signOff: (await sign(register, 'sam', promotion)).number };
}

test('a policy that changes while promotions are open outdates what the team attested where it demands a review, says so, and leaves all other sign-offs as they are', async () => {
  const register = { ...app, keys: null as never, tenantId: '' };
  const [one, reviewed, other] = [await openAndSigned('LIMITED'), await openAndSigned('LIMITED'), await openAndSigned('MINIMAL')];
  await sign(register, 'petra', reviewed.promotion, ['PRIVACY']);
  for (const { promotion } of [one, reviewed, other]) expect((await shown(promotion)).gate).toMatchObject({ verdict: 'ALLOW', policy: `baseline ${SHIPPED_DOCUMENT.version}` });

  const { addMatrix } = SHIPPED_DOCUMENT;
  await activated(policy('stricter', '1.0', { addMatrix: { ...addMatrix, LIMITED: { ...addMatrix.LIMITED, PRIVACY: { PILOT: 'INDEPENDENT' } } }, bindings: [{ environments: ['pilot'], systems: [one.system, reviewed.system, other.system], priority: 5, mode: 'ENFORCE' }] }));

  const [now, stands, same] = [await shown(one.promotion), await shown(reviewed.promotion), await shown(other.promotion)];
  expect(now.gate).toMatchObject({ verdict: 'PENDING', policy: 'stricter 1.0' });
  expect(now.gate.reasons).toEqual([{
    code: 'REVIEW_STALE', requirement: 'R5/PRIVACY', message: expect.stringContaining(`one is asked for now (lanes.PRIVACY was SELF by baseline ${SHIPPED_DOCUMENT.version}, is INDEPENDENT by stricter 1.0)`),
    params: { differences: [{ kind: 'REVIEW_LEVEL_UP', path: 'lanes.PRIVACY', then: `SELF by baseline ${SHIPPED_DOCUMENT.version}`, now: 'INDEPENDENT by stricter 1.0' }] },
  }]);
  expect(now.reviews.filter(({ outcome }) => outcome !== 'APPROVED')).toEqual([expect.objectContaining({ lane: 'PRIVACY', outcome: 'STALE' })]);
  expect(now.reviews[0]!.signOffs[0]!.subjects[0]!.diffSinceSignOff.readable).toContain('To be signed again: PRIVACY.');
  expect(stands.gate).toMatchObject({ verdict: 'ALLOW', policy: 'stricter 1.0' });
  expect(stands.reviews.flatMap(({ signOffs }) => signOffs.flatMap(({ subjects }) => subjects.map(({ diffSinceSignOff }) => diffSinceSignOff.readable)))).toContainEqual(expect.stringMatching(/INDEPENDENT by stricter 1.0; concerns nobody who signed it\n\nNone of the signed lanes is concerned: the sign-off goes on to count/));
  expect(same.gate).toMatchObject({ verdict: 'ALLOW', policy: 'stricter 1.0' });
  expect(new Set(same.gate.reviews.flatMap(({ signOffs }) => signOffs))).toEqual(new Set([other.signOff]));
  expect(same.reviews[0]!.signOffs[0]!.subjects[0]!.diffSinceSignOff.readable).toContain('Nothing that a review depends on has changed since.');

  await sign(register, 'petra', one.promotion, ['PRIVACY']);
  expect((await shown(one.promotion)).gate.verdict).toBe('ALLOW');
});

test('an approval does not count whose giver loses the role in the moment of activation', async () => {
  const [service, accounts] = [app.app.get(PoliciesService), app.app.get(AccountsService)];
  const drafted = await service.draft(app.as('rita'), { source: policy('raced', '1.0'), cases: PASSES, note: 'For a race.' });
  let present = at(await service.submit(app.as('rita'), at(await service.test(app.as('rita'), at(drafted)))));
  for (const handle of ['hugo', 'hanna']) present = at(await service.approve(app.as(handle), present));
  const hanna = async (): Promise<{ id: string; expectedVersion: number }> => at(await app.app.get(UnitOfWork).read(app.as('ada'), 'register.read', (scope) => scope.get(PrincipalTable, app.as('hanna').principalId)));
  const role = { role: 'HEAD_OF_RISK' as const, lane: null, validFrom: null };

  const held = await holdLog({ database: app.database, tenantId: app.as('ada').tenantId });
  const revoked = accounts.revokeRole(app.as('ada'), await hanna(), role, 'Moves on.');
  await held.queued(1);
  const activated = service.activate(app.as('hugo'), present).catch((error: unknown) => error);
  await held.queued(2);
  await held.release();
  await revoked;

  expect(await activated).toMatchObject({ code: 'POLICY_APPROVALS_MISSING', facts: { actual: '1', because: ['NOT_PERMITTED'] } });
  await accounts.grantRole(app.as('ada'), await hanna(), { ...role, systems: null, qualification: null, validUntil: null });
});

test('what was drafted before its words were looked at is neither tested nor brought into force, and is told where it is wrong', async () => {
  const [service, work] = [app.app.get(PoliciesService), app.app.get(UnitOfWork)];
  const condition = { kind: 'CONDITION', id: 'C-1', title: 't', gates: ['PILOT'], when: {}, severity: 'BLOCK', code: 'READINESS_INCOMPLETE', next: null, basis: [], condition: '!findings.exists(f, f.severity == "HGIH")' } as const;
  const source = policy('weaker', '1.0', { requirements: [condition] });
  const document: PolicyDocument = { ...parsePolicy(policy('weaker', '1.0')), requirements: [condition] };
  const drafted = await work.write(app.as('rita'), 'policy.draft', async (tx) => {
    const identity = { id: tx.newId(), draftedBy: tx.personId, draftedAt: tx.now, number: 'POL-900' };
    return tx.put(PolicyTable, draftPolicy(identity, { document, note: 'Of before.', sourceDigest: await tx.keep(source), casesDigest: await tx.keep(PASSES) }, []));
  });
  const wrong = { code: 'POLICY_INVALID', facts: { line: source.split('\n').findIndex((line) => line.includes('HGIH')) + 1, message: expect.stringContaining('Nearest: HIGH.') } };

  await expect(service.test(app.as('rita'), at(drafted))).rejects.toMatchObject(wrong);

  const tested = await work.write(app.as('rita'), 'policy.draft', async (tx) => tx.put(PolicyTable, recordTest(drafted, { cases: 1, failed: [], engine: ENGINE_VERSION }, tx.now), await tx.lock(PolicyTable, drafted.id, drafted.version)));
  await expect(bringIntoForce((await service.submit(app.as('rita'), at(tested))).id)).rejects.toMatchObject(wrong);
  expect(await versions('weaker')).toMatchObject([{ state: 'IN_REVIEW' }]);
});

describe('a bad policy is refused with its place, and everything goes on as before', () => {
  const row = (condition: string): Partial<PolicyDocument> => ({ requirements: [{ kind: 'CONDITION', id: 'C-1', title: 't', gates: ['PILOT'], when: {}, severity: 'BLOCK', code: 'READINESS_INCOMPLETE', next: null, basis: [], condition }] });
  const BOMB = Array.from({ length: 9 }, (_, i) => `${'abcdefghi'[i]!}: &${'abcdefghi'[i]!} [${Array.from({ length: 9 }, () => (i === 0 ? 'x' : `*${'abcdefghi'[i - 1]!}`)).join(', ')}]`).join('\n');
  const good = policy('bad', '1.0');
  const DRAFT = 'mutation ($input: DraftPolicyInput!) { draftPolicy(input: $input) { id } }';
  const PRESENT = 'query ($id: ID!) { policiesInForce { policyId documentDigest } promotion(id: $id) { gate { verdict policy policyDigest reasons { code requirement message } } } }';
  let promotion: string;
  beforeAll(async () => {
    const open = await openAndSigned('MINIMAL');
    await activated(policy('standing', '1.0', { bindings: [{ environments: ['pilot'], systems: [open.system], priority: 6, mode: 'ENFORCE' }] }));
    promotion = open.promotion.id;
  });
  const present = (): Promise<unknown> => app.graphql('sam', PRESENT, { id: promotion });

  test.each<[string, string, string, { line?: unknown; column?: unknown; field?: unknown }]>([
    ['syntax', good.replace('validityDays:', 'validityDays: ]'), 'POLICY_INVALID', { line: expect.any(Number), column: expect.any(Number) }],
    ['an unknown field', `${good}grantMinuets: 3\n`, 'POLICY_INVALID', { line: good.split('\n').length, column: 1 }],
    ['a type error of CEL', policy('bad', '1.0', row('system.number > 3')), 'POLICY_INVALID', { line: expect.any(Number), column: expect.any(Number) }],
    ['contradicting bindings', policy('bad', '1.0', { bindings: [{ priority: 3, mode: 'WARN' }, { priority: 3, mode: 'ENFORCE' }] }), 'POLICY_BINDINGS_CONTRADICT', { line: expect.any(Number), column: expect.any(Number) }],
    ['aliases of aliases', `${BOMB}\n`, 'POLICY_INVALID', { line: 2, column: 8 }],
    ['an expression without end', policy('bad', '1.0', row('risks.all(a, risks.all(b, risks.all(c, risks.all(d, true))))')), 'POLICY_INVALID', { line: expect.any(Number), column: expect.any(Number) }],
    ['one character too many', `${good}#${'x'.repeat(120_000 - good.length)}`, 'POLICY_INVALID', { field: 'source', line: good.split('\n').length, column: 120_001 - good.lastIndexOf('\n') - 1 }],
  ])('%s', async (_, source, code, details) => {
    const [before, drafted] = [await present(), await written()];
    expect(before).toMatchObject({ data: { policiesInForce: expect.arrayContaining([expect.objectContaining({ policyId: 'standing' })]) as unknown, promotion: { gate: { verdict: 'ALLOW', policy: 'standing 1.0' } } } });

    const { errors: [refused] = [] } = await app.graphql('rita', DRAFT, { input: { source, cases: PASSES, note: 'n' } });

    expect(refused?.extensions).toMatchObject({ code, details });
    expect([await present(), await written()]).toEqual([before, drafted]);
  });

  test('ten megabytes', async () => {
    const [before, drafted] = [await present(), await written()];

    const { status, body } = await app.rest('rita', '/graphql', { query: DRAFT, variables: { input: { source: `#${'x'.repeat(10_000_000)}`, cases: PASSES, note: 'n' } } });

    expect([status, body['code']]).toEqual([413, 'TOO_LARGE']);
    expect([await present(), await written()]).toEqual([before, drafted]);
  });
});

test.each(['WARN', 'OBSERVE'] as const)('a policy in the mode %s lets in what its rules would not, gives no grant for it, and is listed as an exception', async (mode) => {
  const register = { ...app, keys: null as never, tenantId: '' };
  const system = await givenSystem(register);
  const { bundleDigest } = await givenRelease(register, system.id);
  await activated(policy(`tried-${mode.toLowerCase()}`, '1.0', { bindings: [{ environments: ['pilot'], systems: [system.number], priority: 8, mode }] }));

  const { body } = await app.rest('pipeline', '/v1/gate/authorize', { environment: 'pilot', target: { bundleDigest } });
  const { data } = await app.graphql<{ recordedDecision: { reasons: { code: string }[] }; exceptions: { nodes: { kind: string; reference: string }[] } }>('axel', `query ($id: ID!, $system: ID!) {
    recordedDecision(id: $id) { reasons { code } } exceptions(from: "2000-01-01T00:00:00Z", to: "2099-01-01T00:00:00Z", filter: { system: $system }) { nodes { kind reference } }
  }`, { id: body['decisionId'], system: system.id });

  expect(body).toMatchObject({ verdict: 'ALLOW', enforcedVerdict: 'DENY', mode, grant: null });
  const codes = (reasons: unknown): string[] => (reasons as { code: string }[]).map(({ code }) => code);
  expect(codes(data!.recordedDecision.reasons)).toEqual(expect.arrayContaining(['REVIEW_MISSING', 'RISK_REGISTER_EMPTY']));
  expect(codes(body['reasons'])).toEqual(mode === 'WARN' ? codes(data!.recordedDecision.reasons) : ['NOT_ENFORCED']);
  expect(data!.exceptions.nodes).toEqual([{ kind: 'NOT_ENFORCED', reference: body['decisionId'] }]);
});
