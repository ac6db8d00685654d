// The obligations that ship: each of them known to the catalogues, with the days that these record, and those that readiness items rest on among them.
import { describe, expect, test } from '@jest/globals';
import { givenClassification, givenSystem, givenTier, TODAY } from '../../test/support/given.js';
import { lawfulFrom } from '../domain/law-dates.js';
import { NotingClock } from '../domain/clock.js';
import { daysOf, firstDay, legalFactsOf, obligationsOn, type LegalFacts } from '../domain/legal-obligations.js';
import { ACT_ROLES, EU_CLASSES, SYSTEM_FLAGS, type ActRole, type EuClass, type SystemFlag } from '../domain/system.js';
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

describe('whom an article concerns', () => {
  const articles = (day: string, facts: Partial<LegalFacts>): string[] => applying(day, facts).map((reference) => reference.replace('eu-ai-act@2026-1744#', ''));
  const concerns = (facts: Partial<LegalFacts>, names: readonly string[]): string[] => names.filter((name) => articles('2028-08-02', facts).includes(name));
  const OF_PROVIDERS = ['Art-8', 'Art-9', 'Art-10', 'Art-11', 'Art-12', 'Art-13', 'Art-14', 'Art-15', 'Art-16', 'Art-17', 'Art-18', 'Art-19', 'Art-20', 'Art-43', 'Art-47', 'Art-48', 'Art-49', 'Art-72', 'Art-73'];

  test.each(['PROVIDER', 'DOWNSTREAM_PROVIDER', 'PRODUCT_MANUFACTURER'] as const)('what a provider owes, a %s owes', (role) => {
    expect(concerns({ roles: [role] }, OF_PROVIDERS)).toEqual(OF_PROVIDERS);
  });

  test('whoever builds on a model of others knows its people and tells those who meet the system; a manufacturer is a provider of high risk alone', () => {
    const asked = (role: ActRole): string[] => concerns({ roles: [role], flags: ['ART50_INTERACTION', 'ART50_SYNTHETIC'] }, ['Art-4', 'Art-50-1', 'Art-50-2']);
    expect([asked('DOWNSTREAM_PROVIDER'), asked('PRODUCT_MANUFACTURER')]).toEqual([['Art-4', 'Art-50-1', 'Art-50-2'], []]);
  });

  test.each([['AUTHORISED_REPRESENTATIVE', 'Art-22'], ['IMPORTER', 'Art-23'], ['DISTRIBUTOR', 'Art-24']] as const)('what a %s owes is in %s, and the duties of providers are not its own', (role, article) => {
    expect(concerns({ roles: [role] }, ['Art-22', 'Art-23', 'Art-24', ...OF_PROVIDERS])).toEqual([article]);
    expect(articles('2027-12-01', { roles: [role] })).not.toContain(article);
  });

  test('who provides or deploys, systems or models, sees to it that people know what they deal with', () => {
    expect(ACT_ROLES.filter((role) => concerns({ roles: [role] }, ['Art-4']).length > 0).sort()).toEqual(['DEPLOYER', 'DOWNSTREAM_PROVIDER', 'GPAI_PROVIDER', 'PROVIDER']);
    expect(concerns({ roles: ['GPAI_PROVIDER'], flags: ['SPECIAL_CATEGORY'] }, ['Art-4a'])).toEqual([]);
  });

  const OF_MODELS = ['Art-52', 'Art-53', 'Art-54', 'Art-55'];
  test.each<[string, Partial<LegalFacts>, string[]]>([
    ['by its role, beside a class of high risk', { roles: ['PROVIDER', 'GPAI_PROVIDER'] }, ['Art-53', 'Art-54']], ['by a flag of systemic risk, beside a class of high risk', { roles: ['GPAI_PROVIDER'], flags: ['GPAI_SYSTEMIC_PROVIDER'] }, OF_MODELS],
    ['by a class of systemic risk', { roles: ['GPAI_PROVIDER'], euClasses: ['GPAI_SYSTEMIC_PROVIDER'] }, OF_MODELS], ['while its class is not known', { euClasses: null }, OF_MODELS], ['while its class is not known, whatever role was signed', { euClasses: null, roles: ['DEPLOYER'] }, OF_MODELS], ['while nobody has assessed it', { flags: null }, OF_MODELS], ['in no way', { roles: ['PROVIDER'] }, []],
  ])('a general-purpose model is one %s', (_, facts, wanted) => {
    expect(concerns(facts, OF_MODELS)).toEqual(wanted);
  });

  test.each<[string, EuClass, readonly SystemFlag[]]>([['class', 'GPAI_SYSTEMIC_PROVIDER', []], ['flag', 'HIGH_RISK_ANNEX_III', ['GPAI_SYSTEMIC_PROVIDER']]])('whoever signs no role of a model has it by its %s', (_, euClass, flags) => {
    const system = givenSystem({ jurisdictions: ['EU'], tierAssessments: [givenTier({ euClass, flags: [...flags] })], classifications: [givenClassification({ euClass, roles: ['PROVIDER'] })] });
    expect(concerns(legalFactsOf(system, null, new NotingClock(TODAY)), OF_MODELS)).toEqual(OF_MODELS);
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
