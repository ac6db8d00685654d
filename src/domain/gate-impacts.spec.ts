// R2: which impact assessments the gate asks for, when one counts, and whose sign-offs a new edition outdates.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, everyAnswer, givenAbout, givenEdition, givenImpactAssessment, givenSystem, givenTier, packageOf, TODAY } from '../../test/support/given.js';
import { LANES, type Lane } from './actor.js';
import type { Classification } from './classification.js';
import { NotingClock, plusDays } from './clock.js';
import { impactReasons } from './gate-impacts.js';
import type { Reason, ReleaseFacts } from './gate-question.js';
import type { ImpactAssessment } from './impact-assessment.js';
import { materialDifferences } from './materiality.js';
import type { DecisionPackage, Stored } from './package.js';
import { readablePackage } from './package-readable.js';
import { requiredAssessments } from './policy.js';
import { GATED_KINDS } from './policy-terms.js';

const policy = defaultPolicy();
const profiling: Partial<ReleaseFacts> = { system: givenSystem({ tierAssessments: [givenTier({ flags: ['PERSONAL_DATA', 'PROFILING'] })] }) };

function judge(impactAssessments: readonly Stored<ImpactAssessment>[], clock = new NotingClock(TODAY)): Reason[] {
  return impactReasons(policy, givenAbout({ ...profiling, impactAssessments }), 'PRODUCTION', clock);
}

describe('the shipped policy', () => {
  const plain: Classification = { tier: 'MODERATE', euClass: 'LIMITED', flags: [] };
  const needed = (more: Partial<Classification>): string[] => GATED_KINDS.flatMap((kind) => requiredAssessments(policy, { ...plain, ...more }, kind).map((assessment) => `${kind} ${assessment}`));

  test.each<[string, Partial<Classification>, string[]]>([
    ['nothing of a MODERATE system without flags', {}, []],
    ['an assessment of the system from tier HIGH on', { tier: 'HIGH' }, ['STAGING AI_SYSTEM', 'CANARY AI_SYSTEM', 'PRODUCTION AI_SYSTEM']],
    ['the same of a CRITICAL one', { tier: 'CRITICAL' }, ['STAGING AI_SYSTEM', 'CANARY AI_SYSTEM', 'PRODUCTION AI_SYSTEM']],
    ['a FRIA where it is required', { flags: ['FRIA_REQUIRED'] }, ['CANARY FRIA', 'PRODUCTION FRIA']],
    ['a FRIA of what Annex III lists', { euClass: 'HIGH_RISK_ANNEX_III' }, ['CANARY FRIA', 'PRODUCTION FRIA']],
    ['nothing for personal data alone', { flags: ['PERSONAL_DATA'] }, []],
    ['nothing for profiling without personal data', { flags: ['PROFILING'] }, []],
    ['a DPIA for special categories', { flags: ['PERSONAL_DATA', 'SPECIAL_CATEGORY'] }, ['STAGING DPIA', 'CANARY DPIA', 'PRODUCTION DPIA']],
    ['a DPIA for automated decisions', { flags: ['AUTOMATED_DECISION', 'PERSONAL_DATA'] }, ['STAGING DPIA', 'CANARY DPIA', 'PRODUCTION DPIA']],
    ['both of a HIGH system with personal data', { tier: 'HIGH', flags: ['PERSONAL_DATA'] }, ['STAGING AI_SYSTEM', 'STAGING DPIA', 'CANARY AI_SYSTEM', 'CANARY DPIA', 'PRODUCTION AI_SYSTEM', 'PRODUCTION DPIA']],
  ])('asks for %s', (_, classification, wanted) => {
    expect(needed(classification)).toEqual(wanted);
  });

  test('asks a pilot that decides about real people as it asks the canary, for what its lanes are hoisted for', () => {
    const flags = ['FRIA_REQUIRED', 'PERSONAL_DATA', 'PILOT_AFFECTS_REAL_PEOPLE', 'PROFILING'] as const;

    expect(requiredAssessments(policy, { tier: 'HIGH', euClass: 'LIMITED', flags }, 'PILOT')).toEqual(['FRIA', 'DPIA']);
  });

  test('asks for nothing before the pilot', () => {
    for (const kind of ['SANDBOX', 'DEVELOPMENT'] as const) expect(requiredAssessments(policy, { tier: 'CRITICAL', euClass: 'HIGH_RISK_ANNEX_III', flags: ['FRIA_REQUIRED', 'PILOT_AFFECTS_REAL_PEOPLE'] }, kind)).toEqual([]);
  });
});

describe('an impact assessment that is needed', () => {
  test('is missing while none is approved', () => {
    const missing = [expect.objectContaining({ code: 'IMPACT_ASSESSMENT_MISSING', severity: 'BLOCK', rule: 'R2', requirement: 'R2/DPIA', params: { assessmentKind: 'DPIA' } })];

    expect(judge([])).toEqual(missing);
    expect(judge([givenImpactAssessment({ kind: 'FRIA' })])).toEqual(missing);
    for (const state of ['DRAFT', 'SUBMITTED'] as const) expect(judge([givenImpactAssessment({ state, editions: [] })])).toEqual(missing);
    expect(judge([givenImpactAssessment({ state: 'WITHDRAWN' })])).toEqual(missing);
  });

  test('counts while its last approval lasts, also when the next edition is being written', () => {
    for (const state of ['APPROVED', 'DRAFT', 'SUBMITTED'] as const) expect(judge([givenImpactAssessment({ state })])).toEqual([]);
  });

  test('ends with the approval, and the answer holds no longer', () => {
    const clock = new NotingClock(TODAY);
    const until = plusDays(TODAY, 3);
    const assessment = givenImpactAssessment({ editions: [givenEdition({ validUntil: plusDays(TODAY, 300) }), givenEdition({ edition: 2, validUntil: until })] });

    expect(judge([assessment], clock)).toEqual([]);
    expect(clock.holdsUntil).toEqual({ at: until, what: 'IMPACT_ASSESSMENT', ref: 'imp-1' });
    expect(judge([assessment], new NotingClock(until))).toEqual([expect.objectContaining({ code: 'IMPACT_ASSESSMENT_EXPIRED', requirement: 'R2/DPIA', params: { assessmentKind: 'DPIA', assessment: 'IA-1', until } })]);
  });
});

describe('in the package', () => {
  const of = (impactAssessments: readonly Stored<ImpactAssessment>[]): DecisionPackage => packageOf(givenAbout({ ...profiling, impactAssessments })).pkg;
  const first = givenImpactAssessment();
  const second = givenImpactAssessment({ editions: [givenEdition(), givenEdition({ edition: 2, editors: ['writer', 'other'], answersDigest: 'sha256:2' })] });
  const outdated = (signed: DecisionPackage, current: DecisionPackage): Lane[] => LANES.filter((lane) => materialDifferences(policy, signed, current, lane).length > 0);

  test('the approved edition is shown, and who wrote it is its author', () => {
    const pkg = of([second]);

    expect(pkg.impactAssessments).toEqual([expect.objectContaining({ number: 'IA-1', kind: 'DPIA', edition: 2, approvedBy: 'approver', validUntil: plusDays(TODAY, 100) })]);
    expect(pkg.inputs.find(({ type }) => type === 'ImpactAssessment')).toMatchObject({ id: 'imp-1', digest: second.digest, authoredBy: 'writer', editors: ['writer', 'other'] });
    expect(readablePackage(pkg, 'sha256:1', of([first]))).toContain('- impact assessment IA-1 (DPIA): edition 1 → edition 2');
  });

  test('a draft is neither shown, nor makes anybody an author', () => {
    const drafted = of([givenImpactAssessment({ state: 'DRAFT', editions: [], answers: everyAnswer('DPIA') })]);

    expect(drafted.impactAssessments).toEqual([]);
    expect(drafted.inputs.map(({ type }) => type)).not.toContain('ImpactAssessment');
    expect(of([givenImpactAssessment({ state: 'DRAFT', editors: ['later', 'writer'] })]).inputs.find(({ type }) => type === 'ImpactAssessment')?.editors).toEqual(['writer']);
  });

  test('another edition, a first one, or none any more outdates its lane; a revision that is being written does not', () => {
    expect(outdated(of([first]), of([second]))).toEqual(['PRIVACY']);
    expect(outdated(of([]), of([first]))).toEqual(['PRIVACY']);
    expect(outdated(of([first]), of([]))).toEqual(['PRIVACY']);
    expect(outdated(of([]), of([givenImpactAssessment({ kind: 'FRIA' })]))).toEqual(['FRIA']);
    expect(outdated(of([]), of([givenImpactAssessment({ kind: 'AI_SYSTEM' })]))).toEqual(['RISK']);
    expect(outdated(of([first]), of([givenImpactAssessment({ state: 'DRAFT', edition: 2 })]))).toEqual([]);
  });

  test('one that was kept before there were any is compared as if it had shown none', () => {
    const { impactAssessments: _assessments, findings: _findings, ...old } = of([]);

    expect(outdated(old, of([]))).toEqual([]);
    expect(outdated(old, of([first]))).toEqual(['PRIVACY']);
    expect(readablePackage(old, 'sha256:1', old)).toContain('- None is approved.');
    expect(readablePackage(of([first]), 'sha256:1', old)).toContain('- impact assessment IA-1 (DPIA): none → edition 1');
  });
});

