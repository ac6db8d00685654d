// The life of a risk: logged, assessed, confirmed by somebody else; what an edit does, and what stays the residual.
import { describe, expect, test } from '@jest/globals';
import { defaultCriteria, givenAssessment, givenCatalogues, givenRisk, refusal, TODAY } from '../../test/support/given.js';
import {
  assessRisk, confirmRisk, editRisk, logRisk, planTreatment, riskLifecycle, sameStatement, submitRisk, turnRisk, type AssessmentInput, type Risk,
  type RiskDescription,
} from './risk.js';

const criteria = defaultCriteria();
const catalogues = givenCatalogues();
const IDENTITY = { id: 'risk-1', number: 'R-1', systemId: 'sys-1', loggedAt: TODAY };
const DESCRIPTION: RiskDescription = {
  releaseId: null, statement: { source: 'Hidden text', event: 'is obeyed', consequence: 'data leaves' }, affectedParties: ['customers', 'customers'],
  taxonomy: ['owasp-llm@2025#LLM01'], ownerId: 'riskowner',
};
const BY_OFFICER = { personId: 'officer', at: TODAY };
/** As it was estimated: nothing of it is unearned. */
const AT_LOW = { earned: 'LOW', tolerance: 'MODERATE' } as const;

function estimates(current: number, inherent = 5): AssessmentInput {
  const at = (value: number): AssessmentInput['current'] => ({ likelihood: value, consequences: [{ class: 'OPERATIONAL', value }] });
  return { inherent: at(inherent), current: at(current), target: null, rationale: 'Seen in the pilot.', strengthOfKnowledge: 'MEDIUM' };
}

function assessed(level: 'LOW' | 'HIGH', more: Partial<Risk> = {}): Risk {
  return givenRisk({ state: 'ASSESSED', level, confirmation: null, ...more });
}

describe('logging a risk', () => {
  test('makes it identified, with its author as its last editor', () => {
    const { next, event } = logRisk(IDENTITY, 'author', DESCRIPTION, { catalogues, draft: false });

    expect(next).toMatchObject({ state: 'IDENTIFIED', authoredBy: 'author', lastEditedBy: 'author', editors: ['author'], affectedParties: ['customers'], assessments: [], confirmation: null });
    expect(event).toBe('risk.logged');
  });

  test('asks for a taxonomy reference, but not for a draft', () => {
    const bare = { ...DESCRIPTION, taxonomy: [] };

    expect(() => logRisk(IDENTITY, 'author', bare, { catalogues, draft: false })).toThrow(refusal('TAXONOMY_REFERENCE_INVALID'));
    const { next: draft } = logRisk(IDENTITY, 'author', bare, { catalogues, draft: true });
    expect(draft.state).toBe('DRAFT');
    expect(() => submitRisk(draft, catalogues)).toThrow(refusal('TAXONOMY_REFERENCE_INVALID'));
  });

  test('refuses a reference that names no version', () => {
    expect(() => logRisk(IDENTITY, 'author', { ...DESCRIPTION, taxonomy: ['owasp-llm#LLM01'] }, { catalogues, draft: true })).toThrow(refusal('TAXONOMY_REFERENCE_INVALID', { field: 'taxonomy.0' }));
  });
});

describe('editing a risk', () => {
  const risk = givenRisk();

  test('makes whoever changes the statement or the scope its last editor', () => {
    expect(editRisk(risk, 'editor', { statement: { ...risk.statement, event: 'are ignored' } }, catalogues).next.lastEditedBy).toBe('editor');
    expect(editRisk(risk, 'editor', { releaseId: 'rel-1' }, catalogues).next).toMatchObject({ lastEditedBy: 'editor', editors: ['author', 'editor'] });
  });

  test('leaves the last editor where only the typing changes, and names whoever hands it to another owner', () => {
    const typing = { statement: { ...risk.statement, source: ' HIDDEN  text in\nmails ' }, affectedParties: ['staff'] };

    expect(editRisk(risk, 'editor', typing, catalogues).next).toMatchObject({ lastEditedBy: 'author', state: 'MONITORED' });
    expect(editRisk(risk, 'editor', { ownerId: 'other' }, catalogues).next).toMatchObject({ lastEditedBy: 'editor', ownerId: 'other', state: 'MONITORED' });
  });

  test.each(['MONITORED', 'ACCEPTED'] as const)('in what it says opens one that is %s again: nobody confirmed the new words', (state) => {
    expect(editRisk(givenRisk({ state }), 'editor', { statement: { ...risk.statement, event: 'are ignored' } }, catalogues).next.state).toBe('ASSESSED');
    expect(editRisk(givenRisk({ state: 'TREATING' }), 'editor', { releaseId: 'rel-1' }, catalogues).next.state).toBe('TREATING');
  });

  test('is refused once it is closed or rejected', () => {
    expect(() => editRisk(givenRisk({ state: 'CLOSED' }), 'editor', {}, catalogues)).toThrow(refusal('INVALID_TRANSITION', { state: 'CLOSED', allowedActions: ['reopen'] }));
    expect(() => editRisk(givenRisk({ state: 'REJECTED' }), 'editor', {}, catalogues)).toThrow(refusal('INVALID_TRANSITION', { allowedActions: [] }));
  });
});

describe('assessing a risk', () => {
  test.each(['IDENTIFIED', 'ASSESSED', 'TREATING', 'MONITORED', 'ACCEPTED'] as const)('is possible when it is %s, and makes it assessed', (state) => {
    expect(assessRisk(givenRisk({ state }), criteria, estimates(1), BY_OFFICER).next.state).toBe('ASSESSED');
  });

  test('computes the levels by the criteria and keeps every earlier assessment', () => {
    const { next } = assessRisk(givenRisk(), criteria, estimates(3), BY_OFFICER);

    expect(next.assessments.map(({ revision, current }) => ({ revision, level: current.level }))).toEqual([{ revision: 1, level: 'LOW' }, { revision: 2, level: 'MODERATE' }]);
    expect(next.assessments[1]).toMatchObject({ inherent: { level: 'VERY_HIGH' }, assessedBy: 'officer', criteriaVersion: 1 });
  });

  test('refuses a current level above the level before any treatment', () => {
    expect(() => assessRisk(givenRisk(), criteria, estimates(4, 2), BY_OFFICER)).toThrow(refusal('INVALID_INPUT', { field: 'current' }));
  });
});

describe('confirming an assessment', () => {
  test('makes the risk monitored and names the assessment', () => {
    expect(confirmRisk(assessed('LOW'), AT_LOW, BY_OFFICER).next).toMatchObject({ state: 'MONITORED', confirmation: { revision: 1, by: 'officer', at: TODAY } });
  });

  test('is refused to the owner, the assessor and everybody who wrote in the risk', () => {
    const risk = assessed('LOW', { ownerId: 'both', assessments: [givenAssessment('LOW', { assessedBy: 'both' })] });

    expect(() => confirmRisk(risk, AT_LOW, { personId: 'both', at: TODAY })).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['RISK_OWNER', 'LAST_ASSESSOR'] }));
    expect(() => confirmRisk(assessed('LOW'), AT_LOW, { personId: 'assessor', at: TODAY })).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['LAST_ASSESSOR'] }));
    expect(() => confirmRisk(assessed('LOW', { editors: ['author', 'editor'] }), AT_LOW, { personId: 'editor', at: TODAY })).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['AUTHOR'] }));
  });

  test('is refused above tolerance, and for a risk that is retained', () => {
    expect(() => confirmRisk(assessed('HIGH'), { earned: 'HIGH', tolerance: 'MODERATE' }, BY_OFFICER)).toThrow(refusal('ABOVE_TOLERANCE', { actual: 'HIGH', expected: 'MODERATE' }));
    expect(() => confirmRisk(assessed('LOW'), { earned: 'HIGH', tolerance: 'MODERATE' }, BY_OFFICER)).toThrow(refusal('ABOVE_TOLERANCE', { actual: 'HIGH', because: ['NOT_EARNED'] }));
    const retained = planTreatment(assessed('LOW'), 'RETAIN', 'Cheaper than a cure.').next;
    expect(() => confirmRisk(retained, AT_LOW, BY_OFFICER)).toThrow(refusal('INVALID_TRANSITION', { allowedActions: ['assess', 'accept'] }));
  });

  test('is possible once: a second one is an illegal transition', () => {
    expect(() => confirmRisk(givenRisk(), AT_LOW, BY_OFFICER)).toThrow(refusal('INVALID_TRANSITION', { state: 'MONITORED' }));
  });
});

describe('turning a risk', () => {
  test('closes a monitored one and reopens it for a new confirmation', () => {
    const closed = turnRisk(givenRisk(), 'close', 'officer', 'The source is gone.').next;
    const reopened = turnRisk(closed, 'reopen', 'officer', 'It is back.').next;

    expect(closed).toMatchObject({ state: 'CLOSED', ending: 'The source is gone.' });
    expect(reopened).toMatchObject({ state: 'ASSESSED', ending: null });
  });

  test('to an end is for somebody without a part in it; opening it again is for anybody who may', () => {
    expect(() => turnRisk(givenRisk(), 'close', 'riskowner', 'It is gone.')).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['RISK_OWNER'] }));
    expect(() => turnRisk(givenRisk({ state: 'IDENTIFIED' }), 'reject', 'author', 'Not a risk.')).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['AUTHOR'] }));
    expect(turnRisk(givenRisk(), 'reopen', 'riskowner', 'It is back.').next.state).toBe('ASSESSED');
  });

  test('asks for a reason and refuses what the state does not offer', () => {
    expect(() => turnRisk(givenRisk(), 'close', 'officer', ' ')).toThrow(refusal('INVALID_TEXT', { field: 'reason' }));
    expect(() => turnRisk(givenRisk(), 'reject', 'officer', 'Not a risk.')).toThrow(refusal('INVALID_TRANSITION', { allowedActions: riskLifecycle.actionsFrom('MONITORED') }));
  });
});

test('two statements say the same whatever the spacing and the letter case, and not when a word moves to another part', () => {
  const statement = { source: 'Caf\u00e9 data', event: 'drifts', consequence: 'harm' };

  expect(sameStatement(statement, { source: ' cafe\u0301  DATA', event: 'Drifts', consequence: 'harm\n' })).toBe(true);
  expect(sameStatement(statement, { source: 'Café', event: 'data drifts', consequence: 'harm' })).toBe(false);
});
