/** `countersign policy test`: judges the gate cases of a folder by the policy beside them, or by the shipped one. Speaks to no server. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { REASON_CODES, type ReasonCode } from '../domain/gate-question.js';
import type { PolicyDocument } from '../domain/policy-version.js';
import { Refusal } from '../domain/refusal.js';
import { MAX_SOURCE } from '../policies/placed-text.js';
import { judgeCases, parseCases, type JudgedCase } from '../policies/policy-cases.js';
import { parsePolicy } from '../policies/policy-document.js';
import { SHIPPED_DOCUMENT } from '../policies/shipped-policy.js';
import { EXIT, UsageError, usable, type Command, type Terminal } from './command.js';
import { readWhole } from './whole-file.js';

/** No character takes more bytes. */
const MAX_BYTES = 4 * MAX_SOURCE;

export const policyTestCommand: Command = {
  name: 'policy test',
  summary: 'Judges the gate cases of a folder offline, and prints those whose answer is not the wanted one.',
  positionals: ['folder'],
  options: {},
  notes: [
    'The folder holds cases in *.cases.yaml, and the policy that they are about in one *.policy.yaml or *.policy.json; without it they are about the policy that ships.',
    'Exit code 0: every case passes. 1: one does not, or a file cannot be read as what it is.',
  ],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const folder = given.positionals[0] ?? '';
    const { policies, cases } = filesIn(folder);
    try {
      const [policy] = policies;
      const document = policy === undefined ? SHIPPED_DOCUMENT : await readAs(policy, parsePolicy);
      const judged: (JudgedCase & { readonly file: string })[] = [];
      for (const file of cases) judged.push(...judgeCases(document, await readAs(file, parseCases)).map((one) => ({ ...one, file })));
      return report(document, judged, terminal);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      for (const problem of error.problems) terminal.err(`${error.file}:${problem}`);
      return EXIT.REFUSED;
    }
  },
};

function filesIn(folder: string): { policies: string[]; cases: string[] } {
  const names = usable(folder, () => readdirSync(folder)).sort();
  const ending = (pattern: RegExp): string[] => names.filter((name) => pattern.test(name)).map((name) => join(folder, name));
  const [policies, cases] = [ending(/\.policy\.(ya?ml|json)$/), ending(/\.cases\.ya?ml$/)];
  if (policies.length > 1) throw new UsageError(`"${folder}" holds ${String(policies.length)} policies; keep each with its cases in a folder of its own.`);
  if (cases.length === 0) throw new UsageError(`"${folder}" holds no *.cases.yaml.`);
  return { policies, cases };
}

/** What is wrong in which file, each with its line and column. */
class Unreadable extends Error {
  constructor(readonly file: string, readonly problems: readonly string[]) {
    super(file);
  }
}

async function readAs<T>(file: string, parse: (source: string) => T): Promise<T> {
  const source = (await readWhole(file, MAX_BYTES)).toString('utf8');
  try {
    return parse(source);
  } catch (error) {
    if (error instanceof Refusal) throw new Unreadable(file, error.facts.because ?? [`1:1 ${error.message}`]);
    throw error;
  }
}

function report({ id, version }: PolicyDocument, judged: readonly (JudgedCase & { readonly file: string })[], terminal: Terminal): typeof EXIT.OK | typeof EXIT.REFUSED {
  const failing = judged.filter(({ differences }) => differences.length > 0);
  for (const { file, gateCase, differences } of failing) {
    terminal.out(`FAIL ${file}:${String(gateCase.line)} ${gateCase.name}`);
    for (const difference of differences) terminal.out(`  ${difference}`);
  }
  const total = String(judged.length);
  terminal.out(failing.length === 0 ? `All ${total} cases of ${id} ${version} pass.` : `${String(failing.length)} of ${total} cases of ${id} ${version} fail.`);
  terminal.out(coverage(new Set(judged.flatMap(({ codes }) => codes))));
  return failing.length === 0 && judged.length > 0 ? EXIT.OK : EXIT.REFUSED;
}

function coverage(seen: ReadonlySet<ReasonCode>): string {
  const absent = REASON_CODES.filter((code) => !seen.has(code));
  return `${String(seen.size)} of ${String(REASON_CODES.length)} reason codes come up in the answers${absent.length === 0 ? '.' : `; these do not: ${absent.join(', ')}.`}`;
}
