// `countersign evidence add` as a pipeline uses it: what its options say is what the register then has, and what they cannot say is refused before anything is sent.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemsService } from '../src/systems/systems.service.js';
import { givenRelease } from './chapters/register.js';
import { Acts } from './support/acts.js';
import { adoptedBy } from './support/adopted.js';
import { startApp, type TestApp } from './support/app.js';
import { countersign, PROGRAM, shell, type Ended } from './support/command-line.js';

let app: TestApp;
let release: Awaited<ReturnType<typeof givenRelease>>;
let folder: string;
let file: string;

beforeAll(async () => {
  app = await startApp();
  release = await givenRelease(app, app.as, '', 'e8');
  folder = mkdtempSync(join(tmpdir(), 'countersign-evidence-'));
  file = join(folder, 'notes.txt');
  writeFileSync(file, 'What we saw.\n');
  mkdirSync(join(folder, 'run'));
  writeFileSync(join(folder, 'run', 'log.txt'), 'x');
  writeFileSync(join(folder, 'payload.json'), '{"passed": 12}');
  writeFileSync(join(folder, 'list.json'), '[1]');
  writeFileSync(join(folder, 'none.json'), '{');
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const add = (path: string, title: string, ...args: string[]): Promise<Ended> => countersign(['evidence', 'add', path, '--system', 'SYS-1', '--type', 'field_notes', '--title', title, ...args, '--as', 'dana'], { COUNTERSIGN_URL: app.url, COUNTERSIGN_DATA: app.dataFolder });
const digest = `sha256:${createHash('sha256').update('What we saw.\n').digest('hex')}`;

test('uploads or links, and sends payload, times and subject as they were given', async () => {
  const collected = ['--collected', '2026-11-20T09:30:00Z'];
  const ended = await Promise.all([
    add(file, 'uploaded', '--payload', join(folder, 'payload.json'), ...collected, '--valid-days', '90'), add(file, 'linked', '--link', 'https://files.example/notes.txt', ...collected, '--valid-until', '2027-01-31'),
    add(join(folder, 'run'), 'a folder', '--link', 'https://files.example/run', ...collected),
  ]);

  expect(ended.map(({ code, err }) => [code, err])).toEqual([[0, ''], [0, ''], [0, '']]);
  expect(ended[1].out).toMatch(new RegExp(`^E-\\d+ {2}${digest} {2}SUBMITTED, counts until 2027-01-31T00:00:00.000Z\\nnext: `));
  const { data } = await app.graphql<{ systems: { nodes: { evidence: { nodes: Record<string, unknown>[] } }[] } }>('dana', '{ systems(first: 1) { nodes { evidence(first: 10) { nodes { title contentDigest location payload collectedAt validUntil file { name } } } } } }');
  const found: unknown = Object.fromEntries(data!.systems.nodes[0]!.evidence.nodes.map(({ title, ...rest }) => [title, rest]));
  expect(found).toEqual({
    'uploaded': { contentDigest: digest, location: null, payload: { passed: 12 }, collectedAt: '2026-11-20T09:30:00.000Z', validUntil: '2027-02-18T09:30:00.000Z', file: { name: 'notes.txt' } },
    'linked': { contentDigest: digest, location: 'https://files.example/notes.txt', payload: null, collectedAt: '2026-11-20T09:30:00.000Z', validUntil: '2027-01-31T00:00:00.000Z', file: { name: 'notes.txt' } },
    'a folder': { contentDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), location: 'https://files.example/run', payload: null, collectedAt: '2026-11-20T09:30:00.000Z', validUntil: '2026-12-20T09:30:00.000Z', file: null },
  });
}, 60_000);

test('is refused before anything is sent when an option cannot be meant', async () => {
  const wrong: [path: string, ...args: string[]][] = [
    [file, '--valid-days', '90', '--valid-until', '2027-01-31'], [file, '--valid-days', '0'], [file, '--valid-until', 'tomorrow'], [file, '--collected', '20.11.2026'], [file, '--collected', '2026-02-30'], [file, '--collected', '2026-11-20T09:30:00'],
    [file, '--payload', join(folder, 'list.json')], [file, '--payload', join(folder, 'none.json')], [join(folder, 'run')],
  ];

  const ended = await Promise.all(wrong.map(([path, ...args]) => add(path, 'wrong', ...args)));

  expect(ended.map(({ code, err }) => [code, err.split('\n')[0]])).toEqual([
    'exclude each other', '--valid-days is a number', '--valid-until is an instant', '--collected is an instant', 'not "2026-02-30"', 'not "2026-11-20T09:30:00"', 'list.json" holds no JSON object', 'none.json" holds no JSON object', 'A folder is not uploaded',
  ].map((said) => [64, expect.stringContaining(said)]));
}, 60_000);

test('tells a type that looks like a slip, and of a refusal what was found and what would have been taken', async () => {
  const payload = join(folder, 'payload.json');
  const typed = (type: string, ...args: string[]): Promise<Ended> => countersign(['evidence', 'add', file, '--system', 'SYS-1', '--type', type, '--title', type, ...args, '--as', 'dana'], { COUNTERSIGN_URL: app.url, COUNTERSIGN_DATA: app.dataFolder });
  const [slip, named, misfit] = await Promise.all([typed('evaluaton_run'), add(file, 'a page', '--name', 'notes.html'), typed('evaluation_run', '--payload', payload)]);

  expect([slip.code, slip.err]).toEqual([0, 'note: the product knows no type evaluaton_run, and checked no payload; nearest: evaluation_run.\n']);
  expect([named.code, named.err.split('\n')]).toEqual([1, [
    'refused: FILE_TYPE_REFUSED  The name ends like that of another kind of file.', 'found: .html', expect.stringMatching(/^expected: none, or for text\/plain \.txt /), 'next: Call it by an ending of its kind, or by none.', '',
  ]]);
  expect([misfit.code, misfit.err.split('\n')[1]]).toEqual([1, expect.stringMatching(/^because: payload\.modelDigest: has to be there; payload\.\w+: .*payload\.passed: /)]);
}, 60_000);

test('what the readiness of a release says about how an item is met is done as it is printed', async () => {
  await adoptedBy(new Acts(app));
  const systems = app.app.get(SystemsService);
  await systems.assessTier(app.as('hugo'), { id: release.systemId, expectedVersion: 2 }, { tier: 'MODERATE', euClass: 'LIMITED', flags: ['ART50_INTERACTION'], rationale: 'It answers people.' });
  const itemOf = async (): Promise<{ state: string; howToSupply: string }> => {
    const { data } = await app.graphql<{ releaseReadiness: { items: { requirement: string; state: string; howToSupply: string }[] } }>('rita', 'query ($q: GateQuestionInput!) { releaseReadiness(question: $q) { items { requirement state howToSupply } } }', { q: { target: { bundleDigest: release.bundleDigest }, environment: 'production' } });
    return data!.releaseReadiness.items.find(({ requirement }) => requirement === 'R7/T-02')!;
  };
  const { state, howToSupply } = await itemOf();
  const { data } = await app.graphql<{ evidenceTypes: { id: string; example: object }[] }>('rita', '{ evidenceTypes { id example } }');
  const [line = '', ...rest] = howToSupply.split('; ');
  const notice = join(folder, 'notice.json');
  writeFileSync(notice, JSON.stringify({ ...data!.evidenceTypes.find(({ id }) => id === 'user_notice')!.example, kind: 'AI_INTERACTION' }));

  const ended = await shell(line.replace('countersign', PROGRAM).replaceAll(/<[a-z.]+>/g, notice), { COUNTERSIGN_URL: app.url, COUNTERSIGN_TOKEN: await app.token('dana') });

  expect([state, rest]).toEqual(['MISSING', ['a payload of this type, with an example: query evidenceTypes', 'here with kind: "AI_INTERACTION"', 'then let somebody who did not submit it verify it: verifyEvidence.']]);
  expect(ended).toMatchObject({ code: 0, err: '' });
  expect((await itemOf()).state).toBe('PENDING');
}, 60_000);
