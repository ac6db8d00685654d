// Levels by the shipped criteria: the highest cell over the consequence classes, raised by the floors.
import { describe, expect, test } from '@jest/globals';
import { defaultCriteria, refusal } from '../../test/support/given.js';
import { CONSEQUENCE_CLASSES, highest, isAbove, LEVELS, rate, type Consequence, type Level } from './scoring.js';

const criteria = defaultCriteria();

function levelOf(likelihood: number, ...consequences: readonly Consequence[]): Level {
  return rate(criteria, { likelihood, consequences }, 'current').level;
}

describe('the level of a risk', () => {
  test('is the cell of likelihood and consequence', () => {
    expect([1, 2, 3, 4, 5].map((likelihood) => levelOf(likelihood, { class: 'FINANCIAL', value: 3 }))).toEqual(['VERY_LOW', 'MODERATE', 'MODERATE', 'HIGH', 'VERY_HIGH']);
    expect([1, 2, 3, 4, 5].map((value) => levelOf(5, { class: 'FINANCIAL', value }))).toEqual(['LOW', 'HIGH', 'VERY_HIGH', 'VERY_HIGH', 'VERY_HIGH']);
  });

  test('is the highest over the consequence classes', () => {
    expect(levelOf(3, { class: 'FINANCIAL', value: 1 }, { class: 'LEGAL', value: 4 }, { class: 'OPERATIONAL', value: 2 })).toBe('HIGH');
  });

  test('is never below MODERATE for the gravest harm to safety or to fundamental rights, however unlikely', () => {
    expect(levelOf(1, { class: 'FINANCIAL', value: 5 })).toBe('LOW');
    expect(levelOf(1, { class: 'SAFETY', value: 5 })).toBe('MODERATE');
    expect(levelOf(1, { class: 'FUNDAMENTAL_RIGHTS', value: 5 })).toBe('MODERATE');
    expect(levelOf(1, { class: 'SAFETY', value: 4 })).toBe('LOW');
  });

  test('is only ever raised by a floor', () => {
    expect(levelOf(5, { class: 'SAFETY', value: 5 })).toBe('VERY_HIGH');
  });

  test('does not fall when anything grows', () => {
    for (const name of CONSEQUENCE_CLASSES) {
      for (let likelihood = 1; likelihood < 5; likelihood += 1) {
        for (let value = 1; value < 5; value += 1) {
          const here = levelOf(likelihood, { class: name, value });
          expect(isAbove(here, levelOf(likelihood + 1, { class: name, value }))).toBe(false);
          expect(isAbove(here, levelOf(likelihood, { class: name, value: value + 1 }))).toBe(false);
        }
      }
    }
  });
});

describe('an estimate', () => {
  test.each([0, 6, 2.5, Number.NaN])('of %p on a scale from 1 to 5 is refused, naming the field', (step) => {
    expect(() => levelOf(step, { class: 'LEGAL', value: 1 })).toThrow(refusal('INVALID_INPUT', { field: 'current.likelihood' }));
    expect(() => levelOf(1, { class: 'LEGAL', value: 1 }, { class: 'SAFETY', value: step })).toThrow(refusal('INVALID_INPUT', { field: 'current.consequences.1.value' }));
  });

  test('names at least one consequence, and each class once', () => {
    expect(() => levelOf(1)).toThrow('Name at least one consequence.');
    expect(() => levelOf(1, { class: 'LEGAL', value: 1 }, { class: 'LEGAL', value: 2 })).toThrow('Each consequence class is named at most once.');
  });

  test('is kept in the order of the classes, without anything else that was sent', () => {
    const sent = { class: 'SAFETY', value: 2, level: 'VERY_LOW' } as Consequence;

    expect(rate(criteria, { likelihood: 2, consequences: [sent, { class: 'LEGAL', value: 1 }] }, 'current')).toEqual({
      likelihood: 2, consequences: [{ class: 'LEGAL', value: 1 }, { class: 'SAFETY', value: 2 }], level: 'LOW',
    });
  });
});

describe('levels', () => {
  test('are ordered from VERY_LOW to VERY_HIGH', () => {
    expect(LEVELS.map((level) => LEVELS.filter((other) => isAbove(level, other)).length)).toEqual([0, 1, 2, 3, 4]);
    expect(highest(['LOW', 'HIGH', 'MODERATE'])).toBe('HIGH');
  });
});
