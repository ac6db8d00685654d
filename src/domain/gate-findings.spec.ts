// R9: which findings block or warn, and whose sign-offs a finding outdates.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenAcceptance, givenEnvironment, givenFacts, givenFinding, givenProof, givenRisk, givenSigned, packageOf, TODAY } from '../../test/support/given.js';
import { LANES, type Lane } from './actor.js';
import { NotingClock, plusDays } from './clock.js';
import type { Finding } from './finding.js';
import { findingReasons } from './gate-findings.js';
import type { ReleaseFacts } from './gate-question.js';
import { evaluateGate } from './gate.js';
import { materialDifferences } from './materiality.js';
import type { DecisionPackage } from './package.js';
import { readablePackage } from './package-readable.js';
import { LEVELS } from './scoring.js';

const policy = defaultPolicy();
const said = (about: Partial<ReleaseFacts>, clock = new NotingClock(TODAY)): string[] => findingReasons(givenAbout(about), givenProof({ clock })).map(({ code, requirement, severity }) => `${severity} ${code} ${requirement}`);
const about = (more: Partial<Finding>): Partial<ReleaseFacts> => ({ findings: [givenFinding(more)] });
const BLOCKS = ['BLOCK FINDING_OPEN R9/F-1'];
const WARNS = ['WARN FINDING_OPEN R9/F-1'];

describe('a finding', () => {
  test('blocks from HIGH on, whatever was done about it, until it is closed', () => {
    expect(LEVELS.map((severity) => said(about({ severity })))).toEqual([[], [], [], BLOCKS, BLOCKS]);
    for (const state of ['OPEN', 'PLANNED', 'DONE'] as const) expect(said(about({ state, due: plusDays(TODAY, 9) }))).toEqual(BLOCKS);
    expect(said(about({ state: 'CLOSED', closedBy: 'rita' }))).toEqual([]);
  });

  test('concerns the whole system or one release', () => {
    expect(said(about({ releaseId: 'rel-1' }))).toEqual(BLOCKS);
    expect(said(about({ releaseId: 'rel-2' }))).toEqual([]);
  });

  test('below HIGH warns once it is overdue, and the answer holds until then', () => {
    const due = plusDays(TODAY, 4);
    const clock = new NotingClock(TODAY);
    const planned = about({ severity: 'LOW', state: 'PLANNED', action: 'Remove them.', due });

    expect(said(planned, clock)).toEqual([]);
    expect(clock.holdsUntil).toEqual({ at: due, what: 'FINDING', ref: 'fin-1' });
    expect(said(planned, new NotingClock(due))).toEqual(WARNS);
  });

  test('that an acceptance carries is settled while the acceptance lives', () => {
    const risk = givenRisk({ level: 'HIGH', state: 'ACCEPTED' });
    const acceptance = givenAcceptance(risk);
    const carried = (severity: Finding['severity'], more = {}): Partial<ReleaseFacts> => ({
      risks: [risk], acceptances: [{ ...acceptance, ...more }], findings: [givenFinding({ severity, state: 'RISK_ACCEPTED', riskId: 'risk-1', acceptanceId: 'acc-1' })],
    });
    const clock = new NotingClock(TODAY);

    expect(said(carried('HIGH'), clock)).toEqual([]);
    expect(clock.holdsUntil).toMatchObject({ at: acceptance.validUntil, what: 'ACCEPTANCE' });
    expect(said(carried('HIGH'), new NotingClock(acceptance.validUntil))).toEqual(BLOCKS);
    expect(said(carried('HIGH', { state: 'REVOKED' }))).toEqual(BLOCKS);
    expect(said(carried('VERY_HIGH'))).toEqual(BLOCKS);
    expect(said(carried('LOW', { state: 'REVOKED' }))).toEqual(WARNS);
    expect(said({ ...carried('HIGH'), risks: [] })).toEqual(BLOCKS);
  });

  test('blocks from the pilot on, not before', () => {
    const judged = (kind: 'DEVELOPMENT' | 'PILOT' | 'STAGING' | 'CANARY' | 'PRODUCTION'): boolean => {
      const environment = givenEnvironment({ kind });
      return evaluateGate(policy, givenFacts(givenAbout(about({})), { environment }), new NotingClock(TODAY)).reasons.some(({ rule }) => rule === 'R9');
    };

    expect(judged('DEVELOPMENT')).toBe(false);
    for (const kind of ['PILOT', 'STAGING', 'CANARY', 'PRODUCTION'] as const) expect(judged(kind)).toBe(true);
  });

  test('makes the answer a no, however many have signed', () => {
    const signed = givenSigned(givenAbout(about({})));

    expect(evaluateGate(policy, givenFacts(signed), new NotingClock(TODAY))).toMatchObject({ verdict: 'DENY', reasons: [{ code: 'FINDING_OPEN', params: { finding: 'F-1', findingSeverity: 'HIGH' } }] });
  });
});

describe('in the package', () => {
  const of = (...findings: readonly Partial<Finding>[]): DecisionPackage => packageOf(givenAbout({ findings: findings.map((more) => givenFinding(more)) })).pkg;
  const outdated = (signed: DecisionPackage, current: DecisionPackage): Lane[] => LANES.filter((lane) => materialDifferences(policy, signed, current, lane).length > 0);

  test('is shown with its severity and state, and its owner and raiser are no authors', () => {
    const pkg = of({ state: 'PLANNED', due: plusDays(TODAY, 4) });

    expect(pkg.findings).toEqual([expect.objectContaining({ number: 'F-1', severity: 'HIGH', state: 'PLANNED' })]);
    expect(pkg.inputs.map(({ type }) => type)).not.toContain('Finding');
    expect(readablePackage(pkg, 'sha256:1', of())).toMatch(/- new finding F-1: HIGH[^]*- F-1 \(HIGH, PLANNED, due 2026-11-27\): Names are not removed\./);
  });

  test('a new one from HIGH on, and one that rose, outdates RISK and VALIDATION; nothing else does', () => {
    expect(outdated(of(), of({ severity: 'HIGH' }))).toEqual(['RISK', 'VALIDATION']);
    expect(outdated(of({ severity: 'LOW' }), of({ severity: 'MODERATE' }))).toEqual(['RISK', 'VALIDATION']);
    expect(outdated(of(), of({ severity: 'MODERATE' }))).toEqual([]);
    expect(outdated(of({ severity: 'HIGH' }), of({ severity: 'LOW' }))).toEqual([]);
    expect(outdated(of({}), of({ state: 'DONE', evidenceIds: ['E-1'] }))).toEqual([]);
    expect(outdated(of({}), of({ state: 'CLOSED', closedBy: 'rita' }))).toEqual([]);
  });

  test('of a package that was kept before there were findings, none counts as shown', () => {
    const { findings: _findings, ...old } = of();

    expect(outdated(old, of())).toEqual([]);
    expect(outdated(old, of({}))).toEqual(['RISK', 'VALIDATION']);
  });
});
