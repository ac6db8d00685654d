import { describe, expect, test } from '@jest/globals';
import { component, defaultQuestionnaire, givenEvidence, givenFinding, givenRelease, givenTier, TODAY } from '../../test/support/given.js';
import { plusDays } from './clock.js';
import type { Evidence } from './evidence.js';
import { createRelease, type Component, type Release } from './release.js';
import { eventsSince, MEASURES, type Happened } from './tier-events.js';
import type { AiSystem, Tier } from './system.js';

const QUESTIONNAIRE = defaultQuestionnaire();
const BEFORE = plusDays(TODAY, -1);
const LATER = plusDays(TODAY, 1);

/** Judged today by these answers. */
function judged(answers: Readonly<Record<string, string>> = {}): Pick<AiSystem, 'tierAssessments' | 'tieringAnswers'> {
  const { id, version, digest } = QUESTIONNAIRE;
  return { tierAssessments: [givenTier({ at: TODAY, restsOn: { revision: 1, computed: 'MINIMAL' } })], tieringAnswers: [{ questionnaire: { id, version, digest }, answers, rationale: 'As it is.', computed: 'MINIMAL', answeredBy: 'dev', at: BEFORE }] };
}

function events(happened: Partial<Happened>, { tier = 'MODERATE', system = judged() }: { tier?: Tier; system?: ReturnType<typeof judged> } = {}): string[] {
  return eventsSince(system, { findings: [], evidence: [], releases: [], ...happened }, tier).map(({ cause, since, named, holds }) => `${cause} ${since} ${named ?? '-'}${holds ? ' holds' : ''}`);
}

describe('a serious incident', () => {
  test.each<[string, Parameters<typeof givenFinding>[0], boolean]>([
    ['an incident at HIGH', { source: 'INCIDENT', severity: 'HIGH' }, true], ['one that was closed since', { source: 'INCIDENT', severity: 'VERY_HIGH', state: 'CLOSED' }, true], ['one of another release', { source: 'INCIDENT', releaseId: 'rel-9' }, true],
    ['one at MODERATE', { source: 'INCIDENT', severity: 'MODERATE' }, false], ['what a validation found', { source: 'VALIDATION' }, false],
  ])('is or is not %s', (_, finding, isOne) => {
    expect(events({ findings: [givenFinding({ ...finding, raisedAt: LATER })] })).toEqual(isOne ? [`INCIDENT ${LATER} F-1 holds`] : []);
  });

  test('of before the judgement is known to it', () => {
    expect(events({ findings: [givenFinding({ source: 'INCIDENT', raisedAt: TODAY })] })).toEqual([]);
  });
});

describe('data that the release before did not have', () => {
  const made = (at: string, before: Release | null, ...data: readonly Component[]): Release => createRelease({ id: at, number: 'REL-9', systemId: 'sys-1', authoredBy: 'dev', createdAt: at }, { label: at, components: [component('MODEL', at), ...data] }, before).next;
  const data = (name: string, content: string): Component => ({ ...component('DATASET', content), name });
  const first = made(BEFORE, null, data('cases', '1'));

  test('of a first release is none, nor is the same data under another model', () => {
    expect([first, made(LATER, first, data('cases', '1'))].map(({ dataChangedAt, sourcesAdded }) => [dataChangedAt, sourcesAdded])).toEqual([[null, []], [null, []]]);
  });

  test.each<[string, Component[], Tier, string[]]>([
    ['other bytes of it', [data('cases', '2')], 'MINIMAL', []], ['other bytes of it', [data('cases', '2')], 'MODERATE', []], ['other bytes of it', [data('cases', '2')], 'HIGH', [`NEW_DATA ${LATER} - holds`]],
    ['one more', [data('cases', '1'), data('web', '1')], 'MINIMAL', [`NEW_DATA ${LATER} -`]], ['one more', [data('cases', '1'), data('web', '1')], 'MODERATE', [`NEW_DATA ${LATER} - holds`]],
    ['one less', [], 'MODERATE', []], ['one less', [], 'CRITICAL', [`NEW_DATA ${LATER} - holds`]],
  ])('%s (%j) at the tier %s', (_, components, tier, wanted) => {
    expect(events({ releases: [made(LATER, first, ...components)] }, { tier })).toEqual(wanted);
  });

  test('goes on being new in whatever comes after it, until it is judged by', () => {
    const added = made(LATER, first, data('cases', '1'), data('web', '1'));
    const next = made(plusDays(LATER, 1), added, data('cases', '1'), data('web', '1'));
    expect(events({ releases: [next] })).toEqual([`NEW_DATA ${LATER} - holds`]);
    expect(events({ releases: [next] }, { system: { ...judged(), tierAssessments: [givenTier({ at: plusDays(LATER, 2) })] } })).toEqual([]);
    expect(events({ releases: [givenRelease()] })).toEqual([]);
  });

  test('is none in a release that leaves it out again; what comes back is new', () => {
    const tried = made(LATER, first, data('cases', '1'), data('web', '1'));
    const without = made(plusDays(LATER, 1), tried, data('cases', '1'));
    expect(events({ releases: [without] })).toEqual([]);
    expect(events({ releases: [made(plusDays(LATER, 2), without, data('cases', '1'), data('web', '1'))] })).toEqual([`NEW_DATA ${plusDays(LATER, 2)} - holds`]);
  });
});

describe('use beyond what was answered', () => {
  const measured = (value: unknown, more: Partial<Evidence> = {}): Evidence => givenEvidence({ type: 'monitoring_live', collectedAt: LATER, payload: { measures: 'PEOPLE_AFFECTED_PER_YEAR', value: value as number, state: 'OK' }, ...more });
  const few = judged({ X1: 'a' });

  test.each<[number, Tier, string[]]>([
    [99, 'MODERATE', []], [100, 'MODERATE', [`USE_GROWN ${LATER} E-1 holds`]], [100, 'MINIMAL', [`USE_GROWN ${LATER} E-1`]], [9_999, 'MINIMAL', [`USE_GROWN ${LATER} E-1`]], [10_000, 'MINIMAL', [`USE_GROWN ${LATER} E-1 holds`]],
  ])('%i people where fewer than 100 were answered, at the tier %s', (value, tier, wanted) => {
    expect(events({ evidence: [measured(value)] }, { tier, system: few })).toEqual(wanted);
  });

  test.each<[string, Evidence[], ReturnType<typeof judged>]>([
    ['what nobody has verified', [measured(5000, { state: 'SUBMITTED' })], few], ['what was measured before the judgement', [measured(5000, { collectedAt: BEFORE })], few],
    ['a text', [measured('many')], few], ['less than was answered', [measured(5000)], judged({ X1: 'e' })], ['anything where nothing was answered: that counted as the worst', [measured(2_000_000)], judged()],
    ['anything where nobody has answered', [measured(5000)], { tierAssessments: [givenTier({ at: TODAY })], tieringAnswers: [] }], ['a measure that nothing is asked about', ['constructor', 'toString'].map((measures) => measured(5000, { payload: { measures, value: 5000 } })), few],
    ['a lower number that was measured after it', [measured(5000), measured(50, { id: 'ev-2', collectedAt: plusDays(LATER, 1) })], few],
  ])('is not %s', (_, evidence, system) => {
    expect(events({ evidence }, { system })).toEqual([]);
  });

  test('stays when the measurement has ended: nobody has shown that it is less', () => {
    expect(events({ evidence: [measured(5000, { validUntil: LATER })] }, { system: few })).toEqual([`USE_GROWN ${LATER} E-1 holds`]);
  });

  const earlier = { id: 'ev-0', number: 'E-0', collectedAt: plusDays(TODAY, 0.5) };
  const later = { id: 'ev-2', number: 'E-2', collectedAt: plusDays(LATER, 1) };
  const numberless = (): Evidence => measured(0, { ...later, payload: { measures: 'PEOPLE_AFFECTED_PER_YEAR', state: 'OK' } });

  test.each<[string, Evidence[], string[]]>([
    ['when a later piece has no number', [measured(5000), numberless()], [`USE_GROWN ${LATER} E-1 holds`]],
    ['when a later piece is no number', [measured(5000), measured('few', later)], [`USE_GROWN ${LATER} E-1 holds`]],
    ['when it is taken back: nothing older is revived', [measured(50, earlier), measured(5000, { state: 'REVOKED' })], [`USE_GROWN ${LATER} E-1 holds`]],
    ['until a later one is verified', [measured(5000, { state: 'REVOKED' }), measured(50, later)], []],
    ['until one that supersedes it is verified', [measured(5000, { state: 'REVOKED' }), measured(50, { ...earlier, id: 'ev-2', supersedesId: 'ev-1' })], []],
    ['while what is to supersede it waits', [measured(5000, { state: 'REVOKED' }), measured(50, { ...later, supersedesId: 'ev-1', state: 'SUBMITTED', verification: null })], [`USE_GROWN ${LATER} E-1 holds`]],
    ['when what supersedes it measures something else', [measured(5000), measured(0, { ...later, supersedesId: 'ev-1', payload: { measures: 'MONEY_MOVED_PER_YEAR', value: 5 } })], [`USE_GROWN ${LATER} E-1 holds`]],
  ])('goes on %s', (_, evidence, wanted) => {
    expect(events({ evidence }, { system: few })).toEqual(wanted);
  });

  test('counts from when it was verified, if that was later', () => {
    const verification = { by: 'verifier', at: LATER };
    expect(events({ evidence: [measured(5000, { collectedAt: BEFORE, verification })] }, { system: few })).toEqual([`USE_GROWN ${LATER} E-1 holds`]);
    // What was collected last speaks, whenever it was verified.
    expect(events({ evidence: [measured(5000, { collectedAt: BEFORE, verification }), measured(50, { id: 'ev-2', collectedAt: TODAY })] }, { system: few })).toEqual([]);
  });

  test('is measured by the first answers of all where the judgement rests on none', () => {
    const [answers] = few.tieringAnswers;
    const unheard = { tierAssessments: [givenTier({ at: TODAY })], tieringAnswers: [answers!, { ...answers!, answers: { X1: 'e' } }] };
    expect(events({ evidence: [measured(5000)] }, { system: unheard })).toEqual([`USE_GROWN ${LATER} E-1 holds`]);
  });

  test('is told by the options of the shipped questionnaire, as many as there are numbers and one', () => {
    for (const { question, from } of Object.values(MEASURES)) {
      const { options } = QUESTIONNAIRE.questions.find(({ id }) => id === question)!;
      expect(options.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
      const named = options.map(({ label }) => /([\d]+)( thousand| million|)|a million/i.exec(label)).map((found) => (found === null ? 0 : Number(found[1] ?? 1) * (found[0].includes('million') ? 1e6 : found[0].includes('thousand') ? 1e3 : 1)));
      expect([named.slice(0, -1), named.at(-1)]).toEqual([from, from.at(-1)]);
    }
  });
});

test('what nobody has judged is not judged again', () => {
  expect(events({ findings: [givenFinding({ source: 'INCIDENT', raisedAt: LATER })] }, { system: { ...judged(), tierAssessments: [] } })).toEqual([]);
});
