// Who may sign a lane, and what excludes whom.
import { describe, expect, test } from '@jest/globals';
import { defaultPolicy, givenAbout, givenAssessment, givenReviewer, givenRisk, givenSystem, givenTier, packageOf, TODAY } from '../../test/support/given.js';
import { roleGrant } from '../../test/support/world-people.js';
import type { Lane, Principal } from './actor.js';
import { NotingClock, plusDays } from './clock.js';
import { exclusions, meetsQuorum, type Exclusion, type Round } from './eligibility.js';
import type { ReleaseFacts } from './gate-question.js';
import type { DemandedLevel } from './policy.js';

const OPENED = plusDays(TODAY, -10);

function round(about: Partial<ReleaseFacts> = {}): Round {
  return { requesters: ['requester'], openedAt: OPENED, pkg: packageOf(givenAbout(about)).pkg, recusals: [] };
}

function excluded(principal: Principal, lane: Lane, level: DemandedLevel = 'INDEPENDENT', at = round()): Exclusion[] {
  return exclusions(principal, { lane, level }, at, new NotingClock(TODAY));
}

describe('a reviewer', () => {
  test('with a grant for the lane, who took no part in it, is eligible', () => {
    expect(excluded(givenReviewer('reviewer', ['PRIVACY']), 'PRIVACY')).toEqual([]);
  });

  test.each([['RISK', 'RISK_OFFICER'], ['RISK', 'HEAD_OF_RISK'], ['BUSINESS', 'BUSINESS_OWNER'], ['EXEC', 'EXECUTIVE']] as const)('signs %s as %s', (lane, role) => {
    expect(excluded(givenReviewer('reviewer', [], { grants: [roleGrant(role)] }), lane)).toEqual([]);
    expect(excluded(givenReviewer('reviewer', [], { grants: [roleGrant(role)] }), 'LEGAL')).toEqual(['NO_GRANT_FOR_LANE']);
  });

  test('of another lane, of another system, or whose account is closed has no grant for this one', () => {
    const elsewhere = roleGrant('REVIEWER', 'PRIVACY', { systemIds: ['sys-2'] });

    expect(excluded(givenReviewer('reviewer', ['LEGAL']), 'PRIVACY')).toEqual(['NO_GRANT_FOR_LANE']);
    expect(excluded(givenReviewer('reviewer', [], { grants: [elsewhere] }), 'PRIVACY')).toEqual(['NO_GRANT_FOR_LANE']);
    expect(excluded(givenReviewer('reviewer', ['PRIVACY'], { active: false }), 'PRIVACY')).toEqual(['NO_GRANT_FOR_LANE']);
  });

  test('whose grant has ended, or has not begun, is not eligible; the end counts at its very instant', () => {
    const grant = (validFrom: string, validUntil: string | null): Principal => givenReviewer('reviewer', [], { grants: [roleGrant('REVIEWER', 'PRIVACY', { validFrom, validUntil })] });

    expect(excluded(grant(plusDays(TODAY, -20), TODAY), 'PRIVACY')).toEqual(['NO_GRANT_FOR_LANE']);
    expect(excluded(grant(plusDays(TODAY, -20), plusDays(TODAY, 1)), 'PRIVACY')).toEqual([]);
    expect(excluded(grant(plusDays(TODAY, 1), null), 'PRIVACY')).toEqual(['NO_GRANT_FOR_LANE']);
  });

  test('who gained the role after the round opened does not serve in it', () => {
    const gained = (validFrom: string): Principal => givenReviewer('reviewer', [], { grants: [roleGrant('REVIEWER', 'PRIVACY', { validFrom })] });

    expect(excluded(gained(plusDays(OPENED, 1)), 'PRIVACY')).toEqual(['GAINED_AFTER_OPENING']);
    expect(excluded(gained(OPENED), 'PRIVACY')).toEqual([]);
  });

  test('is a natural person: a service never signs', () => {
    expect(excluded(givenReviewer('robot', ['PRIVACY'], { kind: 'SERVICE', personId: null }), 'PRIVACY')).toEqual(['NOT_A_PERSON']);
    expect(excluded(givenReviewer('robot', ['PRIVACY'], { personId: null }), 'PRIVACY', 'SELF')).toEqual(['NOT_A_PERSON']);
  });
});

describe('what a person did', () => {
  const conflictsOf = (personId: string, about: Partial<ReleaseFacts> = {}): Exclusion[] => excluded(givenReviewer(personId, ['RISK']), 'RISK', 'INDEPENDENT', round(about));

  test('excludes whoever asks for the promotion', () => {
    expect(conflictsOf('requester')).toEqual(['REQUESTER']);
  });

  test('excludes the owner of the system and its developers', () => {
    expect(conflictsOf('owner', { system: givenSystem({ authoredBy: 'a', lastEditedBy: 'a' }) })).toEqual(['SYSTEM_OWNER']);
    expect(conflictsOf('dev')).toEqual(['DEVELOPER', 'AUTHOR']);
  });

  test.each([
    ['registered the system', { system: givenSystem({ authoredBy: 'p' }) }],
    ['once edited the system', { system: givenSystem({ editors: ['owner', 'p'] }) }],
    ['set the tier', { system: givenSystem({ tierAssessments: [givenTier({ assessedBy: 'p' })] }) }],
    ['logged a risk', { risks: [givenRisk({ authoredBy: 'p' })] }],
    ['once edited a risk', { risks: [givenRisk({ editors: ['author', 'p'] })] }],
    ['last assessed a risk', { risks: [givenRisk({ assessments: [givenAssessment('LOW', { assessedBy: 'p' })] })] }],
  ])('excludes an author or editor: who %s', (_, about) => {
    expect(conflictsOf('p', about)).toEqual(['AUTHOR']);
  });

  test('does not exclude whoever confirmed a risk, owns it, or assessed it before somebody else did', () => {
    const risk = givenRisk({
      ownerId: 'p', confirmation: { revision: 2, by: 'p', at: TODAY }, assessments: [givenAssessment('LOW', { assessedBy: 'p' }), givenAssessment('LOW', { revision: 2 })],
    });

    expect(conflictsOf('p', { risks: [risk] })).toEqual([]);
  });

  test('does not exclude by a risk that is out of scope', () => {
    expect(conflictsOf('p', { risks: [givenRisk({ state: 'CLOSED', authoredBy: 'p' }), givenRisk({ id: 'risk-2', releaseId: 'rel-2', authoredBy: 'p' })] })).toEqual([]);
  });
});

describe('a declared conflict', () => {
  const reviewer = givenReviewer('reviewer', ['PRIVACY', 'LEGAL']);
  const recused = (takenBackAt: string | null): Round => ({ ...round(), recusals: [{ lane: 'PRIVACY', personId: 'reviewer', takenBackAt }] });

  test('excludes from its lane, and from no other', () => {
    expect(excluded(reviewer, 'PRIVACY', 'INDEPENDENT', recused(null))).toEqual(['RECUSED']);
    expect(excluded(reviewer, 'LEGAL', 'INDEPENDENT', recused(null))).toEqual([]);
    expect(excluded(givenReviewer('other', ['PRIVACY']), 'PRIVACY', 'INDEPENDENT', recused(null))).toEqual([]);
  });

  test('excludes the person, whichever account is used, from a self attestation too', () => {
    expect(excluded({ ...reviewer, id: 'usr-reviewer-b' }, 'PRIVACY', 'INDEPENDENT', recused(null))).toEqual(['RECUSED']);
    const dev = givenReviewer('dev', [], { grants: [roleGrant('CONTRIBUTOR')] });
    expect(excluded(dev, 'PRIVACY', 'SELF', { ...round(), recusals: [{ lane: 'PRIVACY', personId: 'dev', takenBackAt: null }] })).toEqual(['RECUSED']);
  });

  test('that was taken back serves in rounds that were opened since, and in no earlier one', () => {
    expect(excluded(reviewer, 'PRIVACY', 'INDEPENDENT', recused(plusDays(OPENED, 1)))).toEqual(['RECUSED']);
    expect(excluded(reviewer, 'PRIVACY', 'INDEPENDENT', recused(OPENED))).toEqual([]);
  });
});

describe('a self attestation', () => {
  const onTeam = (more: Partial<Principal> = {}): Principal => givenReviewer('dev', [], { grants: [roleGrant('CONTRIBUTOR')], ...more });

  test('is given by the owner and the developers of the system', () => {
    expect(excluded(onTeam(), 'DATA', 'SELF')).toEqual([]);
    expect(excluded(givenReviewer('owner', [], { grants: [roleGrant('SYSTEM_OWNER')] }), 'DATA', 'SELF')).toEqual([]);
  });

  test('may be given by whoever asks for the promotion, when on the team', () => {
    expect(excluded(onTeam(), 'DATA', 'SELF', { ...round(), requesters: ['dev'] })).toEqual([]);
  });

  test('needs some role for the system that is still in force', () => {
    expect(excluded(onTeam({ grants: [] }), 'DATA', 'SELF')).toContain('NO_GRANT_FOR_LANE');
    expect(excluded(onTeam({ grants: [roleGrant('CONTRIBUTOR', null, { systemIds: ['sys-2'] })] }), 'DATA', 'SELF')).toContain('NO_GRANT_FOR_LANE');
  });

  test('from outside the team takes a qualified reviewer', () => {
    expect(excluded(givenReviewer('stranger', [], { grants: [roleGrant('CONTRIBUTOR')] }), 'DATA', 'SELF')).toEqual(['NO_GRANT_FOR_LANE']);
    expect(excluded(givenReviewer('reviewer', ['DATA']), 'DATA', 'SELF')).toEqual([]);
  });
});

describe('a quorum', () => {
  const policy = defaultPolicy();
  const met = (level: DemandedLevel, ...signers: readonly Principal[]): boolean => meetsQuorum(policy, { lane: 'LEGAL', level }, signers.map((principal) => ({ principal, lent: null })));
  const lawyer = givenReviewer('lawyer', ['LEGAL'], { function: 'legal' });
  const engineer = givenReviewer('engineer', ['LEGAL'], { function: 'security' });

  test('is one person for SELF and INDEPENDENT', () => {
    expect([met('SELF'), met('INDEPENDENT')]).toEqual([false, false]);
    expect([met('SELF', engineer), met('INDEPENDENT', engineer)]).toEqual([true, true]);
  });

  test('is two people of two functions for FOUR_EYES, one of them of the function of the lane', () => {
    expect(met('FOUR_EYES', lawyer, engineer)).toBe(true);
    expect(met('FOUR_EYES', lawyer)).toBe(false);
    expect(met('FOUR_EYES', lawyer, givenReviewer('lawyer2', ['LEGAL'], { function: 'legal' }))).toBe(false);
    expect(met('FOUR_EYES', engineer, givenReviewer('owner', ['LEGAL'], { function: 'product' }))).toBe(false);
    expect(met('FOUR_EYES', lawyer, givenReviewer('nobody', ['LEGAL'], { function: null }))).toBe(false);
  });

  test('counts natural persons: two accounts of one are one', () => {
    expect(met('FOUR_EYES', lawyer, { ...engineer, personId: 'lawyer' })).toBe(false);
  });
});
