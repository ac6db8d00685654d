// The gate: one behaviour a test. Everything is in order except for what the test names.
import { describe, expect, test } from '@jest/globals';
import {
  component, defaultPolicy, givenAbout, givenAcceptance, givenAssessment, givenDeployer, givenDeployment, givenEnvironment, givenFacts, givenPromotion, givenRelease, givenReviewer, givenRisk,
  givenSigned, givenSystem, givenTier, stored, TODAY,
} from '../../test/support/given.js';
import { roleGrant } from '../../test/support/world-people.js';
import { NotingClock, plusDays } from './clock.js';
import { sha256 } from './digest.js';
import type { GateFacts, GateTarget, ReleaseFacts } from './gate-question.js';
import { fittingReleases } from './gate-target.js';
import { evaluateGate, type Evaluation } from './gate.js';
import type { TierAssessment } from './system.js';

const policy = defaultPolicy();

function judge(facts: GateFacts, now = TODAY): Evaluation {
  return evaluateGate(policy, facts, new NotingClock(now));
}

/** Signed as everything is when `then` holds, judged as it is when `now` holds too. */
function signedThen(then: Partial<ReleaseFacts>, now: Partial<ReleaseFacts> = {}): GateFacts {
  return givenFacts({ ...givenSigned(givenAbout(then)), ...now });
}

function codes(evaluation: Evaluation): string[] {
  return [...new Set(evaluation.reasons.map(({ code, severity }) => (severity === 'BLOCK' ? code : `${severity} ${code}`)))];
}

function tiered(more: Partial<TierAssessment>): ReleaseFacts['system'] {
  return givenSystem({ tierAssessments: [givenTier(more)] });
}

describe('the verdict', () => {
  test('is ALLOW when everything that is demanded is met, and names the sign-offs', () => {
    const answer = judge(signedThen({}));

    expect(answer).toMatchObject({ verdict: 'ALLOW', promotionId: 'pro-1', reasons: [{ code: 'ALL_REQUIREMENTS_MET', severity: 'INFO' }] });
    expect(answer.lanes.every((lane) => lane.passed && lane.signOffs.length === 1)).toBe(true);
  });

  test('is PENDING while only open reviews are missing', () => {
    const answer = judge(givenFacts(givenAbout()));

    expect(answer.verdict).toBe('PENDING');
    expect(codes(answer)).toEqual(['REVIEW_PENDING']);
  });

  test('is DENY when nobody has asked for the promotion, although every lane has passed elsewhere', () => {
    const elsewhere = [givenPromotion({ environmentId: 'env-2' })];
    const answer = judge(signedThen({ promotions: elsewhere }));

    expect(answer).toMatchObject({ verdict: 'DENY', promotionId: null });
    expect(answer.reasons).toEqual([expect.objectContaining({ code: 'REVIEW_MISSING', requirement: 'R5/REQUEST' })]);
  });

  test('is DENY as soon as one reason is no open review', () => {
    expect(judge(givenFacts(givenAbout({ risks: [givenRisk({ state: 'IDENTIFIED', assessments: [], confirmation: null })] }))).verdict).toBe('DENY');
  });

  test('names every reason at once', () => {
    const about = givenAbout({ system: givenSystem({ state: 'SUSPENDED' }), release: givenRelease({ state: 'WITHDRAWN' }), risks: [] });

    expect(codes(judge(givenFacts(about)))).toEqual(['RELEASE_WITHDRAWN', 'SYSTEM_SUSPENDED', 'RISK_REGISTER_EMPTY', 'REVIEW_PENDING']);
  });

  test('before the pilot needs neither risks nor reviews', () => {
    const environment = givenEnvironment({ name: 'sandbox', kind: 'SANDBOX' });

    expect(judge(givenFacts(givenAbout({ risks: [], promotions: [] }), { environment })).verdict).toBe('ALLOW');
  });
});

describe('the target', () => {
  const asking = (target: GateTarget, more: Partial<GateFacts> = {}): GateFacts => {
    const facts = signedThen({});
    return { ...facts, question: { ...facts.question, target }, ...more };
  };

  test('named by a release or a label is refused from the pilot on: a digest is required', () => {
    expect(codes(judge(asking({ kind: 'RELEASE', release: 'REL-1' })))).toEqual(['DIGEST_REQUIRED']);
    expect(codes(judge(asking({ kind: 'SYSTEM_RELEASE', system: 'SYS-1', label: '1.0' }, { namedSystem: givenSystem() })))).toEqual(['DIGEST_REQUIRED']);
    expect(codes(judge(asking({ kind: 'RELEASE', release: 'REL-1' }, { environment: givenEnvironment({ kind: 'DEVELOPMENT' }) })))).toEqual(['INFO ALL_REQUIREMENTS_MET']);
  });

  test('that is unknown, or not exactly one, is denied', () => {
    const target: GateTarget = { kind: 'BUNDLE', bundleDigest: sha256('elsewhere') };
    const two = [givenRelease(), givenRelease({ id: 'rel-2', number: 'REL-2', systemId: 'sys-2' })];

    expect(judge(asking(target, { candidates: [], about: null }))).toMatchObject({ verdict: 'DENY', reasons: [{ code: 'RELEASE_UNKNOWN' }] });
    expect(judge(asking(target, { candidates: two, about: null }))).toMatchObject({ verdict: 'DENY', reasons: [{ code: 'TARGET_AMBIGUOUS', params: { candidates: ['REL-1', 'REL-2'] } }] });
  });

  test('in an unknown system or environment is denied', () => {
    const facts = signedThen({});

    expect(codes(judge({ ...facts, question: { ...facts.question, system: 'SYS-9' }, candidates: [], about: null }))).toEqual(['SYSTEM_UNKNOWN']);
    expect(codes(judge({ ...facts, environment: null }))).toEqual(['ENVIRONMENT_UNKNOWN']);
  });

  test('is never allowed when the facts about it are missing', () => {
    expect(judge({ ...signedThen({}), about: null }).verdict).toBe('DENY');
  });

  test('named by one component is the active release that contains it in a role that identifies', () => {
    const digest = sha256('model 1');
    const facts = asking({ kind: 'COMPONENT', componentDigest: digest });
    const asPrompt = givenRelease({ id: 'rel-2', components: [component('PROMPT', 'model 1')] });
    const withdrawn = givenRelease({ id: 'rel-3', state: 'WITHDRAWN' });

    expect(fittingReleases(facts, [givenRelease(), asPrompt, withdrawn]).map(({ id }) => id)).toEqual(['rel-1']);
  });

  test('is narrowed by the system that the question names', () => {
    const facts = signedThen({});
    const shared = [givenRelease(), givenRelease({ id: 'rel-2', systemId: 'sys-2' })];

    expect(fittingReleases({ ...facts, question: { ...facts.question, system: 'SYS-1' }, namedSystem: givenSystem() }, shared).map(({ id }) => id)).toEqual(['rel-1']);
    expect(fittingReleases(facts, shared)).toHaveLength(2);
  });

  test.each([['SUSPENDED', 'SYSTEM_SUSPENDED'], ['RETIRED', 'SYSTEM_RETIRED']] as const)('of a system that is %s is denied', (state, code) => {
    expect(codes(judge(signedThen({ system: givenSystem({ state }) })))).toEqual([code]);
  });

  test('of a prohibited use is denied from the pilot on, and an unclassified one beyond the pilot', () => {
    const at = (euClass: 'PROHIBITED' | 'UNCLASSIFIED', kind: 'PILOT' | 'STAGING'): string[] => codes(judge(givenFacts(givenAbout({ system: tiered({ euClass }) }), { environment: givenEnvironment({ kind }) })));

    expect(at('PROHIBITED', 'PILOT')).toContain('PROHIBITED_USE');
    expect(at('UNCLASSIFIED', 'PILOT')).not.toContain('UNCLASSIFIED');
    expect(at('UNCLASSIFIED', 'STAGING')).toContain('UNCLASSIFIED');
  });

  test('of a system that nobody assessed is unclassified and reviewed as CRITICAL', () => {
    const answer = judge(givenFacts(givenAbout({ system: givenSystem({ tierAssessments: [] }) })));

    expect(codes(answer)).toContain('UNCLASSIFIED');
    expect(answer.lanes).toContainEqual(expect.objectContaining({ lane: 'EXEC', level: 'FOUR_EYES' }));
  });

  test('skips no stage: these very bytes were deployed to the environment before', () => {
    const facts = (digest: string): GateFacts => ({ ...signedThen({ deployments: [givenDeployment('env-0', digest)] }), environment: givenEnvironment({ previousId: 'env-0' }) });

    expect(codes(judge(facts(givenRelease().bundleDigest)))).toEqual(['INFO ALL_REQUIREMENTS_MET']);
    expect(codes(judge(facts(sha256('other bytes'))))).toEqual(['STAGE_SKIPPED']);
  });
});

describe('the caller', () => {
  const calledBy = (...grants: readonly ReturnType<typeof roleGrant>[]): string[] => codes(judge({ ...signedThen({}), caller: givenDeployer({ grants }) }));

  test('is trusted for the systems and environments of its grants', () => {
    expect(calledBy(roleGrant('DEPLOYER', null, { systemIds: ['sys-1'], environmentIds: ['env-1'] }))).toEqual(['INFO ALL_REQUIREMENTS_MET']);
    expect(calledBy(roleGrant('DEPLOYER', null, { systemIds: ['sys-2'] }))).toEqual(['WORKLOAD_NOT_TRUSTED']);
    expect(calledBy(roleGrant('DEPLOYER', null, { environmentIds: ['env-2'] }))).toEqual(['ENVIRONMENT_MISMATCH']);
    expect(calledBy(roleGrant('AUDITOR'))).toEqual(['WORKLOAD_NOT_TRUSTED']);
    expect(calledBy(roleGrant('DEPLOYER', null, { validUntil: TODAY }))).toEqual(['WORKLOAD_NOT_TRUSTED']);
  });

  test('that is a person asks for information', () => {
    expect(judge({ ...signedThen({}), caller: givenReviewer('somebody', []) }).verdict).toBe('ALLOW');
  });
});

describe('the risks', () => {
  const withRisk = (...risks: ReleaseFacts['risks']): Evaluation => judge(signedThen({ risks }));

  test('are known: an empty register is denied', () => {
    expect(codes(withRisk())).toEqual(['RISK_REGISTER_EMPTY']);
    expect(codes(withRisk(givenRisk({ state: 'REJECTED' })))).toEqual(['RISK_REGISTER_EMPTY']);
  });

  test('may be none at tier MINIMAL by a signed statement that none above LOW was found, and at no other tier', () => {
    const attested = (tier: TierAssessment['tier']): string[] => codes(judge(givenFacts(givenSigned(givenAbout({ risks: [], system: tiered({ tier }) }), { attests: ['NO_RISK_ABOVE_LOW'] }))));

    expect(attested('MINIMAL')).toEqual(['INFO ALL_REQUIREMENTS_MET']);
    expect(attested('MODERATE')).toEqual(['RISK_REGISTER_EMPTY']);
  });

  test.each([
    ['IDENTIFIED', 'RISK_UNASSESSED'], ['ASSESSED', 'RISK_UNCONFIRMED'], ['TREATING', 'RISK_UNCONFIRMED'],
  ] as const)('that are %s are denied', (state, code) => {
    expect(withRisk(givenRisk({ state })).reasons).toEqual([expect.objectContaining({ code, requirement: 'R3/R-1', params: { risk: 'R-1' } })]);
  });

  test('that are drafts warn for fourteen days and block from then on', () => {
    const draft = (loggedAt: string): Evaluation => withRisk(givenRisk(), givenRisk({ id: 'risk-2', number: 'R-2', state: 'DRAFT', assessments: [], confirmation: null, loggedAt }));

    expect(draft(plusDays(TODAY, -13))).toMatchObject({ verdict: 'ALLOW', holdsUntil: { at: plusDays(TODAY, 1), what: 'DRAFT', ref: 'risk-2' } });
    expect(codes(draft(plusDays(TODAY, -13)))).toContain('WARN RISK_UNASSESSED');
    expect(codes(draft(plusDays(TODAY, -14)))).toEqual(['RISK_UNASSESSED']);
  });

  test('of another release, closed or rejected are not asked about', () => {
    const others = [givenRisk({ id: 'a', releaseId: 'rel-2', state: 'IDENTIFIED' }), givenRisk({ id: 'b', state: 'CLOSED' }), givenRisk({ id: 'c', state: 'REJECTED' })];

    expect(codes(withRisk(givenRisk(), ...others))).toEqual(['INFO ALL_REQUIREMENTS_MET']);
  });

  test('are assessed anew when newer criteria give another level, and only then', () => {
    const confirmed = givenRisk({ assessments: [givenAssessment('VERY_LOW')] });
    const criteria = givenAbout().criteria;
    const milder = stored({ ...criteria, version: 2, tolerance: 'HIGH' as const });
    const stricter = stored({ ...criteria, version: 2, floors: [{ class: 'OPERATIONAL' as const, from: 1, level: 'LOW' as const }] });

    expect(codes(judge(signedThen({ risks: [confirmed] }, { criteria: milder })))).toEqual(['INFO ALL_REQUIREMENTS_MET']);
    expect(codes(judge(signedThen({ risks: [confirmed] }, { criteria: stricter })))).toEqual(['RISK_ASSESSMENT_STALE']);
  });

  test('above tolerance need a live acceptance', () => {
    const risk = givenRisk({ state: 'ACCEPTED', level: 'HIGH' });
    const accepted = (...acceptances: ReleaseFacts['acceptances']): Evaluation => judge(signedThen({ risks: [risk], acceptances }));

    expect(accepted().reasons).toContainEqual(expect.objectContaining({ code: 'RISK_ABOVE_TOLERANCE', requirement: 'R4/R-1', params: { risk: 'R-1', riskLevel: 'HIGH', tolerance: 'MODERATE' } }));
    expect(accepted(givenAcceptance(risk)).verdict).toBe('ALLOW');
    expect(accepted(givenAcceptance(risk, { validUntil: TODAY })).reasons).toEqual(['R3/R-1', 'R4/R-1'].map((requirement) => (
      expect.objectContaining({ code: 'ACCEPTANCE_EXPIRED', requirement, params: { risk: 'R-1', until: TODAY } }))));
    expect(codes(accepted(givenAcceptance(risk, { state: 'REVOKED' })))).toEqual(['RISK_UNCONFIRMED', 'RISK_ABOVE_TOLERANCE']);
    expect(codes(accepted(givenAcceptance(risk, { grants: [] })))).toEqual(['RISK_UNCONFIRMED', 'RISK_ABOVE_TOLERANCE']);
  });

  test('that were accepted within tolerance are unconfirmed again when the acceptance is taken back', () => {
    expect(codes(withRisk(givenRisk({ state: 'ACCEPTED', level: 'LOW' })))).toEqual(['RISK_UNCONFIRMED']);
  });

  test('that were accepted need their acceptance at a pilot too', () => {
    const risk = givenRisk({ state: 'ACCEPTED', level: 'HIGH' });
    const at = (...acceptances: ReleaseFacts['acceptances']): string[] => codes(judge(givenFacts(givenAbout({ risks: [risk], acceptances }), { environment: givenEnvironment({ kind: 'PILOT' }) })));

    expect(at(givenAcceptance(risk, { validUntil: TODAY }))).toContain('ACCEPTANCE_EXPIRED');
    expect(at(givenAcceptance(risk))).not.toContain('ACCEPTANCE_EXPIRED');
  });

  test('above tolerance stand in the way of a canary and of production, not of a pilot', () => {
    const about = givenAbout({ risks: [givenRisk({ level: 'HIGH' })] });
    const at = (kind: 'PILOT' | 'CANARY'): string[] => codes(judge(givenFacts(about, { environment: givenEnvironment({ kind }) })));

    expect(at('CANARY')).toContain('RISK_ABOVE_TOLERANCE');
    expect(at('PILOT')).not.toContain('RISK_ABOVE_TOLERANCE');
  });
});

test('an answer holds until the first of its inputs ends or begins, and says which', () => {
  const facts = givenFacts(givenSigned(givenAbout(), { validUntil: plusDays(TODAY, 40) }));
  const caller = givenDeployer({ grants: [roleGrant('DEPLOYER', null, { validUntil: plusDays(TODAY, 7) })] });

  expect(judge(facts).holdsUntil).toEqual({ at: plusDays(TODAY, 40), what: 'SIGN_OFF', ref: 'sig-usr-reviewer' });
  expect(judge({ ...facts, caller }).holdsUntil).toEqual({ at: plusDays(TODAY, 7), what: 'ROLE_GRANT', ref: 'svc' });
  expect(judge({ ...facts, caller }, plusDays(TODAY, 7)).verdict).toBe('DENY');
});
