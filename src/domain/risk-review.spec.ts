// What follows from a risk and the criteria of today, without anybody having set it.
import { describe, expect, test } from '@jest/globals';
import { defaultCriteria, givenAssessment, givenRisk, rated, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays, plusMs } from './clock.js';
import { isAboveAppetite, isAssessmentStale, isReviewOverdue, reviewDueAt, reviewedAt } from './risk-review.js';

const criteria = defaultCriteria();
const assessedAt = (daysAgo: number, level: Parameters<typeof givenAssessment>[0] = 'LOW'): ReturnType<typeof givenAssessment> => givenAssessment(level, { at: plusDays(TODAY, -daysAgo) });

describe('the periodic review', () => {
  test('is due after the days of the present level, counted from the last assessment', () => {
    for (const [level, days] of [['VERY_LOW', 365], ['LOW', 365], ['MODERATE', 180], ['HIGH', 90], ['VERY_HIGH', 30]] as const) {
      const risk = givenRisk({ state: 'ASSESSED', confirmation: null, assessments: [assessedAt(10, level)] });
      expect(reviewDueAt(risk, criteria)).toBe(plusDays(TODAY, days - 10));
    }
  });

  test('counts from a confirmation that came after the assessment, not from one before it', () => {
    expect(reviewedAt(givenRisk({ assessments: [assessedAt(20)], confirmation: { revision: 1, by: 'officer', at: plusDays(TODAY, -5) } }))).toBe(plusDays(TODAY, -5));
    expect(reviewedAt(givenRisk({ assessments: [assessedAt(20)], confirmation: { revision: 1, by: 'officer', at: plusDays(TODAY, -40) } }))).toBe(plusDays(TODAY, -20));
  });

  test('is never due for what was not assessed, or has ended', () => {
    expect(reviewDueAt(givenRisk({ state: 'IDENTIFIED', assessments: [], confirmation: null }), criteria)).toBeNull();
    for (const state of ['CLOSED', 'REJECTED', 'DRAFT'] as const) expect(reviewDueAt(givenRisk({ state }), criteria)).toBeNull();
    expect(isReviewOverdue(givenRisk({ state: 'CLOSED' }), criteria, new NotingClock(plusDays(TODAY, 10_000)))).toBe(false);
  });

  test('is overdue from its very instant on, which a clock notes before', () => {
    const risk = givenRisk({ level: 'HIGH' });
    const due = reviewDueAt(risk, criteria)!;
    const before = new NotingClock(plusMs(due, -1));

    expect([isReviewOverdue(risk, criteria, before), isReviewOverdue(risk, criteria, new NotingClock(due))]).toEqual([false, true]);
    expect(before.holdsUntil).toEqual({ at: due, what: 'REVIEW', ref: risk.id });
  });
});

describe('an assessment is stale', () => {
  const assessed = givenAssessment('MODERATE', { inherent: { ...rated('HIGH'), likelihood: 5, consequences: [{ class: 'LEGAL', value: 2 }] }, current: { ...rated('MODERATE'), likelihood: 3, consequences: [{ class: 'LEGAL', value: 2 }] } });
  const risk = givenRisk({ assessments: [assessed] });

  test('once the criteria of today give its estimates another level', () => {
    const stricter = { ...criteria, version: 2, floors: [{ class: 'LEGAL' as const, from: 1, level: 'HIGH' as const }] };

    expect([isAssessmentStale(risk, criteria), isAssessmentStale(risk, stricter)]).toEqual([false, true]);
  });

  test('not by a new version of the criteria alone, and not before there is one', () => {
    expect(isAssessmentStale(risk, { ...criteria, version: 7 })).toBe(false);
    expect(isAssessmentStale(givenRisk({ assessments: [], state: 'DRAFT', confirmation: null }), criteria)).toBeNull();
  });
});

test('a risk is above appetite by its residual level', () => {
  const reassessed = givenRisk({ assessments: [givenAssessment('LOW'), givenAssessment('HIGH', { revision: 2 })] });

  expect([isAboveAppetite(givenRisk({ level: 'LOW' }), criteria), isAboveAppetite(givenRisk({ level: 'MODERATE' }), criteria), isAboveAppetite(reassessed, criteria)]).toEqual([false, true, false]);
  expect(isAboveAppetite(givenRisk({ assessments: [], state: 'IDENTIFIED', confirmation: null }), criteria)).toBeNull();
});
