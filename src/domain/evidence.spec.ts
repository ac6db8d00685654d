// Evidence: submitted with an end, verified by somebody else, revoked, superseded.
import { describe, expect, test } from '@jest/globals';
import { givenDeployer, givenEvidence, refusal, stored, TODAY } from '../../test/support/given.js';
import { roleGrant, user } from '../../test/support/world-people.js';
import type { Principal, Role } from './actor.js';
import { NotingClock, plusDays, plusMs } from './clock.js';
import { countingAt, evidenceOutcome, rejectEvidence, revokeEvidence, standingEvidence, submitEvidence, verifyEvidence, type Evidence, type EvidenceDescription, type Judge } from './evidence.js';
import { TIERS, type Tier } from './system.js';

const IDENTITY = { id: 'ev-9', number: 'E-9', systemId: 'sys-1', source: 'HUMAN' as const, submittedBy: 'doer', submittedAt: TODAY };
const REPORT: EvidenceDescription = { type: 'test_report', title: 'Attack test', digest: 'AB'.repeat(32), subjectDigest: null, location: null, collectedAt: TODAY, validUntil: plusDays(TODAY, 60) };
const clock = new NotingClock(TODAY);

function submit(more: Partial<EvidenceDescription> = {}, tier: Tier = 'MODERATE', supersedes: Evidence | null = null): Evidence {
  return submitEvidence(IDENTITY, tier, { ...REPORT, ...more }, supersedes).next;
}

function by(personId: string, ...roles: readonly Role[]): Judge {
  return { principal: stored(user(personId, 'risk', roles.map((role) => roleGrant(role)))), clock };
}

const submitted = givenEvidence({ state: 'SUBMITTED', verification: null });

describe('submitting evidence', () => {
  test('keeps the digest in its normal form, and waits for somebody to verify it', () => {
    expect(submit()).toMatchObject({ state: 'SUBMITTED', contentDigest: `sha256:${'ab'.repeat(32)}`, verification: null, supersedesId: null });
  });

  test.each([[730, 'MINIMAL'], [365, 'MODERATE'], [180, 'HIGH'], [90, 'CRITICAL']] as const)('is possible for at most %i days about a system of tier %s', (days, tier) => {
    expect(TIERS).toContain(tier);
    expect(submit({ validUntil: plusDays(TODAY, days) }, tier).validUntil).toBe(plusDays(TODAY, days));
    expect(() => submit({ validUntil: plusMs(plusDays(TODAY, days), 1) }, tier)).toThrow(refusal('VALIDITY_TOO_LONG', { field: 'validUntil', expected: plusDays(TODAY, days) }));
  });

  test('counts the days from when it was collected, not from when it was sent', () => {
    expect(() => submit({ collectedAt: plusDays(TODAY, -100), validUntil: plusDays(TODAY, 1) }, 'CRITICAL')).toThrow(refusal('VALIDITY_TOO_LONG'));
  });

  test.each([
    ['type', { type: 'Test Report' }, 'INVALID_INPUT'], ['digest', { digest: 'abc' }, 'INVALID_DIGEST'], ['subjectDigest', { subjectDigest: 'sha1:1' }, 'INVALID_DIGEST'], ['title', { title: ' ' }, 'INVALID_TEXT'],
    ['collectedAt', { collectedAt: plusDays(TODAY, 1) }, 'INVALID_INPUT'], ['validUntil', { validUntil: TODAY }, 'INVALID_INPUT'],
    ['validUntil', { collectedAt: plusMs(TODAY, 60_000), validUntil: plusMs(TODAY, 60_000) }, 'INVALID_INPUT'],
  ] as const)('is refused for a bad %s', (field, more, code) => {
    expect(() => submit(more)).toThrow(refusal(code, { field }));
  });

  test('supersedes its own kind only', () => {
    expect(submit({}, 'MODERATE', givenEvidence()).supersedesId).toBe('ev-1');
    for (const other of [{ type: 'evaluation_run' }, { systemId: 'sys-2' }]) expect(() => submit({}, 'MODERATE', givenEvidence(other))).toThrow(refusal('INVALID_INPUT', { field: 'supersedes' }));
  });
});

describe('what is put in the place of another piece', () => {
  test('was collected no earlier than it: older findings answer no newer ones', () => {
    const older = givenEvidence({ collectedAt: plusDays(TODAY, -2) });

    expect(submit({ collectedAt: plusDays(TODAY, -2) }, 'MODERATE', older).supersedesId).toBe(older.id);
    expect(() => submit({ collectedAt: plusMs(plusDays(TODAY, -2), -1) }, 'MODERATE', older)).toThrow(refusal('INVALID_INPUT', { field: 'collectedAt', expected: plusDays(TODAY, -2) }));
  });
});

describe('a tier that was raised since', () => {
  test('leaves no more days than what is submitted today gets, and takes none from what has fewer', () => {
    const long = givenEvidence({ collectedAt: TODAY, validUntil: plusDays(TODAY, 730) });

    expect(TIERS.map((tier) => countingAt(tier, long).validUntil)).toEqual([730, 365, 180, 90].map((days) => plusDays(TODAY, days)));
    expect(countingAt('CRITICAL', { ...long, validUntil: plusDays(TODAY, 89) }).validUntil).toBe(plusDays(TODAY, 89));
  });
});

describe('judging evidence', () => {
  test('is done by another person than its submitter', () => {
    expect(verifyEvidence(submitted, by('other')).next).toMatchObject({ state: 'VERIFIED', verification: { by: 'other', at: TODAY } });
    expect(() => verifyEvidence(submitted, by('doer', 'HEAD_OF_RISK'))).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['SUBMITTER'] }));
    expect(() => rejectEvidence(submitted, by('doer'), 'It shows nothing.')).toThrow(refusal('SEPARATION_OF_DUTIES'));
    expect(rejectEvidence(submitted, by('other'), 'It shows nothing.').next).toMatchObject({ state: 'REJECTED', ending: 'It shows nothing.' });
  });

  test('may be done by a service, but not by the one that submitted it', () => {
    const service: Principal = givenDeployer();

    expect(verifyEvidence(submitted, { principal: service, clock }).next.verification).toEqual({ by: 'svc', at: TODAY, kind: 'SERVICE' });
    expect(() => verifyEvidence({ ...submitted, submittedBy: 'svc' }, { principal: service, clock })).toThrow(refusal('SEPARATION_OF_DUTIES'));
  });

  test('is too late once its time is over', () => {
    expect(() => verifyEvidence({ ...submitted, validUntil: TODAY }, by('other'))).toThrow(refusal('INVALID_TRANSITION', { state: 'EXPIRED', allowedActions: ['reject'] }));
  });

  test('is taken back by whoever verified it, or a risk officer, with a reason', () => {
    const verified = givenEvidence();

    expect(revokeEvidence(verified, by('verifier'), 'The test was wrong.').next).toMatchObject({ state: 'REVOKED', ending: 'The test was wrong.' });
    expect(revokeEvidence(verified, by('officer', 'RISK_OFFICER'), 'An incident.').next.state).toBe('REVOKED');
    expect(() => revokeEvidence(verified, by('stranger', 'REVIEWER'), 'x')).toThrow(refusal('NOT_ELIGIBLE'));
    expect(() => revokeEvidence(verified, by('verifier'), ' ')).toThrow(refusal('INVALID_TEXT', { field: 'reason' }));
  });
});

describe('what evidence has come to', () => {
  const outcome = (evidence: Evidence, all: readonly Evidence[] = [evidence]): string => evidenceOutcome(evidence, all, clock);

  test('is derived from its state, its end and its successors', () => {
    const successor = givenEvidence({ id: 'ev-2', supersedesId: 'ev-1' });

    expect([outcome(submitted), outcome(givenEvidence()), outcome(givenEvidence({ validUntil: TODAY })), outcome(givenEvidence({ state: 'REVOKED' }))]).toEqual(['SUBMITTED', 'VERIFIED', 'EXPIRED', 'REVOKED']);
    expect(outcome(givenEvidence(), [givenEvidence(), successor])).toBe('SUPERSEDED');
    expect(outcome(givenEvidence(), [givenEvidence(), { ...successor, state: 'REJECTED', verification: null }])).toBe('VERIFIED');
  });

  test('stays superseded when its successor is revoked: taking one back revives nothing', () => {
    const revoked = givenEvidence({ id: 'ev-2', supersedesId: 'ev-1', state: 'REVOKED' });

    expect(outcome(givenEvidence(), [givenEvidence(), revoked])).toBe('SUPERSEDED');
    expect(standingEvidence(givenEvidence(), [givenEvidence(), revoked]).id).toBe('ev-2');
    expect(standingEvidence(givenEvidence(), [givenEvidence(), revoked, givenEvidence({ id: 'ev-3', supersedesId: 'ev-2' })]).id).toBe('ev-3');
  });

  test('follows a line of successors to its end', () => {
    const line = [givenEvidence(), givenEvidence({ id: 'ev-2', supersedesId: 'ev-1' }), givenEvidence({ id: 'ev-3', supersedesId: 'ev-2' })];

    expect(standingEvidence(line[0]!, line).id).toBe('ev-3');
    expect(standingEvidence(line[2]!, line).id).toBe('ev-3');
  });
});
