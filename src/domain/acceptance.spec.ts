// Accepting a risk: who must grant it, what it covers, and that it ends.
import { describe, expect, test } from '@jest/globals';
import { defaultCriteria, givenAcceptance, givenAssessment, givenCondition, givenEvidence, givenMitigation, givenProof, givenRisk, givenSuspension, refusal, stored, TODAY } from '../../test/support/given.js';
import { roleGrant, user } from '../../test/support/world-people.js';
import { acceptanceOutcome, imposeOnAcceptance, coversRisk, endAcceptance, grantAcceptance, isGranted, requestAcceptance, type AcceptanceBasis, type RiskAcceptance } from './acceptance.js';
import type { Principal, Role } from './actor.js';
import { NotingClock, plusDays } from './clock.js';
import type { Condition } from './condition.js';
import type { Risk } from './risk.js';
import type { Level } from './scoring.js';
import type { Suspension } from './suspension.js';

const criteria = defaultCriteria();
const clock = new NotingClock(TODAY);
const proof = givenProof({ clock });
const IDENTITY = { id: 'acc-1', number: 'ACC-1', requestedBy: 'riskowner' };

function assessed(level: Level): Risk {
  return givenRisk({ state: 'ASSESSED', level, confirmation: null });
}

function requested(risk: Risk, days = 30): RiskAcceptance {
  return requestAcceptance(IDENTITY, risk, proof, { reason: 'The benefit outweighs it.', validUntil: plusDays(TODAY, days), now: TODAY }).next;
}

function person(id: string, ...roles: readonly Role[]): Principal {
  return stored(user(id, 'risk', roles.map((role) => roleGrant(role))));
}

function grantedBy(acceptance: RiskAcceptance, risk: Risk, ...people: readonly Principal[]): RiskAcceptance {
  return people.reduce((present, principal) => grantAcceptance(present, risk, proof, principal).next, acceptance);
}

describe('requesting an acceptance', () => {
  test('keeps exactly what is accepted: the level, the assessment, the statement and the scope', () => {
    const risk = assessed('HIGH');

    expect(requested(risk).accepted).toEqual({ level: 'HIGH', revision: 1, statement: risk.statement, releaseId: null });
  });

  test('is refused at a level that nobody may accept', () => {
    expect(() => requested(assessed('VERY_HIGH'))).toThrow(refusal('NOT_ACCEPTABLE', { actual: 'VERY_HIGH' }));
  });

  test('is refused for longer than the level allows, and for the past', () => {
    expect(() => requested(assessed('HIGH'), 91)).toThrow(refusal('VALIDITY_TOO_LONG', { expected: plusDays(TODAY, 90) }));
    expect(() => requested(assessed('HIGH'), 0)).toThrow(refusal('INVALID_INPUT', { field: 'validUntil' }));
    expect(requested(assessed('HIGH'), 90).validUntil).toBe(plusDays(TODAY, 90));
  });

  test('is refused for a risk that is not assessed', () => {
    expect(() => requested(givenRisk({ state: 'IDENTIFIED' }))).toThrow(refusal('INVALID_TRANSITION', { action: 'accept' }));
  });
});

describe('renewing an acceptance', () => {
  const risk = assessed('HIGH');
  const granted = givenAcceptance(risk);
  const renewal = (renews: RiskAcceptance, earlier: readonly RiskAcceptance[] = [renews]): RiskAcceptance => (
    requestAcceptance({ ...IDENTITY, id: 'acc-2', number: 'ACC-2' }, risk, proof, { reason: 'It still does.', validUntil: plusDays(TODAY, 60), now: TODAY, renews, earlier }).next);

  test('is a new one that nobody has granted yet; the old one is left as it was', () => {
    expect(renewal(granted)).toMatchObject({ id: 'acc-2', renews: 'acc-1', grants: [], state: 'REQUESTED', validUntil: plusDays(TODAY, 60) });
    expect(granted.validUntil).toBe(plusDays(TODAY, 30));
  });

  test('may be asked for once the old one is over', () => {
    expect(renewal({ ...granted, validUntil: plusDays(TODAY, -1) }).renews).toBe('acc-1');
  });

  test.each<[string, Partial<RiskAcceptance>]>([['was not granted', { grants: [] }], ['was revoked', { state: 'REVOKED' }], ['was withdrawn', { state: 'WITHDRAWN' }]])('is refused of one that %s', (_, more) => {
    expect(() => renewal({ ...granted, ...more })).toThrow(refusal('NOT_RENEWABLE', { field: 'renews' }));
  });

  test('is refused of another risk, and of one that was renewed already', () => {
    expect(() => renewal({ ...granted, riskId: 'risk-2' })).toThrow(refusal('INVALID_INPUT', { field: 'renews' }));
    expect(() => renewal(granted, [granted, givenAcceptance(risk, { id: 'acc-3', renews: 'acc-1' })])).toThrow(refusal('NOT_RENEWABLE'));
    expect(renewal(granted, [granted, givenAcceptance(risk, { id: 'acc-3', renews: 'acc-1', grants: [] })]).renews).toBe('acc-1');
  });
});

describe('what is asked for beside an acceptance', () => {
  const asked = { text: 'Train the staff.', evidence: 'A list of who came.', due: plusDays(TODAY, 20), ownerId: 'fixer', effect: 'LAPSE' } as const;

  test('is confirmed by people of RISK, and due before it ends', () => {
    const [imposed] = imposeOnAcceptance(requested(assessed('HIGH')), [{ id: 'con-1', number: 'C-1' }], [asked], TODAY);

    expect(imposed?.next).toMatchObject({ ...asked, acceptanceId: 'acc-1', signOffId: null, lanes: ['RISK'], imposedBy: 'riskowner', imposedAt: TODAY });
    expect(() => imposeOnAcceptance(requested(assessed('HIGH'), 10), [{ id: 'con-1', number: 'C-1' }], [asked], TODAY)).toThrow(refusal('VALIDITY_TOO_LONG', { field: 'due' }));
  });
});

describe('granting an acceptance', () => {
  const risk = assessed('HIGH');

  test('takes the head of risk and an executive at HIGH', () => {
    const half = grantedBy(requested(risk), risk, person('head', 'HEAD_OF_RISK'));

    expect(isGranted(half, criteria)).toBe(false);
    expect(isGranted(grantedBy(half, risk, person('boss', 'EXECUTIVE')), criteria)).toBe(true);
  });

  test('takes two persons, even where one holds both roles', () => {
    const both = person('both', 'HEAD_OF_RISK', 'EXECUTIVE');

    expect(() => grantedBy(requested(risk), risk, both, both)).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['GRANTED_ALREADY'] }));
  });

  test('is the right of the owner of this very risk at LOW', () => {
    const low = assessed('LOW');

    expect(isGranted(grantedBy(requested(low), low, person('riskowner')), criteria)).toBe(true);
    expect(() => grantedBy(requested(low), low, person('another', 'RISK_OWNER'))).toThrow(refusal('ABOVE_AUTHORITY', { because: ['RISK_OWNER'] }));
  });

  test('is refused without the authority for the level', () => {
    expect(() => grantedBy(requested(risk), risk, person('officer', 'RISK_OFFICER'))).toThrow(refusal('ABOVE_AUTHORITY', { because: ['HEAD_OF_RISK', 'EXECUTIVE'] }));
  });

  test('is refused to whoever assessed the risk last, and to a service', () => {
    expect(() => grantedBy(requested(risk), risk, person('assessor', 'EXECUTIVE'))).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['LAST_ASSESSOR'] }));
    const service: Principal = { ...person('robot', 'EXECUTIVE'), kind: 'SERVICE', personId: null };
    expect(() => grantedBy(requested(risk), risk, service)).toThrow(refusal('SEPARATION_OF_DUTIES'));
  });

  test('is refused to whoever requested it, unless it is the owner of the risk', () => {
    expect(() => grantedBy({ ...requested(risk), requestedBy: 'boss' }, risk, person('boss', 'EXECUTIVE'))).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['REQUESTER'] }));
  });

  test('is refused when the risk was changed or assessed again, and after the end', () => {
    const head = person('head', 'HEAD_OF_RISK');
    const again = givenRisk({ state: 'ASSESSED', assessments: [givenAssessment('HIGH'), givenAssessment('LOW', { revision: 2 })] });

    expect(() => grantedBy(requested(risk), again, head)).toThrow(refusal('PACKAGE_CHANGED'));
    expect(() => grantedBy(requested(risk), { ...risk, releaseId: 'rel-1' }, head)).toThrow(refusal('PACKAGE_CHANGED'));
    expect(() => grantedBy({ ...requested(risk), validUntil: TODAY }, risk, head)).toThrow(refusal('INVALID_TRANSITION', { state: 'EXPIRED' }));
  });
});

describe('an acceptance', () => {
  const risk = assessed('HIGH');
  const granted = givenAcceptance(risk);
  const outcome = (acceptance: RiskAcceptance, more: Partial<AcceptanceBasis> = {}): string => acceptanceOutcome(acceptance, { criteria, acceptances: [], conditions: [], suspensions: [], clock, ...more });

  test('ends by itself, and the clock notes when', () => {
    const today = new NotingClock(TODAY);

    expect(outcome(granted, { clock: today })).toBe('GRANTED');
    expect(today.holdsUntil).toEqual({ at: granted.validUntil, what: 'ACCEPTANCE', ref: 'acc-1' });
    expect(outcome(granted, { clock: new NotingClock(granted.validUntil) })).toBe('EXPIRED');
  });

  test('is no longer granted when newer criteria ask for more, or let nobody accept the level', () => {
    const stricter = { ...criteria, authority: { ...criteria.authority, HIGH: ['HEAD_OF_RISK', 'EXECUTIVE', 'BUSINESS_OWNER'] as const } };

    expect(outcome(granted, { criteria: stricter })).toBe('REQUESTED');
    expect(outcome(granted, { criteria: { ...criteria, authority: { ...criteria.authority, HIGH: [] } } })).toBe('REQUESTED');
  });

  test('counts until the one that renews it is granted; taking that back revives nothing', () => {
    const renewal = givenAcceptance(risk, { id: 'acc-2', number: 'ACC-2', renews: 'acc-1' });

    expect(outcome(granted, { acceptances: [granted, { ...renewal, grants: renewal.grants.slice(1) }] })).toBe('GRANTED');
    expect(outcome(granted, { acceptances: [granted, renewal] })).toBe('RENEWED');
    expect(outcome(renewal, { acceptances: [granted, renewal] })).toBe('GRANTED');
    expect(outcome(granted, { acceptances: [granted, { ...renewal, state: 'REVOKED' }] })).toBe('RENEWED');
  });

  test('is suspended by what has happened to its risk or its system, until that is lifted', () => {
    const suspended = (more: Partial<Suspension>): string => outcome(granted, { suspensions: [givenSuspension(more)] });

    expect([suspended({}), suspended({ riskId: null }), suspended({ state: 'LIFTED' }), suspended({ riskId: 'risk-2' }), suspended({ riskId: null, systemId: 'sys-2' })]).toEqual(['SUSPENDED', 'SUSPENDED', 'GRANTED', 'GRANTED', 'GRANTED']);
  });

  test('is suspended by a condition that was missed until it is met, or lapses with it', () => {
    const missed = (more: Partial<Condition>): string => outcome(granted, { conditions: [givenCondition({ signOffId: null, acceptanceId: 'acc-1', due: TODAY, ...more })] });

    expect([missed({}), missed({ state: 'CONFIRMED' }), missed({ effect: 'LAPSE' }), missed({ due: plusDays(TODAY, 1) }), missed({ acceptanceId: 'acc-2' })]).toEqual(['SUSPENDED', 'GRANTED', 'LAPSED', 'GRANTED', 'GRANTED']);
  });

  test('covers the risk at the accepted level or below, and nothing else', () => {
    expect(coversRisk(granted, risk, proof)).toBe(true);
    expect(coversRisk(granted, assessed('LOW'), proof)).toBe(true);
    expect(coversRisk(granted, assessed('VERY_HIGH'), proof)).toBe(false);
    expect(coversRisk(granted, { ...risk, releaseId: 'rel-1' }, proof)).toBe(false);
    expect(coversRisk(granted, { ...risk, statement: { ...risk.statement, consequence: 'people are hurt' } }, proof)).toBe(false);
    expect(coversRisk(granted, givenRisk({ assessments: [] }), proof)).toBe(false);
  });

  test('no longer covers once the evidence of what lowered the level has ended', () => {
    const high = givenAssessment('HIGH', { inherent: { likelihood: 5, consequences: [{ class: 'LEGAL', value: 4 }], level: 'VERY_HIGH' }, current: { likelihood: 3, consequences: [{ class: 'LEGAL', value: 4 }], level: 'HIGH' } });
    const treated = givenRisk({ state: 'ASSESSED', confirmation: null, assessments: [high] });
    const shown = { mitigations: [givenMitigation()], evidence: [givenEvidence()] };

    expect(coversRisk(granted, treated, givenProof(shown))).toBe(true);
    expect(coversRisk(granted, treated, givenProof({ ...shown, clock: new NotingClock(plusDays(TODAY, 30)) }))).toBe(false);
    expect(() => requestAcceptance(IDENTITY, treated, givenProof(), { reason: 'As claimed.', validUntil: plusDays(TODAY, 30), now: TODAY })).toThrow(refusal('NOT_ACCEPTABLE', { actual: 'VERY_HIGH' }));
  });

  test('is withdrawn by its requester, and revoked by a grantor or the head of risk', () => {
    const end = (action: 'withdraw' | 'revoke', principal: Principal): string => endAcceptance(granted, action, 'Things have changed.', { principal, clock }).next.state;

    expect(end('withdraw', person('riskowner'))).toBe('WITHDRAWN');
    expect(() => end('withdraw', person('boss', 'HEAD_OF_RISK'))).toThrow(refusal('NOT_ELIGIBLE'));
    expect(end('revoke', person('executive'))).toBe('REVOKED');
    expect(end('revoke', person('other', 'HEAD_OF_RISK'))).toBe('REVOKED');
    expect(() => end('revoke', person('riskowner', 'EXECUTIVE'))).toThrow(refusal('NOT_ELIGIBLE'));
    expect(() => endAcceptance({ ...granted, state: 'REVOKED' }, 'revoke', 'Again.', { principal: person('executive'), clock })).toThrow(refusal('INVALID_TRANSITION'));
  });
});
