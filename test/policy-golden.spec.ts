// The shipped policy demands for five systems exactly the lanes and levels that are written down for them beside this test.
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANES, type Lane } from '../src/domain/actor.js';
import type { Classification } from '../src/domain/classification.js';
import { IMPACT_KINDS } from '../src/domain/impact-elements.js';
import { requiredAssessments, requiredLanes, REVIEW_LEVELS, type ReviewLevel } from '../src/domain/policy.js';
import { GATED_KINDS, type GatedKind } from '../src/domain/policy-terms.js';
import { EU_CLASSES, SYSTEM_FLAGS, TIERS, type SystemFlag } from '../src/domain/system.js';
import { defaultPolicy } from './support/given.js';

type Vector = Classification & { readonly name: string; readonly lanes: Readonly<Partial<Record<Lane, readonly ReviewLevel[]>>> };

/** What a system is flagged with before one flag is added. */
const BASES: readonly (readonly SystemFlag[])[] = [[], ['PILOT_AFFECTS_REAL_PEOPLE'], ['PROFILING', 'FRIA_REQUIRED'], ['AUTOMATED_DECISION', 'SAFETY_IMPACT']];

const { systems } = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/policy-vectors.json'), 'utf8')) as { readonly systems: readonly Vector[] };

describe('the shipped policy', () => {
  const policy = defaultPolicy();

  test.each(systems)('demands the reviews that are written down for $name', (system) => {
    const written = LANES.map((lane) => ({ lane, levels: system.lanes[lane] ?? GATED_KINDS.map(() => 'NONE') }));
    const demanded = LANES.map((lane) => ({
      lane, levels: GATED_KINDS.map((kind) => requiredLanes(policy, system, kind).find((ask) => ask.lane === lane)?.level ?? 'NONE'),
    }));

    expect(demanded).toEqual(written);
  });

  test('knows five such systems', () => {
    expect(systems.map(({ name }) => name)).toEqual(['staff-faq-bot', 'spam-filter', 'credit-decline', 'cv-screening-assist', 'nothing-answered']);
  });

  test('demands nothing before the pilot', () => {
    const [system] = systems;

    expect(requiredLanes(policy, system!, 'SANDBOX')).toEqual([]);
    expect(requiredLanes(policy, system!, 'DEVELOPMENT')).toEqual([]);
  });

  test('asks a pilot about real people for privacy, transparency and oversight already as the canary is asked', () => {
    const pilot = (flags: Classification['flags']): unknown => requiredLanes(policy, { tier: 'MODERATE', euClass: 'LIMITED', flags }, 'PILOT').map(({ lane, level }) => `${lane} ${level}`);

    expect(pilot([])).toEqual(['RISK SELF', 'LEGAL SELF', 'PRIVACY SELF', 'SECURITY SELF', 'DATA SELF', 'BUSINESS SELF', 'PROVENANCE SELF']);
    expect(pilot(['PILOT_AFFECTS_REAL_PEOPLE'])).toEqual([
      'RISK SELF', 'LEGAL SELF', 'PRIVACY INDEPENDENT', 'SECURITY SELF', 'DATA SELF', 'OVERSIGHT SELF', 'BUSINESS SELF', 'TRANSPARENCY SELF', 'PROVENANCE SELF',
    ]);
  });

  test('asks for nothing less because of a flag or a tier more, of whatever class and at whichever gate', () => {
    const combinations = TIERS.flatMap((tier) => EU_CLASSES.flatMap((euClass) => GATED_KINDS.flatMap((kind) => BASES.map((flags) => ({ kind, system: { tier, euClass, flags } })))));
    const steps = combinations.flatMap(({ kind, system }) => {
      const before = asked(system, kind);
      const next = TIERS[TIERS.indexOf(system.tier) + 1] ?? system.tier;
      return [...SYSTEM_FLAGS.map((flag) => ({ by: flag, more: { ...system, flags: [...system.flags, flag] } })), { by: next, more: { ...system, tier: next } }].map(({ by, more }) => ({ by, at: { kind, ...system }, before, after: asked(more, kind) }));
    });

    expect(steps.length).toBeGreaterThan(10_000);
    expect(steps.filter(({ before, after }) => before.some((rank, index) => after[index]! < rank)).map(({ by, at }) => ({ by, at }))).toEqual([]);
    // Each flag of which the policy has a row was seen to add something, or nothing was compared.
    const adding = new Set(steps.filter(({ before, after }) => before.some((rank, index) => after[index]! > rank)).map(({ by }) => by));
    expect(SYSTEM_FLAGS.filter((flag) => (flag in policy.addMatrix || flag === policy.pilotHoist.flag) && !adding.has(flag))).toEqual([]);
  });

  /** How much is asked of each lane, and whether each impact assessment is. */
  function asked(system: Classification, kind: GatedKind): readonly number[] {
    const [lanes, assessments] = [requiredLanes(policy, system, kind), requiredAssessments(policy, system, kind)];
    return [...LANES.map((lane) => REVIEW_LEVELS.indexOf(lanes.find((ask) => ask.lane === lane)?.level ?? 'NONE')), ...IMPACT_KINDS.map((needed) => Number(assessments.includes(needed)))];
  }
});
