// The way to green: every blocking reason is served by an act or named as stuck, facts come before signatures, and what one person can do in one act is one act.
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { defaultPolicy, givenAbout, givenFacts, givenFinding, givenGrant, givenMitigation, givenPromotion, givenRisk, givenSigned, givenSystem, givenTier, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays } from './clock.js';
import { evaluateGate } from './gate.js';
import { ACTS, humanActs, planOf, type GatePlan } from './gate-plan.js';
import type { Exclusion } from './eligibility.js';
import type { Finding } from './finding.js';
import type { GateAction, Reason, ReleaseFacts } from './gate-question.js';
import type { LaneState } from './gate-reviews.js';
import type { Mitigation } from './mitigation.js';
import type { Level } from './scoring.js';

function plan(about: ReleaseFacts, action: GateAction = 'promote'): GatePlan {
  const facts = givenFacts(about);
  return planOf(evaluateGate(defaultPolicy(), { ...facts, question: { ...facts.question, action } }, new NotingClock(TODAY)), about);
}

function told({ acts }: GatePlan): string[] {
  return acts.map(({ mutation, about, lanes, people }) => [mutation, about ?? lanes.join('+'), ...(people > 1 ? [`×${String(people)}`] : [])].filter((word) => word !== '').join(' '));
}

const LANE: LaneState = { lane: 'LEGAL', level: 'INDEPENDENT', passed: false, signOffs: [], carriedFrom: [], conditional: false, attested: false, approvedBy: [], abstainedBy: [], reasons: [] };

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

  test('asks for no more than a record still needs, each by the state that it is in', () => {
    const at = (mitigation: Mitigation['state'], finding: Finding['state']): string[] => told(plan(givenSigned(givenAbout({
      mitigations: [givenMitigation({ state: mitigation, requiredFrom: 'PILOT', verification: null })], findings: [givenFinding({ state: finding })],
    }))));

    expect(at('PROPOSED', 'OPEN')).toEqual(['startMitigation M-1', 'implementMitigation M-1', 'verifyMitigation M-1', 'planFinding F-1', 'completeFinding F-1', 'closeFinding F-1']);
    expect(at('IMPLEMENTED', 'PLANNED')).toEqual(['verifyMitigation M-1', 'completeFinding F-1', 'closeFinding F-1']);
    expect(at('INEFFECTIVE', 'DONE')).toEqual(['restartMitigation M-1', 'implementMitigation M-1', 'verifyMitigation M-1', 'closeFinding F-1']);
  });

  test('has a risk accepted by as many as its level takes, with nothing to confirm after it; at a level that nobody may accept it is stuck', () => {
    const at = (level: Level): GatePlan => plan(givenSigned(givenAbout({ risks: [givenRisk({ level, state: 'ASSESSED', confirmation: null })] })));

    expect(told(at('HIGH'))).toEqual(['requestAcceptance R-1', 'grantAcceptance R-1 ×2']);
    expect(at('VERY_HIGH').stuck.map(({ code }) => code)).toEqual(['RISK_ABOVE_TOLERANCE']);
  });

  test('asks for nothing that is waived, and asks again where only the request is too old for those who could sign', () => {
    const late = (excludedBy: Exclusion[]): GatePlan => planOf({
      verdict: 'DENY', takesVotes: true, lanes: [{ ...LANE, passed: false }], reasons: [{ code: 'NO_ELIGIBLE_REVIEWER', severity: 'BLOCK', rule: 'R5', requirement: 'R5/LEGAL', params: { lane: 'LEGAL', reviewers: [{ account: 'U-1', accountId: 'usr', personId: 'anna', delegation: null, excludedBy }] } }],
    }, null);

    expect([told(late(['GAINED_AFTER_OPENING'])), late(['GAINED_AFTER_OPENING']).stuck]).toEqual([['resubmitPromotion', 'requestSignOff LEGAL'], []]);
    expect([told(late(['AUTHOR'])), late(['AUTHOR']).stuck.length]).toEqual([[], 1]);
    expect(planOf({ verdict: 'ALLOW', takesVotes: true, lanes: [{ ...LANE, passed: false }], reasons: [{ code: 'REVIEW_MISSING', severity: 'WARN', rule: 'R5', requirement: 'R5/LEGAL', params: { lane: 'LEGAL' } }] }, null).acts).toEqual([]);
  });

  test('opens another request where the one that stands was fulfilled: it takes no more votes', () => {
    const lapsed = givenSigned(givenAbout({ promotions: [givenPromotion({ state: 'PROMOTED' })], grants: [givenGrant()] }), { validUntil: plusDays(TODAY, -40) });

    expect(told(plan(lapsed)).slice(0, 2)).toEqual(['openPromotion', expect.stringMatching(/^requestSignOff/)]);
    expect(told(plan(lapsed, 'run')).slice(0, 2)).toEqual(['openPromotion', expect.stringMatching(/^requestSignOff/)]);
  });

  test.each(['run', 'rollback'] as const)('leads to %s through a promotion, asking for none that is open already', (action) => {
    expect(told(plan(givenSigned(givenAbout()), action))).toEqual(['authorizePromotion']);
    expect(told(plan(givenAbout(), action)).at(-1)).toBe('authorizePromotion');
    expect(told(plan(givenAbout(), action))[0]).toMatch(/^requestSignOff/);
  });

  test('has no way where a system is retired, and says so', () => {
    const found = plan(givenSigned(givenAbout({ system: givenSystem({ state: 'RETIRED' }) })));

    expect(found.stuck.map(({ code }) => code)).toEqual(['SYSTEM_RETIRED']);
  });

  test('counts people, not services', () => {
    const reasons: Reason[] = [{ code: 'STAGE_SKIPPED', severity: 'BLOCK', rule: 'R19', requirement: 'R19', params: {} }, { code: 'FINDING_OPEN', severity: 'BLOCK', rule: 'R9', requirement: 'R9/F-1', params: { finding: 'F-1' } }];
    const found = planOf({ verdict: 'DENY', takesVotes: true, reasons, lanes: [] }, null);

    expect(told(found)).toEqual(['planFinding F-1', 'completeFinding F-1', 'closeFinding F-1', 'reportDeployment']);
    expect(humanActs(found)).toBe(3);
  });

  test('passes over what only warns', () => {
    expect(planOf({ verdict: 'ALLOW', takesVotes: true, reasons: [{ code: 'FINDING_OPEN', severity: 'WARN', rule: 'R9', requirement: 'R9/F-1', params: { finding: 'F-1' } }], lanes: [] }, null).acts).toEqual([]);
  });

  test('names mutations that the API has, all of them in one order', () => {
    const [, mutations = ''] = /^type Mutation \{([^}]*)\}/m.exec(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')) ?? [];

    expect(ACTS.filter((act) => !mutations.includes(`  ${act}(`))).toEqual([]);
    expect(new Set(ACTS).size).toBe(ACTS.length);
  });
});
