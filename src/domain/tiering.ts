/**
 * The tier that answers to the questionnaire and a class under the EU AI Act give. Floors only raise; what is not answered counts as its
 * worst option in full, with its score, its floor and its flags.
 */
import { Refusal } from './refusal.js';
import type { Level } from './scoring.js';
import type { EuClass, SystemFlag, Tier } from './system.js';
import { DIMENSIONS, MAX_SCORE, rankOfTier, thresholdsOf, type CompoundFloor, type Dimension, type Option, type Question, type Questionnaire } from './tiering-questionnaire.js';

/** Question → option. */
export type Answers = Readonly<Record<string, string>>;

/** What holds the tier up: a question, several of them together, or the class. */
export interface Floor { readonly by: string; readonly floor: Tier; readonly why: string }

/** Numbers are of 100, to one decimal; bands are 1–5. */
export interface TierScore {
  readonly dimensions: Readonly<Record<Dimension, number>>;
  readonly consequence: number;
  readonly propensity: number;
  readonly consequenceBand: number;
  readonly propensityBand: number;
  readonly level: Level;
  /** Before floors. */
  readonly baseTier: Tier;
  readonly floors: readonly Floor[];
  readonly tier: Tier;
  readonly flags: readonly SystemFlag[];
  /** Questions that count as their worst option. */
  readonly unanswered: readonly string[];
}

/** One question with the option that counts. */
export interface Choice { readonly question: Question; readonly option: Option; readonly answered: boolean }

export function score(questionnaire: Questionnaire, answers: Answers, euClass: EuClass): TierScore {
  const choices = choicesOf(questionnaire, answers);
  return {
    ...scoreOf(questionnaire, choices, euClass),
    flags: [...new Set(choices.flatMap(({ option }) => option.flags))].sort(),
    unanswered: choices.filter(({ answered }) => !answered).map(({ question }) => question.id),
  };
}

export function choicesOf({ questions }: Questionnaire, answers: Answers): Choice[] {
  return questions.map((question) => {
    const given = question.options.find(({ id }) => id === answers[question.id]);
    return { question, option: given ?? worstOf(question), answered: given !== undefined };
  });
}

/** Options rise from the mildest to the worst. */
function worstOf({ id, options }: Question): Option {
  const worst = options.at(-1);
  if (worst === undefined) throw new Error(`${id} has no options.`);
  return worst;
}

export function scoreOf(questionnaire: Questionnaire, choices: readonly Choice[], euClass: EuClass): Omit<TierScore, 'flags' | 'unanswered'> {
  const { bands, matrix, tiers } = questionnaire.scoring;
  const { dimensions, consequence, propensity } = axesOf(questionnaire, choices);
  const [consequenceBand, propensityBand] = [bandOf(bands, consequence), bandOf(bands, propensity)];
  const level = matrix[consequenceBand - 1]?.[propensityBand - 1] ?? 'VERY_HIGH';
  const baseTier = tiers[level];
  const floors = floorsOf(questionnaire, choices, euClass);
  const tier = floors.map(({ floor }) => floor).reduce((highest, floor) => (rankOfTier(floor) > rankOfTier(highest) ? floor : highest), baseTier);
  return { dimensions, consequence, propensity, consequenceBand, propensityBand, level, baseTier, floors, tier };
}

export function axesOf({ scoring }: Questionnaire, choices: readonly Choice[]): Pick<TierScore, 'dimensions' | 'consequence' | 'propensity'> {
  const tenths = Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, dimensionTenths(choices.filter(({ question }) => question.dimension === dimension), scoring.dimension)])) as Record<Dimension, number>;
  const axis = (shares: Readonly<Partial<Record<Dimension, number>>>): number => halfUp(DIMENSIONS.reduce((sum, dimension) => sum + hundredths(shares[dimension] ?? 0) * tenths[dimension], 0), 100) / 10;
  const dimensions = Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, tenths[dimension] / 10])) as Record<Dimension, number>;
  return { dimensions, consequence: axis(scoring.consequence), propensity: axis(scoring.propensity) };
}

/** In whole numbers until the one division: no rounding of binary fractions decides a band. */
function dimensionTenths(choices: readonly Choice[], { mean, peak }: { mean: number; peak: number }): number {
  const weights = choices.map(({ question }) => Math.round(question.weight * 10));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const weighted = choices.reduce((sum, { option }, i) => sum + option.score * (weights[i] ?? 0), 0);
  const worst = Math.max(...choices.map(({ option }) => option.score));
  return halfUp(10 * (hundredths(mean) * weighted + hundredths(peak) * worst * total), MAX_SCORE * total);
}

function hundredths(share: number): number {
  return Math.round(share * 100);
}

function halfUp(numerator: number, denominator: number): number {
  return Math.floor((2 * numerator + denominator) / (2 * denominator));
}

function bandOf(bands: readonly number[], value: number): number {
  return 1 + bands.filter((from) => value >= from).length;
}

function floorsOf(questionnaire: Questionnaire, choices: readonly Choice[], euClass: EuClass): Floor[] {
  const ofClass = questionnaire.classFloors[euClass];
  return [
    ...choices.flatMap(({ question, option }) => (option.floor === null ? [] : [{ by: question.id, floor: option.floor, why: `${question.text} ${option.label}.` }])),
    ...questionnaire.compoundFloors.filter(({ when }) => applies(when, choices)).map(({ id, floor, why }) => ({ by: id, floor, why: `${why}.` })),
    ...(ofClass === undefined ? [] : [{ by: euClass, floor: ofClass, why: 'Its class under the EU AI Act.' }]),
  ];
}

export function applies(when: CompoundFloor['when'], choices: readonly Choice[]): boolean {
  const reached = thresholdsOf(when).map(({ question, from }) => choices.some((choice) => choice.question.id === question && choice.option.score >= from));
  return when.any === undefined ? reached.every(Boolean) : reached.some(Boolean);
}

/** Answers as they are written down: each of a question that is asked, with one of its options, once, in the order of the questionnaire. */
export function checkAnswers({ questions, version }: Questionnaire, given: readonly { readonly question: string; readonly option: string }[], field: string): Answers {
  const invalid = (i: number, name: string, message: string, expected: readonly string[]): Refusal => new Refusal('INVALID_INPUT', { field: `${field}.${String(i)}.${name}`, message, expected: expected.join(', ') });
  given.forEach(({ question: id, option }, i) => {
    const question = questions.find((one) => one.id === id);
    if (question === undefined) throw invalid(i, 'question', `The questionnaire ${version} does not ask this.`, questions.map((one) => one.id));
    if (given.findIndex((one) => one.question === id) !== i) throw new Refusal('INVALID_INPUT', { field: `${field}.${String(i)}.question`, message: `${id} is answered twice.` });
    if (!question.options.some((one) => one.id === option)) throw invalid(i, 'option', `${id} has no such option.`, question.options.map((one) => one.id));
  });
  return Object.fromEntries(questions.flatMap(({ id }) => given.filter(({ question }) => question === id).map(({ option }) => [id, option])));
}
