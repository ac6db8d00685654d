// Policies by the command line as far as it speaks to nobody: what a test of a folder prints, and what it ends with.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, helpOf, readArguments, UsageError } from '../src/cli/command.js';
import { policySchemaCommand, policyShowCommand } from '../src/cli/policy-show.command.js';
import { policyTestCommand } from '../src/cli/policy.command.js';
import { parsePolicy } from '../src/policies/policy-document.js';
import { readinessPolicy } from '../src/policies/readiness-policy.js';
import { SHIPPED_DOCUMENT } from '../src/policies/shipped-policy.js';

const PASSES = 'cases:\n  - { name: all is well, why: It is., wanted: { verdict: ALLOW } }\n';
const FAILS = 'cases:\n  - name: all is well\n    why: It is not.\n    given: { reviews: { LEGAL: none } }\n    wanted: { verdict: ALLOW }\n';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'countersign-policy-')); });
afterEach(() => rmSync(folder, { recursive: true }));

async function run(files: Readonly<Record<string, string>>): Promise<{ code: number; out: string[]; err: string[] }> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const [out, err]: [string[], string[]] = [[], []];
  const code = await policyTestCommand.run(readArguments(policyTestCommand, [folder]), { out: (line) => void out.push(line), err: (line) => void err.push(line), write: async () => undefined });
  return { code, out: out.map((line) => line.replaceAll(folder, 'F')), err: err.map((line) => line.replaceAll(folder, 'F')) };
}

describe('policy test', () => {
  test('passes when every case does, and says which reasons came up', async () => {
    expect(await run({ 'a.cases.yaml': PASSES })).toEqual({ code: EXIT.OK, err: [], out: ['All 1 cases of baseline 1.4.0 pass.', expect.stringMatching(/^1 of \d+ reason codes come up in the answers; these do not: SYSTEM_UNKNOWN, /)] });
  });

  test('names each case that fails, with its file, its line and what differs', async () => {
    const { code, out } = await run({ 'a.cases.yaml': PASSES, 'b.cases.yaml': FAILS });

    expect(code).toBe(EXIT.REFUSED);
    expect(out.slice(0, 5)).toEqual([
      'FAIL F/b.cases.yaml:2 all is well', '  verdict: wanted ALLOW, got PENDING', '  missing:    INFO GATE ALL_REQUIREMENTS_MET', '  unexpected: BLOCK R5/LEGAL REVIEW_PENDING', '1 of 2 cases of baseline 1.4.0 fail.',
    ]);
  });

  test('is about the policy in the folder, if there is one', async () => {
    const shipped = JSON.parse(readFileSync(join(import.meta.dirname, '../src/policies/default-policy.json'), 'utf8')) as object;
    const policy = JSON.stringify({ ...shipped, id: 'ours', version: '1', bindings: [{ priority: 0, mode: 'OBSERVE' }] });

    expect(await run({ 'a.cases.yaml': FAILS.replace('ALLOW', 'ALLOW, reasons: [BLOCK R5/LEGAL REVIEW_PENDING]'), 'ours.policy.json': policy })).toMatchObject({ code: EXIT.OK, out: ['All 1 cases of ours 1 pass.', expect.anything()] });
  });

  test('tells what is wrong with a file by line and column', async () => {
    expect(await run({ 'a.cases.yaml': PASSES.replace('ALLOW', 'PERHAPS') })).toEqual({ code: EXIT.REFUSED, out: [], err: [expect.stringMatching(/^F\/a\.cases\.yaml:2:\d+ cases\.0\.wanted\.verdict: must be one of ALLOW/)] });
    expect(await run({ 'a.cases.yaml': PASSES, 'ours.policy.yaml': 'id: ours\nid: theirs\n' })).toEqual({ code: EXIT.REFUSED, out: [], err: [expect.stringMatching(/^F\/ours\.policy\.yaml:2:1 Map keys must be unique/)] });
  });

  test.each<[string, Readonly<Record<string, string>>]>([['no cases', {}], ['two policies', { 'a.cases.yaml': PASSES, 'a.policy.yaml': '', 'b.policy.json': '' }]])('is wrong usage of a folder with %s', async (_, files) => {
    await expect(run(files)).rejects.toThrow(UsageError);
  });

  test('is wrong usage of a folder that is not there', async () => {
    await expect(policyTestCommand.run(readArguments(policyTestCommand, [join(folder, 'absent')]), { out: () => undefined, err: () => undefined, write: async () => undefined })).rejects.toThrow(UsageError);
  });
});

describe('policy schema', () => {
  async function schema(...args: string[]): Promise<{ title: string; properties: object }> {
    const out: string[] = [];
    await policySchemaCommand.run(readArguments(policySchemaCommand, args), { out: (line) => void out.push(line), err: () => undefined, write: async () => undefined });
    return JSON.parse(out.join('\n')) as { title: string; properties: object };
  }

  test('prints what a policy and what a case may say', async () => {
    expect(await schema()).toMatchObject({ title: 'Countersign policy', properties: { bindings: expect.anything(), requirements: expect.anything() } });
    expect(await schema('--cases')).toMatchObject({ title: 'Countersign gate cases', properties: { cases: expect.anything() } });
  });
});

describe('policy show', () => {
  test('takes one name or none', () => {
    expect(readArguments(policyShowCommand, []).positionals).toEqual([]);
    expect(readArguments(policyShowCommand, ['baseline']).positionals).toEqual(['baseline']);
    expect(() => readArguments(policyShowCommand, ['baseline', 'trial'])).toThrow(new UsageError('"trial" is one argument too many.'));
    expect(helpOf(policyShowCommand)).toContain('Usage: countersign policy show [<name-or-number>] [options]');
  });
});

describe('policy show --shipped', () => {
  async function shown(...args: string[]): Promise<string> {
    const out: string[] = [];
    await policyShowCommand.run(readArguments(policyShowCommand, args), { out: (line) => void out.push(line), err: () => undefined, write: async () => undefined });
    return `${out.join('\n')}\n`;
  }

  test('prints the way to production and its cases, which pass beside it also under another name', async () => {
    const [source, cases] = [await shown('--shipped', 'pilot-to-production'), await shown('--shipped', 'pilot-to-production', '--cases')];
    const ours = source.replace(/^id: .*\nversion: .*/m, 'id: ours\nversion: "1"');

    expect(parsePolicy(source)).toEqual(readinessPolicy().document);
    expect(await run({ 'ours.policy.yaml': ours, 'ours.cases.yaml': cases })).toMatchObject({ code: EXIT.OK, err: [], out: [expect.stringMatching(/^All \d\d+ cases of ours 1 pass\.$/), expect.anything()] });
  });

  test('prints the shipped one, which has no cases', async () => {
    expect(parsePolicy(await shown('--shipped', 'baseline'))).toEqual(SHIPPED_DOCUMENT);
    await expect(shown('--shipped', 'baseline', '--cases')).rejects.toThrow(new UsageError('baseline ships without cases: write those of your own, "countersign policy schema --cases".'));
  });

  test.each([[['--shipped', 'none'], 'baseline and pilot-to-production do'], [['baseline', '--shipped', 'baseline'], 'leave out the name or number']])('is wrong usage with %j', async (args, said) => {
    await expect(shown(...args)).rejects.toThrow(expect.objectContaining({ constructor: UsageError, message: expect.stringContaining(said) }));
  });
});
