// The life of a mitigation: proposed, carried out by its owner, verified by somebody else on evidence, given up by two people.
import { describe, expect, test } from '@jest/globals';
import { givenCatalogues, givenEvidence, givenMitigation, givenRisk, refusal, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays } from './clock.js';
import {
  attachEvidence, cancelMitigation, editMitigation, failMitigation, hasLapsed, implementMitigation, isOverdue, proposeMitigation, verifyMitigation, workOnMitigation, type Mitigation, type MitigationActor, type MitigationDescription,
} from './mitigation.js';

const IDENTITY = { id: 'mit-9', number: 'M-9', proposedAt: TODAY };
const DESCRIPTION: MitigationDescription = {
  title: 'Hidden text is removed', description: 'Mails are read as plain text.', ownerId: 'doer', due: plusDays(TODAY, 30), effect: 'LIKELIHOOD', reduces: 2, requiredFrom: 'PRODUCTION', control: null,
};
const clock = new NotingClock(TODAY);
const catalogues = givenCatalogues();
const about = { risk: givenRisk(), catalogues };
const OFFICER = { personId: 'officer', isOfficer: true, parts: [] };
const OWNER = { personId: 'doer', isOfficer: false, parts: [] };
const ON_THE_TEAM = { ...OFFICER, parts: ['DEVELOPER'] };

function at(state: Mitigation['state'], more: Partial<Mitigation> = {}): Mitigation {
  return givenMitigation({ state, verification: state === 'VERIFIED' ? { by: 'verifier', at: TODAY } : null, requiredFrom: 'PRODUCTION', ...more });
}

describe('proposing a mitigation', () => {
  test('makes its author and its owner parties to it', () => {
    expect(proposeMitigation(IDENTITY, about, 'author', DESCRIPTION).next).toMatchObject({ state: 'PROPOSED', riskId: 'risk-1', systemId: 'sys-1', editors: ['author', 'doer'], evidenceIds: [] });
  });

  test.each(['CLOSED', 'REJECTED'] as const)('is refused for a risk that is %s', (state) => {
    expect(() => proposeMitigation(IDENTITY, { ...about, risk: givenRisk({ state }) }, 'author', DESCRIPTION)).toThrow(refusal('INVALID_TRANSITION', { state }));
  });

  test.each([['due', { due: TODAY }], ['reduces', { reduces: 0 }], ['reduces', { reduces: 5 }], ['reduces', { reduces: 1.5 }]] as const)('is refused for a bad %s: %j', (field, more) => {
    expect(() => proposeMitigation(IDENTITY, about, 'author', { ...DESCRIPTION, ...more })).toThrow(refusal('INVALID_INPUT', { field }));
  });
});

describe('editing a mitigation', () => {
  test('is for its owner or an officer, until it is implemented', () => {
    expect(editMitigation(at('IN_PROGRESS'), OWNER, { reduces: 3 }, catalogues).next).toMatchObject({ reduces: 3, lastEditedBy: 'doer' });
    expect(editMitigation(at('PROPOSED'), OFFICER, { title: 'Other' }, catalogues).next.editors).toEqual(['doer', 'officer']);
    expect(() => editMitigation(at('PROPOSED'), { personId: 'stranger', isOfficer: false, parts: [] }, {}, catalogues)).toThrow(refusal('NOT_ELIGIBLE'));
    for (const state of ['IMPLEMENTED', 'VERIFIED', 'CANCELLED'] as const) expect(() => editMitigation(at(state), OWNER, { reduces: 4 }, catalogues)).toThrow(refusal('INVALID_TRANSITION', { state, action: 'edit' }));
  });

  test('takes it out of a gate only by an officer who neither owns it nor has a part in the system', () => {
    const relaxed = { requiredFrom: null };

    expect(() => editMitigation(at('PROPOSED'), OWNER, relaxed, catalogues)).toThrow(refusal('SEPARATION_OF_DUTIES', { field: 'requiredFrom' }));
    expect(() => editMitigation(at('PROPOSED', { ownerId: 'officer' }), OFFICER, relaxed, catalogues)).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['MITIGATION_OWNER'] }));
    expect(() => editMitigation(at('PROPOSED'), ON_THE_TEAM, relaxed, catalogues)).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['DEVELOPER'] }));
    expect(editMitigation(at('PROPOSED'), OFFICER, relaxed, catalogues).next.requiredFrom).toBeNull();
    expect(() => editMitigation(at('PROPOSED', { requiredFrom: 'PILOT' }), OWNER, { requiredFrom: 'STAGING' }, catalogues)).toThrow(refusal('SEPARATION_OF_DUTIES'));
    expect(editMitigation(at('PROPOSED'), OWNER, { requiredFrom: 'PILOT' }, catalogues).next.requiredFrom).toBe('PILOT');
  });
});

describe('carrying it out', () => {
  test('is for its owner, and ends with evidence', () => {
    const started = workOnMitigation(at('PROPOSED'), 'start', 'doer').next;

    expect(started.state).toBe('IN_PROGRESS');
    expect(() => workOnMitigation(at('PROPOSED'), 'start', 'officer')).toThrow(refusal('NOT_ELIGIBLE'));
    expect(implementMitigation({ ...started, evidenceIds: [] }, 'doer', [givenEvidence()]).next).toMatchObject({ state: 'IMPLEMENTED', evidenceIds: ['ev-1'] });
    expect(() => implementMitigation({ ...started, evidenceIds: [] }, 'doer', [])).toThrow(refusal('INVALID_INPUT', { field: 'evidence' }));
    expect(() => implementMitigation(started, 'doer', [givenEvidence({ systemId: 'sys-2' })])).toThrow(refusal('INVALID_INPUT', { field: 'evidence' }));
  });

  test('goes on after it was found ineffective, and takes further evidence while it stands', () => {
    expect(workOnMitigation(at('INEFFECTIVE', { ending: 'It leaks.' }), 'restart', 'doer').next).toMatchObject({ state: 'IN_PROGRESS', ending: null });
    expect(attachEvidence(at('VERIFIED'), 'doer', [givenEvidence({ id: 'ev-2' })], [givenEvidence()]).next).toMatchObject({ state: 'VERIFIED', evidenceIds: ['ev-1', 'ev-2'] });
    expect(() => attachEvidence(at('CANCELLED'), 'doer', [], [])).toThrow(refusal('INVALID_TRANSITION'));
    expect(() => attachEvidence(at('VERIFIED', { evidenceIds: Array.from({ length: 50 }, (_, i) => `x-${String(i)}`) }), 'doer', [givenEvidence()], [givenEvidence({ id: 'x-1' })])).toThrow(refusal('TOO_LARGE'));
  });

  test('stands verified on the kinds of evidence that its verifier saw: another kind is judged with it or not at all', () => {
    const scan = givenEvidence({ id: 'ev-2', number: 'E-2', type: 'licence_scan' });

    expect(() => attachEvidence(at('VERIFIED'), 'doer', [scan], [givenEvidence()])).toThrow(refusal('INVALID_INPUT', { field: 'evidence', actual: 'licence_scan', expected: 'test_report' }));
    expect(attachEvidence(at('IMPLEMENTED'), 'doer', [scan], [givenEvidence()]).next.evidenceIds).toEqual(['ev-1', 'ev-2']);
    expect(attachEvidence(at('VERIFIED', { evidenceIds: ['ev-1', 'ev-2'] }), 'doer', [{ ...scan, id: 'ev-3' }], [givenEvidence(), scan]).next.evidenceIds).toEqual(['ev-1', 'ev-2', 'ev-3']);
  });
});

describe('verifying it', () => {
  const verify = (personId: string, evidence = [givenEvidence()], more: Partial<Mitigation> = {}): Mitigation => verifyMitigation(at('IMPLEMENTED', more), { personId, clock }, evidence).next;

  test('is for somebody who neither owns nor wrote it, on evidence that counts', () => {
    expect(verify('verifier')).toMatchObject({ state: 'VERIFIED', verification: { by: 'verifier', at: TODAY } });
    expect(() => verify('doer')).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['MITIGATION_OWNER', 'AUTHOR'] }));
    expect(() => verify('editor', [givenEvidence()], { editors: ['doer', 'editor'] })).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['AUTHOR'] }));
  });

  test.each([['none', []], ['unverified', [givenEvidence({ state: 'SUBMITTED' })]], ['ended', [givenEvidence({ validUntil: TODAY })]], ['revoked', [givenEvidence({ state: 'REVOKED' })]]] as const)('is refused on %s evidence', (_, evidence) => {
    expect(() => verify('verifier', [...evidence])).toThrow(refusal('EVIDENCE_NOT_VALID'));
  });

  test('is undone by finding it ineffective, by somebody else too', () => {
    expect(failMitigation(at('VERIFIED'), 'verifier', 'It leaks.').next).toMatchObject({ state: 'INEFFECTIVE', verification: null, ending: 'It leaks.' });
    expect(() => failMitigation(at('VERIFIED'), 'doer', 'It leaks.')).toThrow(refusal('SEPARATION_OF_DUTIES'));
  });
});

describe('giving it up', () => {
  const ask = (mitigation: Mitigation, by: MitigationActor): Mitigation => cancelMitigation(mitigation, { ...by, at: TODAY }, 'Too dear.').next;

  test('takes its owner and a risk officer, in either order', () => {
    for (const [first, second] of [[OWNER, OFFICER], [OFFICER, OWNER]] as const) {
      const asked = ask(at('VERIFIED'), first);

      expect(asked).toMatchObject({ state: 'VERIFIED', cancellation: { by: first.personId } });
      expect(() => ask(asked, first)).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['CANCELLATION_ASKED_ALREADY'] }));
      expect(ask(asked, second)).toMatchObject({ state: 'CANCELLED', ending: 'Too dear.' });
    }
  });

  test('is not one person in two parts, nor two officers, nor a stranger', () => {
    const ownedByOfficer = ask(at('PROPOSED', { ownerId: 'officer' }), OFFICER);

    expect(() => ask(ownedByOfficer, OFFICER)).toThrow(refusal('SEPARATION_OF_DUTIES'));
    expect(() => ask(ask(at('PROPOSED'), OFFICER), { personId: 'officer2', isOfficer: true, parts: [] })).toThrow(refusal('SEPARATION_OF_DUTIES'));
    expect(() => ask(at('PROPOSED'), { personId: 'stranger', isOfficer: false, parts: [] })).toThrow(refusal('NOT_ELIGIBLE'));
  });

  test('is for an officer without a part in the system', () => {
    expect(() => ask(at('PROPOSED'), ON_THE_TEAM)).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['DEVELOPER'] }));
    expect(() => ask(ask(at('PROPOSED'), OWNER), ON_THE_TEAM)).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['DEVELOPER'] }));
  });

  test('begins anew once the work has gone on, or what it says was changed: nobody agreed to give that up', () => {
    const asked = (state: Mitigation['state']): Mitigation => ask(at(state), OFFICER);
    const gone = [
      workOnMitigation(asked('PROPOSED'), 'start', 'doer'), workOnMitigation(asked('INEFFECTIVE'), 'restart', 'doer'), implementMitigation(asked('IN_PROGRESS'), 'doer', []),
      verifyMitigation(asked('IMPLEMENTED'), { personId: 'verifier', clock }, [givenEvidence()]), failMitigation(asked('VERIFIED'), 'verifier', 'It leaks.'), editMitigation(asked('PROPOSED'), OWNER, { reduces: 3 }, catalogues),
    ];

    for (const { next } of gone) expect([next.cancellation, ask(next, OWNER).state]).toEqual([null, next.state]);
  });

  test('begins anew when it was asked by an owner who is not the owner any more, or by an officer who is now', () => {
    const handedOver = { ...ask(at('PROPOSED'), OWNER), ownerId: 'next' };

    expect(ask(handedOver, OFFICER)).toMatchObject({ state: 'PROPOSED', cancellation: { as: 'OFFICER' } });
    expect(ask({ ...ask(at('PROPOSED'), OFFICER), ownerId: 'officer' }, OFFICER)).toMatchObject({ state: 'PROPOSED', cancellation: { as: 'OWNER' } });
  });
});

test('it has lapsed when it was verified and nothing shows it any more, and is overdue when its day passes before it is implemented', () => {
  const showing = { evidence: [givenEvidence({ validUntil: TODAY })], subjects: null, clock };

  expect([hasLapsed(at('VERIFIED'), showing), hasLapsed(at('VERIFIED'), { ...showing, evidence: [givenEvidence()] }), hasLapsed(at('IMPLEMENTED'), showing)]).toEqual([true, false, false]);
  expect([isOverdue(at('IN_PROGRESS', { due: TODAY }), clock), isOverdue(at('IN_PROGRESS'), clock), isOverdue(at('IMPLEMENTED', { due: TODAY }), clock)]).toEqual([true, false, false]);
});
