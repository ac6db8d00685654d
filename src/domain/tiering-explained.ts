/** Why a tier is what it is: the answers that weigh most, and the least that would have to be otherwise for a lower one. */
import type { EuClass, Tier } from './system.js';
import { applies, axesOf, choicesOf, scoreOf, type Answers, type Choice } from './tiering.js';
import { rankOfTier, thresholdsOf, type Questionnaire } from './tiering-questionnaire.js';

/** `points`: how much lower its half of the score, of 100, would be by the mildest option; `floor`: the highest that it holds up, alone or with others. */
export interface Driver { readonly question: string; readonly option: string; readonly answered: boolean; readonly points: number; readonly floor: Tier | null }

/** `from`: null = it is not answered. */
export interface AnswerChange { readonly question: string; readonly from: string | null; readonly to: string }
/** The tier that these changes together would leave. */
export interface Lowering { readonly changes: readonly AnswerChange[]; readonly tier: Tier }

const MOST_DRIVERS = 5;
const MOST_LOWERINGS = 10;

/** First what holds the tier up, then what adds most to the score. */
export function driversOf(questionnaire: Questionnaire, answers: Answers, euClass: EuClass): Driver[] {
  const choices = choicesOf(questionnaire, answers);
  const { tier } = scoreOf(questionnaire, choices, euClass);
  const holds = ({ floor }: Driver): number => Number(floor === tier);
  return choices.map((choice, i) => driverOf(questionnaire, choices, { choice, i }))
    .filter(({ points, floor }) => points > 0 || floor !== null)
    .sort((a, b) => holds(b) - holds(a) || b.points - a.points).slice(0, MOST_DRIVERS);
}

function driverOf(questionnaire: Questionnaire, choices: readonly Choice[], { choice, i }: { choice: Choice; i: number }): Driver {
  const { question, option, answered } = choice;
  const sum = (of: readonly Choice[]): number => { const { consequence, propensity } = axesOf(questionnaire, of); return consequence + propensity; };
  const points = Math.round(10 * (sum(choices) - sum(choices.with(i, withOption(choice, 0))))) / 10;
  const joined = questionnaire.compoundFloors.filter(({ when }) => applies(when, choices) && thresholdsOf(when).some((one) => one.question === question.id && option.score >= one.from));
  const floors = [option.floor, ...joined.map(({ floor }) => floor)].filter((floor) => floor !== null);
  return { question: question.id, option: option.id, answered, points, floor: floors.sort((a, b) => rankOfTier(b) - rankOfTier(a))[0] ?? null };
}

/** Single changes that would lower the tier, else pairs, the smallest first; none where more than that, or another class, is needed. */
export function loweringsOf(questionnaire: Questionnaire, answers: Answers, euClass: EuClass): Lowering[] {
  const choices = choicesOf(questionnaire, answers);
  const tierOf = (of: readonly Choice[]): Tier => scoreOf(questionnaire, of, euClass).tier;
  const present = rankOfTier(tierOf(choices));
  if (rankOfTier(questionnaire.classFloors[euClass] ?? null) >= present) return [];
  const lowers = (of: readonly Choice[]): boolean => rankOfTier(tierOf(of)) < present;
  const singles = choices.map((_, i) => [i]);
  const pairs = singles.flatMap(([i = 0]) => choices.slice(i + 1).map((_, k) => [i, i + 1 + k]));
  const among = (sets: readonly number[][]): Step[] => sets.flatMap((set) => mildest(choices, set, lowers));
  const alone = among(singles);
  const found = alone.length > 0 ? alone : among(pairs);
  return found.sort((a, b) => a.size - b.size).slice(0, MOST_LOWERINGS).map(({ next, set }) => ({ changes: set.flatMap((i) => changeOf(choices[i], next[i])), tier: tierOf(next) }));
}

interface Step { readonly set: readonly number[]; readonly next: readonly Choice[]; readonly size: number }

/** The smallest change of just these answers that lowers the tier. What their mildest options do not lower, no other ones do. */
function mildest(choices: readonly Choice[], set: readonly number[], lowers: (of: readonly Choice[]) => boolean): Step[] {
  const last = set.reduce<readonly Choice[] | null>((of, i) => { const choice = milderOf(of?.[i]).at(-1); return of === null || choice === undefined ? null : of.with(i, choice); }, choices);
  if (last === null || !lowers(last)) return [];
  const all = set.reduce<(readonly Choice[])[]>((so, i) => so.flatMap((of) => milderOf(of[i]).map((choice) => of.with(i, choice))), [choices]);
  const size = (of: readonly Choice[]): number => set.reduce((sum, i) => sum + (choices[i]?.option.score ?? 0) - (of[i]?.option.score ?? 0), 0);
  const best = all.filter(lowers).reduce((least, of) => (size(of) < size(least) ? of : least), last);
  return [{ set, next: best, size: size(best) }];
}

/** With each milder option, the mildest last. */
function milderOf(choice: Choice | undefined): Choice[] {
  if (choice === undefined) return [];
  return choice.question.options.map((_, i) => withOption(choice, i)).filter(({ option }) => option.score < choice.option.score).reverse();
}

function withOption(choice: Choice, i: number): Choice {
  return { ...choice, option: choice.question.options[i] ?? choice.option };
}

function changeOf(before: Choice | undefined, after: Choice | undefined): AnswerChange[] {
  if (before === undefined || after === undefined) return [];
  return [{ question: before.question.id, from: before.answered ? before.option.id : null, to: after.option.id }];
}
