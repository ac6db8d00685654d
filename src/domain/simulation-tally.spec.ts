import { describe, expect, test } from '@jest/globals';
import type { Verdict } from './gate.js';
import { MOST_EXAMPLES, MOST_FLIPS, MOST_LISTED, MOST_REFUSED, SimulationTally, type Recorded, type Said } from './simulation-tally.js';

const decision = (id: string): Recorded => ({ id, decidedAt: '2026-11-23T09:00:00.000Z', action: 'promote', environment: 'pilot', system: 'SYS-1' });
const says = (verdict: Verdict, ...blocking: string[]): Said => ({ verdict, blocking });
const [YES, LEGAL, DRIFT] = [says('ALLOW'), 'R5/LEGAL REVIEW_MISSING', 'R7/E-02 EVIDENCE_MISSING'];

function tallied(...answers: readonly (readonly [then: Said, now: Said])[]): SimulationTally {
  const tally = new SimulationTally();
  for (const [index, [then, now]] of answers.entries()) tally.judged(decision(`d${String(index)}`), then, now, true);
  return tally;
}

describe('what a simulation comes to', () => {
  test('counts each direction by itself, the most frequent first', () => {
    const { judged, flips } = tallied([YES, says('DENY', LEGAL)], [says('DENY', LEGAL), YES], [YES, says('DENY', DRIFT)], [YES, YES], [says('PENDING', LEGAL), says('DENY', LEGAL)]).result(1);

    expect(judged).toBe(5);
    expect(flips).toEqual([{ from: 'ALLOW', to: 'DENY', count: 2 }, { from: 'DENY', to: 'ALLOW', count: 1 }, { from: 'PENDING', to: 'DENY', count: 1 }]);
  });

  test('says over which requirement: what blocks only now, and what blocked only then', () => {
    const { requirements, examples } = tallied([YES, says('DENY', LEGAL, DRIFT)], [says('DENY', LEGAL), YES], [says('PENDING', LEGAL), says('DENY', LEGAL, DRIFT)]).result(1);

    expect(requirements).toEqual([
      { requirement: 'R5/LEGAL', code: 'REVIEW_MISSING', added: 1, lifted: 1, deployments: 0 },
      { requirement: 'R7/E-02', code: 'EVIDENCE_MISSING', added: 2, lifted: 0, deployments: 0 },
    ]);
    expect(examples).toContainEqual({ ...decision('d2'), from: 'PENDING', to: 'DENY', added: [DRIFT], lifted: [] });
  });

  test('is not moved by a decision that does not turn', () => {
    expect(tallied([says('DENY', LEGAL), says('DENY', DRIFT)]).result(1)).toMatchObject({ judged: 1, flips: [], requirements: [], examples: [] });
  });

  test('counts by themselves those that it does not touch, those that cannot be judged, and those of another engine', () => {
    const tally = new SimulationTally();
    tally.untouched();
    tally.untouched();
    tally.unjudged();
    tally.judged(decision('d'), YES, YES, false);

    expect(tally.lookedAt).toBe(4);
    expect(tally.result(1)).toMatchObject({ judged: 1, untouched: 2, unjudged: 1, otherEngine: 1 });
  });

  test('names the first of each direction, and counts all of them', () => {
    const { flips, examples } = tallied(...Array.from({ length: MOST_EXAMPLES + 5 }, () => [YES, says('DENY', LEGAL)] as const), [says('DENY', LEGAL), YES]).result(1);

    expect(flips.map(({ count }) => count)).toEqual([MOST_EXAMPLES + 5, 1]);
    expect(examples.map(({ id }) => id)).toEqual([...Array.from({ length: MOST_EXAMPLES }, (_, index) => `d${String(index)}`), `d${String(MOST_EXAMPLES + 5)}`]);
  });

  test('lists so many of each direction, in the order in which they were decided, and counts all of them', () => {
    const tally = tallied([says('DENY', LEGAL), YES], ...Array.from({ length: MOST_FLIPS + 3 }, () => [YES, says('DENY', LEGAL)] as const));
    const [{ flips: listed } = { flips: [] }, ...others] = tally.turned;

    expect(tally.result(1).flips.map(({ count }) => count)).toEqual([MOST_FLIPS + 3, 1]);
    expect([listed.length, listed[0]!.id, listed.at(-1)!.id]).toEqual([MOST_FLIPS, 'd1', `d${String(MOST_FLIPS)}`]);
    expect(others.map(({ from, to, flips }) => [from, to, flips.map(({ id }) => id)])).toEqual([['DENY', 'ALLOW', ['d0']]]);
  });

  test('names deployments that would be refused, and says which are refused today', () => {
    const tally = new SimulationTally();
    tally.deployed({ number: 'D-1', system: 'SYS-1', environment: 'pilot' }, YES, YES);
    tally.deployed({ number: 'D-2', system: 'SYS-2', environment: 'pilot' }, YES, says('DENY', DRIFT));
    tally.deployed({ number: 'D-3', system: 'SYS-3', environment: 'pilot' }, says('DENY', LEGAL), says('DENY', LEGAL, DRIFT));
    const { refusedDeployments, requirements, ...counts } = tally.result(1);

    expect(counts).toMatchObject({ deployments: 3, deploymentsRefused: 2, deploymentsRefusedNow: 1, judged: 0 });
    expect(refusedDeployments.map(({ number, from, added }) => [number, from, added])).toEqual([['D-2', 'ALLOW', [DRIFT]], ['D-3', 'DENY', [DRIFT]]]);
    expect(requirements.map(({ requirement, deployments }) => [requirement, deployments])).toEqual([['R7/E-02', 2], ['R5/LEGAL', 1]]);
  });

  test('the refused are listed as far as the result goes, and further beside it; they are all counted', () => {
    const tally = new SimulationTally();
    for (let nth = 1; nth <= MOST_REFUSED + 1; nth += 1) tally.deployed({ number: `D-${String(nth)}`, system: 'SYS-1', environment: 'live' }, YES, says('DENY', DRIFT));
    const { deploymentsRefused, refusedDeployments } = tally.result(1);

    expect([deploymentsRefused, refusedDeployments.length, tally.refused.length, tally.refused.at(-1)?.number]).toEqual([MOST_REFUSED + 1, MOST_LISTED, MOST_REFUSED, `D-${String(MOST_REFUSED)}`]);
    expect(refusedDeployments).toEqual(tally.refused.slice(0, MOST_LISTED));
  });

  test('lists so many requirements, the most frequent ones, and says how many there are', () => {
    const { requirements, requirementsTotal } = tallied(...Array.from({ length: MOST_LISTED + 1 }, (_, index) => [YES, says('DENY', DRIFT, `R3/R-${String(index)} RISK_UNASSESSED`)] as const)).result(1);

    expect([requirements.length, requirementsTotal, requirements[0]!.requirement]).toEqual([MOST_LISTED, MOST_LISTED + 2, 'R7/E-02']);
  });
});
