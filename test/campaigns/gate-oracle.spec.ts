// The gate against a second, independent reading of its rules, over thousands of random histories; and whether an answer holds as long as it says.
import { describe, expect, test } from '@jest/globals';
import { NotingClock, plusMs, type Instant } from '../../src/domain/clock.js';
import type { GateFacts, Reason, ReasonCode } from '../../src/domain/gate-question.js';
import { REASON_CODES } from '../../src/domain/gate-question.js';
import { packagesThatCount, type LaneState } from '../../src/domain/gate-reviews.js';
import { looksBackTo } from '../../src/domain/gate-run.js';
import { Policies } from '../../src/domain/policy-binding.js';
import { REQUIREMENT_CODES } from '../../src/domain/policy-terms.js';
import { evaluateGate, type Evaluation } from '../../src/domain/gate.js';
import { isAtLeast, type GatePolicy, type ReviewLevel } from '../../src/domain/policy.js';
import { oracle } from '../support/oracle-actions.js';
import { ask, beginHistory, step } from '../support/world-history.js';
import { Chance } from '../support/world-random.js';

// Most commands of a history are refused, and nobody reads the stack of a refusal.
Error.stackTraceLimit = 0;

/** As many as two minutes allow in the daily run, everything in `npm run campaigns`. */
const FULL = process.env['CAMPAIGN'] === 'full';
const HISTORIES = FULL ? 10_000 : 200;
/** How often each reason occurs at the least; a part of the histories may have few of the rare ones, but never none. */
const TIMES = FULL ? 50 : 1;
const STEPS = 10;
const SEED = Number(process.env['CAMPAIGN_SEED'] ?? 20_261_800);
/** Only the service gives these: it has no facts to judge when they occur. */
const OF_THE_SERVICE: readonly ReasonCode[] = ['POLICY_ERROR', 'REGISTER_UNAVAILABLE', 'AUDIT_UNAVAILABLE'];
/** Only rows, modes and freezes of an organization's own policy give these, and the random organization has none: the gate cases do. */
const OF_OWN_POLICIES: readonly ReasonCode[] = [...REQUIREMENT_CODES, 'EVIDENCE_UNSIGNED', 'FREEZE_WINDOW', 'NO_POLICY', 'NOT_ENFORCED'];

/** What a code asks for, where the code alone says it. */
const REQUIREMENTS: Readonly<Record<string, string>> = {
  ENVIRONMENT_UNKNOWN: 'TARGET/ENVIRONMENT', DIGEST_REQUIRED: 'TARGET/DIGEST', SYSTEM_UNKNOWN: 'TARGET/SYSTEM', RELEASE_UNKNOWN: 'TARGET/RELEASE', TARGET_AMBIGUOUS: 'TARGET/RELEASE',
  RELEASE_WITHDRAWN: 'TARGET/RELEASE', SYSTEM_SUSPENDED: 'TARGET/SYSTEM', SYSTEM_RETIRED: 'TARGET/SYSTEM', WORKLOAD_NOT_TRUSTED: 'CALLER/SYSTEM',
  ENVIRONMENT_MISMATCH: 'CALLER/ENVIRONMENT', PROHIBITED_USE: 'D1', EXEMPTION_INVALID: 'D3', NOT_AUTHORIZED_HERE: 'TARGET/AUTHORIZATION', BREAK_GLASS_USED: 'GATE', UNCLASSIFIED: 'D2', STAGE_SKIPPED: 'R19', TIER_DUE: 'R1/TIER', ALL_REQUIREMENTS_MET: 'GATE',
};

/** `code requirement severity`, each once. */
function plainReasons(reasons: readonly Reason[]): string[] {
  return [...new Set(reasons.map(({ code, requirement, severity }) => `${code} ${requirement} ${severity}`))].sort();
}

function oracleSays(policy: GatePolicy, facts: GateFacts, now: Instant): Answer {
  const { verdict, reasons } = oracle(policy, facts, now);
  const plain = reasons.map((reason) => {
    const [, severity = 'BLOCK', rest = ''] = /^(?:(WARN|INFO) )?(.*)$/.exec(reason) ?? [];
    const [code = '', requirement = REQUIREMENTS[code] ?? '?'] = rest.split(' ');
    return `${code} ${requirement} ${severity}`;
  });
  return { verdict, reasons: [...new Set(plain)].sort() };
}

function gateSays({ verdict, reasons }: Evaluation): Answer {
  return { verdict, reasons: plainReasons(reasons) };
}

interface Tally { answers: number; allowed: number; lent: number; raised: number; readonly codes: Map<string, number> }

interface Answer { readonly verdict: string; readonly reasons: readonly string[] }

/** The comparison by text is the quick one; the matcher is for reading what differs. */
function mustEqual(answer: Answer, wanted: Answer, at: Instant): void {
  if (JSON.stringify(answer) !== JSON.stringify(wanted)) expect({ at, ...answer }).toEqual({ at, ...wanted });
}

/** The facts with no more packages than the service reads. */
function asRead(policy: GatePolicy, facts: GateFacts, now: Instant): GateFacts {
  if (facts.about === null || facts.environment === null) return facts;
  const { about } = facts;
  const read = packagesThatCount(about, { releaseId: about.release.id, environmentId: facts.environment.id }, looksBackTo(new Policies([policy]), now));
  return { ...facts, about: { ...about, packages: Object.fromEntries(Object.entries(about.packages).filter(([digest]) => read.includes(digest))) } };
}

/** Judges the facts by both now, by the gate once more before the answer ends, and by both at the very instant at which it ends. */
function compare(policy: GatePolicy, facts: GateFacts, now: Instant, chance: Chance): Evaluation {
  const answer = evaluateGate(policy, facts, new NotingClock(now));
  mustEqual(gateSays(answer), oracleSays(policy, facts, now), now);
  mustEqual(gateSays(evaluateGate(policy, asRead(policy, facts, now), new NotingClock(now))), gateSays(answer), now);
  const end = answer.holdsUntil?.at ?? plusMs(now, 1000 * 86_400_000);
  const span = Date.parse(end) - Date.parse(now);
  const before = plusMs(now, chance.happens(0.5) ? span - 1 : Math.floor(chance.next() * span));
  mustEqual(gateSays(evaluateGate(policy, facts, new NotingClock(before))), gateSays(answer), before);
  mustEqual(gateSays(evaluateGate(policy, facts, new NotingClock(end))), oracleSays(policy, facts, end), end);
  return answer;
}

function play(seed: number, tally: Tally): void {
  const chance = new Chance(seed);
  const world = beginHistory(chance);
  for (let n = 0; n < STEPS; n += 1) {
    step(world);
    if (chance.happens(0.4)) continue;
    const facts = ask(world);
    const answer = compare(world.policy, facts, world.now, chance);
    tally.answers += 1;
    if (answer.verdict === 'ALLOW') tally.allowed += 1;
    if (countsALentVote(facts, answer)) tally.lent += 1;
    if (countsALesserVote(facts, answer)) tally.raised += 1;
    for (const code of new Set(answer.reasons.map((reason) => reason.code))) tally.codes.set(code, (tally.codes.get(code) ?? 0) + 1);
  }
}

/** Whether a lane passes by a vote that was given in the place of somebody. */
function countsALentVote({ about }: GateFacts, { lanes }: Evaluation): boolean {
  return lanes.some(({ signOffs }) => signOffs.some((number) => about?.signOffs.some((signOff) => signOff.number === number && signOff.delegationId !== null)));
}

/** Whether a lane passes by a vote that was given when less was demanded of it. */
function countsALesserVote({ about }: GateFacts, { lanes }: Evaluation): boolean {
  const signedUnder = (number: string, lane: LaneState['lane']): ReviewLevel[] => (about?.signOffs.find((signOff) => signOff.number === number)?.subjects ?? []).map(({ packageDigest }) => about?.packages[packageDigest]?.lanes.find((asked) => asked.lane === lane)?.level ?? 'NONE');
  return lanes.some(({ lane, level, signOffs }) => signOffs.some((number) => signedUnder(number, lane).some((then) => !isAtLeast(then, level))));
}

function table(tally: Tally): string {
  const rows = [...tally.codes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, times]) => `  ${code.padEnd(24)}${String(times).padStart(7)}`);
  const share = ((100 * tally.allowed) / tally.answers).toFixed(1);
  return [`seed ${String(SEED)}: ${String(HISTORIES)} histories, ${String(tally.answers)} answers compared, ${share} % ALLOW, ${String(tally.lent)} by a vote that was lent, ${String(tally.raised)} by one that was given when less was demanded`, ...rows].join('\n');
}

describe('the gate over random histories', () => {
  const tally: Tally = { answers: 0, allowed: 0, lent: 0, raised: 0, codes: new Map() };

  test('answers as the oracle does, now and when the answer ends, and holds until then', () => {
    for (let n = 0; n < HISTORIES; n += 1) {
      try {
        play(SEED + n, tally);
      } catch (error) {
        throw new Error(`history of seed ${String(SEED + n)}`, { cause: error });
      }
    }
    process.stdout.write(`${table(tally)}\n`);
  }, FULL ? 5_400_000 : 170_000);

  test('at least a fifth of the compared answers is ALLOW', () => {
    expect(tally.allowed / tally.answers).toBeGreaterThanOrEqual(0.2);
  });

  test('votes in the place of somebody count in some of them', () => {
    expect(tally.lent).toBeGreaterThanOrEqual(TIMES * 5);
  });

  test('votes of before more was demanded count in some of them', () => {
    expect(tally.raised).toBeGreaterThanOrEqual(TIMES * 3);
  });

  test('every reason that the rules can give occurs: fifty times over all, once in a part', () => {
    const expected = REASON_CODES.filter((code) => !OF_THE_SERVICE.includes(code) && !OF_OWN_POLICIES.includes(code));

    expect(expected.filter((code) => (tally.codes.get(code) ?? 0) < TIMES)).toEqual([]);
  });
});
