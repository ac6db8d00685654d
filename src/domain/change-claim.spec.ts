// A milder change class is a claim: worth nothing until somebody of VALIDATION without any part in it confirms it, and for that one step only.
import { describe, expect, test } from '@jest/globals';
import { component, defaultPolicy, givenAbout, givenRelease, givenReviewer, givenSystem, packageOf, TODAY } from '../../test/support/given.js';
import type { Lane, Principal } from './actor.js';
import { claimChange, judgeChange } from './change-claim.js';
import { NotingClock, plusDays } from './clock.js';
import type { Recusal } from './eligibility.js';
import { changeClassOf, materialDifferences } from './materiality.js';
import { COMPONENT_ROLES, type Release } from './release.js';

const policy = defaultPolicy();
const BEFORE = givenRelease({ id: 'rel-0', number: 'REL-0', components: [component('MODEL', 'model 0'), component('PROMPT', 'prompt 1')] });
const AFTER = givenRelease();
const INPUT = { changeClass: 'RETRAIN_SAME_SPEC', reason: 'Trained again on more of the same.' } as const;
const claimed = claimChange(AFTER, BEFORE, INPUT, { personId: 'dev', at: TODAY }).next;
const validator = givenReviewer('vera', ['VALIDATION']);

function judge(release: Release, principal: Principal = validator, confirms = true, recusals: readonly Recusal[] = []): Release {
  return judgeChange(release, givenSystem(), { principal: { ...principal, personId: principal.personId ?? '' }, clock: new NotingClock(TODAY), recusals }, { confirms, reason: 'The specification is the same.' }).next;
}

/** The lanes that must be signed again, of those that a changed model concerns or a claim leaves. */
function outdated(signed: Release, current: Release): string[] {
  const pkg = (release: Release) => packageOf(givenAbout({ release: { ...release, digest: 'sha256:0' } })).pkg;
  return (['RISK', 'SECURITY', 'DATA', 'VALIDATION', 'FAIRNESS', 'OPS'] as const).filter((lane) => materialDifferences(policy, pkg(signed), pkg(current), lane).length > 0);
}

describe('the class of a change', () => {
  test.each([
    ['CONFIG', 'CONFIG'], ['PROMPT', 'PROMPT_OR_RETRIEVAL'], ['RETRIEVAL_INDEX', 'PROMPT_OR_RETRIEVAL'], ['GUARDRAIL', 'GUARDRAIL'], ['TOOL_SCHEMA', 'AUTONOMY_INCREASE'], ['DATASET', 'NEW_DATA_SOURCE'],
    ['MODEL', 'MODEL_SWAP'], ['ADAPTER', 'MODEL_SWAP'], ['TOKENIZER', 'MODEL_SWAP'], ['CODE', 'CODE_OR_IMAGE'], ['IMAGE', 'CODE_OR_IMAGE'],
  ] as const)('follows from the role: %s is %s', (role, wanted) => {
    expect(changeClassOf(policy, role)).toBe(wanted);
  });

  test('of a role that the policy does not know concerns everybody', () => {
    const forgetful = { materiality: { ...policy.materiality, changeClasses: { ...policy.materiality.changeClasses, CONFIG: { roles: [], lanes: [] } } } };

    expect(changeClassOf(forgetful, 'CONFIG')).toBe('AUTONOMY_INCREASE');
    expect(policy.materiality.changeClasses.AUTONOMY_INCREASE.lanes).toHaveLength(14);
  });

  test('is there for every role', () => {
    expect(Object.values(policy.materiality.changeClasses).flatMap(({ roles }) => roles).sort()).toEqual([...COMPONENT_ROLES].sort());
  });
});

describe('a claim', () => {
  test('counts for nothing while nobody has confirmed it, and leaves fewer lanes once somebody has', () => {
    expect(outdated(BEFORE, AFTER)).toEqual(['RISK', 'SECURITY', 'VALIDATION', 'FAIRNESS', 'OPS']);
    expect(outdated(BEFORE, claimed)).toEqual(['RISK', 'SECURITY', 'VALIDATION', 'FAIRNESS', 'OPS']);
    expect(outdated(BEFORE, judge(claimed))).toEqual(['DATA', 'VALIDATION', 'FAIRNESS']);
    expect(outdated(BEFORE, judge(claimed, validator, false))).toEqual(['RISK', 'SECURITY', 'VALIDATION', 'FAIRNESS', 'OPS']);
  });

  test('counts for the step from the release that it names, and from no other', () => {
    const older = givenRelease({ id: 'rel-older', components: [component('MODEL', 'model older'), component('PROMPT', 'prompt 1')] });

    expect(outdated(older, judge(claimed))).toEqual(['RISK', 'SECURITY', 'VALIDATION', 'FAIRNESS', 'OPS']);
  });

  test('makes nothing milder of another class, of a part that is new, or of one that is gone', () => {
    const prompt = givenRelease({ id: 'rel-0', components: [component('MODEL', 'model 0'), component('PROMPT', 'prompt 0')] });
    const tokenizer = (name: string): Release => ({ ...judge(claimed), components: [...AFTER.components, component('TOKENIZER', name)] });

    expect(outdated(prompt, judge(claimed))).toEqual(['SECURITY', 'DATA', 'VALIDATION', 'FAIRNESS']);
    expect(outdated(BEFORE, tokenizer('new'))).toContain('OPS');
    expect(outdated({ ...BEFORE, components: [...BEFORE.components, component('TOKENIZER', 'old')] }, judge(claimed))).toContain('OPS');
  });

  test.each<[string, Partial<Principal>, string]>([
    ['whoever claimed it', givenReviewer('dev', ['VALIDATION']), 'SEPARATION_OF_DUTIES'],
    ['the owner of the system', givenReviewer(givenSystem().ownerId, ['VALIDATION']), 'SEPARATION_OF_DUTIES'],
    ['a reviewer of another lane', givenReviewer('vera', ['LEGAL']), 'NOT_ELIGIBLE'],
    ['a reviewer of another system', { ...validator, grants: validator.grants.map((grant) => ({ ...grant, systemIds: ['sys-2'] })) }, 'NOT_ELIGIBLE'],
    ['a reviewer who has left', { ...validator, active: false }, 'NOT_ELIGIBLE'],
  ])('is not confirmed by %s', (_, principal, code) => {
    expect(() => judge(claimed, principal as Principal)).toThrow(expect.objectContaining({ code }));
  });

  test('is judged by nobody who has stepped back from VALIDATION, until they take that back', () => {
    const recused = (lane: Lane, takenBackAt: string | null): Recusal[] => [{ lane, personId: validator.personId ?? '', takenBackAt }];

    expect(() => judge(claimed, validator, true, recused('VALIDATION', null))).toThrow(expect.objectContaining({ code: 'NOT_ELIGIBLE', facts: expect.objectContaining({ because: ['RECUSED'] }) }));
    expect(() => judge(claimed, validator, false, recused('VALIDATION', plusDays(TODAY, 1)))).toThrow(expect.objectContaining({ code: 'NOT_ELIGIBLE' }));
    expect(judge(claimed, validator, true, [...recused('VALIDATION', TODAY), ...recused('LEGAL', null)]).changeClaim?.confirmed).not.toBeNull();
  });

  test('is turned down by a reviewer also after another has confirmed it', () => {
    expect(judgeChange(judge(claimed), givenSystem(), { principal: { ...validator, personId: validator.personId ?? '' }, clock: new NotingClock(TODAY), recusals: [] }, { confirms: false, reason: 'The data was other data.' }).next.changeClaim).toBeNull();
  });

  test('is confirmed once, while the release may be used', () => {
    expect(() => judge(judge(claimed))).toThrow(expect.objectContaining({ code: 'INVALID_TRANSITION' }));
    expect(() => judge(AFTER)).toThrow(expect.objectContaining({ code: 'INVALID_TRANSITION' }));
    expect(() => judge({ ...claimed, state: 'WITHDRAWN' })).toThrow(expect.objectContaining({ code: 'INVALID_TRANSITION' }));
  });

  test.each<[string, Partial<Release>]>([['itself', AFTER], ['a release of another system', { systemId: 'sys-2' }], ['the very same bytes', { bundleDigest: AFTER.bundleDigest }]])('is not made against %s', (_, since) => {
    expect(() => claimChange(AFTER, { ...BEFORE, ...since }, INPUT, { personId: 'dev', at: TODAY })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  test('that is made again is to be confirmed again', () => {
    expect(claimChange(judge(claimed), BEFORE, INPUT, { personId: 'dev', at: TODAY }).next.changeClaim?.confirmed).toBeNull();
  });
});
