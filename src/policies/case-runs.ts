/**
 * What the cases of a policy come to on a server, where others are at work as well: they are served between two cases, no case looks at more
 * than a bounded number of values, and all of them together take a bounded time.
 */
import { setImmediate } from 'node:timers/promises';
import { compile } from '../domain/expression.js';
import { weigh, type Sizes } from '../domain/expression-cost.js';
import { ENGINE_VERSION } from '../domain/gate.js';
import type { RequirementRow } from '../domain/policy-terms.js';
import type { CaseRun, PolicyDocument } from '../domain/policy-version.js';
import { Refusal } from '../domain/refusal.js';
import { judging, parseCases, type PlacedCase } from './policy-cases.js';
import { completeRow } from './policy-document.js';

/** Of processor time, for all cases of a request: a text as long as it may be, of ordinary ones, stays below it. */
export const MAX_JUDGING_MS = 2000;
/** Of all conditions of a policy, in one case. */
const MAX_STEPS_OF_CASE = 1_000_000;

/** `spentMs`: the processor time that this process has taken so far. */
export async function runCases(document: PolicyDocument, source: string, spentMs: () => number = processorTime): Promise<CaseRun> {
  const cases = parseCases(source);
  const each = judging(document, cases);
  const failed: string[] = [];
  let [ran, spent] = [0, 0];
  for (const gateCase of cases) {
    if (spent > MAX_JUDGING_MS) throw tooMuch(`They take more than ${String(MAX_JUDGING_MS / 1000)} seconds of processor time`, { ran, of: cases.length });
    if (stepsOf(document, gateCase) > MAX_STEPS_OF_CASE) throw tooMuch(`The conditions of ${document.id} would look at more than ${String(MAX_STEPS_OF_CASE)} values in "${gateCase.name}"`, { ran, of: cases.length });
    const begun = spentMs();
    const { value } = each.next();
    spent += spentMs() - begun;
    if (value !== undefined && value.differences.length > 0) failed.push(gateCase.name);
    ran += 1;
    await setImmediate();
  }
  return { cases: cases.length, failed, engine: ENGINE_VERSION };
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function tooMuch(why: string, { ran, of }: { readonly ran: number; readonly of: number }): Refusal {
  return new Refusal('INVALID_INPUT', { field: 'cases', actual: `${String(ran)} of ${String(of)}`, message: `${why}: ${String(ran)} of ${String(of)} cases were judged.`, next: 'Draft it again with fewer cases, or with conditions that look at less. Nothing was changed.' });
}

/** An upper bound, as if every list were as long as the longest of the case. */
function stepsOf({ requirements }: PolicyDocument, { given, event }: PlacedCase): number {
  const sizes: Sizes = { lengths: new Map(), longest: longestIn([given, event]) };
  const added = [given, event].flatMap((situation) => ((situation?.policy as { readonly requirements?: readonly RequirementRow[] } | undefined)?.requirements ?? []).map(completeRow));
  return [...requirements, ...added].reduce((sum, { kind, condition }) => sum + (condition === null ? 0 : weigh(compile(condition, kind === 'EVIDENCE' ? 'EVIDENCE' : 'FACTS').node, sizes).steps), 0);
}

/** How many parts anything in it has at most; one record of a kind is there even if nothing is said. */
function longestIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  const parts: unknown[] = Object.values(value);
  return parts.reduce<number>((longest, part) => Math.max(longest, longestIn(part)), parts.length + 1);
}
