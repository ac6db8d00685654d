/** Plays steps one after another over HTTP, and prints each with its answer. Stops at the first answer that is not the expected one. */
import type { Client } from '../client.js';
import type { Terminal } from '../command.js';
import { carried, Notes, problemsOf, type Answer, type Step } from './step.js';

export interface Played { readonly step: Step; readonly answer: Answer; readonly problems: readonly string[] }

/** Gives the client that speaks as this person. */
export type Speaker = (handle: string) => Promise<Client>;

export async function play(steps: readonly Step[], speaker: Speaker, terminal: Pick<Terminal, 'out' | 'err'>): Promise<Played[]> {
  const notes = new Notes();
  const played: Played[] = [];
  for (const [index, step] of steps.entries()) {
    terminal.out(`${String(index + 1).padStart(2)}  ${step.as.padEnd(WHO)}  ${notes.fill(step.title)}`);
    const answer = await step.act(await speaker(step.as), notes);
    const problems = problemsOf(step.wanted, answer, notes);
    for (const line of linesOf(answer)) terminal.out(`${INDENT}${line}`);
    for (const problem of problems) terminal.err(`${INDENT}NOT AS EXPECTED  ${problem}`);
    played.push({ step, answer, problems });
    if (problems.length > 0) break;
  }
  return played;
}

/** As wide as the longest handle of the story. */
const WHO = 8;
const INDENT = ' '.repeat(WHO + 6);

function linesOf(answer: Answer): string[] {
  if (answer.kind === 'refused') return [`REFUSED  ${answer.code}  ${answer.message}`];
  if (answer.kind === 'done') return [`done     ${Object.values(answer.record).filter((value) => typeof value === 'string').join('  ')}`];
  const { gate } = answer;
  const [requirements, codes] = [widest(gate.reasons.map((r) => r.requirement)), widest(gate.reasons.map((r) => r.code))];
  return [
    `${gate.verdict.padEnd(7)}  ${gate.bundleDigest ?? ''}`.trimEnd(),
    ...gate.reasons.map((reason) => `  ${reason.requirement.padEnd(requirements)}  ${reason.code.padEnd(codes)}  ${reason.message}`),
    ...carried(gate).map((from) => `  carried over: ${from.replace(' ', ' from ')}`),
    ...(gate.grant === null ? [] : [`  grant ${gate.grant.id}, until ${gate.grant.expiresAt}`]),
  ];
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
