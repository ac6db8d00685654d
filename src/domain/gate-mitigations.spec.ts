// R6 and R7: which mitigations a gate waits for, and what has to show them.
import { describe, expect, test } from '@jest/globals';
import { component, givenAbout, givenEnvironment, givenEvidence, givenFacts, givenMitigation, givenRelease, givenRisk, givenSigned, TODAY } from '../../test/support/given.js';
import { defaultPolicy } from '../../test/support/given.js';
import { NotingClock, plusDays, type Instant } from './clock.js';
import type { Evidence } from './evidence.js';
import { evaluateGate, type Evaluation } from './gate.js';
import type { ReleaseFacts } from './gate-question.js';
import type { Mitigation } from './mitigation.js';
import type { Environment } from './release.js';
import { rate } from './scoring.js';
import type { SignOff } from './sign-off.js';
import { defaultCriteria, givenAssessment, stored } from '../../test/support/given.js';

const release = givenRelease();

/** A release that is signed in every lane, whose risk has this mitigation with this evidence. */
function about(mitigation: Partial<Mitigation>, evidence: Partial<Evidence> | null = {}, more: Partial<ReleaseFacts> = {}): ReleaseFacts {
  const facts = givenAbout({ release, mitigations: [givenMitigation({ requiredFrom: 'PRODUCTION', ...mitigation })], evidence: evidence === null ? [] : [givenEvidence(evidence)], ...more });
  return givenSigned(facts, {}, givenEnvironment());
}

function reasons(facts: ReleaseFacts, now: Instant = TODAY, environment: Partial<Environment> = {}): string[] {
  const { verdict, reasons: found } = evaluateGate(defaultPolicy(), givenFacts(facts, { environment: givenEnvironment(environment) }), new NotingClock(now));
  const own = found.filter((reason) => ['R4', 'R6', 'R7'].includes(reason.rule)).map((reason) => `${reason.requirement} ${reason.code} ${reason.severity}`);
  return own.length === 0 && verdict !== 'ALLOW' ? [verdict, ...found.map((reason) => reason.code)] : own;
}

describe('a gate that waits for a mitigation', () => {
  test('opens when it is verified on evidence about this release or about the system', () => {
    expect(reasons(about({}))).toEqual([]);
    expect(reasons(about({}, { subjectDigest: release.bundleDigest }))).toEqual([]);
    expect(reasons(about({}, { subjectDigest: release.components[0]!.digest }))).toEqual([]);
  });

  test.each(['PROPOSED', 'IN_PROGRESS', 'IMPLEMENTED', 'INEFFECTIVE'] as const)('stays shut while it is %s', (state) => {
    expect(reasons(about({ state, verification: null }))).toEqual(['R6/M-1 MITIGATION_UNVERIFIED BLOCK']);
  });

  test('stays shut on evidence that is missing, ended, or about other bytes', () => {
    expect(reasons(about({}, null))).toEqual(['R7/M-1 EVIDENCE_MISSING BLOCK']);
    expect(reasons(about({}, { state: 'REVOKED' }))).toEqual(['R7/M-1 EVIDENCE_MISSING BLOCK']);
    expect(reasons(about({}), plusDays(TODAY, 30))).toEqual(['R7/M-1 EVIDENCE_EXPIRED BLOCK']);
    expect(reasons(about({}, { subjectDigest: component('MODEL', 'model 2').digest }))).toEqual(['R7/M-1 EVIDENCE_WRONG_SUBJECT BLOCK']);
  });

  test('is this one and every later one', () => {
    const waiting = about({ state: 'PROPOSED', verification: null, requiredFrom: 'STAGING' });

    expect(reasons(waiting, TODAY, { kind: 'STAGING' })).toEqual(['R6/M-1 MITIGATION_UNVERIFIED BLOCK']);
    expect(reasons(waiting, TODAY, { kind: 'PILOT' }).filter((reason) => /R[67]/.test(reason))).toEqual([]);
  });

  test('does not wait for what was given up, or belongs to a risk that is closed or of another release', () => {
    expect(reasons(about({ state: 'CANCELLED' }))).toEqual([]);
    expect(reasons(about({ state: 'PROPOSED', verification: null }, {}, { risks: [givenRisk({ id: 'risk-2', number: 'R-2' }), givenRisk({ state: 'CLOSED' })] }))).toEqual([]);
    expect(reasons(about({ state: 'PROPOSED', verification: null }, {}, { risks: [givenRisk({ id: 'risk-2', number: 'R-2' }), givenRisk({ releaseId: 'rel-9' })] }))).toEqual([]);
  });
});

describe('a sign-off that relied on evidence', () => {
  const first = givenEvidence();
  const second = givenEvidence({ id: 'ev-2', number: 'E-2', supersedesId: 'ev-1' });
  const signed = about({ requiredFrom: null }, null, { evidence: [first, second] });
  const codes = (evidence: readonly Evidence[]): string[] => evaluateGate(defaultPolicy(), givenFacts({ ...signed, evidence: evidence.map((one) => stored(one)) }, { environment: givenEnvironment() }), new NotingClock(TODAY)).reasons.map(({ code }) => code);

  test('is outdated when that is revoked, even where an older record would still be valid', () => {
    expect(codes([first, second])).toEqual(['ALL_REQUIREMENTS_MET']);
    expect(codes([first, { ...second, state: 'REVOKED' }])).toEqual(['MITIGATION_LAPSED', 'REVIEW_STALE']);
    expect(codes([first, { ...second, state: 'REVOKED' }, givenEvidence({ id: 'ev-3', number: 'E-3', supersedesId: 'ev-2' })])).toEqual(['ALL_REQUIREMENTS_MET']);
  });

  test('is outdated when a successor that the signer never saw is revoked', () => {
    const saw = about({ requiredFrom: null }, null, { evidence: [first] });
    const facts = { ...saw, evidence: [first, stored({ ...second, state: 'REVOKED' as const })] };

    expect(evaluateGate(defaultPolicy(), givenFacts(facts, { environment: givenEnvironment() }), new NotingClock(TODAY)).reasons.map(({ code }) => code)).toEqual(['MITIGATION_LAPSED', 'REVIEW_STALE']);
  });

  test('is outdated in RISK from the instant at which a mitigation lapses, and not while anything else shows it', () => {
    const end = plusDays(TODAY, 30);
    const judge = (facts: ReleaseFacts, now: Instant): Evaluation => evaluateGate(defaultPolicy(), givenFacts(facts, { environment: givenEnvironment() }), new NotingClock(now));
    const relied = about({ requiredFrom: null });

    expect(judge(relied, TODAY)).toMatchObject({ verdict: 'ALLOW', holdsUntil: { at: end, what: 'EVIDENCE' } });
    expect(judge(relied, end)).toMatchObject({ verdict: 'PENDING', reasons: [
      { code: 'MITIGATION_LAPSED', severity: 'WARN' }, { code: 'REVIEW_STALE', requirement: 'R5/RISK', params: { differences: [{ kind: 'MITIGATION', path: 'mitigations.M-1', now: 'LAPSED' }] } },
    ] });
    const renewed = { ...relied, evidence: [first, { ...second, validUntil: plusDays(TODAY, 90) }] };
    expect(judge(renewed, end).verdict).toBe('ALLOW');
  });

  test('is outdated by the lapse also where another record had been revoked before it was signed', () => {
    const facts = about({ requiredFrom: null, evidenceIds: ['ev-1', 'ev-2'] }, null, { evidence: [first, stored({ ...second, supersedesId: null, state: 'REVOKED' as const })] });
    const at = (now: Instant): string[] => evaluateGate(defaultPolicy(), givenFacts(facts, { environment: givenEnvironment() }), new NotingClock(now)).reasons.map(({ code }) => code);

    expect([at(TODAY), at(plusDays(TODAY, 30))]).toEqual([['ALL_REQUIREMENTS_MET'], ['MITIGATION_LAPSED', 'REVIEW_STALE']]);
  });

  test('counts when the signer saw that the mitigation had lapsed, and an objection does not end by time', () => {
    const at = (choice: SignOff['choice'], validUntil: Instant): string[] => {
      const facts = givenSigned(givenAbout({ release, mitigations: [givenMitigation()], evidence: [givenEvidence({ validUntil })] }), { choice, signedAt: plusDays(TODAY, -1) }, givenEnvironment());
      return evaluateGate(defaultPolicy(), givenFacts(facts, { environment: givenEnvironment() }), new NotingClock(TODAY)).reasons.filter((reason) => reason.requirement === 'R5/RISK').map(({ code }) => code);
    };

    expect(at('APPROVE', plusDays(TODAY, -1))).toEqual([]);
    expect(at('APPROVE', TODAY)).toEqual(['REVIEW_STALE']);
    expect(at('REJECT', TODAY)).toEqual(['REVIEW_REJECTED']);
  });
});

describe('a mitigation that no gate waits for', () => {
  test('warns when nothing shows it any more', () => {
    expect(reasons(about({ requiredFrom: null }), plusDays(TODAY, 30))).toEqual(['R6/M-1 MITIGATION_LAPSED WARN']);
    expect(reasons(about({ requiredFrom: null, state: 'PROPOSED', verification: null }))).toEqual([]);
  });
});

test('a residual that was within tolerance is above it from the instant at which its evidence ends', () => {
  const criteria = stored(defaultCriteria());
  const rating = (likelihood: number): ReturnType<typeof rate> => rate(criteria, { likelihood, consequences: [{ class: 'LEGAL', value: 4 }] }, 'x');
  const risk = givenRisk({ assessments: [givenAssessment('MODERATE', { inherent: rating(4), current: rating(2) })] });
  const facts = about({ requiredFrom: null }, {}, { risks: [risk] });
  const clock = new NotingClock(TODAY);

  expect(evaluateGate(defaultPolicy(), givenFacts(facts, { environment: givenEnvironment() }), clock)).toMatchObject({ verdict: 'ALLOW', holdsUntil: { what: 'EVIDENCE', ref: 'ev-1', at: plusDays(TODAY, 30) } });
  expect(reasons(facts, plusDays(TODAY, 30))).toEqual(['R4/R-1 RISK_ABOVE_TOLERANCE BLOCK', 'R6/M-1 MITIGATION_LAPSED WARN']);
});
