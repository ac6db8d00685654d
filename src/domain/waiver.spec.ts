// Waiving a requirement: what may be waived and for how long, who must agree, and what ends it.
import { describe, expect, test } from '@jest/globals';
import { component, defaultPolicy, givenAbout, givenEvidence, givenFinding, givenMitigation, givenRelease, givenReviewer, givenRisk, givenSignOff, givenSystem, givenTier, packageOf, refusal, stored, TODAY } from '../../test/support/given.js';
import { roleGrant, user } from '../../test/support/world-people.js';
import type { PersonFunction, Principal, Role } from './actor.js';
import { NotingClock, plusDays } from './clock.js';
import type { ReleaseFacts } from './gate-question.js';
import type { Level } from './scoring.js';
import { recusalsIn } from './sign-off.js';
import { requestWaiver, type WaiverRequest } from './waiver-request.js';
import { endWaiver, grantsNeeded, grantWaiver, waiverOutcome, type Waiver, type WaiverBasis } from './waiver.js';

const policy = defaultPolicy();
const clock = new NotingClock(TODAY);
const head = person('head', 'risk', 'HEAD_OF_RISK');
const officer = person('officer', 'risk', 'RISK_OFFICER');
const security = givenReviewer('sec', ['SECURITY'], { function: 'security' });

function person(id: string, work: PersonFunction, ...roles: readonly Role[]): Principal {
  return stored(user(id, work, roles.map((role) => roleGrant(role))));
}

function asked(about: ReleaseFacts, more: Partial<WaiverRequest> = {}, by: { requestedBy?: string; earlier?: readonly Waiver[] } = {}): Waiver {
  const { pkg, digest } = packageOf(about);
  const { earlier = [], requestedBy = 'owner' } = by;
  const identity = { id: `wai-${String(earlier.length + 1)}`, number: `W-${String(earlier.length + 1)}`, requestedBy, requestedAt: TODAY };
  return requestWaiver(identity, { policy, pkg, packageDigest: digest, earlier, authority: about.criteria.authority }, { requirement: 'R5/SECURITY', reason: 'The attack test is late.', compensatingControl: 'Five users only.', validUntil: plusDays(TODAY, 30), renews: null, ...more }).next;
}

function basis(shown: ReleaseFacts, present: ReleaseFacts = shown, principals: readonly Principal[] = [head, officer, security], at = clock): WaiverBasis {
  const { pkg, digest } = packageOf(shown);
  return { policy, packages: { [digest]: pkg }, pkg: packageOf(present).pkg, principals, requesters: [], recusals: recusalsIn(present.signOffs), suspensions: present.suspensions, sources: present, clock: at };
}

function grantedBy(waiver: Waiver, about: ReleaseFacts, ...people: readonly Principal[]): Waiver {
  return people.reduce((present, principal) => grantWaiver(present, basis(about), principal).next, waiver);
}

const about = givenAbout();
const FOUR_EYED = givenAbout({ system: givenSystem({ tierAssessments: [givenTier({ tier: 'CRITICAL' })] }) });

describe('whoever has stepped back from a lane', () => {
  const recused = (lane: 'SECURITY' | 'LEGAL'): ReleaseFacts => ({ ...about, signOffs: [givenSignOff(security, packageOf(about).digest, [lane], { choice: 'RECUSE' })] });

  test('grants no waiver of that lane, and one granted before counts no longer', () => {
    expect(() => grantWaiver(asked(about), basis(about, recused('SECURITY')), security)).toThrow(expect.objectContaining({ code: 'SEPARATION_OF_DUTIES', facts: expect.objectContaining({ because: ['RECUSED'] }) }));

    const granted = grantedBy(asked(about), about, head, security);
    expect(waiverOutcome(granted, basis(about))).toBe('GRANTED');
    expect(waiverOutcome(granted, basis(about, recused('SECURITY')))).not.toBe('GRANTED');
    expect(waiverOutcome(granted, basis(about, recused('LEGAL')))).toBe('GRANTED');
  });
});

test('whoever has asked to move the release there grants no waiver for it, and one they granted before counts no longer', () => {
  const asking = { ...basis(about), requesters: [security.personId ?? ''] };

  expect(() => grantWaiver(asked(about), asking, security)).toThrow(expect.objectContaining({ code: 'SEPARATION_OF_DUTIES', facts: expect.objectContaining({ because: ['REQUESTER'] }) }));
  const granted = grantedBy(asked(about), about, head, security);
  expect([waiverOutcome(granted, basis(about)), waiverOutcome(granted, asking)]).toEqual(['GRANTED', 'REQUESTED']);
});

test('a waiver of what a risk is above ends with what showed its mitigations', () => {
  const shown = { mitigations: [givenMitigation({ state: 'VERIFIED', evidenceIds: ['evi-1'] })], evidence: [givenEvidence({ id: 'evi-1', validUntil: plusDays(TODAY, 5) })], risks: [givenRisk({ level: 'HIGH' })] };
  const risky = givenAbout(shown);
  const granted = grantedBy(asked(risky, { requirement: 'R4/R-1' }), risky, head, officer);
  const at = (day: number): string => waiverOutcome(granted, basis(risky, risky, [head, officer], new NotingClock(plusDays(TODAY, day))));

  expect([at(4), at(5)]).toEqual(['GRANTED', 'OUTDATED']);
});

describe('requesting a waiver', () => {
  test('keeps what was shown, and the lane in which a difference ends it', () => {
    const treated = givenAbout({ mitigations: [givenMitigation({ requiredFrom: 'PILOT', state: 'IMPLEMENTED' })] });

    expect(asked(about)).toMatchObject({ requirement: 'R5/SECURITY', lane: 'SECURITY', packageDigest: packageOf(about).digest, state: 'REQUESTED', grants: [] });
    expect(asked(treated, { requirement: 'R6/M-1' })).toMatchObject({ lane: 'RISK', releaseId: 'rel-1', environmentId: 'env-1' });
  });

  test('is the right of the team, owner or developer', () => {
    expect(asked(about, {}, { requestedBy: 'dev' }).requestedBy).toBe('dev');
    expect(() => asked(about, {}, { requestedBy: 'officer' })).toThrow(refusal('NOT_ELIGIBLE'));
  });

  test.each([['MINIMAL', 90], ['MODERATE', 60], ['HIGH', 30], ['CRITICAL', 14]] as const)('for a system of tier %s ends after at most %i days', (tier, days) => {
    const tiered = givenAbout({ system: givenSystem({ tierAssessments: [givenTier({ tier })] }) });

    expect(asked(tiered, { validUntil: plusDays(TODAY, days) }).validUntil).toBe(plusDays(TODAY, days));
    expect(() => asked(tiered, { validUntil: plusDays(TODAY, days + 0.001) })).toThrow(refusal('VALIDITY_TOO_LONG', { expected: plusDays(TODAY, days) }));
    expect(() => asked(tiered, { validUntil: TODAY })).toThrow(refusal('INVALID_INPUT', { field: 'validUntil' }));
  });

  test.each(['TARGET/RELEASE', 'CALLER/SYSTEM', 'GATE', 'D1', 'D2', 'D3', 'R19', 'R5/REQUEST', 'R5/LEGAL', 'R5/FRIA', 'R2/FRIA'])('is refused for %s', (requirement) => {
    expect(() => asked(about, { requirement })).toThrow(refusal('NOT_WAIVABLE', { actual: requirement }));
  });

  test('is refused for privacy where there is personal data, and only there', () => {
    const personal = givenAbout({ system: givenSystem({ tierAssessments: [givenTier({ flags: ['PERSONAL_DATA'] })] }) });

    expect(() => asked(personal, { requirement: 'R5/PRIVACY' })).toThrow(refusal('NOT_WAIVABLE'));
    expect(asked(about, { requirement: 'R5/PRIVACY' }).lane).toBe('PRIVACY');
  });

  test('is refused for what the gate does not ask about this release', () => {
    for (const requirement of ['R5/EXECUTIVE', 'R6/M-9', 'R9', 'R3/R-7', 'r5/SECURITY', 'R5/SECURITY/', 'R99', '']) expect(() => asked(about, { requirement })).toThrow(refusal('INVALID_INPUT', { field: 'requirement' }));
    expect(asked(givenAbout({ findings: [givenFinding()] }), { requirement: 'R9/F-1' }).requirement).toBe('R9/F-1');
    expect(asked(about, { requirement: 'R3/R-1' }).lane).toBe('RISK');
    expect(asked(about, { requirement: 'R1/TIER' }).lane).toBe('RISK');
  });

  test('is refused for a risk that nobody may accept', () => {
    const risky = (level: Level): ReleaseFacts => givenAbout({ risks: [givenRisk({ level })] });

    expect(() => asked(risky('VERY_HIGH'), { requirement: 'R4/R-1' })).toThrow(refusal('NOT_WAIVABLE', { field: 'requirement', actual: 'R4/R-1' }));
    expect(asked(risky('HIGH'), { requirement: 'R4/R-1' }).requirement).toBe('R4/R-1');
    expect(asked(risky('VERY_HIGH'), { requirement: 'R3/R-1' }).requirement).toBe('R3/R-1');
  });

  test('takes a compensating control, in words', () => {
    expect(() => asked(about, { compensatingControl: ' ' })).toThrow(refusal('INVALID_TEXT'));
    expect(() => asked(about, { reason: '' })).toThrow(refusal('INVALID_TEXT'));
  });

  test('is one of a requirement in a scope, and one that renews it with grants of its own', () => {
    const first = grantedBy(asked(about), about, head, security);
    const second = asked(about, { renews: first.id }, { earlier: [first] });

    expect(second).toMatchObject({ renews: first.id, grants: [] });
    expect(() => asked(about, {}, { earlier: [first] })).toThrow(refusal('ALREADY_EXISTS', { id: 'W-1' }));
    expect(() => asked(about, { renews: second.id }, { earlier: [first, second] })).toThrow(refusal('NOT_RENEWABLE'));
    expect(() => asked(about, { renews: first.id }, { earlier: [first, second] })).toThrow(refusal('NOT_RENEWABLE'));
    expect(() => asked(about, { renews: first.id, requirement: 'R5/OPS' }, { earlier: [first] })).toThrow(refusal('INVALID_INPUT', { field: 'renews' }));
  });

  test('is as if never made when it was withdrawn before it could count, and used up when it was withdrawn later', () => {
    const withdrawn = (waiver: Waiver): Waiver => endWaiver(waiver, 'withdraw', 'Not needed.', { principal: person('owner', 'product'), clock }).next;

    expect(asked(about, {}, { earlier: [withdrawn(grantedBy(asked(about), about, head))] }).number).toBe('W-2');
    expect(() => asked(about, {}, { earlier: [withdrawn(grantedBy(asked(about), about, head, security))] })).toThrow(refusal('ALREADY_EXISTS'));
  });
});

describe('granting a waiver', () => {
  const outcome = (...people: readonly Principal[]): string => waiverOutcome(grantedBy(asked(about), about, ...people), basis(about, about, people));

  test('takes one person more than the requirement, the head of risk among them, and one who speaks for the lane', () => {
    expect(outcome(head)).toBe('REQUESTED');
    expect(outcome(head, security)).toBe('GRANTED');
    expect(outcome(head, officer)).toBe('REQUESTED');
    expect(outcome(officer, security)).toBe('REQUESTED');
    expect(outcome(head, person('cto', 'security', 'EXECUTIVE'))).toBe('GRANTED');
    expect(outcome(head, givenReviewer('guest', ['SECURITY'], { function: 'legal' }))).toBe('GRANTED');
  });

  test('takes three persons for a lane of four eyes, and two for every other rule', () => {
    const waiver = grantedBy(asked(FOUR_EYED, { validUntil: plusDays(TODAY, 14) }), FOUR_EYED, head, security);

    expect(packageOf(FOUR_EYED).pkg.lanes).toContainEqual({ lane: 'SECURITY', level: 'FOUR_EYES' });
    expect(waiverOutcome(waiver, basis(FOUR_EYED))).toBe('REQUESTED');
    expect(waiverOutcome(grantedBy(waiver, FOUR_EYED, officer), basis(FOUR_EYED))).toBe('GRANTED');
    expect([grantsNeeded('R5/SECURITY', packageOf(FOUR_EYED).pkg), grantsNeeded('R3/R-1', packageOf(FOUR_EYED).pkg), grantsNeeded('R5/SECURITY', packageOf(about).pkg)]).toEqual([3, 2, 2]);
  });

  test('is refused to the requester, to the team, and to every author in what was shown', () => {
    const by = (id: string): unknown => grantedBy(asked(about, {}, { requestedBy: 'dev' }), about, person(id, 'risk', 'HEAD_OF_RISK'));

    expect(() => by('dev')).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['REQUESTER', 'DEVELOPER', 'AUTHOR'] }));
    expect(() => by('owner')).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['SYSTEM_OWNER', 'AUTHOR'] }));
    for (const author of ['author', 'assessor', 'tierer']) expect(() => by(author)).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['AUTHOR'] }));
  });

  test('counts natural persons: neither twice nor a service', () => {
    const twin: Principal = { ...head, id: 'usr-head-b' };
    const robot: Principal = { ...person('robot', 'risk', 'HEAD_OF_RISK'), kind: 'SERVICE', personId: null };

    expect(() => grantedBy(asked(about), about, head, twin)).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['GRANTED_ALREADY'] }));
    expect(() => grantedBy(asked(about), about, robot)).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['NOT_A_PERSON'] }));
  });

  test('is refused without a role for it, and with one that was given after the request', () => {
    const late = stored(user('late', 'security', [roleGrant('HEAD_OF_RISK', null, { validFrom: plusDays(TODAY, 0.5) })]));
    const waiver = asked(about);

    expect(() => grantedBy(waiver, about, person('writer', 'security', 'CONTRIBUTOR'))).toThrow(refusal('NOT_ELIGIBLE'));
    expect(() => grantWaiver(waiver, basis(about, about, [], new NotingClock(plusDays(TODAY, 1))), late)).toThrow(refusal('NOT_ELIGIBLE'));
  });

  test('is refused after a material change, after the end, and where nobody may waive it any more', () => {
    const waiver = asked(about, { requirement: 'R5/PRIVACY' });
    const personal = givenAbout({ system: givenSystem({ tierAssessments: [givenTier({ flags: ['PERSONAL_DATA'] })] }) });
    const swapped = givenAbout({ release: givenRelease({ components: [component('MODEL', 'model 2'), component('DATASET', 'new')] }) });

    expect(() => grantWaiver(waiver, basis(about, swapped), head)).toThrow(refusal('PACKAGE_CHANGED'));
    expect(() => grantWaiver(waiver, basis(about, personal), head)).toThrow(refusal('NOT_WAIVABLE'));
    expect(() => grantWaiver(waiver, basis(about, about, [], new NotingClock(waiver.validUntil)), head)).toThrow(refusal('INVALID_TRANSITION', { state: 'EXPIRED' }));
  });
});

describe('what a waiver comes to', () => {
  const waiver = grantedBy(asked(about), about, head, security);

  test('ends at its end, which is noted', () => {
    const at = new NotingClock(TODAY);

    expect(waiverOutcome(waiver, basis(about, about, [head, security], at))).toBe('GRANTED');
    expect(at.holdsUntil).toMatchObject({ at: waiver.validUntil, what: 'WAIVER' });
    expect(waiverOutcome(waiver, basis(about, about, [head, security], new NotingClock(waiver.validUntil)))).toBe('EXPIRED');
  });

  test('ends with a difference that is material to its lane, and with no other', () => {
    const renamed = givenAbout({ risks: [givenRisk({ statement: { source: 'Another', event: 'one', consequence: 'altogether' } })] });
    const reprompted = givenAbout({ release: givenRelease({ components: [component('MODEL', 'model 1'), component('PROMPT', 'prompt 2')] }) });
    const ofRule = grantedBy(asked(about, { requirement: 'R3/R-1' }), about, head, officer);

    expect(waiverOutcome(waiver, basis(about, reprompted))).toBe('OUTDATED');
    expect(waiverOutcome(waiver, basis(about, renamed))).toBe('GRANTED');
    expect(waiverOutcome(ofRule, basis(about, renamed))).toBe('OUTDATED');
    expect(waiverOutcome(ofRule, basis(about, reprompted))).toBe('GRANTED');
  });

  test('is nothing where what was shown is kept no longer', () => {
    expect(waiverOutcome(waiver, { ...basis(about), packages: {} })).toBe('OUTDATED');
  });

  test('falls short when a grantor loses the role, or becomes a party', () => {
    const former = { ...security, grants: [roleGrant('REVIEWER', 'SECURITY', { validUntil: plusDays(TODAY, 5) })] };
    const at = new NotingClock(TODAY);
    const assessedByHead = givenAbout({ risks: [givenRisk({ lastEditedBy: 'head' })] });

    expect(waiverOutcome(waiver, basis(about, about, [head, former], at))).toBe('GRANTED');
    expect(at.holdsUntil?.at).toBe(plusDays(TODAY, 5));
    expect(waiverOutcome(waiver, basis(about, about, [head, former], new NotingClock(plusDays(TODAY, 5))))).toBe('REQUESTED');
    expect(waiverOutcome(waiver, basis(about, about, [head]))).toBe('REQUESTED');
    expect(waiverOutcome(waiver, basis(about, assessedByHead))).toBe('REQUESTED');
  });

  test('is taken back by its requester, by a grantor, or by the head of risk', () => {
    const by = (principal: Principal): { principal: Principal; clock: NotingClock } => ({ principal, clock });

    expect(waiverOutcome(endWaiver(waiver, 'withdraw', 'Done.', by(person('owner', 'product'))).next, basis(about))).toBe('WITHDRAWN');
    expect(waiverOutcome(endWaiver(waiver, 'revoke', 'No.', by(security)).next, basis(about))).toBe('REVOKED');
    expect(endWaiver(asked(about), 'revoke', 'No.', by(head))).toMatchObject({ event: 'waiver.revoked', reason: 'No.' });
    expect(() => endWaiver(waiver, 'withdraw', 'No.', by(head))).toThrow(refusal('NOT_ELIGIBLE'));
    expect(() => endWaiver(waiver, 'revoke', 'No.', by(officer))).toThrow(refusal('NOT_ELIGIBLE', { message: expect.stringContaining('A waiver is taken back') as unknown as string }));
    expect(() => grantWaiver(endWaiver(waiver, 'revoke', 'No.', by(head)).next, basis(about), officer)).toThrow(refusal('INVALID_TRANSITION'));
  });
});
