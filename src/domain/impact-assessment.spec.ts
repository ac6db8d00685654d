// The life of an impact assessment: written, complete, judged by somebody else of its lane, in force for a time, revised by editions.
import { describe, expect, test } from '@jest/globals';
import { everyAnswer, givenEdition, givenImpactAssessment, givenReviewer, givenSystem, refusal, TODAY } from '../../test/support/given.js';
import { roleGrant } from '../../test/support/world-people.js';
import type { Principal } from './actor.js';
import { NotingClock, plusDays } from './clock.js';
import { canonicalJson } from './digest.js';
import { answerElements, approveAssessment, approvedEdition, assessmentOutcome, draftAssessment, reviseAssessment, returnAssessment, submitAssessment, unanswered, withdrawAssessment, type ImpactAssessment } from './impact-assessment.js';
import { IMPACT_ELEMENTS, IMPACT_KINDS, IMPACT_LANES } from './impact-elements.js';

const clock = new NotingClock(TODAY);
const system = givenSystem({ editors: ['owner'] });
const identity = { id: 'imp-1', number: 'IA-1', draftedAt: TODAY };
const waiting = (more: Partial<ImpactAssessment> = {}): ImpactAssessment => givenImpactAssessment({ state: 'SUBMITTED', editions: [], validUntil: null, submission: { by: 'writer', at: plusDays(TODAY, -3) }, ...more });
const approve = (assessment: ImpactAssessment, principal: Principal, validity: { days: number; validUntil: string | null } = { days: 365, validUntil: null }): ImpactAssessment =>
  approveAssessment(assessment, { principal, clock }, system, validity).next;
const petra = givenReviewer('petra', ['PRIVACY']);

describe('the elements', () => {
  test('have ids of their own, a question, and a source', () => {
    const all = IMPACT_KINDS.flatMap((kind) => IMPACT_ELEMENTS[kind]);

    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.filter(({ question, source, title }) => !question.endsWith('?') && !question.endsWith('why.') || source === '' || title === '')).toEqual([]);
  });

  test('are those that the articles list, and ten topics for the system', () => {
    expect(IMPACT_KINDS.map((kind) => IMPACT_ELEMENTS[kind].length)).toEqual([10, 6, 5]);
    expect(IMPACT_ELEMENTS.FRIA.map(({ source }) => source.at(-2)).join('')).toBe('abcdef');
    expect(IMPACT_ELEMENTS.DPIA.slice(0, 4).map(({ source }) => source.at(-2)).join('')).toBe('abcd');
  });
});

describe('writing', () => {
  const draft = draftAssessment(identity, { system, kind: 'DPIA' }, 'writer').next;

  test('begins with nothing answered, and is refused for a retired system', () => {
    expect(unanswered(draft)).toEqual(['DPIA-A', 'DPIA-B', 'DPIA-C', 'DPIA-D', 'DPIA-E']);
    expect(() => draftAssessment(identity, { system: givenSystem({ state: 'RETIRED' }), kind: 'DPIA' }, 'writer')).toThrow(refusal('INVALID_TRANSITION'));
  });

  test('replaces what is given, keeps the rest in the order of the elements, and makes the writer an author', () => {
    const first = answerElements(draft, 'writer', { answers: [{ element: 'DPIA-C', text: 'c' }, { element: 'DPIA-A', text: 'a' }], evidenceIds: ['E-1'] }).next;
    const second = answerElements(first, 'other', { answers: [{ element: 'DPIA-A', text: 'a2' }], evidenceIds: null }).next;

    expect(second).toMatchObject({ answers: [{ element: 'DPIA-A', text: 'a2' }, { element: 'DPIA-C', text: 'c' }], evidenceIds: ['E-1'], editors: ['other', 'writer'], lastEditedBy: 'other' });
  });

  test.each([
    ['an element of another kind', [{ element: 'FRIA-A', text: 'x' }], 'INVALID_INPUT'], ['the same element twice', [{ element: 'DPIA-A', text: 'x' }, { element: 'DPIA-A', text: 'y' }], 'INVALID_INPUT'],
    ['an empty answer', [{ element: 'DPIA-A', text: ' ' }], 'INVALID_TEXT'], ['too much at once', [{ element: 'DPIA-A', text: 'x'.repeat(4001) }], 'TOO_LARGE'],
  ] as const)('is refused with %s', (_, answers, code) => {
    expect(() => answerElements(draft, 'writer', { answers, evidenceIds: null })).toThrow(refusal(code));
  });

  test('is refused above the size that always fits, whatever the characters', () => {
    const impact = draftAssessment(identity, { system, kind: 'AI_SYSTEM' }, 'writer').next;
    expect(() => answerElements(impact, 'writer', { answers: everyAnswer('AI_SYSTEM', '界'.repeat(2401)), evidenceIds: null })).toThrow(refusal('TOO_LARGE', { field: 'answers' }));

    let full = answerElements(impact, 'writer', { answers: everyAnswer('AI_SYSTEM', '界'.repeat(2400)), evidenceIds: null }).next;
    for (let n = 0; n < 20; n += 1) {
      full = approve(submitAssessment(full, { personId: 'writer', at: TODAY }).next, givenReviewer('rita', ['RISK']));
      expect(Buffer.byteLength(canonicalJson(full))).toBeLessThan(256_000);
      full = reviseAssessment(full, 'Again.').next;
    }
    expect(full.editions.map(({ answers }) => answers === null)).toEqual([...Array.from({ length: 18 }, () => true), false, false]);
  });

  test('ends by handing it in, complete', () => {
    const almost = answerElements(draft, 'writer', { answers: everyAnswer('DPIA').slice(1), evidenceIds: null }).next;
    expect(() => submitAssessment(almost, { personId: 'writer', at: TODAY })).toThrow(refusal('ASSESSMENT_INCOMPLETE', { because: ['DPIA-A'] }));

    const all = answerElements(almost, 'writer', { answers: everyAnswer('DPIA'), evidenceIds: null }).next;
    expect(submitAssessment(all, { personId: 'hander', at: TODAY }).next).toMatchObject({ state: 'SUBMITTED', submission: { by: 'hander', at: TODAY }, editors: ['hander', 'writer'] });
  });
});

describe('judging', () => {
  test('is for the lane of the kind', () => {
    expect(IMPACT_LANES).toEqual({ AI_SYSTEM: 'RISK', FRIA: 'FRIA', DPIA: 'PRIVACY' });
    for (const lane of ['RISK', 'LEGAL', 'FRIA'] as const) expect(() => approve(waiting(), givenReviewer('petra', [lane]))).toThrow(refusal('NOT_ELIGIBLE', { because: ['NO_GRANT_FOR_LANE'], subject: 'PRIVACY' }));
    expect(approve(waiting(), petra)).toMatchObject({ state: 'APPROVED', validUntil: plusDays(TODAY, 365) });
    for (const role of ['RISK_OFFICER', 'HEAD_OF_RISK'] as const) expect(approve(waiting({ kind: 'AI_SYSTEM' }), givenReviewer('rita', [], { grants: [roleGrant(role)] }))).toMatchObject({ state: 'APPROVED' });
  });

  test('is not for a role that was gained after it was handed in, has ended, or covers another system', () => {
    const with_ = (more: Parameters<typeof roleGrant>[2]): Principal => givenReviewer('petra', [], { grants: [roleGrant('REVIEWER', 'PRIVACY', more)] });

    expect(() => approve(waiting(), with_({ validFrom: plusDays(TODAY, -2) }))).toThrow(refusal('NOT_ELIGIBLE', { because: ['GAINED_AFTER_SUBMISSION'] }));
    expect(() => approve(waiting(), with_({ validUntil: TODAY }))).toThrow(refusal('NOT_ELIGIBLE'));
    expect(() => approve(waiting(), with_({ systemIds: ['sys-2'] }))).toThrow(refusal('NOT_ELIGIBLE'));
  });

  test.each([['writer', ['AUTHOR_OF_ASSESSMENT']], ['owner', ['SYSTEM_OWNER', 'AUTHOR']], ['dev', ['DEVELOPER']]] as const)('is not for %s', (personId, because) => {
    expect(() => approve(waiting(), givenReviewer(personId, ['PRIVACY']))).toThrow(refusal('SEPARATION_OF_DUTIES', { because }));
  });

  test('is not for whoever wrote in an edition before', () => {
    const revised = reviseAssessment(givenImpactAssessment({ editors: ['other', 'writer'] }), 'Again.').next;
    const next = submitAssessment(revised, { personId: 'writer', at: TODAY }).next;

    expect(() => approve(next, givenReviewer('other', ['PRIVACY']))).toThrow(refusal('SEPARATION_OF_DUTIES'));
  });

  test('may end it earlier than the tier allows, never later', () => {
    expect(approve(waiting(), petra, { days: 90, validUntil: plusDays(TODAY, 10) }).validUntil).toBe(plusDays(TODAY, 10));
    expect(() => approve(waiting(), petra, { days: 90, validUntil: plusDays(TODAY, 91) })).toThrow(refusal('VALIDITY_TOO_LONG', { expected: plusDays(TODAY, 90) }));
    expect(() => approve(waiting(), petra, { days: 90, validUntil: TODAY })).toThrow(refusal('INVALID_INPUT', { field: 'validUntil' }));
  });

  test('gives it back with a reason, and the answers stay', () => {
    const returned = returnAssessment(waiting(), { principal: petra, clock }, 'Too short.').next;

    expect(returned).toMatchObject({ state: 'DRAFT', remark: 'Too short.', submission: null, answers: everyAnswer('DPIA'), editors: ['writer'] });
    expect(() => returnAssessment(waiting(), { principal: givenReviewer('kim', ['SECURITY']), clock }, 'x')).toThrow(refusal('NOT_ELIGIBLE'));
  });
});

describe('what is in force', () => {
  test('is the edition that was approved last, while the next one is written', () => {
    const revised = reviseAssessment(givenImpactAssessment(), 'New data.').next;
    expect(revised).toMatchObject({ state: 'DRAFT', edition: 2, validUntil: plusDays(TODAY, 100) });
    expect(approvedEdition(revised)?.edition).toBe(1);

    const second = approve(submitAssessment(revised, { personId: 'writer', at: TODAY }).next, petra);
    expect(approvedEdition(second)).toMatchObject({ edition: 2, approvedBy: 'petra' });
    expect(second.editions.map(({ edition }) => edition)).toEqual([1, 2]);
  });

  test('is nothing once it was withdrawn', () => {
    const withdrawn = withdrawAssessment(givenImpactAssessment(), 'Another purpose.').next;

    expect(approvedEdition(withdrawn)).toBeNull();
    expect(withdrawn).toMatchObject({ state: 'WITHDRAWN', validUntil: null, remark: 'Another purpose.' });
  });

  test('ends by itself, and the clock notes when', () => {
    const assessment = givenImpactAssessment({ editions: [givenEdition({ validUntil: plusDays(TODAY, 5) })] });
    const noting = new NotingClock(TODAY);

    expect(assessmentOutcome(assessment, noting)).toBe('APPROVED');
    expect(noting.holdsUntil).toEqual({ at: plusDays(TODAY, 5), what: 'IMPACT_ASSESSMENT', ref: 'imp-1' });
    expect(assessmentOutcome(assessment, new NotingClock(plusDays(TODAY, 5)))).toBe('EXPIRED');
  });
});
