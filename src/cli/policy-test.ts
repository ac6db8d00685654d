/** What `countersign policy test` does. */
import { REASON_CODES, type ReasonCode } from '../domain/gate-question.js';
import type { PolicyDocument } from '../domain/policy-version.js';
import { parsePolicy } from '../policies/policy-document.js';
import { SHIPPED_DOCUMENT } from '../policies/shipped-policy.js';
import { EXIT, UsageError, type ExitCode, type Terminal } from './command.js';
import { failing, judgeFiles, linesOfFailing, policyFolder, readAs, readCases, Unreadable, type JudgedInFile } from './policy-folder.js';

export async function testPolicy(folder: string, terminal: Terminal): Promise<ExitCode> {
  const { policies: [policy], cases } = tested(folder);
  try {
    const document = policy === undefined ? SHIPPED_DOCUMENT : (await readAs(policy, parsePolicy)).value;
    return report(document, judgeFiles(document, await readCases(cases)), terminal);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    for (const line of error.lines) terminal.err(line);
    return EXIT.REFUSED;
  }
}

function tested(folder: string): { readonly policies: readonly string[]; readonly cases: readonly string[] } {
  const { policies, cases } = policyFolder(folder);
  if (policies.length > 1) throw new UsageError(`"${folder}" holds ${String(policies.length)} policies; keep each with its cases in a folder of its own.`);
  if (cases.length === 0) throw new UsageError(`"${folder}" holds no *.cases.yaml.`);
  return { policies, cases };
}

function report({ id, version }: PolicyDocument, judged: readonly JudgedInFile[], terminal: Terminal): typeof EXIT.OK | typeof EXIT.REFUSED {
  for (const line of linesOfFailing(judged)) terminal.out(line);
  const [total, failed] = [judged.length, failing(judged).length];
  terminal.out(failed === 0 ? `All ${String(total)} cases of ${id} ${version} pass.` : `${String(failed)} of ${String(total)} cases of ${id} ${version} fail.`);
  terminal.out(coverage(new Set(judged.flatMap(({ codes }) => codes))));
  return failed === 0 && total > 0 ? EXIT.OK : EXIT.REFUSED;
}

function coverage(seen: ReadonlySet<ReasonCode>): string {
  const absent = REASON_CODES.filter((code) => !seen.has(code));
  return `${String(seen.size)} of ${String(REASON_CODES.length)} reason codes come up in the answers${absent.length === 0 ? '.' : `; these do not: ${absent.join(', ')}.`}`;
}
