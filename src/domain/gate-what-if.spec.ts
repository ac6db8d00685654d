import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenFacts, givenSigned, refusal, TODAY } from '../../test/support/given.js';
import { NotingClock } from './clock.js';
import { evaluateGate } from './gate.js';
import type { Stored } from './package.js';
import type { PolicyVersion } from './policy-version.js';
import { onlyIn, suppose, type Supposed } from './gate-what-if.js';

const NOTHING: Supposed = { classification: {}, without: [], evidence: [], policy: null };
const ROW = { kind: 'EVIDENCE', id: 'E-1', title: 'An evaluation', gates: ['PRODUCTION'], when: {}, severity: 'BLOCK', code: 'EVALUATION_BELOW_THRESHOLD', next: null, basis: [], evidenceType: 'evaluation_run', subject: 'RELEASE', maxAgeDays: 30, condition: 'payload.accuracy >= 0.9' } as const;
const policy = { ...defaultPolicy(), requirements: [ROW] };
const facts = givenFacts(givenSigned(givenAbout()));

function says(more: Partial<Supposed>, of = facts): string[] {
  const { verdict, reasons } = evaluateGate(policy, suppose(of, { ...NOTHING, ...more }, TODAY), new NotingClock(TODAY));
  return [verdict, ...reasons.filter(({ severity }) => severity === 'BLOCK').map(({ code, requirement }) => `${requirement} ${code}`)];
}

describe('if it were otherwise', () => {
  test('nothing supposed is the answer of now', () => {
    expect(says({})).toEqual(['DENY', 'R7/E-1 EVIDENCE_MISSING']);
  });

  test('evidence that might be there is asked what it says', () => {
    const evidence = (accuracy: number, about: 'RELEASE' | 'SYSTEM' = 'RELEASE'): Partial<Supposed> => ({ evidence: [{ type: 'evaluation_run', payload: { accuracy }, about }] });

    expect(says(evidence(0.95))).toEqual(['ALLOW']);
    expect(says(evidence(0.5))).toEqual(['DENY', 'R7/E-1 EVALUATION_BELOW_THRESHOLD']);
    expect(says(evidence(0.95, 'SYSTEM'))).toEqual(['DENY', 'R7/E-1 EVIDENCE_WRONG_SUBJECT']);
  });

  test('a sign-off that might not be there is missing', () => {
    const [signOff] = facts.about!.signOffs;
    expect(says({ without: [signOff!.number] })).toEqual(expect.arrayContaining([expect.stringMatching(/^R5\/RISK REVIEW_PENDING/)]));
  });

  test('a policy that could not come into force beside the others is not tried', () => {
    const version = (policyId: string): Stored<PolicyVersion> => ({ id: policyId, policyId, state: 'ACTIVE', document: { ...policy, title: 't', id: policyId } }) as unknown as Stored<PolicyVersion>;
    expect(() => says({ policy: version('ours') }, { ...facts, policies: [version('theirs')] })).toThrow(refusal('POLICY_BINDINGS_CONTRADICT', { field: 'bindings.0' }));
    expect(says({ policy: version('ours') }, { ...facts, policies: [version('ours')] })).toEqual(says({}));
  });

  test('another tier asks for more', () => {
    expect(says({ classification: { tier: 'CRITICAL' } }).length).toBeGreaterThan(5);
    expect(says({ classification: { euClass: 'PROHIBITED' } })).toContain('D1 PROHIBITED_USE');
  });

  test('a supposed assessment rests on the newest answers', () => {
    const system = { ...facts.about!.system, tieringAnswers: [{ questionnaire: { id: 'q', version: '1', digest: facts.about!.release.bundleDigest }, answers: {}, rationale: 'As it is.', computed: 'CRITICAL' as const, answeredBy: 'dev', at: TODAY }] };
    const answered = { ...facts, about: { ...facts.about!, system } };
    expect(says({}, answered)).toContain('R1/TIER TIER_DUE');
    expect(says({ classification: { tier: 'HIGH' } }, answered)).not.toContain('R1/TIER TIER_DUE');
  });

  test('a supposed assessment answers no question that nobody has answered', () => {
    const ANSWERED = { kind: 'CONDITION', id: 'G-1', title: 'Answered', gates: ['PRODUCTION'], when: {}, severity: 'BLOCK', code: 'READINESS_INCOMPLETE', next: null, basis: [], condition: 'system.answered' } as const;
    const { reasons } = evaluateGate({ ...policy, requirements: [ANSWERED] }, suppose(facts, { ...NOTHING, classification: { flags: ['WORKPLACE'] } }, TODAY), new NotingClock(TODAY));

    expect(facts.about!.system.tieringAnswers).toEqual([]);
    expect(reasons.map(({ code }) => code)).toContain('READINESS_INCOMPLETE');
  });

  test('what the facts were is left as it was', () => {
    const before = JSON.stringify(facts);
    says({ classification: { tier: 'CRITICAL' }, without: [facts.about!.signOffs[0]!.number], evidence: [{ type: 'x_y', payload: null, about: 'RELEASE' }] });
    expect(JSON.stringify(facts)).toBe(before);
  });

  test('a number that names nothing here is refused, and so is a question about nothing', () => {
    expect(() => suppose(facts, { ...NOTHING, without: [facts.about!.signOffs[0]!.number, 'E-404'] }, TODAY)).toThrow(refusal('INVALID_INPUT', { field: 'changes.without.1', actual: 'E-404' }));
    expect(() => suppose({ ...facts, about: null }, NOTHING, TODAY)).toThrow(refusal('NOT_FOUND', { field: 'question' }));
    expect(() => suppose(facts, { ...NOTHING, evidence: [{ type: 'x_y', payload: { 'no name': 1 }, about: 'RELEASE' }] }, TODAY)).toThrow(refusal('INVALID_INPUT'));
  });

  test('what blocks in one answer only is told apart', () => {
    const now = evaluateGate(policy, facts, new NotingClock(TODAY)).reasons;
    const then = evaluateGate(policy, suppose(facts, { ...NOTHING, classification: { euClass: 'PROHIBITED' }, evidence: [{ type: 'evaluation_run', payload: { accuracy: 1 }, about: 'RELEASE' }] }, TODAY), new NotingClock(TODAY)).reasons;

    expect(onlyIn(now, then).map(({ requirement }) => requirement)).toEqual(['R7/E-1']);
    expect(onlyIn(then, now).map(({ requirement }) => requirement)).toContain('D1');
  });
});
