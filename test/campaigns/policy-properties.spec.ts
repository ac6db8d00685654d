// What must hold of every policy, over random histories: a row more never relaxes, and a record that speaks for a release, taken away, never helps it.
import { describe, expect, test } from '@jest/globals';
import { LANES } from '../../src/domain/actor.js';
import { NotingClock } from '../../src/domain/clock.js';
import type { GateFacts, ReleaseFacts } from '../../src/domain/gate-question.js';
import { approvedEdition } from '../../src/domain/impact-assessment.js';
import { evaluateGate, type Evaluation } from '../../src/domain/gate.js';
import { REVIEW_LEVELS, type GatePolicy, type ReviewLevel } from '../../src/domain/policy.js';
import { GATED_KINDS, type RequirementRow } from '../../src/domain/policy-terms.js';
import { EU_CLASSES, SYSTEM_FLAGS, TIERS } from '../../src/domain/system.js';
import { ask, beginHistory, step } from '../support/world-history.js';
import { Chance } from '../support/world-random.js';

const FULL = process.env['CAMPAIGN'] === 'full';
const HISTORIES = FULL ? 500 : 20;
const STEPS = 40;
const SEED = 20_261_126;

/** The better the answer, the higher. */
const RANK = { ERROR: 0, DENY: 1, PENDING: 2, ALLOW: 3 } as const;

function* situations(): Generator<{ seed: number; policy: GatePolicy; facts: GateFacts; now: string; chance: Chance }> {
  for (let n = 0; n < HISTORIES; n += 1) {
    const chance = new Chance(SEED + n);
    const world = beginHistory(chance);
    for (let i = 0; i < STEPS; i += 1) {
      step(world);
      if (i % 4 === 3) yield { seed: SEED + n, policy: world.policy, facts: ask(world), now: world.now, chance };
    }
  }
}

function rank(policy: GatePolicy, facts: GateFacts, now: string): { rank: number; evaluation: Evaluation } {
  const evaluation = evaluateGate(policy, facts, new NotingClock(now));
  return { rank: RANK[evaluation.verdict], evaluation };
}

const ROWS = ['size(risks) < 2', 'findings.all(f, f.state != "OPEN")', 'evidence.exists(e, e.outcome == "VERIFIED")', 'system.tier != "CRITICAL"', 'mitigations.all(m, m.shown)', 'false', 'true'];

/** The policy with one more demand of some kind. */
function stricter(policy: GatePolicy, chance: Chance): GatePolicy {
  const row = { title: 'More', gates: [...GATED_KINDS], when: chance.happens(0.5) ? {} : { tiers: [chance.pick(TIERS)] }, severity: chance.happens(0.8) ? 'BLOCK' as const : 'WARN' as const, next: null, basis: [] };
  switch (chance.between(1, 6)) {
    case 1: return { ...policy, requirements: [...policy.requirements, { ...row, id: 'P-1', kind: 'CONDITION', code: 'READINESS_INCOMPLETE', condition: chance.pick(ROWS) } satisfies RequirementRow] };
    case 2: return { ...policy, requirements: [...policy.requirements, { ...row, id: 'P-2', kind: 'EVIDENCE', code: 'EVIDENCE_FAILED', evidenceType: 'test_report', subject: chance.pick(['ANY', 'RELEASE'] as const), maxAgeDays: chance.pick([null, 5, 50]), condition: chance.pick([null, 'evidence.source == "HUMAN"']) } satisfies RequirementRow] };
    case 3: {
      const key = chance.pick([...EU_CLASSES, ...SYSTEM_FLAGS]);
      const lane = chance.pick(LANES);
      const more = Object.fromEntries(GATED_KINDS.map((kind) => [kind, chance.pick(REVIEW_LEVELS)]));
      const levels = { ...policy.addMatrix[key]?.[lane], ...Object.fromEntries(Object.entries(more).map(([kind, level]) => [kind, higher(policy.addMatrix[key]?.[lane]?.[kind as 'PILOT'] ?? 'NONE', level)])) };
      return { ...policy, addMatrix: { ...policy.addMatrix, [key]: { ...policy.addMatrix[key], [lane]: levels } } };
    }
    case 4: return { ...policy, freezes: [...policy.freezes, { id: 'P-4', from: '2000-01-01T00:00:00.000Z', until: '2099-01-01T00:00:00.000Z', reason: 'Holidays', ...(chance.happens(0.5) && { kinds: [chance.pick(GATED_KINDS)] }) }] };
    case 5: return { ...policy, impactAssessments: [...policy.impactAssessments, { kind: chance.pick(['AI_SYSTEM', 'FRIA', 'DPIA'] as const), when: {}, gates: [...GATED_KINDS] }] };
    default: return { ...policy, waivers: { ...policy.waivers, never: [...policy.waivers.never, { requirement: chance.pick(['R3', 'R4', 'R5', 'R6', 'R7', 'R9']), flags: [] }] } };
  }
}

function higher(a: ReviewLevel, b: ReviewLevel): ReviewLevel {
  return REVIEW_LEVELS.indexOf(a) >= REVIEW_LEVELS.indexOf(b) ? a : b;
}

/** The facts without one record that speaks for the release; null = there is none of the kind. */
function weaker(about: ReleaseFacts, chance: Chance): ReleaseFacts | null {
  const drop = <T extends { readonly id: string }>(records: readonly T[], speaks: (record: T) => boolean): readonly T[] | null => {
    const those = records.filter(speaks);
    if (those.length === 0) return null;
    const gone = chance.pick(those).id;
    return records.filter(({ id }) => id !== gone);
  };
  const conditional = new Set(about.conditions.flatMap(({ acceptanceId }) => acceptanceId ?? []));
  switch (chance.between(1, 6)) {
    case 1: { const signOffs = drop(about.signOffs, ({ choice, withdrawn }) => choice === 'APPROVE' && withdrawn === null); return signOffs && { ...about, signOffs }; }
    case 2: { const acceptances = drop(about.acceptances, ({ id, state, grants }) => state === 'REQUESTED' && grants.length > 0 && !conditional.has(id)); return acceptances && { ...about, acceptances }; }
    case 3: { const waivers = drop(about.waivers, ({ state, grants }) => state === 'REQUESTED' && grants.length > 0); return waivers && { ...about, waivers }; }
    case 4: { const deployments = drop(about.deployments, () => true); return deployments && { ...about, deployments }; }
    case 5: { const baselines = drop(about.baselines, ({ state }) => state === 'CONFIRMED'); return baselines && { ...about, baselines }; }
    default: { const impactAssessments = drop(about.impactAssessments, (assessment) => approvedEdition(assessment) !== null); return impactAssessments && { ...about, impactAssessments }; }
  }
}

describe('of every policy', () => {
  test('a row or a rule more never relaxes', () => {
    let [asked, worse] = [0, 0];
    for (const { seed, policy, facts, now, chance } of situations()) {
      const before = rank(policy, facts, now);
      const after = rank(stricter(policy, chance), facts, now);
      asked += 1;
      if (after.rank < before.rank) worse += 1;
      if (after.rank > before.rank) throw new Error(`seed ${String(seed)}: ${before.evaluation.verdict} became ${after.evaluation.verdict}`);
      const blocking = (of: Evaluation): string[] => of.reasons.filter(({ severity }) => severity === 'BLOCK').map(({ requirement }) => requirement);
      // An emergency steps over what there is; nothing else may make a demand go away.
      if (after.evaluation.override === null && before.evaluation.override === null) expect(blocking(after.evaluation)).toEqual(expect.arrayContaining(blocking(before.evaluation)));
    }
    process.stdout.write(`${String(asked)} policies with one demand more, ${String(worse)} answers worse, none better\n`);
    expect(worse).toBeGreaterThan(asked / 100);
  }, 600_000);

  test('a record that speaks for a release, taken away, never makes the answer better', () => {
    let [asked, worse] = [0, 0];
    for (const { seed, policy, facts, now, chance } of situations()) {
      const about = facts.about === null ? null : weaker(facts.about, chance);
      if (about === null) continue;
      const before = rank(policy, facts, now);
      const after = rank(policy, { ...facts, about }, now);
      asked += 1;
      if (after.rank < before.rank) worse += 1;
      if (after.rank > before.rank) throw new Error(`seed ${String(seed)}: ${before.evaluation.verdict} became ${after.evaluation.verdict}`);
    }
    process.stdout.write(`${String(asked)} times a record less, ${String(worse)} answers worse, none better\n`);
    expect(worse).toBeGreaterThan(asked / 100);
  }, 600_000);
});
