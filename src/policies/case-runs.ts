/**
 * What the cases of a policy come to on a server, where others are at work as well: they are served between two cases, and all of them
 * together take a bounded time. So does each, since conditions end whatever they are asked.
 */
import { setImmediate } from 'node:timers/promises';
import { ENGINE_VERSION } from '../domain/gate.js';
import type { CaseRun, PolicyDocument } from '../domain/policy-version.js';
import { Refusal } from '../domain/refusal.js';
import { judging, parseCases } from './policy-cases.js';

/** Of processor time, for all cases of a request: a text as long as it may be, of ordinary ones, stays below it. */
export const MAX_JUDGING_MS = 2000;

/** `spentMs`: the processor time that this process has taken so far. */
export async function runCases(document: PolicyDocument, source: string, spentMs: () => number = processorTime): Promise<CaseRun> {
  // What was read before this took a while, and so do the cases.
  await setImmediate();
  const cases = parseCases(source);
  await setImmediate();
  const each = judging(document, cases);
  const failed: string[] = [];
  let [ran, spent] = [0, 0];
  for (const gateCase of cases) {
    if (spent > MAX_JUDGING_MS) throw tooMuch(`They take more than ${String(MAX_JUDGING_MS / 1000)} seconds of processor time`, { ran, of: cases.length });
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
  return new Refusal('INVALID_INPUT', { field: 'cases', actual: `${String(ran)} of ${String(of)}`, message: `${why}: ${String(ran)} of ${String(of)} cases were judged.`, next: 'Draft it again with fewer cases. Nothing was changed.' });
}
