// A server that answers trusted documents only, with those of the command line among them: every command and the whole story work against it,
// and nothing else does.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientOf, Refused, type Client } from '../src/cli/client.js';
import { documentsCommandOf } from '../src/cli/documents.command.js';
import { readArguments, type Command } from '../src/cli/command.js';
import { decisionExportCommand } from '../src/cli/decision.command.js';
import { deploymentReportCommand } from '../src/cli/deployment.command.js';
import { evidenceAddCommand } from '../src/cli/evidence.command.js';
import { gateCheckCommand } from '../src/cli/gate.command.js';
import { loginCommand } from '../src/cli/login.command.js';
import { obligationsCommand } from '../src/cli/obligations.command.js';
import { policyApplyCommand } from '../src/cli/policy-apply.command.js';
import { policyShowCommand } from '../src/cli/policy-show.command.js';
import { policyActivateCommand, policyAdoptCommand, policyApproveCommand } from '../src/cli/policy-steps.command.js';
import { readinessCommand } from '../src/cli/readiness.command.js';
import { releaseCreateCommand } from '../src/cli/release.command.js';
import { signOffGiveCommand } from '../src/cli/sign-off-give.command.js';
import { storyCommand } from '../src/cli/story.command.js';
import { systemClassifyCommand } from '../src/cli/system-classify.command.js';
import { systemTierCommand } from '../src/cli/system-tier.command.js';
import { modelComponents, tamperedComponents } from '../src/cli/story/model-files.js';
import { play } from '../src/cli/story/play.js';
import { storySteps } from '../src/cli/story/steps.js';
import { documentId, trustedDocuments } from '../src/platform/trusted-documents.js';
import { startApp, type TestApp } from './support/app.js';
import { countersign, PROJECT } from './support/command-line.js';

const SENDERS = [systemTierCommand, systemClassifyCommand, releaseCreateCommand, gateCheckCommand, deploymentReportCommand, evidenceAddCommand, decisionExportCommand, signOffGiveCommand, policyApplyCommand, policyShowCommand, policyAdoptCommand, policyApproveCommand, policyActivateCommand, readinessCommand, obligationsCommand, loginCommand, storyCommand];
const folder = mkdtempSync(join(tmpdir(), 'countersign-documents-'));
const STEPS = storySteps({ run: '', components: [], tampered: [] }).length;
let app: TestApp;
let told: Awaited<ReturnType<typeof play>>;

interface Printed { readonly code: number; readonly lines: readonly string[] }

/** In this process, which is what the program does, without its start. */
async function run(command: Command, ...args: string[]): Promise<Printed> {
  const lines: string[] = [];
  const code = await command.run(readArguments(command, args), { out: (line) => void lines.push(line), err: (line) => void lines.push(line), write: () => Promise.reject(new Error('no file was asked for')) });
  return { code, lines };
}

async function as(handle: string, command: Command, ...args: string[]): Promise<Printed> {
  return run(command, ...args, '--url', app.url, '--token', await app.token(handle));
}

const speaker = async (handle: string): Promise<Client> => clientOf(app.url, await app.token(handle));

beforeAll(async () => {
  await run(documentsCommandOf(SENDERS), '--into', folder, '--story');
  app = await startApp({ documents: trustedDocuments(folder, true) });
  const steps = storySteps({ run: 'trusted', components: await modelComponents(PROJECT), tampered: await tamperedComponents(PROJECT) });
  told = await play(steps, speaker, { out: () => undefined, err: () => undefined });
}, 60_000);

/** By the document of the story: the command line opens none. */
async function opened(release: string): Promise<string> {
  const document = storyCommand.documents?.find((text) => text.includes('openPromotion')) ?? '';
  const { openPromotion } = await (await speaker('sam')).graphql(document, { input: { release, environment: 'pilot', reason: 'First users.' } });
  return (openPromotion as { number: string }).number;
}

afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

test('the story is told from its first step to its last', () => {
  expect([told.length, told.flatMap(({ problems }) => problems)]).toEqual([STEPS, []]);
});

const found = (pattern: RegExp, { lines }: Printed): string => pattern.exec(lines.join('\n'))?.[1] ?? '';

test('each command is answered', async () => {
  const released = await as('dana', releaseCreateCommand, '--system', 'SYS-1', '--label', 'trusted', '--component', 'CONFIG:limits=package.json');
  const release = found(/^(REL-\d+)/, released);
  const checked = await as('pipeline', gateCheckCommand, '--environment', 'dev', '--release', release, '--authorize');
  const reported = await as('pipeline', deploymentReportCommand, '--grant', found(/grant (\S+),/, checked), '--environment', 'dev', '--bundle', found(/(sha256:\S+)/, released));
  const ungoverned = await as('pipeline', deploymentReportCommand, '--ungoverned', '--system', 'SYS-1', '--environment', 'pilot', '--bundle', found(/(sha256:\S+)/, released), '--reason', 'The scan found it.');
  const added = await as('dana', evidenceAddCommand, 'package.json', '--system', 'SYS-1', '--type', 'test_report', '--title', 'What it is made of');
  const promotion = await opened(release);
  const read = await as('rita', signOffGiveCommand, '--promotion', promotion, '--lane', 'RISK');
  const signed = await as('rita', signOffGiveCommand, '--promotion', promotion, '--lane', 'RISK', '--package', found(/--package (\S+)$/, read), '--statement', 'I have read it.');

  expect([released, checked, reported, ungoverned, added, read, signed].map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(ungoverned.lines).toEqual([expect.stringMatching(/^UD-\d+ found at \S+, authorized by nothing$/)]);
  expect(added.lines[0]).toMatch(/^E-\d+ {2}sha256:[0-9a-f]{64} {2}SUBMITTED, counts until /);
  expect(signed.lines[0]).toMatch(/^SO-\d+ {2}APPROVED, signed /);
});

test('a policy is read, and handed in from a folder', async () => {
  const from = mkdtempSync(join(tmpdir(), 'countersign-policies-'));
  const shown = await as('rita', policyShowCommand);
  writeFileSync(join(from, 'p.policy.yaml'), shown.lines.join('\n').replace(/^id: .*\nversion: .*/, 'id: trusted\nversion: "1"').replace('priority: 0', 'priority: 7'));
  writeFileSync(join(from, 'p.cases.yaml'), 'cases: [{ name: all is well, why: It is., wanted: { verdict: ALLOW } }]');

  const applied = [await as('rita', policyApplyCommand, from), await as('rita', policyApplyCommand, from)];
  rmSync(from, { recursive: true });

  expect([shown.code, ...applied.map(({ code }) => code)]).toEqual([0, 0, 0]);
  for (const { lines } of applied) expect(lines.at(-3)).toMatch(/^POL-1 {2}trusted 1 {2}IN_REVIEW$/);
});

/** The folder that "policy show" prints, handed in. */
async function appliedAsShown(policyId: string): Promise<Printed> {
  const from = mkdtempSync(join(tmpdir(), 'countersign-policies-'));
  writeFileSync(join(from, 'p.policy.yaml'), (await as('rita', policyShowCommand, '--shipped', policyId)).lines.join('\n'));
  writeFileSync(join(from, 'p.cases.yaml'), (await as('rita', policyShowCommand, '--shipped', policyId, '--cases')).lines.join('\n'));
  try {
    return await as('rita', policyApplyCommand, from);
  } finally {
    rmSync(from, { recursive: true });
  }
}

test('where nothing but the matrix is asked, how far a release is follows from what the gate says', async () => {
  const told = await as('rita', readinessCommand, '--release', 'REL-1', '--environment', 'production');
  expect([told.code, told.lines[0]]).toEqual([1, expect.stringMatching(/^REL-1 into production: 0 of 0 items let it through, by baseline \d+\.\d+\.\d+; the gate says DENY\.$/)]);
});

test('what ships for the way to production is handed in, approved by two others, activated, and told item by item', async () => {
  const adopted = await as('hugo', policyAdoptCommand);
  const number = found(/^(POL-\d+)/, adopted);
  const own = await as('hugo', policyApproveCommand, number).catch((error: unknown) => error);
  const approved = [await as('rita', policyApproveCommand, number), await as('hanna', policyApproveCommand, number)];
  const applied = await appliedAsShown('pilot-to-production');
  const steps = [adopted, ...approved, await as('hugo', policyActivateCommand, number)];
  const told = await as('rita', readinessCommand, '--release', 'REL-1', '--environment', 'production');

  expect(own).toMatchObject({ code: 'SEPARATION_OF_DUTIES' });
  expect(steps.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(steps.map(({ lines }) => lines[0]?.split(':')[0])).toEqual([`${number} is IN_REVIEW`, `${number} is IN_REVIEW`, `${number} is IN_REVIEW`, `${number} is ACTIVE`]);
  expect(adopted.lines.slice(1, 3)).toEqual([
    `  approved by nobody yet; it takes 2 people other than hugo (POLICY_ADMIN, HEAD_OF_RISK, RISK_OFFICER, EXECUTIVE), each within 30 days: countersign policy approve ${number}`,
    `  then one of POLICY_ADMIN, HEAD_OF_RISK: countersign policy activate ${number}`,
  ]);
  expect(steps[1]?.lines[1]).toContain('approved by rita; it takes 2 people other than hugo');
  for (const { lines } of [steps[2]!, applied]) expect(lines.slice(-2)).toEqual(['  approved by rita, hanna', `  next one of POLICY_ADMIN, HEAD_OF_RISK: countersign policy activate ${number}`]);
  expect([applied.code, applied.lines.at(-3)]).toEqual([0, expect.stringMatching(new RegExp(`^${number} {2}pilot-to-production [\\d.]+ {2}IN_REVIEW$`))]);
  expect([told.code, told.lines[0]]).toEqual([1, expect.stringMatching(/^REL-1 into production: \d+ of \d+ items let it through, by pilot-to-production \d+\.\d+\.\d+; the gate says DENY\.$/)]);
  expect(told.lines.join('\n')).toContain('→ countersign evidence add <file> --system SYS-1 --type evaluation_run --subject sha256:');
});

test('which articles apply is told for today and for a day to come, with what changes next', async () => {
  const [today, later] = [await as('rita', obligationsCommand, 'SYS-1'), await as('rita', obligationsCommand, 'SYS-1', '--on', '2035-01-01', '--all')];

  expect([today.code, today.lines[0]]).toEqual([0, expect.stringMatching(/^SYS-1 on \d{4}-\d{2}-\d{2}: \d+ of \d+ articles apply\.$/)]);
  expect(later.lines.at(-1)).toBe('Nothing that is known changes after that.');
  expect(later.lines.join('\n')).toMatch(/NOT_CONCERNED +us-sr-11-7@2011#validation|ENDED +us-sr-11-7@2011#validation/);
});

test('signing in asks who that is', async () => {
  await expect((await speaker('rita')).graphql(loginCommand.documents?.[0] ?? '')).resolves.toMatchObject({ viewer: { number: expect.any(String) } });
});

test('another document is refused, also one that differs by a space', async () => {
  const client = await speaker('rita');

  for (const text of ['{ systems { nodes { id } } }', `${loginCommand.documents?.[0] ?? ''} `]) await expect(client.graphql(text)).rejects.toThrow(expect.objectContaining({ constructor: Refused, code: 'PERMISSION_DENIED' }));
});

test('the program writes what its commands send, without the story unless it is asked for, and leaves what is there', async () => {
  const into = mkdtempSync(join(tmpdir(), 'countersign-documents-'));
  writeFileSync(join(into, 'ours.graphql'), '{ viewer { id } }');

  const { code, out } = await countersign(['documents', '--into', into]);

  const sent = SENDERS.filter((command) => command !== storyCommand).flatMap(({ documents = [] }) => documents);
  expect([code, out.trim().split('\n').map((line) => line.split('  ')[0]).sort()]).toEqual([0, sent.map(documentId).sort()]);
  expect(readdirSync(into).map((name) => readFileSync(join(into, name), 'utf8')).sort()).toEqual([...sent, '{ viewer { id } }'].sort());
  rmSync(into, { recursive: true });
});
