/**
 * What a simulation comes to: how many decisions turn, in which direction and over which requirement, and which deployments would be refused.
 * The counts are of all of them; the lists are cut, and say how long they would be.
 */
import type { Instant } from './clock.js';
import type { Digest } from './digest.js';
import type { Verdict } from './gate.js';
import type { GateAction } from './gate-question.js';

/** What blocks, as requirement and code: `R5/LEGAL REVIEW_MISSING`. */
export type Blocking = readonly string[];

/** An answer as far as two of them are compared. */
export interface Said { readonly verdict: Verdict; readonly blocking: Blocking }

/** A recorded decision, by what it can be recognised. */
export interface Recorded { readonly id: string; readonly decidedAt: Instant; readonly action: GateAction; readonly environment: string; readonly system: string | null }

export interface Flip extends Recorded { readonly from: Verdict; readonly to: Verdict; /** What blocks only under the draft, and what blocked only then. */ readonly added: Blocking; readonly lifted: Blocking }

/** A deployment that is there now, and what the gate would say of its going on: now, and under the draft. */
export interface RefusedDeployment { readonly number: string; readonly system: string; readonly environment: string; readonly from: Verdict; readonly to: Verdict; readonly added: Blocking; readonly lifted: Blocking }

/** In how many decisions that turn it blocks only under the draft, in how many it blocked only then, and how many deployments are refused over it. */
export interface RequirementCount { readonly requirement: string; readonly code: string; readonly added: number; readonly lifted: number; readonly deployments: number }

export interface SimulationResult {
  /** Judged under the draft. */
  readonly judged: number;
  /** Of another policy, as they were: the draft does not apply there. */
  readonly untouched: number;
  /** What they were made from is kept no longer. */
  readonly unjudged: number;
  /** Of those judged, how many another version of the engine had decided: what turns there may turn because of that. */
  readonly otherEngine: number;
  readonly flips: readonly { readonly from: Verdict; readonly to: Verdict; readonly count: number }[];
  readonly requirements: readonly RequirementCount[];
  readonly requirementsTotal: number;
  /** The first of each direction. */
  readonly examples: readonly Flip[];
  readonly deployments: number;
  readonly deploymentsRefused: number;
  /** Of those, how many are refused today as well. */
  readonly deploymentsRefusedNow: number;
  readonly refusedDeployments: readonly RefusedDeployment[];
  /** Where the decisions that turn are listed, direction by direction; absent in results of before they were. */
  readonly turned?: readonly KeptFlips[];
  /** Where the deployments that would be refused are listed; absent in results of before they were. */
  readonly refused?: KeptList;
  /** How long it took, in milliseconds. */
  readonly ms: number;
}

/** So many are listed; `pieces`: the digests under which they are kept. */
export interface KeptList { readonly listed: number; readonly pieces: readonly Digest[] }
/** Those of one direction, as they were decided. */
export interface KeptFlips extends KeptList { readonly from: Verdict; readonly to: Verdict }
export interface TurnedFlips { readonly from: Verdict; readonly to: Verdict; readonly flips: readonly Flip[] }

export const MOST_EXAMPLES = 25;
/** So many of each direction are listed; all of them are counted. */
export const MOST_FLIPS = 5000;
/** So many deployments that would be refused are listed; all of them are counted. */
export const MOST_REFUSED = 5000;
export const MOST_LISTED = 200;
const MOST_BLOCKING = 10;

interface Counted { added: number; lifted: number; deployments: number }

export class SimulationTally {
  #judged = 0;
  #untouched = 0;
  #unjudged = 0;
  #otherEngine = 0;
  readonly #flips = new Map<string, { from: Verdict; to: Verdict; count: number; listed: Flip[] }>();
  readonly #requirements = new Map<string, Counted>();
  #deployments = 0;
  #refused = 0;
  #refusedNow = 0;
  readonly #refusedDeployments: RefusedDeployment[] = [];

  /** How many decisions were looked at. */
  get lookedAt(): number {
    return this.#judged + this.#untouched + this.#unjudged;
  }

  untouched(): void {
    this.#untouched += 1;
  }

  unjudged(): void {
    this.#unjudged += 1;
  }

  judged(recorded: Recorded, then: Said, now: Said, isSameEngine: boolean): void {
    this.#judged += 1;
    if (!isSameEngine) this.#otherEngine += 1;
    if (then.verdict === now.verdict) return;
    const { added, lifted } = compared(then, now);
    for (const one of added) this.#count(one).added += 1;
    for (const one of lifted) this.#count(one).lifted += 1;
    const [from, to] = [then.verdict, now.verdict];
    const direction = this.#flips.get(`${from} ${to}`) ?? { from, to, count: 0, listed: [] };
    this.#flips.set(`${from} ${to}`, direction);
    direction.count += 1;
    if (direction.listed.length < MOST_FLIPS) direction.listed.push({ ...recorded, from, to, added: added.slice(0, MOST_BLOCKING), lifted: lifted.slice(0, MOST_BLOCKING) });
  }

  deployed(deployment: Pick<RefusedDeployment, 'number' | 'system' | 'environment'>, today: Said, then: Said): void {
    this.#deployments += 1;
    if (then.verdict === 'ALLOW') return;
    this.#refused += 1;
    if (today.verdict !== 'ALLOW') this.#refusedNow += 1;
    const { added, lifted } = compared(today, then);
    for (const one of new Set(then.blocking)) this.#count(one).deployments += 1;
    if (this.#refusedDeployments.length < MOST_REFUSED) this.#refusedDeployments.push({ ...deployment, from: today.verdict, to: then.verdict, added: added.slice(0, MOST_BLOCKING), lifted: lifted.slice(0, MOST_BLOCKING) });
  }

  /** As far as they are listed, in the order in which they were judged. */
  get refused(): readonly RefusedDeployment[] {
    return this.#refusedDeployments;
  }

  /** As far as they are listed, direction by direction in the order of `flips`. */
  get turned(): TurnedFlips[] {
    return this.#directions().map(({ from, to, listed }) => ({ from, to, flips: listed }));
  }

  result(ms: number): SimulationResult {
    const flips = this.#directions();
    return {
      judged: this.#judged, untouched: this.#untouched, unjudged: this.#unjudged, otherEngine: this.#otherEngine,
      flips: flips.map(({ from, to, count }) => ({ from, to, count })), examples: flips.flatMap(({ listed }) => listed.slice(0, MOST_EXAMPLES)),
      requirements: this.#mostFrequent(), requirementsTotal: this.#requirements.size,
      deployments: this.#deployments, deploymentsRefused: this.#refused, deploymentsRefusedNow: this.#refusedNow, refusedDeployments: this.#refusedDeployments.slice(0, MOST_LISTED), ms,
    };
  }

  #directions(): { from: Verdict; to: Verdict; count: number; listed: Flip[] }[] {
    return [...this.#flips.values()].sort((a, b) => b.count - a.count);
  }

  #count(name: string): Counted {
    const counted = this.#requirements.get(name) ?? { added: 0, lifted: 0, deployments: 0 };
    this.#requirements.set(name, counted);
    return counted;
  }

  #mostFrequent(): RequirementCount[] {
    const sum = ({ added, lifted, deployments }: Counted): number => added + lifted + deployments;
    const sorted = [...this.#requirements].sort(([a, one], [b, other]) => sum(other) - sum(one) || (a < b ? -1 : 1));
    return sorted.slice(0, MOST_LISTED).map(([name, counted]) => {
      const [requirement = '', code = ''] = name.split(' ');
      return { requirement, code, ...counted };
    });
  }
}

function compared(before: Said, after: Said): { added: string[]; lifted: string[] } {
  const [then, now] = [new Set(before.blocking), new Set(after.blocking)];
  return { added: [...now].filter((one) => !then.has(one)).sort(), lifted: [...then].filter((one) => !now.has(one)).sort() };
}
