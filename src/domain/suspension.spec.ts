// Suspensions: recorded about a risk or a whole system, lifted by an officer without a part in it, on an assessment made since.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenAcceptance, givenAssessment, givenCondition, givenFacts, givenGrant, givenReviewer, givenRisk, givenSigned, givenSuspension, givenSystem, packageOf, refusal, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays } from './clock.js';
import { factsManifest } from './gate-decision.js';
import type { ReleaseFacts } from './gate-question.js';
import { evaluateGate, type Evaluation } from './gate.js';
import { planOf } from './gate-plan.js';
import { requireStanding } from './grant.js';
import type { Risk } from './risk.js';
import { imposeSuspension, liftSuspension, scopeOf, type LiftBasis, type Suspension } from './suspension.js';

const policy = defaultPolicy();
const clock = new NotingClock(TODAY);
const officer = givenReviewer('officer2', ['RISK']);
const anew = givenRisk({ assessments: [givenAssessment('LOW'), givenAssessment('LOW', { revision: 2, at: TODAY })] });
const basis: LiftBasis = { principal: officer, system: givenSystem(), risks: [anew], clock };

function judge(about: ReleaseFacts): Evaluation {
  return evaluateGate(policy, givenFacts(about), new NotingClock(TODAY));
}

function blocking(about: ReleaseFacts): string[] {
  return judge(about).reasons.filter(({ severity }) => severity === 'BLOCK').map(({ code, requirement, params }) => `${code} ${requirement} ${(params.suspensions ?? params.conditions ?? []).join(' ')}`.trim());
}

describe('a suspension', () => {
  test('is recorded with its cause, about one risk or the whole system', () => {
    const identity = { id: 'sus-1', number: 'SUS-1', systemId: 'sys-1', riskId: 'risk-1', since: TODAY, imposedBy: 'officer' };

    expect(imposeSuspension(identity, { cause: 'INCIDENT', reason: 'Data has leaked.' })).toMatchObject({ event: 'suspension.imposed', next: { ...identity, cause: 'INCIDENT', state: 'OPEN', lifted: null } });
    expect([scopeOf(givenSuspension()), scopeOf(givenSuspension({ riskId: null }))]).toEqual(['RISK', 'SYSTEM']);
  });

  test('is lifted with a reason, once', () => {
    const lifted = liftSuspension(givenSuspension(), basis, 'The hole is closed.').next;

    expect(lifted).toMatchObject({ state: 'LIFTED', lifted: { by: 'officer2', at: TODAY, reason: 'The hole is closed.' } });
    expect(() => liftSuspension(lifted, basis, 'Again.')).toThrow(refusal('INVALID_TRANSITION'));
    expect(() => liftSuspension(givenSuspension(), basis, ' ')).toThrow(refusal('INVALID_TEXT'));
  });

  test.each<[string, Partial<Suspension>, readonly Risk[], readonly string[]]>([
    ['its risk', {}, [givenRisk()], ['R-1']], ['every assessed risk of its system', { riskId: null }, [anew, givenRisk({ id: 'risk-2', number: 'R-2' })], ['R-2']],
    ['a risk that was assessed at the very instant', { since: TODAY }, [anew], ['R-1']],
  ])('is not lifted before a new assessment of %s', (_, more, risks, because) => {
    expect(() => liftSuspension(givenSuspension(more), { ...basis, risks }, 'It is over.')).toThrow(refusal('REASSESSMENT_MISSING', { because }));
  });

  test('asks nothing of risks that have ended, nor of a whole system about those that nobody has assessed', () => {
    expect(liftSuspension(givenSuspension(), { ...basis, risks: [givenRisk({ state: 'CLOSED' })] }, 'It is over.').next.state).toBe('LIFTED');
    expect(liftSuspension(givenSuspension({ riskId: null }), { ...basis, risks: [anew, givenRisk({ id: 'risk-2', state: 'IDENTIFIED', assessments: [] })] }, 'It is over.').next.state).toBe('LIFTED');
  });

  test.each([['the owner of the system', 'owner', ['SYSTEM_OWNER', 'AUTHOR']], ['a developer', 'dev', ['DEVELOPER']], ['the owner of the risk', 'riskowner', ['RISK_OWNER']], ['whoever assessed it', 'assessor', ['ASSESSOR']]])('is not lifted by %s', (_, personId, because) => {
    expect(() => liftSuspension(givenSuspension(), { ...basis, principal: givenReviewer(personId, ['RISK']) }, 'It is over.')).toThrow(refusal('SEPARATION_OF_DUTIES', { because }));
  });

  test('is not lifted by somebody who is no risk officer', () => {
    expect(() => liftSuspension(givenSuspension(), { ...basis, principal: givenReviewer('somebody', ['LEGAL']) }, 'It is over.')).toThrow(refusal('NOT_ELIGIBLE'));
  });
});

describe('at the gate', () => {
  const risk = givenRisk({ level: 'HIGH', state: 'ACCEPTED' });
  const accepted = givenSigned(givenAbout({ risks: [risk], acceptances: [givenAcceptance(risk)] }));

  test('an acceptance that is suspended carries nothing, and the reason names by what', () => {
    const about = { ...accepted, suspensions: [givenSuspension()] };

    expect(judge(accepted).verdict).toBe('ALLOW');
    expect(blocking(about)).toEqual(['ACCEPTANCE_SUSPENDED R3/R-1 SUS-1', 'ACCEPTANCE_SUSPENDED R4/R-1 SUS-1']);
    expect(planOf(judge(about), about).acts.map(({ mutation, about: of }) => `${mutation} ${of ?? ''}`)).toEqual(['assessRisk R-1', 'liftSuspension SUS-1']);
    expect(judge({ ...accepted, suspensions: [givenSuspension({ state: 'LIFTED' })] }).verdict).toBe('ALLOW');
  });

  test('a suspended system is denied, with everything that was accepted about it', () => {
    expect(blocking({ ...accepted, suspensions: [givenSuspension({ riskId: null })] })).toEqual(['SYSTEM_SUSPENDED TARGET/SYSTEM SUS-1', 'ACCEPTANCE_SUSPENDED R3/R-1 SUS-1', 'ACCEPTANCE_SUSPENDED R4/R-1 SUS-1']);
  });

  test('what was granted before it is not deployed after it, unless it is about one risk or was lifted', () => {
    const standing = (more: Partial<Suspension>): (() => void) => () => { requireStanding(givenGrant(), { ...accepted, suspensions: [givenSuspension(more)], promotion: null, letIn: { grants: [], breakGlasses: [], isBaselined: false } }); };

    expect(standing({ riskId: null })).toThrow(refusal('GRANT_INVALID', { because: ['SYSTEM_SUSPENDED'] }));
    for (const more of [{}, { riskId: null, state: 'LIFTED' }] as const) expect(standing(more)).not.toThrow();
  });

  test('a confirmed risk is open again while something that has happened to it is not lifted', () => {
    const confirmed = givenSigned(givenAbout());

    expect(blocking({ ...confirmed, suspensions: [givenSuspension()] })).toEqual(['RISK_UNCONFIRMED R3/R-1 SUS-1']);
    expect(blocking({ ...confirmed, suspensions: [givenSuspension({ riskId: null })] })).toEqual(['SYSTEM_SUSPENDED TARGET/SYSTEM SUS-1']);
    expect(planOf(judge({ ...confirmed, suspensions: [givenSuspension({ riskId: null })] }), null).acts.map(({ mutation, about }) => `${mutation} ${about ?? ''}`.trim())).toEqual(['assessRisk', 'liftSuspension SUS-1']);
  });

  test('a condition of an acceptance is an obligation until it is due; missed, it suspends or ends the acceptance', () => {
    const on = (more: Partial<Parameters<typeof givenCondition>[0]> = {}): ReleaseFacts => ({ ...accepted, conditions: [givenCondition({ signOffId: null, acceptanceId: 'acc-1', lanes: ['RISK'], ...more })] });

    expect(judge(on())).toMatchObject({ verdict: 'ALLOW', obligations: [{ id: 'C-1', properties: { signOff: null, acceptance: 'ACC-1', lanes: ['RISK'] } }] });
    expect(blocking(on({ due: TODAY }))).toEqual(['ACCEPTANCE_SUSPENDED R3/R-1 C-1', 'ACCEPTANCE_SUSPENDED R4/R-1 C-1']);
    expect(judge(on({ due: TODAY, effect: 'LAPSE' })).reasons).toEqual([expect.objectContaining({ code: 'ACCEPTANCE_EXPIRED', params: { risk: 'R-1', until: TODAY } }), expect.objectContaining({ code: 'ACCEPTANCE_EXPIRED', requirement: 'R4/R-1' })]);
    expect(packageOf(on()).pkg.conditions).toEqual([expect.objectContaining({ number: 'C-1', state: 'OPEN' })]);
  });

  test('a renewal counts in the place of what it renews, from its grant on', () => {
    const ending = givenAcceptance(risk, { validUntil: plusDays(TODAY, -1) });
    const renewal = givenAcceptance(risk, { id: 'acc-2', number: 'ACC-2', renews: 'acc-1' });

    expect(blocking({ ...accepted, acceptances: [ending] })).toEqual(['ACCEPTANCE_EXPIRED R3/R-1', 'ACCEPTANCE_EXPIRED R4/R-1']);
    expect(judge({ ...accepted, acceptances: [ending, renewal] }).verdict).toBe('ALLOW');
    expect(packageOf({ ...accepted, acceptances: [givenAcceptance(risk, { validUntil: plusDays(TODAY, 80) }), renewal] }).pkg.risks[0]?.acceptance?.number).toBe('ACC-2');
  });
});

test('suspensions are among the facts by which a decision can be made again', () => {
  const about = givenAbout({ suspensions: [givenSuspension()] });

  expect(factsManifest(policy, givenFacts(about), { now: TODAY, decision: 'dec-1' }).facts).toContainEqual(['Suspension', 'sus-1', about.suspensions[0]?.digest]);
});
