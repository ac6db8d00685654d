import { describe, expect, test } from '@jest/globals';
import { refusal } from '../../test/support/given.js';
import { NotingClock, plusDays, plusMs } from './clock.js';
import { completeSimulation, failSimulation, MOST_DECISIONS, perSecond, requireNoneRunning, SILENCE_MS, simulationOutcome, startSimulation, windowOf, type PolicySimulation } from './policy-simulation.js';
import type { PolicyVersion } from './policy-version.js';
import { SimulationTally } from './simulation-tally.js';

const NOW = '2026-11-23T09:00:00.000Z';
const VERSION = { id: 'v', policyId: 'baseline', document: { id: 'baseline', bindings: [{ priority: 5, mode: 'ENFORCE' }] } } as unknown as PolicyVersion;
const BEGUN = { id: 's', number: 'SIM-1', startedBy: 'rita', startedAt: NOW, decisions: 7 };

const begin = (decisions = 7, others: readonly PolicyVersion[] = []): PolicySimulation => startSimulation({ ...BEGUN, decisions }, VERSION, windowOf({}, NOW), others).next;
const outcome = (simulation: PolicySimulation, beat: string | null, at: string): string => simulationOutcome(simulation, beat, new NotingClock(at));
const RESULT = new SimulationTally().result(1);

describe('the span of a simulation', () => {
  test('is the last thirty days unless it is named', () => {
    expect(windowOf({}, NOW)).toEqual({ from: plusDays(NOW, -30), to: NOW });
    expect(windowOf({ to: plusDays(NOW, -5) }, NOW)).toEqual({ from: plusDays(NOW, -35), to: plusDays(NOW, -5) });
    expect(windowOf({ from: plusDays(NOW, -400), to: NOW }, NOW)).toEqual({ from: plusDays(NOW, -400), to: NOW });
  });

  test('lies in the past, is no longer than 400 days, and begins before it ends', () => {
    expect(() => windowOf({ to: plusMs(NOW, 1) }, NOW)).toThrow(refusal('INVALID_INPUT', { field: 'window.to' }));
    expect(() => windowOf({ from: plusMs(plusDays(NOW, -400), -1) }, NOW)).toThrow(refusal('INVALID_INPUT', { field: 'window.from', expected: `at least ${plusDays(NOW, -400)}` }));
    expect(() => windowOf({ from: NOW, to: plusDays(NOW, -1) }, NOW)).toThrow(refusal('INVALID_INPUT', { field: 'window.from' }));
  });

  test('holds a bounded number of decisions', () => {
    expect(begin(MOST_DECISIONS).decisions).toBe(MOST_DECISIONS);
    expect(() => begin(MOST_DECISIONS + 1)).toThrow(refusal('TOO_LARGE', { field: 'window', expected: `at most ${String(MOST_DECISIONS)}` }));
  });
});

describe('a simulation', () => {
  test('is of a version that could come into force', () => {
    const other = { ...VERSION, id: 'w', policyId: 'other', state: 'ACTIVE' as const, document: { ...VERSION.document, id: 'other' } };

    expect(() => begin(7, [other])).toThrow(refusal('POLICY_BINDINGS_CONTRADICT'));
    expect(begin(7, [{ ...VERSION, id: 'before' }])).toMatchObject({ policyVersionId: 'v', endedAt: null, result: null, ending: null });
  });

  test('runs while there is a sign of it, and is abandoned after a minute of silence', () => {
    const running = begin();

    expect(outcome(running, null, plusMs(NOW, SILENCE_MS - 1))).toBe('RUNNING');
    expect(outcome(running, null, plusMs(NOW, SILENCE_MS))).toBe('ABANDONED');
    expect(outcome(running, plusMs(NOW, 5000), plusMs(NOW, SILENCE_MS))).toBe('RUNNING');
    expect(outcome(running, plusMs(NOW, 5000), plusMs(NOW, SILENCE_MS + 5000))).toBe('ABANDONED');
  });

  test('stands in the way of another one only while it runs', () => {
    expect(() => { requireNoneRunning(begin(), null, new NotingClock(NOW)); }).toThrow(refusal('ALREADY_EXISTS', { id: 'SIM-1' }));
    expect(() => { requireNoneRunning(begin(), null, new NotingClock(plusMs(NOW, SILENCE_MS))); }).not.toThrow();
  });

  test('ends once, with a result or with the reason why there is none', () => {
    const done = completeSimulation(begin(), RESULT, plusMs(NOW, 1));
    const failed = failSimulation(begin(), 'The server stopped.', plusMs(NOW, 1));

    expect([outcome(done.next, null, plusDays(NOW, 1)), outcome(failed.next, null, plusDays(NOW, 1))]).toEqual(['DONE', 'FAILED']);
    expect(failed).toMatchObject({ event: 'simulation.failed', reason: 'The server stopped.' });
    expect(() => completeSimulation(failed.next, RESULT, NOW)).toThrow(refusal('CONFLICT'));
    expect(() => failSimulation(done.next, 'Too late.', NOW)).toThrow(refusal('CONFLICT'));
  });
});

test('how fast it is: decisions by seconds, and nothing before its first sign', () => {
  expect([perSecond(900, 1200), perSecond(1, 3000), perSecond(7, 2000), perSecond(0, 0)]).toEqual([750, 0, 4, 0]);
});
