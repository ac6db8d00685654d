// The obligations that ship: each of them known to the catalogues, with the days that these record, and those that readiness items rest on among them.
import { describe, expect, test } from '@jest/globals';
import { lawfulFrom } from '../domain/law-dates.js';
import { daysOf, firstDay, obligationsOn, type LegalFacts } from '../domain/legal-obligations.js';
import { EU_CLASSES, SYSTEM_FLAGS } from '../domain/system.js';
import { findNode } from '../domain/taxonomy.js';
import { shippedCatalogues } from '../taxonomies/shipped-catalogues.js';
import { itemsServing, lawDate, LEGAL_OBLIGATIONS, recordedDays } from './legal-obligations.js';
import { readinessPolicy } from './readiness-policy.js';

const catalogues = shippedCatalogues();
const credit: LegalFacts = { euClasses: ['HIGH_RISK_ANNEX_III'], flags: ['PERSONAL_DATA'], roles: null, jurisdictions: ['EU'], unchangedSince: null };
const applying = (day: string, facts: Partial<LegalFacts> = {}): string[] => obligationsOn(LEGAL_OBLIGATIONS, { ...credit, ...facts }, day).obligations.flatMap(({ state, obligation }) => (state === 'APPLIES' ? [obligation.reference] : []));

test('each is an entry of a catalogue, and none is there twice', () => {
  expect(LEGAL_OBLIGATIONS.filter(({ reference }) => findNode(reference, catalogues)?.reference !== reference)).toEqual([]);
  expect(new Set(LEGAL_OBLIGATIONS.map(({ reference }) => reference)).size).toBe(LEGAL_OBLIGATIONS.length);
});

test('each is about classes and flags that there are, and about none for which its timeline knows no day', () => {
  const words: ReadonlySet<string> = new Set([...EU_CLASSES, ...SYSTEM_FLAGS]);
  expect(LEGAL_OBLIGATIONS.filter(({ classes = [], flags = [] }) => [...classes, ...flags].some((word) => !words.has(word)))).toEqual([]);
  expect(LEGAL_OBLIGATIONS.filter((one) => (one.classes ?? [null]).some((euClass) => firstDay(one, euClass === null ? null : [euClass]) === null))).toEqual([]);
});

test('each begins on the day that its catalogue records', () => {
  const differing = LEGAL_OBLIGATIONS.filter((one) => {
    const node = findNode(one.reference, catalogues)!;
    const classes = one.classes ?? ['HIGH_RISK_ANNEX_III', 'HIGH_RISK_ANNEX_I'];
    return node.effectiveFrom !== null && classes.some((euClass) => firstDay(one, [euClass]) !== lawfulFrom(node, euClass)?.from);
  });

  expect(differing.map(({ reference }) => reference)).toEqual([]);
});

test('every dated article that a readiness item rests on is among them, and names the item', () => {
  const articles = new Set(LEGAL_OBLIGATIONS.map(({ reference }) => reference));
  const bases = readinessPolicy().document.requirements.flatMap(({ basis }) => basis).filter((reference) => findNode(reference, catalogues)?.effectiveFrom !== null);

  expect(bases.length).toBeGreaterThan(30);
  expect(bases.filter((reference) => !articles.has(reference))).toEqual([]);
  expect(itemsServing(LEGAL_OBLIGATIONS.find(({ reference }) => reference === 'eu-ai-act@2026-1744#Art-73')!).map(({ id }) => id)).toEqual(['N-01']);
});

describe('a system of Annex III in the Union', () => {
  test.each([
    ['2025-02-01', 'eu-ai-act@2026-1744#Art-4', false], ['2025-02-02', 'eu-ai-act@2026-1744#Art-4', true],
    ['2026-08-01', 'eu-ai-act@2026-1744#Art-73', false], ['2026-08-02', 'eu-ai-act@2026-1744#Art-73', true],
    ['2027-12-01', 'eu-ai-act@2026-1744#Art-9', false], ['2027-12-02', 'eu-ai-act@2026-1744#Art-9', true],
    ['2018-05-24', 'gdpr@2016-679#Art-35', false], ['2018-05-25', 'gdpr@2016-679#Art-35', true],
  ])('on %s, %s applies: %s', (day, reference, applies) => {
    expect(applying(day).includes(reference)).toBe(applies);
  });

  test('is told of the prohibitions to come only where it makes synthetic content', () => {
    const next = (facts: Partial<LegalFacts>): unknown => obligationsOn(LEGAL_OBLIGATIONS, { ...credit, ...facts }, '2026-11-26').nextChange?.on;

    expect([next({}), next({ flags: ['ART50_SYNTHETIC'] })]).toEqual(['2027-12-02', '2026-12-02']);
  });
});

test('guidance that was rescinded has ended, where it held', () => {
  const states = (day: string): (string | undefined)[] => ['us-sr-11-7@2011#validation', 'us-sr-26-2@2026#validation'].map((reference) => obligationsOn(LEGAL_OBLIGATIONS, { ...credit, jurisdictions: ['US'] }, day).obligations.find(({ obligation }) => obligation.reference === reference)?.state);

  expect([states('2026-04-16'), states('2026-04-17')]).toEqual([['APPLIES', 'NOT_YET'], ['ENDED', 'APPLIES']]);
});

test('marking what was there before has a time of grace, and general-purpose models of before have two years', () => {
  const first = (reference: string, facts: Partial<LegalFacts>): unknown => obligationsOn(LEGAL_OBLIGATIONS, { ...credit, ...facts }, '2026-08-02').obligations.find(({ obligation }) => obligation.reference === reference)?.from;

  expect(first('eu-ai-act@2026-1744#Art-50-2', { flags: ['ART50_SYNTHETIC'], unchangedSince: '2026-08-01' })).toBe('2026-12-02');
  expect(first('eu-ai-act@2026-1744#Art-53', { euClasses: ['GPAI_PROVIDER'], unchangedSince: '2025-08-01' })).toBe('2027-08-02');
});

test('what a demand rests on has its day by class, and articles beside these keep that of their catalogue', () => {
  expect([lawDate('eu-ai-act@2026-1744#Art-9', ['HIGH_RISK_ANNEX_I'], catalogues)?.from, lawDate('gdpr@2016-679#Art-35', ['MINIMAL'], catalogues)?.from, lawDate('eu-ai-act@2026-1744#Art-99', ['MINIMAL'], catalogues)?.from]).toEqual(['2028-08-02', '2018-05-25', '2025-08-02']);
  expect([recordedDays('eu-ai-act@2026-1744#Art-9', catalogues), recordedDays('owasp-llm@2025#LLM01', catalogues)]).toEqual([['2027-12-02', '2028-08-02', '2030-08-02'], []]);
  expect(lawDate('eu-ai-act@2026-1744#Art-9', ['HIGH_RISK_ANNEX_I', 'HIGH_RISK_ANNEX_III'], catalogues)?.from).toBe('2027-12-02');
  expect(daysOf(LEGAL_OBLIGATIONS[0]!)).toEqual(['2025-02-02']);
});
