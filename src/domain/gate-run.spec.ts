// What may go on running, and what may come back: one behaviour a test.
import { describe, expect, test } from '@jest/globals';
import {
  defaultPolicy, givenAbout, givenBaseline, givenDeployer, givenEvidence, givenFacts, givenFinding, givenGrant, givenRelease, givenSigned, givenSystem, givenTier, TODAY,
} from '../../test/support/given.js';
import { roleGrant } from '../../test/support/world-people.js';
import { NotingClock, plusDays, plusMs } from './clock.js';
import { sha256 } from './digest.js';
import { MAX_LOOKS_BACK, runReasons } from './gate-run.js';
import type { RequirementRow } from './policy-terms.js';
import { blocks, type GateAction, type GateFacts, type ReleaseFacts } from './gate-question.js';
import { evaluateGate, type Evaluation } from './gate.js';
import { render } from './gate-messages.js';
import type { SignOff } from './sign-off.js';

const policy = defaultPolicy();

function ask(about: ReleaseFacts, action: GateAction = 'run', now = TODAY, more: Partial<GateFacts> = {}): Evaluation {
  const facts = givenFacts(about, more);
  return evaluateGate(policy, { ...facts, question: { ...facts.question, action } }, new NotingClock(now));
}

function said({ reasons }: Evaluation): string[] {
  return [...new Set(reasons.filter(({ severity }) => severity !== 'INFO').map(({ severity, code }) => `${severity} ${code}`))];
}

/** Signed and promoted here; the sign-off as the test says. */
function promoted(about: Partial<ReleaseFacts> = {}, signOff: Partial<SignOff> = {}): ReleaseFacts {
  return { ...givenSigned(givenAbout(), signOff), grants: [givenGrant()], ...about };
}

const elsewhere = givenGrant({ id: 'grant-0', bundleDigest: sha256('another') });

describe('what runs', () => {
  test('may go on where it was promoted, while everything is met', () => {
    expect(ask(promoted())).toMatchObject({ verdict: 'ALLOW', promotionId: null, reasons: [{ code: 'ALL_REQUIREMENTS_MET' }] });
  });

  test('was never authorized here: not by a grant for another bundle', () => {
    expect(said(ask({ ...promoted(), grants: [] }))).toEqual(['BLOCK NOT_AUTHORIZED_HERE']);
    expect(said(ask({ ...promoted(), grants: [elsewhere] }))).toEqual(['BLOCK NOT_AUTHORIZED_HERE']);
  });

  test('goes on for thirty days after a sign-off has lapsed by time, with the day on which that is over', () => {
    const about = promoted({}, { validUntil: TODAY });
    const answer = ask(about, 'run', plusDays(TODAY, 3));

    expect(said(answer)).toEqual(['WARN SIGN_OFF_EXPIRED']);
    expect(answer.reasons[0]?.params.dueBy).toBe(plusDays(TODAY, 30));
    expect(render(answer.reasons[0]!).message).toContain(`What runs may go on until ${plusDays(TODAY, 30)}.`);
    expect(answer.holdsUntil).toMatchObject({ at: plusDays(TODAY, 30), what: 'RUN_GRACE' });
    expect(ask(about, 'run', plusDays(TODAY, 29.9)).verdict).toBe('ALLOW');
    expect(said(ask(about, 'run', plusDays(TODAY, 30)))).toEqual(['BLOCK SIGN_OFF_EXPIRED']);
  });

  test('goes on for seven days only in a critical system', () => {
    const system = givenSystem({ tierAssessments: [givenTier({ tier: 'CRITICAL' })] });
    const about = { ...givenSigned(givenAbout({ system }), { validUntil: TODAY }), grants: [givenGrant()] };
    const reviews = (now: string): string[] => said({ ...ask(about, 'run', now), reasons: ask(about, 'run', now).reasons.filter(({ params }) => params.level === 'INDEPENDENT') });

    expect(reviews(plusDays(TODAY, 6.9))).toEqual(['WARN SIGN_OFF_EXPIRED']);
    expect(reviews(plusDays(TODAY, 7))).toEqual(['BLOCK SIGN_OFF_EXPIRED']);
  });

  test('has no grace to be promoted', () => {
    expect(said(ask(promoted({}, { validUntil: TODAY }), 'promote'))).toEqual(['BLOCK SIGN_OFF_EXPIRED']);
  });

  test.each<[string, Partial<ReleaseFacts>, Partial<SignOff>, string]>([
    ['a sign-off was taken back', {}, { withdrawn: { at: TODAY, reason: 'I was wrong.' } }, 'SIGN_OFF_REVOKED'],
    ['the release was withdrawn', { release: givenRelease({ state: 'WITHDRAWN' }) }, {}, 'RELEASE_WITHDRAWN'],
    ['the system was suspended', { system: givenSystem({ state: 'SUSPENDED' }) }, {}, 'SYSTEM_SUSPENDED'],
    ['a grave finding was raised', { findings: [givenFinding()] }, {}, 'FINDING_OPEN'],
  ])('stops at once when %s: that is no lapse of time', (_, more, signOff, code) => {
    expect(said(ask(promoted(more, signOff)))).toContain(`BLOCK ${code}`);
  });

  test('stops at once when a role was taken away, which is no lapse of time; a role that ended by itself is one', () => {
    const about = promoted();
    const ended = (revokedAt?: string): ReleaseFacts => ({ ...about, signers: about.signers.map((signer) => ({ ...signer, grants: signer.grants.map((grant) => ({ ...grant, validUntil: plusDays(TODAY, -2), ...(revokedAt === undefined ? {} : { revokedAt }) })) })) });

    expect(said(ask(ended()))).toEqual(['WARN REVIEWER_INELIGIBLE']);
    expect(said(ask(ended(plusDays(TODAY, -2))))).toEqual(['BLOCK REVIEWER_INELIGIBLE']);
  });

  test('stops when a sign-off was taken back that has expired since', () => {
    expect(said(ask(promoted({}, { validUntil: TODAY, withdrawn: { at: plusDays(TODAY, -1), reason: 'I was wrong.' } })))).toEqual(['BLOCK SIGN_OFF_REVOKED']);
  });

  test('is asked about by monitors, who may ask for nothing else', () => {
    const caller = givenDeployer({ grants: [roleGrant('MONITOR')] });

    expect(ask(promoted(), 'run', TODAY, { caller }).verdict).toBe('ALLOW');
    expect(said(ask(promoted(), 'promote', TODAY, { caller }))).toEqual(['BLOCK WORKLOAD_NOT_TRUSTED']);
  });
});

describe('what ran before', () => {
  const baselined = (more: Partial<ReleaseFacts> = {}): ReleaseFacts => ({ ...givenAbout(), baselines: [givenBaseline()], ...more });

  test('goes on until its baseline ends, with everything that is missing as a warning', () => {
    const answer = ask(baselined());

    expect(said(answer)).toEqual(['WARN NOT_AUTHORIZED_HERE', 'WARN REVIEW_PENDING']);
    expect(answer.reasons[0]?.params).toMatchObject({ baseline: 'BL-1', dueBy: givenBaseline().until });
    expect(answer.holdsUntil).toMatchObject({ at: givenBaseline().until, what: 'BASELINE' });
    expect(said(ask(baselined(), 'run', givenBaseline().until))).toEqual(['BLOCK NOT_AUTHORIZED_HERE', 'BLOCK REVIEW_PENDING']);
  });

  test('goes on without a class, and never with a prohibited use', () => {
    expect(ask(baselined({ system: givenSystem({ tierAssessments: [] }) })).verdict).toBe('ALLOW');
    expect(said(ask(baselined({ system: givenSystem({ tierAssessments: [givenTier({ euClass: 'PROHIBITED' })] }) })))).toContain('BLOCK PROHIBITED_USE');
  });

  test.each([['PROPOSED'], ['WITHDRAWN'], ['ENDED']] as const)('does not go on by a baseline that is %s', (state) => {
    expect(said(ask(baselined({ baselines: [givenBaseline({ state })] })))).toContain('BLOCK NOT_AUTHORIZED_HERE');
  });

  test('makes no promotion easier', () => {
    expect(said(ask(baselined(), 'promote'))).toEqual(['BLOCK REVIEW_PENDING']);
  });
});

describe('what comes back', () => {
  test('was promoted here once, whatever was taken back since', () => {
    const answer = ask(promoted({ findings: [givenFinding()] }, { withdrawn: { at: TODAY, reason: 'I was wrong.' } }), 'rollback');

    expect(answer).toMatchObject({ verdict: 'ALLOW', promotionId: null });
    expect(said(answer)).toEqual(['WARN FINDING_OPEN', 'WARN SIGN_OFF_REVOKED']);
  });

  test('was never promoted here', () => {
    expect(said(ask({ ...promoted(), grants: [elsewhere, givenGrant({ action: 'rollback' })] }, 'rollback'))).toEqual(['BLOCK NOT_AUTHORIZED_HERE']);
  });

  test('is neither withdrawn, nor suspended, nor prohibited', () => {
    expect(said(ask(promoted({ release: givenRelease({ state: 'WITHDRAWN' }) }), 'rollback'))).toEqual(['BLOCK RELEASE_WITHDRAWN']);
    expect(said(ask(promoted({ system: givenSystem({ state: 'SUSPENDED' }) }), 'rollback'))).toEqual(['BLOCK SYSTEM_SUSPENDED']);
    expect(said(ask(promoted({ system: givenSystem({ tierAssessments: [givenTier({ euClass: 'PROHIBITED' })] }) }), 'rollback'))).toContain('BLOCK PROHIBITED_USE');
  });

  test('may run for the days of grace as it is; coming back from itself adds none', () => {
    const taken = { withdrawn: { at: TODAY, reason: 'I was wrong.' } };
    const back = givenGrant({ id: 'grant-2', action: 'rollback', issuedAt: plusDays(TODAY, -1) });
    const from = givenGrant({ id: 'grant-1', bundleDigest: sha256('another'), issuedAt: plusDays(TODAY, -3), redeemedAt: plusDays(TODAY, -3) });

    expect(ask(promoted({ grants: [givenGrant(), from, back] }, taken)).reasons[0]).toMatchObject({ code: 'SIGN_OFF_REVOKED', severity: 'WARN', params: { dueBy: plusDays(TODAY, 29) } });
    expect(said(ask(promoted({ grants: [givenGrant(), from, back] }, taken), 'run', plusDays(TODAY, 29)))).toEqual(['BLOCK SIGN_OFF_REVOKED']);
    expect(said(ask(promoted({ grants: [givenGrant(), back] }, taken)))).toEqual(['BLOCK SIGN_OFF_REVOKED']);
  });

  test('gains no days by going to and fro, nor by what was never deployed in between', () => {
    const taken = { withdrawn: { at: TODAY, reason: 'I was wrong.' } };
    const ago = (days: number): { issuedAt: string; redeemedAt: string } => ({ issuedAt: plusDays(TODAY, -days), redeemedAt: plusDays(TODAY, -days) });
    const other = { bundleDigest: sha256('another') };
    const toAndFro = [givenGrant({ id: 'g-1', ...other, ...ago(35) }), givenGrant({ id: 'g-2', action: 'rollback', ...ago(31) }), givenGrant({ id: 'g-3', action: 'rollback', ...other, ...ago(2) }), givenGrant({ id: 'g-4', action: 'rollback', ...ago(1) })];
    const neverDeployed = [givenGrant({ id: 'g-1', ...other, ...ago(3), redeemedAt: null }), givenGrant({ id: 'g-2', action: 'rollback', ...ago(1) })];

    expect(said(ask(promoted({ grants: [givenGrant(), ...toAndFro] }, taken)))).toEqual(['BLOCK SIGN_OFF_REVOKED']);
    expect(said(ask(promoted({ grants: [givenGrant(), ...toAndFro] }, taken), 'run', plusDays(TODAY, -2)))).toEqual(['WARN SIGN_OFF_REVOKED']);
    expect(said(ask(promoted({ grants: [givenGrant(), ...neverDeployed] }, taken)))).toEqual(['BLOCK SIGN_OFF_REVOKED']);
  });
});

describe('what merely lapsed is looked for', () => {
  test('in vain, where a look at it alone does not see that it blocks', () => {
    const here = { policy, about: promoted(), environment: givenFacts(promoted()).environment!, clock: new NotingClock(TODAY) };
    const reason = blocks('R7', 'R7/E-01', 'EVIDENCE_EXPIRED', {});

    expect(runReasons(here, [reason], () => ({ blocked: false, since: null }))).toEqual([reason]);
    expect(runReasons(here, [reason], (_, at) => ({ blocked: at >= TODAY, since: TODAY }))).toMatchObject([{ severity: 'WARN', params: { dueBy: plusDays(TODAY, 30) } }]);
  });

  const asksFor = (signal: string): RequirementRow => ({
    kind: 'CONDITION', id: 'C-1', title: 'A signal is watched', gates: ['PRODUCTION'], when: {}, severity: 'BLOCK', code: 'READINESS_INCOMPLETE', next: null, basis: [],
    condition: `evidence.exists(e, e.outcome == "VERIFIED" && e.payload.signal == "${signal}")`,
  });
  /** The first ended a minute ago, each other one a minute before; `reads` counts how often one is looked at. */
  const pieces = (count: number, reads: { count: number }): ReturnType<typeof givenEvidence>[] => Array.from({ length: count }, (_, nth) => {
    const piece = givenEvidence({ id: `ev-${String(nth)}`, number: `E-${String(nth)}`, payload: { signal: `s-${String(nth)}` } });
    return Object.defineProperty(piece, 'validUntil', { enumerable: true, get: () => { reads.count += 1; return plusMs(TODAY, -60_000 * (nth + 1)); } });
  });
  const asked = (row: RequirementRow, count: number, action: GateAction = 'run'): { readonly reasons: readonly unknown[]; readonly reads: number } => {
    const reads = { count: 0 };
    const facts = givenFacts(promoted({ evidence: pieces(count, reads) }, { validUntil: plusDays(TODAY, -5) }));
    const { reasons } = evaluateGate({ ...policy, requirements: [row] }, { ...facts, question: { ...facts.question, action } }, new NotingClock(TODAY));
    const told = reasons.filter(({ severity }) => severity !== 'INFO').map(({ severity, code, params }) => JSON.stringify([severity, code, params.dueBy ?? null]));
    return { reasons: [...new Set(told)].map((one): unknown => JSON.parse(one)), reads: reads.count };
  };
  const signOff = ['WARN', 'SIGN_OFF_EXPIRED', plusDays(TODAY, 25)];

  test('at a bounded number of instants, however many pieces of evidence have ended; the lapse of something else is found beside them', () => {
    const { reasons, reads } = asked(asksFor('none'), 2000);

    expect(reasons).toEqual([signOff, ['BLOCK', 'READINESS_INCOMPLETE', null]]);
    expect(reads).toBeLessThanOrEqual((MAX_LOOKS_BACK + 2) * asked(asksFor('none'), 2000, 'promote').reads);
  });

  test('from now backwards: up to the last instant that is looked at, and no further', () => {
    const last = MAX_LOOKS_BACK - 1;
    expect(asked(asksFor(`s-${String(last)}`), 100).reasons).toEqual([signOff, ['WARN', 'READINESS_INCOMPLETE', plusMs(plusDays(TODAY, 30), -60_000 * (last + 1))]]);
    expect(asked(asksFor(`s-${String(last + 1)}`), 100).reasons).toEqual([signOff, ['BLOCK', 'READINESS_INCOMPLETE', null]]);
  });

  test('at the cost of one question: 2000 pieces are not looked at 64 times', () => {
    expect(asked(asksFor('s-5'), 2000).reasons).toContainEqual(['WARN', 'READINESS_INCOMPLETE', plusMs(plusDays(TODAY, 30), -60_000 * 6)]);
    expect(asked(asksFor('s-60'), 2000).reasons).toContainEqual(['BLOCK', 'READINESS_INCOMPLETE', null]);
  });
});
