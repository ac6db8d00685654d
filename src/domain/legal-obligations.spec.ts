// Which articles apply to a system on a day: by dates, by what is known about it, and by what is not.
import { describe, expect, test } from '@jest/globals';
import { givenClassification, givenSystem, givenTier, refusal, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays } from './clock.js';
import { checkDay, daysOf, legalFactsOf, obligationsOn, type LegalFacts, type LegalObligation, type Timeline } from './legal-obligations.js';
import type { EuClass } from './system.js';

const timeline: Timeline = {
  source: 'S',
  periods: [{ classes: ['HIGH_RISK_ANNEX_III'], from: '2027-12-02' }, { classes: ['HIGH_RISK_ANNEX_I'], from: '2028-08-02', until: '2030-01-01' }],
  transitions: [
    { classes: ['HIGH_RISK_ANNEX_III'], placedBefore: '2027-12-02', from: null, source: 'T' },
    { classes: ['HIGH_RISK_ANNEX_III'], flags: ['PUBLIC_AUTHORITY'], placedBefore: '2027-12-02', from: '2030-08-02', source: 'P' },
  ],
};
const high: LegalObligation = { reference: 'act@1#Art-9', kind: 'LAW', jurisdiction: 'EU', timeline, classes: ['HIGH_RISK_ANNEX_I', 'HIGH_RISK_ANNEX_III'], roles: ['PROVIDER'] };
const notice: LegalObligation = { reference: 'act@1#Art-50', kind: 'LAW', jurisdiction: 'EU', timeline: { source: 'S', periods: [{ from: '2026-08-02' }] }, flags: ['ART50_INTERACTION'] };
const credit: LegalFacts = { euClasses: ['HIGH_RISK_ANNEX_III'], flags: [], roles: ['PROVIDER'], jurisdictions: ['EU'], unchangedSince: null };

const stateOn = (day: string, facts: Partial<LegalFacts> = {}, obligation = high): unknown => obligationsOn([obligation], { ...credit, ...facts }, day).obligations[0]?.state;

describe('an article', () => {
  test.each([
    ['the day before it begins', '2027-12-01', {}, 'NOT_YET'],
    ['the day on which it begins', '2027-12-02', {}, 'APPLIES'],
    ['another class, for which it begins later', '2027-12-02', { euClasses: ['HIGH_RISK_ANNEX_I'] }, 'NOT_YET'],
    ['the last day on which it holds', '2029-12-31', { euClasses: ['HIGH_RISK_ANNEX_I'] }, 'APPLIES'],
    ['the day on which it ends', '2030-01-01', { euClasses: ['HIGH_RISK_ANNEX_I'] }, 'ENDED'],
    ['the first day of two classes', '2027-12-02', { euClasses: ['HIGH_RISK_ANNEX_I', 'HIGH_RISK_ANNEX_III'] }, 'APPLIES'],
    ['a day on which it ends for one of two classes', '2030-01-01', { euClasses: ['HIGH_RISK_ANNEX_I', 'HIGH_RISK_ANNEX_III'] }, 'APPLIES'],
    ['one of two classes that it is about', '2028-08-02', { euClasses: ['PROHIBITED', 'HIGH_RISK_ANNEX_I'] }, 'APPLIES'],
    ['a class that it is not about', '2030-01-01', { euClasses: ['MINIMAL'] }, 'NOT_CONCERNED'],
    ['a role that it is not about', '2030-01-01', { roles: ['DEPLOYER'] }, 'NOT_CONCERNED'],
    ['a place where it does not hold', '2030-01-01', { jurisdictions: ['US-CA', 'CH'] }, 'NOT_CONCERNED'],
    ['one of several places', '2030-01-01', { jurisdictions: ['US', 'de'] }, 'APPLIES'],
  ] as const)('on %s', (_, day, facts, state) => {
    expect(stateOn(day, facts)).toBe(state);
  });

  test.each<[string, Partial<LegalFacts>, LegalObligation?]>([
    ['which class it is of, from the first day of any', { euClasses: null }],
    ['who the organization is to it', { roles: null }],
    ['where it is used', { jurisdictions: [] }],
    ['what the words for a place mean', { jurisdictions: ['US', 'worldwide'] }],
    ['which country that is', { jurisdictions: ['WW'] }],
    ['which flags it has', { flags: null }, notice],
  ])('applies where nobody knows %s, and says so', (_, facts, obligation = high) => {
    const [judged] = obligationsOn([obligation], { ...credit, ...facts }, '2027-12-02').obligations;

    expect(judged).toMatchObject({ state: 'APPLIES', because: expect.arrayContaining([expect.objectContaining({ holds: true, found: null })]) });
  });

  test('that does not concern a system names only what stands against it', () => {
    expect(obligationsOn([high], { ...credit, roles: ['DEPLOYER'] }, '2030-01-01').obligations[0]?.because).toEqual([{ fact: 'ROLES', holds: false, asked: ['PROVIDER'], found: [] }]);
  });

  test.each<[string, Partial<LegalFacts>, unknown]>([
    ['was there before and has not changed: it is not caught', { unchangedSince: '2027-12-01' }, { state: 'NOT_CONCERNED', from: null, source: 'T' }],
    ['serves a public authority: from a later day', { unchangedSince: '2027-12-01', flags: ['PUBLIC_AUTHORITY'] }, { state: 'NOT_YET', from: '2030-08-02', source: 'P' }],
    ['may serve one: as if it did', { unchangedSince: '2027-12-01', flags: null }, { state: 'NOT_YET', from: '2030-08-02' }],
    ['came on the day itself: at once', { unchangedSince: '2027-12-02' }, { state: 'APPLIES', from: '2027-12-02', source: 'S' }],
    ['is of two classes, one of which it would not spare: at once', { unchangedSince: '2027-12-01', euClasses: ['HIGH_RISK_ANNEX_I', 'HIGH_RISK_ANNEX_III'] }, { state: 'APPLIES', from: '2027-12-02' }],
    ['is of another class beside, that the article is not about: it is not caught', { unchangedSince: '2027-12-01', euClasses: ['HIGH_RISK_ANNEX_III', 'LIMITED'] }, { state: 'NOT_CONCERNED', source: 'T' }],
    ['is of a class that nobody knows: at once', { unchangedSince: '2027-12-01', euClasses: null }, { state: 'APPLIES' }],
  ])('of a system that %s', (_, facts, wanted) => {
    expect(obligationsOn([high], { ...credit, ...facts }, '2027-12-02').obligations[0]).toMatchObject(wanted as object);
  });
});

describe('the next change', () => {
  test('is the first day on which an answer differs, with what differs', () => {
    expect(obligationsOn([notice, high], credit, '2026-08-02').nextChange).toEqual({ on: '2027-12-02', changes: [{ obligation: high, before: 'NOT_YET', after: 'APPLIES' }] });
    expect(obligationsOn([notice, high], { ...credit, euClasses: ['HIGH_RISK_ANNEX_I'] }, '2028-08-02').nextChange).toMatchObject({ on: '2030-01-01', changes: [{ before: 'APPLIES', after: 'ENDED' }] });
  });

  test('is none when nothing begins or ends for the system any more', () => {
    expect(obligationsOn([notice, high], credit, '2027-12-02').nextChange).toBeNull();
  });
});

test('nobody has assessed it: class and flags are not known', () => {
  expect(legalFactsOf({ id: 'sys-1', tierAssessments: [], classifications: [], jurisdictions: ['EU'] }, null, new NotingClock('2026-12-01T00:00:00.000Z'))).toEqual({ euClasses: null, flags: null, roles: null, jurisdictions: ['EU'], unchangedSince: null });
});

test('roles are those that were signed, while the signature lasts', () => {
  const [signed, now] = [givenClassification({ roles: ['DEPLOYER'], validUntil: plusDays(TODAY, 30) }), (days: number) => new NotingClock(plusDays(TODAY, days))];
  const system = givenSystem({ classifications: [signed] });
  expect([29, 30].map((days) => legalFactsOf(system, null, now(days)).roles)).toEqual([['DEPLOYER'], null]);
});

test.each<[EuClass, EuClass, LegalFacts['euClasses']]>([
  ['HIGH_RISK_ANNEX_III', 'HIGH_RISK_ANNEX_I', ['HIGH_RISK_ANNEX_I', 'HIGH_RISK_ANNEX_III']], ['LIMITED', 'LIMITED', ['LIMITED']], ['UNCLASSIFIED', 'PROHIBITED', null],
])('assessed as %s and signed as %s it is of %j', (euClass, signed, wanted) => {
  const system = givenSystem({ tierAssessments: [givenTier({ euClass })], classifications: [givenClassification({ euClass: signed })] });
  expect(legalFactsOf(system, null, new NotingClock(TODAY)).euClasses).toEqual(wanted);
});

test('the days of transitional rules are recorded beside those of the article', () => {
  expect(daysOf(high)).toEqual(['2027-12-02', '2028-08-02', '2030-08-02']);
});

test.each(['2027-02-29', '2027-2-1', '2027-12-02T00:00:00Z', 'tomorrow', ''])('"%s" is no day', (text) => {
  expect(() => checkDay(text, 'on')).toThrow(refusal('INVALID_INPUT', { field: 'on' }));
});
