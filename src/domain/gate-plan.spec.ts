// The way to green: every blocking reason is served by an act or named as stuck, facts come before signatures, and what one person can do in one act is one act.
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { defaultPolicy, givenAbout, givenFacts, givenRisk, givenSigned, givenSystem, givenTier, TODAY } from '../../test/support/given.js';
import { NotingClock } from './clock.js';
import { evaluateGate } from './gate.js';
import { ACTS, humanActs, planOf, type GatePlan } from './gate-plan.js';
import type { Reason, ReleaseFacts } from './gate-question.js';

function plan(about: ReleaseFacts): GatePlan {
  return planOf(evaluateGate(defaultPolicy(), givenFacts(about), new NotingClock(TODAY)));
}

function told({ acts }: GatePlan): string[] {
  return acts.map(({ mutation, about, lanes, people }) => [mutation, about ?? lanes.join('+'), ...(people > 1 ? [`×${String(people)}`] : [])].filter((word) => word !== '').join(' '));
}

describe('the way to ALLOW', () => {
  test('is empty where the answer is ALLOW', () => {
    expect(plan(givenSigned(givenAbout()))).toEqual({ verdict: 'ALLOW', acts: [], stuck: [] });
  });

  test('asks for facts first and for signatures last, and for what the team attests in one act', () => {
    const waiting = givenRisk({ state: 'ASSESSED', confirmation: null });
    const unknown = givenRisk({ id: 'risk-2', number: 'R-2', state: 'IDENTIFIED', assessments: [], confirmation: null });

    const acts = told(plan({ ...givenAbout(), promotions: [], risks: [waiting, unknown] }));

    expect(acts.slice(0, 4)).toEqual(['assessRisk R-2', 'confirmRisk R-1', 'confirmRisk R-2', 'openPromotion']);
    expect(acts.at(-1)).toMatch(/^requestSignOff/);
  });

  test('asks two people for a lane of four eyes', () => {
    const about = givenAbout({ system: givenSystem({ tierAssessments: [givenTier({ tier: 'CRITICAL' })] }) });

    expect(told(plan(about))).toContain('requestSignOff RISK ×2');
  });

  test('has no way where a system is retired, and says so', () => {
    const found = plan(givenSigned(givenAbout({ system: givenSystem({ state: 'RETIRED' }) })));

    expect(found.stuck.map(({ code }) => code)).toEqual(['SYSTEM_RETIRED']);
  });

  test('counts people, not services', () => {
    const reasons: Reason[] = [{ code: 'STAGE_SKIPPED', severity: 'BLOCK', rule: 'R19', requirement: 'R19', params: {} }, { code: 'FINDING_OPEN', severity: 'BLOCK', rule: 'R9', requirement: 'R9/F-1', params: { finding: 'F-1' } }];
    const found = planOf({ verdict: 'DENY', reasons, lanes: [] });

    expect(told(found)).toEqual(['planFinding F-1', 'completeFinding F-1', 'closeFinding F-1', 'reportDeployment']);
    expect(humanActs(found)).toBe(3);
  });

  test('passes over what only warns', () => {
    expect(planOf({ verdict: 'ALLOW', reasons: [{ code: 'FINDING_OPEN', severity: 'WARN', rule: 'R9', requirement: 'R9/F-1', params: { finding: 'F-1' } }], lanes: [] }).acts).toEqual([]);
  });

  test('names mutations that the API has, all of them in one order', () => {
    const [, mutations = ''] = /^type Mutation \{([^}]*)\}/m.exec(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')) ?? [];

    expect(ACTS.filter((act) => !mutations.includes(`  ${act}(`))).toEqual([]);
    expect(new Set(ACTS).size).toBe(ACTS.length);
  });
});
