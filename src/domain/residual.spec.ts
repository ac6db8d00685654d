// What is left of a risk: a claim counts only as far as verified mitigations, with evidence that counts now, carry it.
import { describe, expect, test } from '@jest/globals';
import { givenAssessment, givenEvidence, givenMitigation, givenProof, givenRisk, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays } from './clock.js';
import type { Mitigation } from './mitigation.js';
import { earnedEstimate, presentLevel, residualLevel, type Proof } from './residual.js';
import { markAccepted, type Risk, type RiskAssessment } from './risk.js';
import { rate, type Consequence } from './scoring.js';
import { defaultCriteria } from '../../test/support/given.js';

const criteria = defaultCriteria();
type Pair = readonly [likelihood: number, legal: number];

function estimated(inherent: Pair, current: Pair, more: Partial<RiskAssessment> = {}): RiskAssessment {
  const rating = ([likelihood, value]: Pair): ReturnType<typeof rate> => rate(criteria, { likelihood, consequences: [{ class: 'LEGAL', value }] }, 'x');
  return givenAssessment('LOW', { inherent: rating(inherent), current: rating(current), ...more });
}

function riskWith(assessment: RiskAssessment, more: Partial<Risk> = {}): Risk {
  return givenRisk({ state: 'ASSESSED', confirmation: null, assessments: [assessment], ...more });
}

function shown(...mitigations: readonly Partial<Mitigation>[]): Proof {
  return givenProof({ mitigations: mitigations.map((more, i) => givenMitigation({ id: `mit-${String(i)}`, ...more })), evidence: [givenEvidence()] });
}

function earned(assessment: RiskAssessment, proof: Proof): { likelihood: number; consequences: readonly Consequence[] } {
  return earnedEstimate({ id: 'risk-1' }, assessment, proof);
}

describe('an estimate below the inherent one', () => {
  const claimed = estimated([5, 4], [2, 4]);

  test('stays inherent while nothing carries it', () => {
    expect(earned(claimed, givenProof())).toEqual({ likelihood: 5, consequences: [{ class: 'LEGAL', value: 4 }] });
    expect(presentLevel(riskWith(claimed), givenProof())).toBe('VERY_HIGH');
  });

  test('falls by the steps of its verified mitigations, which add up, and never below the claim', () => {
    expect(earned(claimed, shown({ reduces: 2 })).likelihood).toBe(3);
    expect(earned(claimed, shown({ reduces: 2 }, { reduces: 1 })).likelihood).toBe(2);
    expect(earned(claimed, shown({ reduces: 4 })).likelihood).toBe(2);
    expect(presentLevel(riskWith(claimed), shown({ reduces: 4 }))).toBe(claimed.current.level);
  });

  test('has each factor carried by itself', () => {
    const both = estimated([5, 4], [2, 2]);

    expect(earned(both, shown({ reduces: 4 }))).toEqual({ likelihood: 2, consequences: [{ class: 'LEGAL', value: 4 }] });
    expect(earned(both, shown({ effect: 'CONSEQUENCE', reduces: 4 }))).toEqual({ likelihood: 5, consequences: [{ class: 'LEGAL', value: 2 }] });
    expect(earned(both, shown({ effect: 'BOTH', reduces: 3 }))).toEqual({ likelihood: 2, consequences: [{ class: 'LEGAL', value: 2 }] });
  });

  test.each([
    ['not verified', { state: 'IMPLEMENTED', verification: null }], ['found ineffective', { state: 'INEFFECTIVE', verification: null }], ['cancelled', { state: 'CANCELLED' }],
    ['of another risk', { riskId: 'risk-2' }], ['without evidence', { evidenceIds: [] }],
  ] as const)('is not carried by a mitigation that is %s', (_, more) => {
    expect(earned(claimed, shown({ reduces: 4, ...more })).likelihood).toBe(5);
  });

  test('needs every step of a kind of harm that is no longer claimed at all', () => {
    const gone = { ...estimated([3, 3], [3, 3]), current: rate(criteria, { likelihood: 3, consequences: [{ class: 'FINANCIAL', value: 1 }] }, 'x') };

    expect(earned(gone, givenProof()).consequences).toEqual([{ class: 'FINANCIAL', value: 1 }, { class: 'LEGAL', value: 3 }]);
    expect(earned(gone, shown({ effect: 'CONSEQUENCE', reduces: 3 })).consequences).toEqual([{ class: 'FINANCIAL', value: 1 }]);
  });
});

describe('evidence', () => {
  const risk = riskWith(estimated([5, 4], [3, 4]));
  const level = (proof: Partial<Proof>): string => presentLevel(risk, givenProof({ mitigations: [givenMitigation()], evidence: [givenEvidence()], ...proof }));

  test('carries until it ends, and the clock notes when', () => {
    const clock = new NotingClock(TODAY);

    expect(level({ clock })).toBe('HIGH');
    expect(clock.holdsUntil).toEqual({ at: plusDays(TODAY, 30), what: 'EVIDENCE', ref: 'ev-1' });
    expect(level({ clock: new NotingClock(plusDays(TODAY, 30)) })).toBe('VERY_HIGH');
  });

  test('carries nothing when it is revoked, rejected or not verified', () => {
    for (const state of ['SUBMITTED', 'REJECTED', 'REVOKED'] as const) expect(level({ evidence: [givenEvidence({ state })] })).toBe('VERY_HIGH');
  });

  test('about these bytes or about the system as such carries; about other bytes it does not', () => {
    const about = (subjectDigest: string | null): string => level({ subjects: new Set(['sha256:ours']), evidence: [givenEvidence({ subjectDigest })] });

    expect([about(null), about('sha256:ours'), about('sha256:other')]).toEqual(['HIGH', 'HIGH', 'VERY_HIGH']);
  });

  test('that was superseded is stood in for by its successor, once that is verified', () => {
    const old = givenEvidence({ validUntil: TODAY });
    const fresh = givenEvidence({ id: 'ev-2', number: 'E-2', supersedesId: 'ev-1' });

    expect(level({ evidence: [old] })).toBe('VERY_HIGH');
    expect(level({ evidence: [old, fresh] })).toBe('HIGH');
    expect(level({ evidence: [old, { ...fresh, state: 'SUBMITTED' }] })).toBe('VERY_HIGH');
  });
});

describe('the residual level', () => {
  test('is null before the first assessment, then the estimate as it is earned, then what was confirmed', () => {
    expect(residualLevel(givenRisk({ assessments: [], confirmation: null }), givenProof())).toBeNull();
    expect(residualLevel(riskWith(estimated([3, 4], [3, 4])), givenProof())).toBe('HIGH');
    expect(residualLevel(givenRisk({ level: 'LOW' }), givenProof())).toBe('LOW');
  });

  test('stays what was confirmed while a newer assessment waits', () => {
    const first = estimated([1, 1], [1, 1]);
    const again = givenRisk({ state: 'ASSESSED', assessments: [first, estimated([5, 5], [5, 5], { revision: 2 })] });

    expect(residualLevel(again, givenProof())).toBe('VERY_LOW');
    expect(residualLevel(markAccepted(again, { personId: 'head', at: TODAY }).next, givenProof())).toBe('VERY_HIGH');
  });

  test('rises again when what carried a confirmed estimate no longer does', () => {
    const confirmed = givenRisk({ assessments: [estimated([5, 4], [3, 4])] });

    expect(residualLevel(confirmed, shown({ reduces: 2 }))).toBe('HIGH');
    expect(residualLevel(confirmed, shown({ reduces: 2, state: 'INEFFECTIVE' }))).toBe('VERY_HIGH');
  });
});
