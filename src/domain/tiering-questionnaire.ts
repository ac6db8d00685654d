/**
 * The questionnaire from which the tier of a system is computed: questions with options that weigh more the worse they are, floors, and how
 * scores become a tier. What makes a document one is checked here: worse options never weigh, raise or flag less than milder ones.
 */
import type { Instant } from './clock.js';
import { digestOf, type Digest } from './digest.js';
import { LEVELS, type Level } from './scoring.js';
import { EU_CLASSES, SYSTEM_FLAGS, TIERS, type EuClass, type SystemFlag, type Tier } from './system.js';

/** What is at stake (materiality, exposure), and what makes it likely to go wrong (complexity, autonomy). */
export const DIMENSIONS = ['materiality', 'complexity', 'autonomy', 'exposure'] as const;
export type Dimension = (typeof DIMENSIONS)[number];
export const MAX_SCORE = 4;

export interface Option { readonly id: string; readonly score: number; readonly label: string; readonly floor: Tier | null; readonly flags: readonly SystemFlag[] }
export interface Question {
  readonly id: string;
  readonly dimension: Dimension;
  readonly weight: number;
  /** Nodes of the shipped catalogues that ask for it. */
  readonly basis: readonly string[];
  readonly text: string;
  /** From the mildest to the worst. */
  readonly options: readonly Option[];
}

/** A floor of several answers together: all of them, or any of them, at least as bad as their `from`. */
export interface CompoundFloor {
  readonly id: string;
  readonly floor: Tier;
  readonly why: string;
  readonly when: { readonly all?: readonly Threshold[]; readonly any?: readonly Threshold[] };
}
export interface Threshold { readonly question: string; readonly from: number }

/** Shares are hundredths that add up to 1. */
export interface Scoring {
  /** A dimension is the mean of its answers by weight, and the worst of them: the worst is not diluted by many mild ones. */
  readonly dimension: { readonly mean: number; readonly peak: number };
  readonly consequence: Readonly<Partial<Record<Dimension, number>>>;
  readonly propensity: Readonly<Partial<Record<Dimension, number>>>;
  /** Where the second to the fifth band begin, of 100. */
  readonly bands: readonly number[];
  /** Rows: band of the consequence 1–5; columns: band of the propensity 1–5. */
  readonly matrix: readonly (readonly Level[])[];
  readonly tiers: Readonly<Record<Level, Tier>>;
}

export interface Questionnaire {
  readonly id: string;
  readonly version: string;
  readonly issuedAt: Instant;
  readonly title: string;
  readonly scoring: Scoring;
  readonly classFloors: Readonly<Partial<Record<EuClass, Tier>>>;
  readonly compoundFloors: readonly CompoundFloor[];
  readonly questions: readonly Question[];
  /** Of the document, as it is written. */
  readonly digest: Digest;
}

type OptionDocument = Omit<Option, 'floor' | 'flags'> & { readonly floor?: Tier; readonly flags?: readonly SystemFlag[] };
export type QuestionnaireDocument = Omit<Questionnaire, 'questions' | 'digest'> & { readonly questions: readonly (Omit<Question, 'options'> & { readonly options: readonly OptionDocument[] })[] };

/** The questionnaire that a document is; one that could lower a tier where it must raise it is none. */
export function questionnaireOf(document: QuestionnaireDocument): Questionnaire {
  const questions = document.questions.map((question) => ({ ...question, options: question.options.map(({ floor = null, flags = [], ...option }) => ({ ...option, floor, flags })) }));
  const questionnaire = { ...document, questions, digest: digestOf(document) };
  const [problem] = problemsOf(questionnaire);
  if (problem !== undefined) throw new Error(`${document.id} ${document.version} is no questionnaire: ${problem}.`);
  return questionnaire;
}

function problemsOf({ questions, compoundFloors, classFloors, scoring }: Questionnaire): string[] {
  return [
    ...repeated([...questions, ...compoundFloors].map(({ id }) => id)).map((id) => `${id} is there twice`),
    ...questions.flatMap(problemsOfQuestion),
    ...DIMENSIONS.filter((dimension) => !questions.some((question) => question.dimension === dimension)).map((dimension) => `nothing is asked about ${dimension}`),
    ...compoundFloors.flatMap((floor) => problemsOfCompound(floor, questions)),
    ...Object.entries(classFloors).filter(([euClass, floor]) => !among(EU_CLASSES, euClass) || !among(TIERS, floor)).map(([euClass]) => `${euClass} has no floor that is known`),
    ...problemsOfScoring(scoring),
  ];
}

function problemsOfQuestion({ id, dimension, weight, options }: Question): string[] {
  const [mildest] = options;
  const steps = options.slice(1).map((worse, i) => ({ worse, milder: options[i] ?? worse }));
  return [
    ...(among(DIMENSIONS, dimension) ? [] : [`${id} is of no dimension that is known`]),
    ...(weight > 0 && isWhole(weight * 10) ? [] : [`the weight of ${id} is no number of tenths`]),
    ...(options.length > 1 && mildest?.score === 0 ? [] : [`${id} does not begin with an option that scores 0`]),
    ...repeated(options.map((option) => option.id)).map((option) => `${id} has two options ${option}`),
    ...options.filter(({ score }) => !Number.isInteger(score) || score > MAX_SCORE).map((option) => `${id}${option.id} scores no whole number up to ${String(MAX_SCORE)}`),
    ...options.filter(({ floor, flags }) => (floor !== null && !among(TIERS, floor)) || flags.some((flag) => !among(SYSTEM_FLAGS, flag))).map((option) => `${id}${option.id} has a floor or a flag that is not known`),
    ...steps.filter(({ worse, milder }) => !isWorse(worse, milder)).map(({ worse }) => `${id}${worse.id} scores, raises or flags less than the option before it`),
  ];
}

function isWorse(worse: Option, milder: Option): boolean {
  return worse.score > milder.score && rankOfTier(worse.floor) >= rankOfTier(milder.floor) && milder.flags.every((flag) => worse.flags.includes(flag));
}

function problemsOfCompound({ id, floor, when }: CompoundFloor, questions: readonly Question[]): string[] {
  const thresholds = thresholdsOf(when);
  return [
    ...(among(TIERS, floor) ? [] : [`${id} has no floor that is known`]),
    ...(thresholds.length > 0 && (when.all === undefined) !== (when.any === undefined) ? [] : [`${id} says neither "all" nor "any" of something`]),
    ...thresholds.filter(({ question }) => !questions.some((one) => one.id === question)).map(({ question }) => `${id} looks at ${question}, which is not asked`),
  ];
}

export function thresholdsOf({ all, any }: CompoundFloor['when']): readonly Threshold[] {
  return [...all ?? [], ...any ?? []];
}

function problemsOfScoring({ dimension, consequence, propensity, ...cells }: Scoring): string[] {
  const axes = [...Object.entries(consequence), ...Object.entries(propensity)];
  const once = DIMENSIONS.every((name) => axes.filter(([axis]) => axis === name).length === 1) && axes.length === DIMENSIONS.length;
  return [
    ...[dimension, consequence, propensity].filter((shares) => !addUp(Object.values(shares))).map(() => 'shares are no hundredths that add up to 1'),
    ...(once ? [] : ['a dimension counts not at all or twice']),
    ...problemsOfCells(cells),
  ];
}

function problemsOfCells({ bands, matrix, tiers }: Pick<Scoring, 'bands' | 'matrix' | 'tiers'>): string[] {
  const columns = matrix[0]?.map((_, i) => matrix.flatMap((row) => row[i] ?? [])) ?? [];
  return [
    ...(bands.length === 4 && rises(bands) ? [] : ['there are no five bands that rise']),
    ...(matrix.length === 5 && matrix.every((row) => row.length === 5) ? [] : ['the matrix has no five rows of five']),
    ...([...matrix, ...columns].every((line) => rises(line.map((level) => LEVELS.indexOf(level)))) ? [] : ['the matrix falls, or has a level that is not known']),
    ...(rises(LEVELS.map((level) => TIERS.indexOf(tiers[level]))) ? [] : ['the tiers fall, or one is not known']),
  ];
}

/** 0 = no floor. */
export function rankOfTier(tier: Tier | null): number {
  return tier === null ? 0 : TIERS.indexOf(tier) + 1;
}

/** Never down, and nothing that is not known (−1). */
function rises(values: readonly number[]): boolean {
  return values.every((value, i) => value >= Math.max(0, values[i - 1] ?? 0));
}

function addUp(shares: readonly number[]): boolean {
  return shares.every((share) => share >= 0 && isWhole(share * 100)) && shares.reduce((sum, share) => sum + Math.round(share * 100), 0) === 100;
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-9;
}

function among(known: readonly string[], value: string): boolean {
  return known.includes(value);
}

function repeated(ids: readonly string[]): string[] {
  return ids.filter((id, i) => ids.indexOf(id) !== i);
}
