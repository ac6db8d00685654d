// What break-glass does at the gate, what it never does, and what it leaves to be paid.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenBreakGlass, givenEnvironment, givenFacts, givenFinding, givenGrant, givenRelease, givenSigned, givenSystem, givenTier, TODAY } from '../../test/support/given.js';
import type { BreakGlass } from './break-glass.js';
import { NotingClock, plusDays, plusHours } from './clock.js';
import { sha256 } from './digest.js';
import { decide, factsManifest } from './gate-decision.js';
import type { GateAction, GateFacts, ReleaseFacts } from './gate-question.js';
import { evaluateGate, type Evaluation } from './gate.js';
import { isWaivable } from './policy.js';

const policy = defaultPolicy();

function ask(about: ReleaseFacts, now = TODAY, more: Partial<GateFacts> = {}, action: GateAction = 'promote'): Evaluation {
  const facts = givenFacts(about, more);
  return evaluateGate(policy, { ...facts, question: { ...facts.question, action } }, new NotingClock(now));
}

function said({ reasons }: Evaluation): string[] {
  return [...new Set(reasons.map(({ severity, code }) => `${severity} ${code}`))];
}

/** Nobody has signed, a finding is open, and an emergency is declared. */
function emergency(more: Partial<BreakGlass> = {}, about: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return givenAbout({ findings: [givenFinding()], breakGlasses: [givenBreakGlass(more)], ...about });
}

describe('break-glass', () => {
  test('lets in what is not met, with everything that it steps over as a warning and by name', () => {
    const answer = ask(emergency());
    const used = answer.reasons.at(-1);

    expect(answer).toMatchObject({ verdict: 'ALLOW', promotionId: null, override: { kind: 'BREAK_GLASS', breakGlassId: 'bgl-1', breakGlass: 'BG-1', invokedBy: 'owner', secondKeyBy: 'exec' } });
    expect(said(answer)).toEqual(['WARN FINDING_OPEN', 'WARN REVIEW_PENDING', 'WARN BREAK_GLASS_USED']);
    expect(answer.override?.steppedOver).toEqual(['R9/F-1', ...answer.lanes.map(({ lane }) => `R5/${lane}`)]);
    expect(used?.params).toMatchObject({ breakGlass: 'BG-1', until: givenBreakGlass().validUntil, steppedOver: answer.override?.steppedOver });
    expect(answer.holdsUntil).toMatchObject({ at: givenBreakGlass().validUntil, what: 'BREAK_GLASS' });
  });

  test('is not used where everything is met', () => {
    const answer = ask({ ...givenSigned(givenAbout()), breakGlasses: [givenBreakGlass()] });

    expect([answer.override, said(answer)]).toEqual([null, ['INFO ALL_REQUIREMENTS_MET']]);
  });

  test.each<[string, Partial<BreakGlass>]>([
    ['another digest', { bundleDigest: sha256('another') }], ['another release', { releaseId: 'rel-2' }], ['another environment', { environmentId: 'env-2' }], ['one key', { secondKey: null }], ['hours that are over', { validUntil: TODAY }],
    ['a use before', { state: 'USED', usedAt: plusHours(TODAY, -1) }],
  ])('opens nothing with %s', (_, more) => {
    expect(ask(emergency(more))).toMatchObject({ verdict: 'DENY', override: null });
  });

  test.each<[string, Partial<ReleaseFacts>, Partial<GateFacts>, string]>([
    ['a withdrawn release', { release: givenRelease({ state: 'WITHDRAWN' }) }, {}, 'RELEASE_WITHDRAWN'],
    ['a suspended system', { system: givenSystem({ state: 'SUSPENDED' }) }, {}, 'SYSTEM_SUSPENDED'],
    ['a prohibited use', { system: givenSystem({ tierAssessments: [givenTier({ euClass: 'PROHIBITED' })] }) }, {}, 'PROHIBITED_USE'],
    ['a system without a class', { system: givenSystem({ tierAssessments: [] }) }, {}, 'UNCLASSIFIED'],
  ])('never opens for %s, and then steps over nothing', (_, about, more, code) => {
    const answer = ask(emergency({}, about), TODAY, more);

    expect(said(answer)).toEqual(expect.arrayContaining([`BLOCK ${code}`, 'BLOCK FINDING_OPEN']));
    expect(answer.override).toBeNull();
  });

  test('is among the facts that a decision is recomputed from, and in the decision itself', () => {
    const facts = givenFacts(emergency());
    const clock = new NotingClock(TODAY);
    const manifest = factsManifest(policy, facts, { now: TODAY, decision: 'dec-1' });
    const { next } = decide({ id: 'dec-1', factsDigest: sha256('facts'), epochs: {}, questionHash: 'q', identityFreshness: 'FRESH' }, policy, facts, { evaluation: evaluateGate(policy, facts, clock), clock });

    expect(manifest.facts.map(([type, id]) => `${type} ${id}`)).toContain('BreakGlass bgl-1');
    expect(next.decision.override).toMatchObject({ kind: 'BREAK_GLASS', breakGlass: 'BG-1' });
  });
});

describe('what was let in by break-glass', () => {
  const used = givenBreakGlass({ state: 'USED', usedAt: plusDays(TODAY, -1) });
  const running = (breakGlass: BreakGlass): ReleaseFacts => emergency({}, { breakGlasses: [{ ...used, ...breakGlass }], grants: [givenGrant({ breakGlassId: 'bgl-1', issuedAt: plusDays(TODAY, -1) })] });

  test('goes on for the days of grace, and comes back within them', () => {
    expect(ask(running(used), TODAY, {}, 'run').reasons[0]).toMatchObject({ code: 'FINDING_OPEN', severity: 'WARN', params: { dueBy: plusDays(TODAY, 29) } });
    expect(ask(running(used), plusDays(TODAY, 29), {}, 'run').verdict).toBe('DENY');
    expect(ask(running(used), TODAY, {}, 'rollback').verdict).toBe('ALLOW');
  });

  test('neither goes on nor comes back once that was condemned', () => {
    const condemned = { ...used, state: 'CONDEMNED' as const };

    expect(said(ask(running(condemned), TODAY, {}, 'run'))).toContain('BLOCK NOT_AUTHORIZED_HERE');
    expect(said(ask(running(condemned), TODAY, {}, 'rollback'))).toContain('BLOCK NOT_AUTHORIZED_HERE');
  });

  test('does not go on because it came back before that was condemned, unless it was promoted besides', () => {
    const condemned = { ...used, state: 'CONDEMNED' as const };
    const replaced = givenGrant({ id: 'grant-1', bundleDigest: sha256('another'), issuedAt: plusHours(TODAY, -9), redeemedAt: plusHours(TODAY, -9) });
    const back = givenGrant({ id: 'grant-2', action: 'rollback', issuedAt: plusHours(TODAY, -5), redeemedAt: plusHours(TODAY, -5) });
    const cameBack = (state: BreakGlass, more: ReleaseFacts['grants'] = []): Evaluation => ask({ ...running(state), grants: [...running(state).grants, replaced, back, ...more] }, TODAY, {}, 'run');

    expect(cameBack(used).verdict).toBe('ALLOW');
    expect(said(cameBack(condemned))).toContain('BLOCK NOT_AUTHORIZED_HERE');
    expect(cameBack(condemned, [givenGrant({ id: 'grant-0' })]).verdict).toBe('ALLOW');
  });
});

describe('a break-glass that nobody has judged', () => {
  const used = { state: 'USED' as const, usedAt: TODAY, releaseId: 'rel-0' };
  const owing = (more: Partial<BreakGlass> = {}): ReleaseFacts => ({ ...givenSigned(givenAbout(), {}), breakGlasses: [givenBreakGlass({ ...used, ...more })] });

  test('stops the next promotion of the system into production from the hour at which it was due', () => {
    const due = plusHours(TODAY, 72);
    const before = ask(owing(), plusHours(TODAY, 71));

    expect(before).toMatchObject({ verdict: 'ALLOW', holdsUntil: { at: due, what: 'AFTER_REVIEW' } });
    expect(ask(owing(), due).reasons).toMatchObject([{ code: 'BREAK_GLASS_DEBT', severity: 'BLOCK', rule: 'R15', requirement: 'R15/BG-1', params: { breakGlass: 'BG-1', until: due } }]);
    expect(ask(owing({ state: 'RATIFIED' }), due).verdict).toBe('ALLOW');
    expect(ask(owing({ state: 'CONDEMNED' }), due).verdict).toBe('ALLOW');
  });

  test('stops nothing before production, and no rollback', () => {
    const due = plusHours(TODAY, 72);
    const about = { ...owing(), grants: [givenGrant()] };

    expect(said(ask(owing(), due, { environment: givenEnvironment({ kind: 'CANARY' }) }))).not.toContain('BLOCK BREAK_GLASS_DEBT');
    expect(ask(about, due, {}, 'rollback').verdict).toBe('ALLOW');
    expect(ask(about, due, {}, 'run').verdict).toBe('ALLOW');
  });

  test('is waived by nobody, and not stepped over by the next one', () => {
    const about = emergency({}, { breakGlasses: [givenBreakGlass(), givenBreakGlass({ ...used, id: 'bgl-0', number: 'BG-0', usedAt: plusDays(TODAY, -4) })] });

    expect(isWaivable(policy, 'R15/BG-1', about.system.tierAssessments[0]!)).toBe(false);
    expect(said(ask(about))).toContain('BLOCK BREAK_GLASS_DEBT');
  });
});
