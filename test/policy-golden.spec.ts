// The shipped policy demands for five systems exactly the lanes and levels that are written down for them beside this test.
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANES, type Lane } from '../src/domain/actor.js';
import type { Classification } from '../src/domain/classification.js';
import { requiredLanes, type ReviewLevel } from '../src/domain/policy.js';
import { GATED_KINDS } from '../src/domain/policy-terms.js';
import { defaultPolicy } from './support/given.js';

type Vector = Classification & { readonly name: string; readonly lanes: Readonly<Partial<Record<Lane, readonly ReviewLevel[]>>> };

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

  test('adds by class and flag, and never relaxes', () => {
    const levels: readonly ReviewLevel[] = ['NONE', 'SELF', 'INDEPENDENT', 'FOUR_EYES'];
    const rank = (system: Classification, lane: Lane): number => levels.indexOf(requiredLanes(policy, system, 'PRODUCTION').find((ask) => ask.lane === lane)?.level ?? 'NONE');
    const plain: Classification = { tier: 'HIGH', euClass: 'MINIMAL', flags: [] };

    for (const flag of ['SPECIAL_CATEGORY', 'SAFETY_IMPACT', 'FRIA_REQUIRED'] as const) {
      expect(LANES.filter((lane) => rank({ ...plain, flags: [flag] }, lane) < rank(plain, lane))).toEqual([]);
      expect(LANES.some((lane) => rank({ ...plain, flags: [flag] }, lane) > rank(plain, lane))).toBe(true);
    }
  });
});
