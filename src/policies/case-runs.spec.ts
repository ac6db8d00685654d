import { describe, expect, test } from '@jest/globals';
import { refusal } from '../../test/support/given.js';
import { MAX_JUDGING_MS, runCases } from './case-runs.js';
import { SHIPPED_DOCUMENT } from './shipped-policy.js';

const cases = (count: number, given = '{}'): string => `cases:\n${Array.from({ length: count }, (_, i) => `  - { name: case ${String(i)}, why: To be counted., given: ${given}, wanted: { verdict: ALLOW } }\n`).join('')}`;
/** A clock by which every look takes so long. */
function ticking(ms: number): () => number {
  let now = 0;
  return () => (now += ms);
}

describe('the cases of a request', () => {
  test('take no longer than they may together, and the refusal says how many were judged', async () => {
    expect(await runCases(SHIPPED_DOCUMENT, cases(4), ticking(MAX_JUDGING_MS / 4))).toMatchObject({ cases: 4, failed: [] });

    await expect(runCases(SHIPPED_DOCUMENT, cases(6), ticking(MAX_JUDGING_MS / 4))).rejects.toThrow(refusal('INVALID_INPUT', { field: 'cases', actual: '5 of 6', message: 'They take more than 2 seconds of processor time: 5 of 6 cases were judged.' }));
  });

  test('let others be served in between', async () => {
    let served = 0;
    const serving = (): void => { served += 1; pending = setImmediate(serving); };
    let pending = setImmediate(serving);

    await runCases(SHIPPED_DOCUMENT, cases(5));
    clearImmediate(pending);

    expect(served).toBeGreaterThanOrEqual(5);
  });
});
