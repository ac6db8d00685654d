// R14 and the votes that bear conditions: obligations until they are met, and what follows once they are missed.
import { describe, expect, test } from '@jest/globals';
import { component, defaultPolicy, givenAbout, givenCondition, givenEnvironment, givenFacts, givenPromotion, givenRelease, givenReviewer, givenSigned, givenSignOff, packageOf, TODAY } from '../../test/support/given.js';
import { NotingClock, plusDays } from './clock.js';
import type { Condition } from './condition.js';
import { factsManifest } from './gate-decision.js';
import type { ReleaseFacts } from './gate-question.js';
import { evaluateGate, type Evaluation } from './gate.js';
import { planOf } from './gate-plan.js';
import { readablePackage } from './package-readable.js';

const policy = defaultPolicy();
const DUE = givenCondition().due;

/** Everything signed by one reviewer, on this condition. */
function signedOn(more: Partial<Condition> = {}, about = givenAbout()): ReleaseFacts {
  return { ...givenSigned(about, { choice: 'APPROVE_WITH_CONDITIONS' }), conditions: [givenCondition(more)] };
}

function judge(about: ReleaseFacts, at = TODAY, environment = givenEnvironment()): Evaluation {
  return evaluateGate(policy, givenFacts(about, { environment }), new NotingClock(at));
}

function blocking(evaluation: Evaluation): string[] {
  return evaluation.reasons.filter(({ severity }) => severity === 'BLOCK').map(({ code, requirement }) => `${code} ${requirement}`);
}

describe('a vote on conditions', () => {
  test('lets its lanes pass, and the answer carries what it asks for until that is due', () => {
    const answer = judge(signedOn());

    expect([answer.verdict, answer.lanes.every((lane) => lane.passed && lane.conditional)]).toEqual(['ALLOW', true]);
    const { text, evidence, due, ownerId, effect, lanes } = givenCondition();
    expect(answer.obligations).toEqual([{ id: 'C-1', type: 'CONDITION', properties: { text, evidence, due, ownerId, effect, lanes, signOff: 'S-sig-usr-reviewer', acceptance: null } }]);
    expect(answer.holdsUntil).toMatchObject({ at: DUE, what: 'CONDITION', ref: 'con-1' });
  });

  test('asks for nothing more once it was confirmed', () => {
    const met = signedOn({ state: 'CONFIRMED' });

    expect(judge(met).obligations).toEqual([]);
    expect(judge(met, plusDays(DUE, 1)).verdict).toBe('ALLOW');
  });
});

describe('a condition that was missed', () => {
  test('blocks from the instant at which it was due, until it is met after all', () => {
    expect(judge(signedOn(), plusDays(DUE, -0.001)).verdict).toBe('ALLOW');
    expect(judge(signedOn(), DUE)).toMatchObject({ verdict: 'DENY', obligations: [{ id: 'C-1' }], reasons: [{ code: 'CONDITION_OVERDUE', requirement: 'R14/C-1', params: { conditions: ['C-1'], signOffs: ['S-sig-usr-reviewer'], until: DUE } }] });
    expect(judge(signedOn({ state: 'FULFILLED' }), DUE).verdict).toBe('DENY');
    expect(planOf(judge(signedOn(), DUE), null).acts.map(({ mutation, about }) => `${mutation} ${about ?? ''}`)).toEqual(['fulfilCondition C-1', 'confirmCondition C-1']);
  });

  test('ends its vote where it was to lapse: the lane waits for a new one', () => {
    const answer = judge(signedOn({ effect: 'LAPSE' }), DUE);

    expect(answer.verdict).toBe('PENDING');
    expect(answer.obligations).toEqual([]);
    expect([...new Set(answer.reasons.map(({ code, rule }) => `${code} ${rule}`))]).toEqual(['CONDITION_OVERDUE R5']);
    expect(answer.reasons[0]?.params).toMatchObject({ conditions: ['C-1'], signOffs: ['S-sig-usr-reviewer'] });
    expect([...new Set(planOf(answer, null).acts.map(({ mutation }) => mutation))]).toEqual(['requestSignOff']);
  });

  test('blocks every later release there, though its vote does not count for it', () => {
    const release = givenRelease({ id: 'rel-2', number: 'REL-2', components: [component('MODEL', 'model 2'), component('PROMPT', 'prompt 2')] });
    const next = givenPromotion({ id: 'pro-2', number: 'P-2', releaseId: 'rel-2' });
    const before = { ...signedOn(), release, promotions: [givenPromotion({ state: 'PROMOTED' }), next] };
    const { pkg, digest } = packageOf(before);
    const second = givenReviewer('second', pkg.lanes.map(({ lane }) => lane));
    const signed = { ...before, packages: { ...before.packages, [digest]: pkg }, signers: [{ ...before.signers[0]!, active: false }, second], signOffs: [...before.signOffs, givenSignOff(second, digest, pkg.lanes.map(({ lane }) => lane), { subjects: [{ promotionId: 'pro-2', packageDigest: digest, lanes: pkg.lanes.map(({ lane }) => lane) }] })] };

    expect(judge(signed).verdict).toBe('ALLOW');
    expect(blocking(judge(signed, DUE))).toEqual(['CONDITION_OVERDUE R14/C-1']);
  });

  test('blocks wherever its vote is carried to, and nowhere else', () => {
    const canary = givenEnvironment({ id: 'env-2', name: 'canary', kind: 'CANARY' });
    const carried = { ...signedOn(), promotions: [givenPromotion(), givenPromotion({ id: 'pro-2', number: 'P-2', environmentId: 'env-2' })] };
    const { digest, pkg } = packageOf(carried, canary);
    const other = givenReviewer('other', pkg.lanes.map(({ lane }) => lane));
    const own = givenSignOff(other, digest, pkg.lanes.map(({ lane }) => lane), { subjects: [{ promotionId: 'pro-2', packageDigest: digest, lanes: pkg.lanes.map(({ lane }) => lane) }] });
    const stale = { ...carried, packages: { ...carried.packages, [digest]: pkg }, signers: [{ ...carried.signers[0]!, active: false }, other], signOffs: [...carried.signOffs, own] };

    expect(judge(carried, TODAY, canary)).toMatchObject({ verdict: 'ALLOW', obligations: [{ id: 'C-1' }] });
    expect(blocking(judge(carried, DUE, canary))).toEqual(['CONDITION_OVERDUE R14/C-1']);
    expect(blocking(judge(stale, DUE, canary))).toEqual([]);
  });

  test('binds no longer once its vote was taken back, which then counts no more', () => {
    const answer = judge({ ...signedOn(), signOffs: signedOn().signOffs.map((vote) => ({ ...vote, withdrawn: { at: TODAY, reason: 'I was wrong.' } })) }, DUE);

    expect([...new Set(answer.reasons.map(({ code }) => code))]).toEqual(['SIGN_OFF_REVOKED']);
  });
});

test('conditions are among the facts by which a decision can be made again', () => {
  const about = signedOn();
  const manifest = factsManifest(policy, givenFacts(about), { now: TODAY, decision: 'dec-1' });

  expect(manifest.facts).toContainEqual(['Condition', 'con-1', about.conditions[0]?.digest]);
});

test('whoever reviews next is shown what was asked for and is not met', () => {
  const shown = (more: Partial<Condition>): string => {
    const { pkg, digest } = packageOf(signedOn(more));
    return readablePackage(pkg, digest, null);
  };

  expect(shown({})).toContain('- C-1 (SECURITY, OPEN, due 2026-12-03, BLOCK if missed): Limit the rate of requests., shown by A test report.');
  expect(shown({ state: 'CONFIRMED' })).toContain('## Conditions that are not met\n\n- None.');
});
