/**
 * A version of a policy tried on what has been: what recorded decisions would have said had it been in force then, and what runs now would be
 * refused. It decides nothing and changes no decision. One at a time in an organization, since the server has a gate to answer.
 */
import { DAY_MS, plusDays, plusMs, type Instant, type NotingClock } from './clock.js';
import type { Decided } from './events.js';
import { checkBeside, type PolicyVersion } from './policy-version.js';
import { Refusal } from './refusal.js';
import type { SimulationResult } from './simulation-tally.js';

/** Which decisions: those of this span, both ends included. */
export interface SimulationWindow { readonly from: Instant; readonly to: Instant }

export interface PolicySimulation {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly policyVersionId: string;
  readonly decidedFrom: Instant;
  readonly decidedTo: Instant;
  /** How many decisions the span held when it began. */
  readonly decisions: number;
  readonly startedBy: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  /** Null while it runs, and where it came to none. */
  readonly result: SimulationResult | null;
  /** Why it came to no result. */
  readonly ending: string | null;
}

export const SIMULATION_OUTCOMES = ['RUNNING', 'DONE', 'FAILED', 'ABANDONED'] as const;
export type SimulationOutcome = (typeof SIMULATION_OUTCOMES)[number];

/** The days that are looked at where no span is named, and the most that may be. */
export const USUAL_DAYS = 30;
export const MOST_DAYS = 400;
export const MOST_DECISIONS = 500_000;
/** After so long without a sign of it, whatever ran it is gone. */
export const SILENCE_MS = 60_000;

export function windowOf(asked: { readonly from?: Instant | null; readonly to?: Instant | null }, now: Instant): SimulationWindow {
  const to = asked.to ?? now;
  const from = asked.from ?? plusDays(to, -USUAL_DAYS);
  if (to > now) throw new Refusal('INVALID_INPUT', { field: 'window.to', actual: to, expected: `at most ${now}`, message: 'What was decided lies in the past.' });
  if (from > to) throw new Refusal('INVALID_INPUT', { field: 'window.from', actual: from, expected: `at most ${to}`, message: 'from lies after to.' });
  if (Date.parse(to) - Date.parse(from) > MOST_DAYS * DAY_MS) {
    throw new Refusal('INVALID_INPUT', { field: 'window.from', actual: from, expected: `at least ${plusDays(to, -MOST_DAYS)}`, message: `A simulation looks at ${String(MOST_DAYS)} days at most.`, next: 'Name a shorter span.' });
  }
  return { from, to };
}

type Begun = Pick<PolicySimulation, 'id' | 'number' | 'startedBy' | 'startedAt' | 'decisions'>;

/** `others`: the versions in force. What could not come into force beside them is not tried: nobody could say which of two applies. */
export function startSimulation(begun: Begun, policy: PolicyVersion, { from, to }: SimulationWindow, others: readonly PolicyVersion[]): Decided<PolicySimulation> {
  checkBeside(policy, others);
  if (begun.decisions > MOST_DECISIONS) {
    throw new Refusal('TOO_LARGE', { field: 'window', expected: `at most ${String(MOST_DECISIONS)}`, message: `More than ${String(MOST_DECISIONS)} decisions were recorded in this span: a simulation looks at no more.`, next: 'Name a shorter span.' });
  }
  return { next: { ...begun, version: 1, policyVersionId: policy.id, decidedFrom: from, decidedTo: to, endedAt: null, result: null, ending: null }, event: 'simulation.started' };
}

/** What is said of one that still runs where a second one is asked for. */
export function requireNoneRunning(running: PolicySimulation, beat: Instant | null, clock: NotingClock): void {
  if (simulationOutcome(running, beat, clock) !== 'RUNNING') return;
  throw new Refusal('ALREADY_EXISTS', { subject: 'PolicySimulation', id: running.number, message: `${running.number} is running: one simulation at a time.`, next: 'Wait until it is done: policySimulation.' });
}

export function completeSimulation(simulation: PolicySimulation, result: SimulationResult, at: Instant): Decided<PolicySimulation> {
  return { next: { ...requireUnended(simulation), endedAt: at, result }, event: 'simulation.completed' };
}

export function failSimulation(simulation: PolicySimulation, ending: string, at: Instant): Decided<PolicySimulation> {
  return { next: { ...requireUnended(simulation), endedAt: at, ending }, event: 'simulation.failed', reason: ending };
}

/** `beat`: the last sign of whatever runs it; null = there was none yet. */
export function simulationOutcome({ id, result, ending, startedAt }: PolicySimulation, beat: Instant | null, clock: NotingClock): SimulationOutcome {
  if (result !== null) return 'DONE';
  if (ending !== null) return 'FAILED';
  return clock.reached(plusMs(beat ?? startedAt, SILENCE_MS), 'SIMULATION', id) ? 'ABANDONED' : 'RUNNING';
}

/** How many decisions it looks at each second, on average since it began; 0 before its first sign. */
export function perSecond(lookedAt: number, ms: number): number {
  return ms === 0 ? 0 : Math.round(lookedAt * 1000 / ms);
}

/** Somebody else may have ended it meanwhile, taking it for abandoned. */
function requireUnended(simulation: PolicySimulation): PolicySimulation {
  if (simulation.endedAt === null) return simulation;
  throw new Refusal('CONFLICT', { subject: 'PolicySimulation', id: simulation.number, message: `${simulation.number} has ended already.` });
}
