import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultQuestionnaire } from '../../test/support/given.js';
import { Chance } from '../../test/support/world-random.js';
import type { EuClass } from './system.js';
import { score, type Answers } from './tiering.js';
import { driversOf, loweringsOf, type Lowering } from './tiering-explained.js';
import { rankOfTier } from './tiering-questionnaire.js';

const { systems } = JSON.parse(readFileSync(join(import.meta.dirname, '../../test/fixtures/tiering-vectors.json'), 'utf8')) as { readonly systems: readonly { readonly name: string; readonly euClass: EuClass; readonly answers: Answers }[] };
const QUESTIONNAIRE = defaultQuestionnaire();
const SPAM = systems.find(({ name }) => name === 'spam-filter')!.answers;
const FAQ = systems.find(({ name }) => name === 'staff-faq-bot')!.answers;

function changed(answers: Answers, { changes }: Lowering): Answers {
  return { ...answers, ...Object.fromEntries(changes.map(({ question, to }) => [question, to])) };
}

function nextWorse(question: string, option: string): string {
  const { options } = QUESTIONNAIRE.questions.find(({ id }) => id === question)!;
  return options[options.findIndex(({ id }) => id === option) + 1]!.id;
}

describe('what weighs most', () => {
  test('is first what holds the tier up, alone or with others, then what adds to the score', () => {
    const [first, second, third] = driversOf(QUESTIONNAIRE, { ...SPAM, M1: 'd' }, 'MINIMAL');

    expect(first).toMatchObject({ question: 'M1', option: 'd', answered: true, floor: 'CRITICAL' });
    expect(second).toMatchObject({ question: 'A1', option: 'd', answered: true, floor: 'CRITICAL' });
    expect(third).toMatchObject({ floor: null });
    expect(third!.points).toBeGreaterThan(0);
  });

  test('says of a question that is open that it counts as its worst option', () => {
    const { C2: _left, ...open } = FAQ;

    expect(driversOf(QUESTIONNAIRE, open, 'MINIMAL')[0]).toMatchObject({ question: 'C2', option: 'e', answered: false });
  });

  test('is nothing where every answer is the mildest', () => {
    expect(driversOf(QUESTIONNAIRE, Object.fromEntries(QUESTIONNAIRE.questions.map(({ id }) => [id, 'a'])), 'UNCLASSIFIED')).toEqual([]);
  });
});

describe('the least that would lower the tier', () => {
  test('is one answer where one does, as little of it as needed', () => {
    expect(loweringsOf(QUESTIONNAIRE, { ...SPAM, A2: 'e' }, 'MINIMAL')).toEqual([{ changes: [{ question: 'A2', from: 'e', to: 'd' }], tier: 'MODERATE' }]);
  });

  test('is two answers where none does alone', () => {
    const answers = { ...SPAM, C3: 'e', A5: 'e' };
    const found = loweringsOf(QUESTIONNAIRE, answers, 'MINIMAL');

    expect(found[0]).toEqual({ changes: [{ question: 'C3', from: 'e', to: 'd' }, { question: 'A5', from: 'e', to: 'd' }], tier: 'MODERATE' });
  });

  test('is nothing where the class alone holds it up', () => {
    expect(loweringsOf(QUESTIONNAIRE, SPAM, 'HIGH_RISK_ANNEX_III')).toEqual([]);
    expect(loweringsOf(QUESTIONNAIRE, SPAM, 'MINIMAL')).toEqual([]);
  });

  test('can be an answer to what is open', () => {
    const { M1: _left, ...open } = SPAM;

    expect(loweringsOf(QUESTIONNAIRE, open, 'MINIMAL')).toContainEqual({ changes: [{ question: 'M1', from: null, to: 'c' }], tier: 'MINIMAL' });
  });

  test('does what it says, and one step less of any change would not', () => {
    const chance = new Chance(20_261_126);
    const sizes = new Set<number>();
    for (let n = 0; n < 30; n += 1) {
      const answers = Object.fromEntries(QUESTIONNAIRE.questions.map(({ id, options }) => [id, options[chance.between(0, chance.between(1, options.length - 1))]!.id]));
      const before = rankOfTier(score(QUESTIONNAIRE, answers, 'MINIMAL').tier);
      for (const lowering of loweringsOf(QUESTIONNAIRE, answers, 'MINIMAL')) {
        const less = lowering.changes.map(({ question, to }) => ({ ...changed(answers, lowering), [question]: nextWorse(question, to) }));
        sizes.add(lowering.changes.length);

        expect(score(QUESTIONNAIRE, changed(answers, lowering), 'MINIMAL').tier).toBe(lowering.tier);
        expect(rankOfTier(lowering.tier)).toBeLessThan(before);
        expect(less.map((one) => rankOfTier(score(QUESTIONNAIRE, one, 'MINIMAL').tier))).toEqual(less.map(() => before));
      }
    }

    expect([...sizes].sort()).toEqual([1, 2]);
  });
});
