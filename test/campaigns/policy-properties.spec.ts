// What must hold of every policy, over random histories: a row or rule more never relaxes, and a record that speaks for a release, taken away, never helps it.
import { describe, expect, test } from '@jest/globals';
import { classificationOf } from '../../src/domain/classification.js';
import { NotingClock, type Instant } from '../../src/domain/clock.js';
import type { GateFacts } from '../../src/domain/gate-question.js';
import { evaluateGate, type Evaluation } from '../../src/domain/gate.js';
import type { GatePolicy } from '../../src/domain/policy.js';
import { DEMANDS, varied, type Asked } from '../support/world-demands.js';
import { gather } from '../support/world-evidence.js';
import { ask, beginHistory, step } from '../support/world-history.js';
import { LOSSES } from '../support/world-losses.js';
import { Chance } from '../support/world-random.js';

// Most commands of a history are refused, and nobody reads the stack of a refusal.
Error.stackTraceLimit = 0;

const FULL = process.env['CAMPAIGN'] === 'full';
/** Ten situations each. */
const HISTORIES = FULL ? 500 : 50;
const STEPS = 40;
/** So many demands, and so many of the ways of losing a record, are tried in a situation. */
const DEMANDS_AT_ONCE = 4;
const AT_ONCE = 7;
const SEED = Number(process.env['CAMPAIGN_SEED'] ?? 20_261_126);

/** The better the answer, the higher. What cannot be judged is kept out like what is refused: a record less may show either. */
const RANK = { ERROR: 0, DENY: 0, PENDING: 1, ALLOW: 2 } as const;

const TAKEN_BACK = 'evidence that was taken back';
/** Some ways of losing a record, and always the one that somebody could choose alone. */
function waysOf(chance: Chance): (readonly [string, (typeof LOSSES)[string]])[] {
  return chance.shuffled(Object.entries(LOSSES)).filter(([way], place) => place < AT_ONCE || way === TAKEN_BACK);
}

/** What a tenth of the histories hardly comes across: what is owed for days, estimates that are drafts, and waivers that count. */
const RARE = FULL ? [] : ['an obligation', 'drafts that count sooner', 'what is never waived', 'a grant'];

interface Situation { readonly seed: number; readonly policy: GatePolicy; readonly facts: GateFacts; readonly now: Instant; readonly chance: Chance }

/** Each under a policy of its own, with evidence that meets most of what it asks for. */
function* situations(): Generator<Situation> {
  for (let n = 0; n < HISTORIES; n += 1) {
    const chance = new Chance(SEED + n);
    const world = beginHistory(chance);
    for (let i = 0; i < STEPS; i += 1) {
      step(world);
      if (i % 4 !== 3) continue;
      gather(world);
      yield { seed: SEED + n, policy: varied(world.policy, chance), facts: ask(world), now: world.now, chance };
    }
  }
}

function answerTo(policy: GatePolicy, facts: GateFacts, now: Instant): Evaluation {
  return evaluateGate(policy, facts, new NotingClock(now));
}

function blocking(of: Evaluation): string[] {
  return of.reasons.filter(({ severity }) => severity === 'BLOCK').map(({ requirement }) => requirement);
}

/** Of what cannot be found nothing is known; then any policy will do. */
function askedIn({ about, environment }: GateFacts): Asked {
  const { tier, euClass, flags } = about === null ? UNKNOWN : classificationOf(about.system);
  return { tier, euClass, flags, kind: environment?.kind ?? 'PRODUCTION' };
}
const UNKNOWN = { tier: 'MINIMAL', euClass: 'MINIMAL', flags: [] } as const;

/** How often each way was tried, and how often the answer became worse. */
class Tally {
  readonly #ways = new Map<string, { asked: number; allowed: number; worse: number }>();

  note(way: string, before: Evaluation, after: Evaluation): void {
    const so = this.#ways.get(way) ?? { asked: 0, allowed: 0, worse: 0 };
    const isWorse = RANK[after.verdict] < RANK[before.verdict] || blocking(after).length > blocking(before).length;
    this.#ways.set(way, { asked: so.asked + 1, allowed: so.allowed + Number(before.verdict === 'ALLOW'), worse: so.worse + Number(isWorse) });
  }

  get ways(): string[] { return [...this.#ways.keys()].sort(); }
  /** A way that never takes anything away shows nothing. */
  get biting(): string[] { return this.ways.filter((way) => this.#ways.get(way)!.worse > 0); }
  get asked(): number { return [...this.#ways.values()].reduce((sum, { asked }) => sum + asked, 0); }

  print(what: string): void {
    const rows = [...this.#ways].sort().map(([way, { asked, allowed, worse }]) => `  ${way.padEnd(36)}${String(asked).padStart(6)} tried, ${String(allowed).padStart(5)} of them allowed before, ${String(worse).padStart(5)} answers worse, none better`);
    process.stdout.write(`${String(this.asked)} ${what}\n${rows.join('\n')}\n`);
  }
}

/** What became better by this way, in words; empty = nothing did. */
function improvement(way: string, { seed, facts: { question } }: Situation, [before, after]: readonly [Evaluation, Evaluation]): string[] {
  const said = ({ verdict, reasons }: Evaluation): string => [verdict, ...reasons.filter(({ severity }) => severity === 'BLOCK').map(({ code, requirement }) => `${code} ${requirement}`)].join(', ');
  return RANK[after.verdict] <= RANK[before.verdict] ? [] : [`seed ${String(seed)}, ${way}, ${question.action}: ${said(before)} became ${said(after)}`];
}

/** What blocked before and blocks no more, in words. An answer that is an error tells no more than what could not be answered. */
function relief(way: string, { seed }: Situation, [before, after]: readonly [Evaluation, Evaluation]): string[] {
  return after.verdict === 'ERROR' ? [] : blocking(before).filter((one) => !blocking(after).includes(one)).map((one) => `seed ${String(seed)}, ${way}: ${one} blocks no more`);
}

describe('of every policy', () => {
  test('a row or a rule more never relaxes', () => {
    const [tally, better] = [new Tally(), [] as string[]];
    for (const situation of situations()) {
      const { policy, facts, now, chance } = situation;
      for (const [way, demand] of chance.shuffled(Object.entries(DEMANDS)).slice(0, DEMANDS_AT_ONCE)) {
        const tightened = demand(policy, chance, askedIn(facts));
        const [before, after] = [answerTo(tightened.before, facts, now), answerTo(tightened.after, facts, now)];
        tally.note(way, before, after);
        better.push(...improvement(way, situation, [before, after]));
        // An emergency steps over what there is; nothing else may make a demand go away.
        if (after.override === null && before.override === null) better.push(...relief(way, situation, [before, after]));
      }
    }
    tally.print('policies with one demand more');
    expect(better).toEqual([]);
    expect(tally.asked).toBe(HISTORIES * (STEPS / 4) * DEMANDS_AT_ONCE);
    expect(tally.ways).toEqual(Object.keys(DEMANDS).sort());
    expect(tally.biting).toEqual(expect.arrayContaining(Object.keys(DEMANDS).filter((way) => !RARE.includes(way))));
  }, FULL ? 1_800_000 : 170_000);

  test('a record that speaks for a release, taken away, never makes the answer better', () => {
    const [tally, better] = [new Tally(), [] as string[]];
    for (const situation of situations()) {
      const { policy, facts, now, chance } = situation;
      const { about, environment } = facts;
      if (about === null || environment === null) continue;
      const before = answerTo(policy, facts, now);
      for (const [way, losing] of waysOf(chance)) {
        const left = losing({ policy, about, environment, now, chance });
        if (left === null) continue;
        const after = answerTo(policy, { ...facts, about: left }, now);
        tally.note(way, before, after);
        better.push(...improvement(way, situation, [before, after]));
        // What is gone altogether may have asked for something, or made somebody a party, and that goes with it.
        if (way === TAKEN_BACK) better.push(...relief(way, situation, [before, after]));
      }
    }
    tally.print('times a record less');
    expect(better).toEqual([]);
    expect(tally.asked).toBeGreaterThan(HISTORIES * (STEPS / 4));
    expect(tally.ways).toEqual(Object.keys(LOSSES).sort());
    expect(tally.biting).toEqual(expect.arrayContaining(Object.keys(LOSSES).filter((way) => !RARE.includes(way))));
  }, FULL ? 1_800_000 : 170_000);
});
