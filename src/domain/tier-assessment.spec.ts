import { describe, expect, test } from '@jest/globals';
import { defaultQuestionnaire, givenClassification, givenSystem, givenTier, refusal, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays, type Instant } from './clock.js';
import { editSystem, operateSystem, type AiSystem, type EuClass } from './system.js';
import { answerQuestionnaire, assessTier, computedTier, raisedBy, tieringDue, type TierJudgement } from './tier-assessment.js';
import type { Happened } from './tier-events.js';
import type { Questionnaire } from './tiering-questionnaire.js';

const QUESTIONNAIRE = defaultQuestionnaire();
const DAYS = { MINIMAL: 730, MODERATE: 365, HIGH: 180, CRITICAL: 90 };

/** Every question answered with its mildest option but for these. */
function answers(worse: Readonly<Record<string, string>> = {}): { question: string; option: string }[] {
  return QUESTIONNAIRE.questions.map(({ id }) => ({ question: id, option: worse[id] ?? 'a' }));
}

function answered(system: AiSystem, worse: Readonly<Record<string, string>> = {}, at: Instant = TODAY): AiSystem {
  return answerQuestionnaire(system, QUESTIONNAIRE, { answers: answers(worse), rationale: 'As it is built.' }, { personId: 'dev', at }).next;
}

function judged(system: AiSystem, more: Partial<TierJudgement> = {}): AiSystem {
  return assessTier(system, QUESTIONNAIRE, { tier: null, euClass: 'MINIMAL', flags: [], rationale: 'By the answers.', assessedBy: 'rita', at: TODAY, ...more }).next;
}

const UNTIERED = givenSystem({ tierAssessments: [] });

describe('answers to the questionnaire', () => {
  test('are added to those before, and make whoever gives them a party', () => {
    const twice = answered(answered(UNTIERED), { M1: 'c' });

    expect(twice.tieringAnswers.map(({ answers: given, answeredBy, questionnaire }) => [given['M1'], answeredBy, questionnaire])).toEqual([
      ['a', 'dev', { id: 'tiering-default', version: '1.0.0', digest: QUESTIONNAIRE.digest }], ['c', 'dev', { id: 'tiering-default', version: '1.0.0', digest: QUESTIONNAIRE.digest }],
    ]);
    expect(twice).toMatchObject({ lastEditedBy: 'dev', editors: ['dev', 'owner'], tierAssessments: [] });
  });

  test('make no tier by themselves', () => {
    expect(answered(givenSystem(), { M1: 'e' }).tierAssessments.at(-1)?.tier).toBe('MODERATE');
  });

  test('are refused for a system that is out of service', () => {
    expect(() => answered(operateSystem(UNTIERED, 'retire', 'Gone.').next)).toThrow(refusal('INVALID_TRANSITION', { action: 'answerTieringQuestionnaire' }));
  });

  test('that the questionnaire of now does not know leave their question open', () => {
    const [before] = answered(UNTIERED).tieringAnswers;

    expect(computedTier({ tierAssessments: [], tieringAnswers: [{ ...before!, answers: { ...before!.answers, M1: 'z', Q9: 'a' } }] }, QUESTIONNAIRE)).toMatchObject({ unanswered: ['M1'], tier: 'CRITICAL' });
  });
});

describe('a tier', () => {
  test('is what the answers and the class give where the officer names none', () => {
    const assessed = judged(answered(UNTIERED, { X3: 'c' }), { euClass: 'HIGH_RISK_ANNEX_III', flags: ['PROFILING'] }).tierAssessments.at(-1);

    expect(assessed).toMatchObject({ tier: 'HIGH', flags: ['PERSONAL_DATA', 'PROFILING'], restsOn: { revision: 1, computed: 'HIGH' } });
  });

  test('may be above that', () => {
    expect(judged(answered(UNTIERED), { tier: 'CRITICAL' }).tierAssessments.at(-1)).toMatchObject({ tier: 'CRITICAL', restsOn: { revision: 1, computed: 'MINIMAL' } });
  });

  test.each<[string, Readonly<Record<string, string>>, EuClass, string[]]>([
    ['the answers', { M1: 'd' }, 'MINIMAL', ['M1=d']],
    ['the class', {}, 'HIGH_RISK_ANNEX_I', ['HIGH_RISK_ANNEX_I']],
  ])('is not set below what %s give', (_, worse, euClass, because) => {
    expect(() => judged(answered(UNTIERED, worse), { tier: 'MODERATE', euClass })).toThrow(refusal('TIER_BELOW_ANSWERS', { expected: 'HIGH', actual: 'MODERATE', field: 'input.tier', because }));
  });

  test('is not set by whoever signed the class: two sources are two people', () => {
    const signed = { ...answered(UNTIERED), classifications: [givenClassification({ signedBy: 'lena' })] };
    expect(() => judged(signed, { assessedBy: 'lena' })).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['SIGNED_CLASSIFICATION'] }));
    expect(judged(signed, { assessedBy: 'rita' }).tierAssessments).toHaveLength(1);
  });

  test('is not set below an answer that nobody gave', () => {
    const open = answerQuestionnaire(UNTIERED, QUESTIONNAIRE, { answers: answers().filter(({ question }) => question !== 'M1'), rationale: 'Not known yet.' }, { personId: 'dev', at: TODAY }).next;

    expect(() => judged(open, { tier: 'HIGH' })).toThrow(refusal('TIER_BELOW_ANSWERS', { expected: 'CRITICAL', because: expect.arrayContaining(['M1 unanswered']) as never }));
  });

  test('is the officer’s own while nobody has answered, and then has to be named', () => {
    expect(judged(UNTIERED, { tier: 'MINIMAL', flags: ['AGENTIC'] }).tierAssessments.at(-1)).toMatchObject({ tier: 'MINIMAL', flags: ['AGENTIC'], restsOn: null });
    expect(() => judged(UNTIERED)).toThrow(refusal('INVALID_INPUT', { field: 'input.tier' }));
  });

  test('is not set below its class by answering nothing', () => {
    expect(() => judged(UNTIERED, { tier: 'MINIMAL', euClass: 'HIGH_RISK_ANNEX_III' })).toThrow(refusal('TIER_BELOW_ANSWERS', { expected: 'HIGH', actual: 'MINIMAL', because: ['HIGH_RISK_ANNEX_III'] }));
    expect(judged(UNTIERED, { tier: 'HIGH', euClass: 'HIGH_RISK_ANNEX_III' }).tierAssessments.at(-1)?.tier).toBe('HIGH');
  });

  test('is not set by whoever has answered', () => {
    expect(() => judged(answered(UNTIERED), { assessedBy: 'dev' })).toThrow(refusal('SEPARATION_OF_DUTIES'));
    const byOther = answerQuestionnaire(UNTIERED, QUESTIONNAIRE, { answers: [], rationale: 'All open.' }, { personId: 'rita', at: TODAY }).next;
    expect(() => judged(byOther)).toThrow(refusal('SEPARATION_OF_DUTIES', { because: ['AUTHOR'] }));
  });
});

describe('a tier is due', () => {
  const due = (system: AiSystem, now: Instant = TODAY, questionnaire: Questionnaire = QUESTIONNAIRE, happened: Partial<Happened> = {}): unknown => tieringDue(system, { questionnaire, days: DAYS, clock: new NotingClock(now), happened: { findings: [], evidence: [], releases: [], ...happened } });
  const LATER = plusDays(TODAY, 1);

  test('not while nothing has happened since it was set', () => {
    expect(due(judged(answered(UNTIERED)))).toEqual([]);
    expect(due(givenSystem())).toEqual([]);
  });

  test('since there are answers that it does not rest on, also where nobody has set it', () => {
    expect(due(answered(UNTIERED))).toEqual([{ cause: 'ANSWERS_NEWER', since: TODAY }]);
    expect(due(answered(givenSystem()))).toEqual([{ cause: 'ANSWERS_NEWER', since: TODAY }]);
    expect(due(answered(answered(judged(answered(UNTIERED)), {}, LATER), {}, plusDays(TODAY, 2)))).toEqual([{ cause: 'ANSWERS_NEWER', since: LATER }]);
    expect(due(judged(answered(judged(answered(UNTIERED)), {}, LATER)))).toEqual([]);
  });

  test('since another edition of the questionnaire', () => {
    const edition = { ...QUESTIONNAIRE, digest: 'another', issuedAt: LATER };

    expect(due(judged(answered(UNTIERED)), LATER, edition)).toEqual([{ cause: 'QUESTIONNAIRE_CHANGED', since: LATER }]);
    expect(due(judged(UNTIERED, { tier: 'HIGH' }), LATER, edition)).toEqual([]);
  });

  test.each<[string, Partial<AiSystem>, boolean]>([
    ['the purpose', { intendedPurpose: 'Decides about customers.' }, true], ['the autonomy', { autonomy: 'DECIDES' }, true], ['whom it concerns', { affectedGroups: ['children'] }, true],
    ['the name', { name: 'Another name' }, false], ['the developers', { developerIds: ['deb'] }, false],
  ])('or not, by a change of %s after it', (_, changes, isDue) => {
    const changed = editSystem(judged(answered(UNTIERED)), { personId: 'owner', at: LATER }, changes).next;

    expect(due(changed, LATER)).toEqual(isDue ? [{ cause: 'SYSTEM_CHANGED', since: LATER }] : []);
    expect(due(judged(changed, { at: plusDays(TODAY, 2) }), LATER)).toEqual([]);
  });

  test.each([['MINIMAL', 730], ['MODERATE', 365], ['HIGH', 180], ['CRITICAL', 90]] as const)('of %s after %i days', (tier, days) => {
    const system = givenSystem({ tierAssessments: [givenTier({ tier, at: TODAY })] });
    const end = plusDays(TODAY, days);

    expect(due(system, plusDays(TODAY, days - 1))).toEqual([]);
    expect(due(system, end)).toEqual([{ cause: 'VALIDITY_ENDED', since: end }]);
  });

  test('by every cause at once, the oldest first, and by none once it is out of service', () => {
    const changed = editSystem(answered(judged(answered(UNTIERED)), {}, plusDays(TODAY, 3)), { personId: 'owner', at: LATER }, { autonomy: 'DECIDES' }).next;
    const [now, edition] = [plusDays(TODAY, 731), { ...QUESTIONNAIRE, digest: 'another', issuedAt: plusDays(TODAY, 2) }];

    expect(due(changed, now, edition)).toMatchObject([{ cause: 'SYSTEM_CHANGED' }, { cause: 'QUESTIONNAIRE_CHANGED' }, { cause: 'ANSWERS_NEWER' }, { cause: 'VALIDITY_ENDED' }]);
    expect(due(operateSystem(changed, 'retire', 'Gone.').next, now, edition)).toEqual([]);
  });
});

describe('a tier is raised', () => {
  const first = judged(answered(UNTIERED));
  const unknown = ({ computed: _computed, ...rest }: AiSystem['tieringAnswers'][number]): AiSystem['tieringAnswers'][number] => rest;

  test('by the highest of all answers that nobody has judged by, whatever was answered after them', () => {
    const high = answered(first, { M1: 'd' });
    expect([raisedBy(first), raisedBy(answered(first)), raisedBy(high), raisedBy(answered(high)), raisedBy(judged(answered(high)))]).toEqual([null, null, 'HIGHER', 'HIGHER', null]);
  });

  test('not by what holds already, since a reviewer of LEGAL has signed it', () => {
    const high = answered(first, { M1: 'd' });
    expect(raisedBy({ ...high, classifications: [givenClassification({ systemId: high.id, tierFloor: 'HIGH' })] })).toBeNull();
  });

  test('or perhaps, by answers of which the tier was not kept', () => {
    const again = answered(first);
    expect(raisedBy({ ...again, tieringAnswers: again.tieringAnswers.map(unknown) })).toBe('UNKNOWN');
    expect(raisedBy({ ...first, tieringAnswers: first.tieringAnswers.map(unknown) })).toBeNull();
  });
});
