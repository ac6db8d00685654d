// Waivers at the gate: what is waived warns, stays visible, and the answer names the waiver and its end.
import { describe, expect, test } from '@jest/globals';
import { ANYBODY, defaultPolicy, givenAbout, givenEnvironment, givenEvidence, givenFacts, givenFinding, givenGrant, givenReviewer, givenRisk, givenSigned, givenSuspension, givenSystem, givenTier, packageOf, refusal, stored, TODAY } from '../../test/support/given.js';
import { roleGrant, user } from '../../test/support/world-people.js';
import { NotingClock, plusDays } from './clock.js';
import type { ReleaseFacts } from './gate-question.js';
import { factsManifest } from './gate-decision.js';
import { MAX_LOOKS_BACK } from './gate-run.js';
import { evaluateGate, type Evaluation } from './gate.js';
import type { GatePolicy } from './policy.js';
import type { EvidenceRow } from './policy-terms.js';
import type { Level } from './scoring.js';
import type { Suspension } from './suspension.js';
import { requestWaiver } from './waiver-request.js';
import { grantWaiver, type Waiver } from './waiver.js';

const policy = defaultPolicy();
const head = stored(user('head', 'risk', [roleGrant('HEAD_OF_RISK')]));
const officer = givenReviewer('officer', ['RISK']);
const END = plusDays(TODAY, 30);

/** The same facts with a waiver that these two have granted. */
function waived(about: ReleaseFacts, requirement: string, validUntil = END, { under: policy = defaultPolicy(), ...more }: Partial<Waiver> & { readonly under?: GatePolicy } = {}): ReleaseFacts {
  const { pkg, digest } = packageOf(about);
  const requested = requestWaiver({ id: 'wai-1', number: 'W-1', requestedBy: 'owner', requestedAt: TODAY }, { policy, pkg, packageDigest: digest, earlier: [], authority: ANYBODY }, {
    requirement, reason: 'It is late.', compensatingControl: 'Five users only.', validUntil, renews: null,
  }).next;
  const basis = { policy, packages: { [digest]: pkg }, pkg, principals: [head, officer], requesters: [], recusals: [], suspensions: [], sources: about, clock: new NotingClock(TODAY) };
  const waiver = [head, officer].reduce((present, principal) => grantWaiver(present, basis, principal).next, requested);
  return { ...about, waivers: [stored({ ...waiver, ...more })], packages: { ...about.packages, [digest]: pkg }, signers: [...about.signers, head, officer] };
}

function judge(about: ReleaseFacts, at = TODAY): Evaluation {
  return evaluateGate(policy, givenFacts(about), new NotingClock(at));
}

function said(evaluation: Evaluation): string[] {
  return evaluation.reasons.map(({ severity, code, requirement }) => `${severity} ${code} ${requirement}`);
}

const found = givenSigned(givenAbout({ findings: [givenFinding()] }));

describe('a waived requirement', () => {
  test('warns and stays visible, with the waiver and its end', () => {
    const answer = judge(waived(found, 'R9/F-1'));

    expect(said(judge(found))).toEqual(['BLOCK FINDING_OPEN R9/F-1']);
    expect(said(answer)).toEqual(['WARN FINDING_OPEN R9/F-1', 'INFO WAIVER_USED R9/F-1', 'INFO ALL_REQUIREMENTS_MET GATE']);
    expect(answer.verdict).toBe('ALLOW');
    expect(answer.reasons[1]?.params).toEqual({ waiver: 'W-1', until: END });
    expect(answer.holdsUntil).toMatchObject({ at: END, what: 'WAIVER', ref: 'wai-1' });
  });

  test('blocks again from the very instant at which the waiver ends', () => {
    const about = waived(found, 'R9/F-1');

    expect(judge(about, plusDays(END, -0.001)).verdict).toBe('ALLOW');
    expect(said(judge(about, END))).toEqual(['BLOCK FINDING_OPEN R9/F-1']);
  });

  test.each([
    ['another release', { releaseId: 'rel-2' }], ['another environment', { environmentId: 'env-2' }], ['another requirement', { requirement: 'R9/F-2' }], ['nobody any more, being revoked', { state: 'REVOKED' as const }],
    ['nobody any more, being withdrawn', { state: 'WITHDRAWN' as const }],
  ])('is not met by a waiver for %s', (_, more) => {
    expect(said(judge(waived(found, 'R9/F-1', END, more)))).toEqual(['BLOCK FINDING_OPEN R9/F-1']);
  });

  test('waives nothing else that blocks', () => {
    const two = givenSigned(givenAbout({ findings: [givenFinding(), givenFinding({ id: 'fin-2', number: 'F-2' })] }));

    expect(judge(waived(two, 'R9/F-1')).verdict).toBe('DENY');
  });

  test('may be a lane that nobody has signed: the request itself may not be left out', () => {
    const about = givenAbout({ promotions: [] });
    const answer = judge(waived(about, 'R5/RISK'));

    expect(said(answer)).toEqual(expect.arrayContaining(['WARN REVIEW_MISSING R5/RISK', 'INFO WAIVER_USED R5/RISK', 'BLOCK REVIEW_MISSING R5/REQUEST']));
    expect(answer.verdict).toBe('DENY');
    expect(answer.lanes.find(({ lane }) => lane === 'RISK')?.passed).toBe(false);
  });

  test.each([['REJECT', 'REVIEW_REJECTED'], ['REQUEST_CHANGES', 'CHANGES_REQUESTED']] as const)('is not a lane that somebody objects to by %s: only they, or a material change, lift that', (choice, code) => {
    const objected = givenSigned(givenAbout(), { choice });

    expect(said(judge(waived(objected, 'R5/RISK'))).filter((reason) => reason.endsWith('R5/RISK'))).toEqual([`BLOCK ${code} R5/RISK`]);
    expect(said(judge(waived(givenAbout(), 'R5/RISK')))).toContain('INFO WAIVER_USED R5/RISK');
  });

  test('is not a risk that nobody has the authority to accept', () => {
    const at = (level: Level): string[] => said(judge(waived(givenSigned(givenAbout({ risks: [givenRisk({ level })] })), 'R4/R-1'))).filter((reason) => reason.endsWith('R4/R-1'));

    expect(at('HIGH')).toEqual(['WARN RISK_ABOVE_TOLERANCE R4/R-1', 'INFO WAIVER_USED R4/R-1']);
    expect(at('VERY_HIGH')).toEqual(['BLOCK RISK_ABOVE_TOLERANCE R4/R-1']);
  });

  test('is not a risk to which something has happened since, until that is lifted', () => {
    const about = waived(givenSigned(givenAbout({ risks: [givenRisk({ state: 'ASSESSED' })] })), 'R3/R-1');
    const after = (more: Partial<Suspension>): string => judge({ ...about, suspensions: [givenSuspension({ since: plusDays(TODAY, 1), ...more })] }, plusDays(TODAY, 2)).verdict;

    expect([after({}), after({ since: TODAY })]).toEqual(['DENY', 'DENY']);
    expect([after({ state: 'LIFTED' }), after({ riskId: 'risk-2' }), after({ since: plusDays(TODAY, -1) })]).toEqual(['ALLOW', 'ALLOW', 'ALLOW']);
  });

  test('blocks where the policy has come to forbid the waiver', () => {
    const about = waived(givenAbout(), 'R5/SECURITY');
    const secured = { ...about, signers: [...about.signers.filter(({ id }) => id !== officer.id), { ...officer, function: 'security' as const }] };
    const forbidding = { ...policy, waivers: { ...policy.waivers, never: [{ requirement: 'R5/SECURITY', flags: [] }] } };
    const used = (rules: typeof policy): boolean => evaluateGate(rules, givenFacts(secured), new NotingClock(TODAY)).reasons.some(({ code }) => code === 'WAIVER_USED');

    expect([used(policy), used(forbidding)]).toEqual([true, false]);
  });

  test('is judged by the flags of now: privacy blocks again once there is personal data', () => {
    const about = waived(givenAbout(), 'R5/PRIVACY');
    const versed = { ...about, signers: [head, { ...officer, function: 'privacy' as const }] };
    const personal = givenSystem({ tierAssessments: [givenTier({ flags: ['PERSONAL_DATA'] })] });

    expect(said(judge(versed))).toContain('INFO WAIVER_USED R5/PRIVACY');
    expect(said(judge({ ...versed, system: personal }))).not.toContain('INFO WAIVER_USED R5/PRIVACY');
  });
});

test('what runs by a waiver has its days of grace after it, however many pieces nobody has verified since', () => {
  const row: EvidenceRow = { kind: 'EVIDENCE', id: 'E-1', title: 'Watched each day', gates: ['PRODUCTION'], when: {}, severity: 'BLOCK', code: 'INDICATOR_STALE', next: null, basis: [], evidenceType: 'monitoring_live', subject: 'ANY', maxAgeDays: 1, condition: null };
  const asked: GatePolicy = { ...policy, requirements: [row] };
  const about = { ...waived(givenSigned(givenAbout()), 'R7/E-1', END, { under: asked }), grants: [givenGrant()] };
  const ask = (count: number): unknown[] => {
    const pieces = Array.from({ length: count }, (_, nth) => givenEvidence({ id: `ev-${String(nth)}`, number: `E-${String(nth)}`, type: 'monitoring_live', state: 'SUBMITTED', verification: null, collectedAt: plusDays(END, 0.1 + nth / 1440), validUntil: plusDays(END, 60) }));
    const facts = givenFacts({ ...about, evidence: pieces });
    const { reasons } = evaluateGate(asked, { ...facts, question: { ...facts.question, action: 'run' } }, new NotingClock(plusDays(END, 2.5)));
    return reasons.filter(({ rule }) => rule === 'R7').map(({ severity, code, params }) => [severity, code, params.dueBy]);
  };

  expect([ask(0), ask(MAX_LOOKS_BACK * 2)]).toEqual([[['WARN', 'EVIDENCE_MISSING', plusDays(END, 30)]], [['WARN', 'EVIDENCE_EXPIRED', plusDays(END, 30)]]]);
});

test('waivers and those who granted them are among the facts by which a decision can be made again', () => {
  const about = waived(found, 'R9/F-1');
  const manifest = factsManifest(policy, givenFacts(about, { environment: givenEnvironment() }), { now: TODAY, decision: 'dec-1' });

  expect(manifest.facts).toEqual(expect.arrayContaining([['Waiver', 'wai-1', about.waivers[0]?.digest], ['Principal', head.id, head.digest]]));
});

test('what the policy asks for in rows of its own is waived by its name, and no other name', () => {
  const row = { id: 'X-1', title: 'Something', gates: ['PRODUCTION'], when: {}, severity: 'BLOCK', code: 'READINESS_INCOMPLETE', next: null, basis: [] } as const;
  const own = {
    ...policy, requirements: [{ ...row, kind: 'EVIDENCE', evidenceType: 'test_report', subject: 'ANY', maxAgeDays: null, condition: null }, { ...row, kind: 'CONDITION', condition: 'false' }] as const,
    freezes: [{ id: 'F-1', from: TODAY, until: END, reason: 'Holidays' }],
  };
  const ready = givenSigned(givenAbout());
  for (const requirement of ['R7/X-1', 'R8/X-1', 'R18/F-1']) {
    const { reasons } = evaluateGate(own, givenFacts(waived(ready, requirement, END, { under: own })), new NotingClock(TODAY));
    expect(reasons.filter((reason) => reason.requirement === requirement).map(({ severity }) => severity)).toEqual(['WARN', 'INFO']);
    expect(reasons.filter(({ severity }) => severity === 'BLOCK')).toHaveLength(2);
  }
  for (const requirement of ['R7/X-2', 'R8/F-1', 'R18/X-1']) expect(() => waived(ready, requirement, END, { under: own })).toThrow(refusal('INVALID_INPUT', { field: 'requirement' }));
});
