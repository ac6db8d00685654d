import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenReviewer, refusal, TODAY } from '../../test/support/given.js';
import type { Principal } from './actor.js';
import { NotingClock, plusDays, plusMs } from './clock.js';
import { activatePolicy, adoptPolicy, APPROVAL_DAYS, approvePolicy, draftPolicy, recordTest, submitPolicy, supersedePolicy, withdrawPolicy, type PolicyActor, type PolicyVersion } from './policy-version.js';

const { digest: _digest, ...DOCUMENT } = defaultPolicy();
const document = { ...DOCUMENT, title: 'A trial', id: 'trial', version: '1.0' };
const text = { document, sourceDigest: 'sha256:s', casesDigest: 'sha256:c', note: 'To try it.' };

const officer = (id: string, more: Partial<Principal> = {}): Principal => ({ ...givenReviewer(id, [], { function: 'risk' }), grants: [{ role: 'RISK_OFFICER', lane: null, systemIds: null, environmentIds: null, validFrom: plusDays(TODAY, -90), validUntil: null }], ...more });
const by = (principal: Principal, at = TODAY): PolicyActor & { engine: string } => ({ principal, personId: principal.personId ?? '', clock: new NotingClock(at), engine: '7' });
const AUTHOR = officer('author');
const [ANNA, BEN] = [officer('anna'), officer('ben')];

const drafted = draftPolicy({ id: 'pol-1', number: 'POL-1', draftedBy: AUTHOR.personId!, draftedAt: TODAY }, text, []).next;
const inReview: PolicyVersion = submitPolicy(recordTest(drafted, { cases: 3, failed: [], engine: '7' }, TODAY).next, []).next;
const approved = approvePolicy(approvePolicy(inReview, by(ANNA)).next, by(BEN)).next;

describe('a policy comes into force', () => {
  test('tested, approved by two who did not write it, activated', () => {
    expect(activatePolicy(approved, [], [ANNA, BEN], by(AUTHOR)).next).toMatchObject({ state: 'ACTIVE', activatedAt: TODAY });
  });

  test('not by fewer, not by one twice, and never with the author among them', () => {
    expect(() => approvePolicy(inReview, by(AUTHOR))).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['AUTHOR'] }));
    const once = approvePolicy(inReview, by(ANNA)).next;
    expect(() => approvePolicy(once, by(officer('other-account', { personId: ANNA.personId })))).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['APPROVED_ALREADY'] }));
    expect(() => activatePolicy(once, [], [ANNA, BEN], by(AUTHOR))).toThrow(refusal('POLICY_APPROVALS_MISSING', { actual: '1', expected: '2' }));
  });

  test('only by those who still may: the role is there, and for every system', () => {
    const former = officer('ben', { grants: [{ ...BEN.grants[0]!, revokedAt: TODAY }] });
    const narrow = officer('ben', { grants: [{ ...BEN.grants[0]!, systemIds: ['sys-1'] }] });
    for (const now of [former, narrow]) expect(() => activatePolicy(approved, [], [ANNA, now], by(AUTHOR))).toThrow(refusal('POLICY_APPROVALS_MISSING'));
  });

  test('and by a role that neither the author nor whoever activates it has given them', () => {
    const from = (person: Principal, ...grantors: readonly (Principal | null)[]): Principal => ({ ...person, grants: grantors.map((grantor) => ({ ...person.grants[0]!, grantedBy: grantor?.personId ?? null })) });
    const admin = officer('admin');
    const activated = (...now: readonly Principal[]): unknown => activatePolicy(approved, [], now, by(admin)).next.state;

    expect(activated(ANNA, from(BEN, officer('other-admin')))).toBe('ACTIVE');
    expect(activated(ANNA, from(BEN, null))).toBe('ACTIVE');
    expect(activated(ANNA, from(BEN, AUTHOR, officer('other-admin')))).toBe('ACTIVE');
    expect(() => activated(ANNA, from(BEN, AUTHOR))).toThrow(refusal('POLICY_APPROVALS_MISSING', { actual: '1', because: ['ROLE_FROM_AUTHOR'] }));
    expect(() => activated(ANNA, from(BEN, admin))).toThrow(refusal('POLICY_APPROVALS_MISSING', { actual: '1', because: ['ROLE_FROM_ACTIVATOR'] }));
    expect(() => activated(from(ANNA, AUTHOR, admin), { ...BEN, grants: [] })).toThrow(refusal('POLICY_APPROVALS_MISSING', { actual: '0', because: ['ROLE_FROM_AUTHOR', 'NOT_PERMITTED'] }));
    // The author is told at once; who will activate it is not known yet.
    expect(() => approvePolicy(inReview, by(from(BEN, AUTHOR)))).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['ROLE_FROM_AUTHOR'] }));
    expect(approvePolicy(inReview, by(from(BEN, admin))).next.approvals).toHaveLength(1);
  });

  test('as long as the approvals count', () => {
    const end = plusDays(TODAY, APPROVAL_DAYS);
    expect(activatePolicy(approved, [], [ANNA, BEN], by(AUTHOR, plusMs(end, -1))).next.state).toBe('ACTIVE');
    expect(() => activatePolicy(approved, [], [ANNA, BEN], by(AUTHOR, end))).toThrow(refusal('POLICY_APPROVALS_MISSING', { actual: '0' }));
    const renewed = approvePolicy(approvePolicy(approved, by(ANNA, end)).next, by(BEN, end)).next;
    expect(activatePolicy(renewed, [], [ANNA, BEN], by(AUTHOR, end)).next.state).toBe('ACTIVE');
    expect(renewed.approvals).toHaveLength(2);
  });

  test('with cases, and with every one of them passing', () => {
    expect(() => recordTest(drafted, { cases: 0, failed: [], engine: '7' }, TODAY)).toThrow(refusal('INVALID_INPUT', { field: 'cases' }));
    expect(() => recordTest(drafted, { cases: 3, failed: ['the second'], engine: '7' }, TODAY)).toThrow(refusal('POLICY_CASES_FAILED'));
    expect(() => submitPolicy(drafted, [])).toThrow(refusal('INVALID_TRANSITION'));
  });

  test('tested by the program that will judge by it: in review, it is tested again, and its approvals go on to count', () => {
    const today = { ...by(AUTHOR), engine: '8' };
    expect(() => activatePolicy(approved, [], [ANNA, BEN], today)).toThrow(refusal('POLICY_CASES_FAILED', { actual: '7', expected: '8' }));
    const again = recordTest(approved, { cases: 3, failed: [], engine: '8' }, TODAY).next;
    expect(again).toMatchObject({ state: 'IN_REVIEW', approvals: approved.approvals });
    expect(activatePolicy(again, [], [ANNA, BEN], today).next.state).toBe('ACTIVE');
  });

  test('handed in beside no other in force of the same priority, but in the place of the version before', () => {
    const tested = recordTest(drafted, { cases: 3, failed: [], engine: '7' }, TODAY).next;
    const other = { ...approved, id: 'pol-2', number: 'POL-2', policyId: 'other', state: 'ACTIVE' as const, document: { ...document, id: 'other' } };
    expect(() => submitPolicy(tested, [other])).toThrow(refusal('POLICY_BINDINGS_CONTRADICT', { field: 'bindings.0' }));
    for (const free of [{ ...other, policyId: 'trial' }, { ...other, state: 'IN_REVIEW' as const }]) expect(submitPolicy(tested, [free]).next.state).toBe('IN_REVIEW');
  });

  test('beside no other of the same priority; the version before goes', () => {
    const other = { ...approved, id: 'pol-2', number: 'POL-2', policyId: 'other', state: 'ACTIVE' as const, document: { ...document, id: 'other' } };
    expect(() => activatePolicy(approved, [other], [ANNA, BEN], by(AUTHOR))).toThrow(refusal('POLICY_BINDINGS_CONTRADICT', { field: 'bindings.0' }));
    expect(activatePolicy(approved, [{ ...other, document: { ...other.document, bindings: [{ priority: 5, mode: 'ENFORCE' }] } }], [ANNA, BEN], by(AUTHOR)).next.state).toBe('ACTIVE');
    const before = { ...other, policyId: 'trial' };
    expect(activatePolicy(approved, [before], [ANNA, BEN], by(AUTHOR)).next.state).toBe('ACTIVE');
    expect(supersedePolicy(before, TODAY).next).toMatchObject({ state: 'SUPERSEDED', supersededAt: TODAY });
  });
});

describe('what ships is adopted', () => {
  const adopt = (standing: readonly PolicyVersion[], failed: readonly string[] = []): PolicyVersion => adoptPolicy({ id: 'pol-3', number: 'POL-3', draftedBy: AUTHOR.personId!, draftedAt: TODAY }, text, { cases: 3, failed, engine: '7' }, standing).next;

  test('drafted, tested and submitted in one act; two others approve it before anybody activates it', () => {
    const handedIn = adopt([{ ...inReview, policyId: 'ours' }]);
    expect(handedIn).toMatchObject({ state: 'IN_REVIEW', draftedBy: AUTHOR.personId, activatedAt: null, tested: { cases: 3 }, approvals: [] });
    expect(() => approvePolicy(handedIn, by(AUTHOR))).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['AUTHOR'] }));
    expect(() => activatePolicy(handedIn, [], [], by(AUTHOR))).toThrow(refusal('POLICY_APPROVALS_MISSING'));
    expect(activatePolicy(approvePolicy(approvePolicy(handedIn, by(ANNA)).next, by(BEN)).next, [], [ANNA, BEN], by(AUTHOR)).next.state).toBe('ACTIVE');
  });

  test('not in the place, or beside, what was brought into force by review', () => {
    const ours = { ...approved, policyId: 'ours', label: '7', state: 'ACTIVE' as const };
    for (const standing of [ours, { ...ours, policyId: 'trial', label: '0.9' }]) expect(() => adopt([standing])).toThrow(refusal('ALREADY_EXISTS', { id: 'POL-1', actual: 'ACTIVE' }));
  });

  test('not while a version of it is open, which is named; one that was taken back is none', () => {
    const tested = recordTest(drafted, { cases: 3, failed: [], engine: '7' }, TODAY).next;
    for (const open of [drafted, tested, inReview, { ...inReview, label: '0.9' }]) expect(() => adopt([open])).toThrow(refusal('ALREADY_EXISTS', { id: 'POL-1', actual: open.state }));
    expect(adopt([withdrawPolicy(inReview, 'No.').next]).state).toBe('IN_REVIEW');
  });

  test('not while one of its cases fails', () => {
    expect(() => adopt([], ['one'])).toThrow(refusal('POLICY_CASES_FAILED'));
  });
});

describe('a version', () => {
  test('has a label of its own, unless the one before was taken back', () => {
    const again = (earlier: PolicyVersion): unknown => draftPolicy({ id: 'pol-2', number: 'POL-2', draftedBy: 'x', draftedAt: TODAY }, text, [earlier]);
    expect(() => again(drafted)).toThrow(refusal('ALREADY_EXISTS', { id: 'POL-1', actual: '1.0' }));
    expect(() => again(withdrawPolicy(drafted, 'No.').next)).not.toThrow();
  });

  test('is not drafted when its own bindings contradict each other', () => {
    const bindings = [{ priority: 1, mode: 'ENFORCE' as const }, { priority: 1, mode: 'OBSERVE' as const, kinds: ['PILOT' as const] }];
    expect(() => draftPolicy({ id: 'p', number: 'POL-9', draftedBy: 'x', draftedAt: TODAY }, { ...text, document: { ...document, bindings } }, [])).toThrow(refusal('POLICY_BINDINGS_CONTRADICT'));
  });

  test('in force is not withdrawn, and one that went never comes back', () => {
    const active = activatePolicy(approved, [], [ANNA, BEN], by(AUTHOR)).next;
    expect(() => withdrawPolicy(active, 'No.')).toThrow(refusal('INVALID_TRANSITION'));
    expect(() => activatePolicy(supersedePolicy(active, TODAY).next, [], [ANNA, BEN], by(AUTHOR))).toThrow(refusal('INVALID_TRANSITION'));
  });
});
