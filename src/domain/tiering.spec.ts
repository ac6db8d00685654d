import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultQuestionnaire, refusal } from '../../test/support/given.js';
import { Chance } from '../../test/support/world-random.js';
import { EU_CLASSES, type EuClass } from './system.js';
import { checkAnswers, score, type Answers, type TierScore } from './tiering.js';
import { rankOfTier } from './tiering-questionnaire.js';

interface Vector { readonly name: string; readonly euClass: EuClass; readonly answers: Answers; readonly expected: Omit<TierScore, 'floors'> & { readonly floors: readonly { readonly by: string; readonly floor: string }[] } }

const { systems } = JSON.parse(readFileSync(join(import.meta.dirname, '../../test/fixtures/tiering-vectors.json'), 'utf8')) as { readonly systems: readonly Vector[] };
const QUESTIONNAIRE = defaultQuestionnaire();
const RAISES = process.env['CAMPAIGN'] === 'full' ? 4000 : 400;
const SEED = 20_261_126;

/** A system of the fixtures by its name. */
function answersOf(name: string): Answers {
  return systems.find((system) => system.name === name)!.answers;
}

/** Answers by chance; about one question in eight is left open. */
function someAnswers(chance: Chance): Answers {
  return Object.fromEntries(QUESTIONNAIRE.questions.flatMap(({ id, options }) => (chance.happens(1 / 8) ? [] : [[id, chance.pick(options).id]])));
}

const rank = (answers: Answers, euClass: EuClass): number => rankOfTier(score(QUESTIONNAIRE, answers, euClass).tier);

describe('the tier by the questionnaire', () => {
  test.each(systems)('is for $name what is written down for it', ({ answers, euClass, expected }) => {
    const { floors, ...scored } = score(QUESTIONNAIRE, answers, euClass);

    expect({ ...scored, floors: floors.map(({ by, floor }) => ({ by, floor })) }).toEqual(expected);
    expect(floors.every(({ why }) => /\w.*\.$/.test(why))).toBe(true);
  });

  test('is written down for five systems', () => {
    expect(systems.map(({ name }) => name)).toEqual(['staff-faq-bot', 'spam-filter', 'credit-decline', 'cv-screening-assist', 'nothing-answered']);
  });

  test('is never lowered by an answer that is worse, nor loses a floor or a flag by it', () => {
    const chance = new Chance(SEED);
    for (let n = 0; n < RAISES; n += 1) {
      const [answers, euClass] = [someAnswers(chance), chance.pick(EU_CLASSES)];
      const question = chance.pick(QUESTIONNAIRE.questions.filter(({ id, options }) => answers[id] !== undefined && answers[id] !== options.at(-1)?.id));
      const worse = chance.pick(question.options.slice(question.options.findIndex(({ id }) => id === answers[question.id]) + 1));
      const [before, after] = [answers, { ...answers, [question.id]: worse.id }].map((one) => score(QUESTIONNAIRE, one, euClass));

      expect({ n, fell: rankOfTier(after!.tier) < rankOfTier(before!.tier) }).toEqual({ n, fell: false });
      expect(after!.floors.map(({ by }) => by)).toEqual(expect.arrayContaining(before!.floors.map(({ by }) => by)));
      expect(after!.flags).toEqual(expect.arrayContaining([...before!.flags]));
    }
  });

  test('is never lowered by leaving a question open, which counts as its worst option in full', () => {
    const chance = new Chance(SEED + 1);
    for (let n = 0; n < RAISES / 4; n += 1) {
      const [answers, euClass] = [someAnswers(chance), chance.pick(EU_CLASSES)];
      const question = chance.pick(QUESTIONNAIRE.questions);
      const { [question.id]: _left, ...open } = answers;
      const worst = { ...answers, [question.id]: question.options.at(-1)!.id };
      const { unanswered, ...scored } = score(QUESTIONNAIRE, open, euClass);
      const { unanswered: _unanswered, ...asWorst } = score(QUESTIONNAIRE, worst, euClass);

      expect(rank(open, euClass)).toBeGreaterThanOrEqual(rank(answers, euClass));
      expect(scored).toEqual(asWorst);
      expect(unanswered).toContain(question.id);
    }
  });

  test.each<[EuClass, string]>([
    ['MINIMAL', 'MINIMAL'], ['LIMITED', 'MINIMAL'], ['GPAI_PROVIDER', 'MINIMAL'], ['PROHIBITED', 'MINIMAL'], ['ANNEX_III_EXEMPT', 'MODERATE'],
    ['HIGH_RISK_ANNEX_I', 'HIGH'], ['HIGH_RISK_ANNEX_III', 'HIGH'], ['UNCLASSIFIED', 'HIGH'], ['GPAI_SYSTEMIC_PROVIDER', 'CRITICAL'],
  ])('of the mildest answers is by the class %s at least %s', (euClass, tier) => {
    const mildest = Object.fromEntries(QUESTIONNAIRE.questions.map(({ id, options }) => [id, options[0]!.id]));

    expect(score(QUESTIONNAIRE, mildest, euClass)).toMatchObject({ dimensions: { materiality: 0, complexity: 0, autonomy: 0, exposure: 0 }, baseTier: 'MINIMAL', tier });
  });

  test('is not diluted: one question answered worst weighs more than its share', () => {
    const exposure = (X4: string): number => score(QUESTIONNAIRE, { ...answersOf('staff-faq-bot'), X4 }, 'MINIMAL').dimensions.exposure;

    // By its weight of 0.5 in 6 alone it would be 4.4 of 100.
    expect(exposure('e') - exposure('b')).toBeGreaterThan(15);
  });

  test('rounds halves up by what the numbers are, not by how a computer writes them', () => {
    // 0.65 × 10.6 + 0.35 × 29.6 is 17.25 exactly, and less than that in binary fractions.
    expect(score(QUESTIONNAIRE, answersOf('staff-faq-bot'), 'MINIMAL').consequence).toBe(17.3);
  });
});

describe('answers', () => {
  const given = (...answers: [string, string][]): { question: string; option: string }[] => answers.map(([question, option]) => ({ question, option }));

  test('are kept in the order of the questionnaire', () => {
    expect(Object.entries(checkAnswers(QUESTIONNAIRE, given(['X1', 'b'], ['M1', 'a']), 'input.answers'))).toEqual([['M1', 'a'], ['X1', 'b']]);
  });

  test.each([
    ['of no question', given(['M1', 'a'], ['Z9', 'a']), 'input.answers.1.question'],
    ['by no option', given(['M6', 'e']), 'input.answers.0.option'],
    ['given twice', given(['M1', 'a'], ['M1', 'b']), 'input.answers.1.question'],
    ['of what every object has', given(['constructor', 'a']), 'input.answers.0.question'],
  ])('%s are refused', (_, answers, field) => {
    expect(() => checkAnswers(QUESTIONNAIRE, answers, 'input.answers')).toThrow(refusal('INVALID_INPUT', { field }));
  });
});
