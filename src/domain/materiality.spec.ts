// What outdates a sign-off of which lane, and what outdates nothing.
import { describe, expect, test } from '@jest/globals';
import { component, defaultPolicy, givenAbout, givenAcceptance, givenAssessment, givenClassification, givenRelease, givenRisk, givenSystem, givenTier, packageOf, stored } from '../../test/support/given.js';
import { LANES, type Lane } from './actor.js';
import { sha256 } from './digest.js';
import type { ReleaseFacts } from './gate-question.js';
import type { Difference } from './difference.js';
import { materialDifferences } from './materiality.js';
import type { Component } from './release.js';
import type { SystemFlag } from './system.js';

const policy = defaultPolicy();
const RISK_LANES: readonly Lane[] = ['RISK', 'VALIDATION'];

/** The lanes whose sign-offs are outdated when the register goes from the one to the other. */
function outdated(then: Partial<ReleaseFacts>, now: Partial<ReleaseFacts>): Lane[] {
  const [signed, current] = [packageOf(givenAbout(then)).pkg, packageOf(givenAbout(now)).pkg];
  return LANES.filter((lane) => materialDifferences(policy, signed, current, lane).length > 0);
}

function differences(then: Partial<ReleaseFacts>, now: Partial<ReleaseFacts>, lane: Lane): Difference[] {
  return materialDifferences(policy, packageOf(givenAbout(then)).pkg, packageOf(givenAbout(now)).pkg, lane);
}

function shipping(...components: readonly Component[]): Partial<ReleaseFacts> {
  return { release: givenRelease({ components }) };
}

describe('what was signed about a class', () => {
  const signed = givenClassification({ euClass: 'ANNEX_III_EXEMPT', annexIIIUses: ['III_4_A'], derogation: 'PREPARATORY_TASK' });
  const under = (...classifications: readonly (typeof signed)[]): Partial<ReleaseFacts> => ({ system: stored(givenSystem({ classifications })) });

  test.each([['annexIIIUses', { annexIIIUses: ['III_4_B'] }], ['derogation', { derogation: 'DETECTS_DEVIATION' }], ['roles', { roles: ['DEPLOYER'] }]] as const)('outdates every lane with another one of these: %s', (part, more) => {
    const again = givenClassification({ ...signed, ...more, revision: 2 });
    expect(outdated(under(signed), under(signed, again))).toEqual(LANES);
    expect(differences(under(signed), under(signed, again), 'RISK').map(({ kind, path }) => `${kind} ${path}`)).toEqual([`CLASS system.classification.${part}`]);
  });

  test('outdates nothing where it is signed again, or agrees with what was assessed', () => {
    expect(outdated(under(signed), under(signed, givenClassification({ ...signed, revision: 2, rationale: 'As before.' })))).toEqual([]);
    const agreeing = givenClassification({ euClass: givenTier().euClass });
    expect(outdated(under(), under(agreeing))).toEqual([]);
  });
});

describe('a changed component', () => {
  const base = component('CODE', 'code');

  test.each([
    ['CONFIG', ['SECURITY', 'OPS']],
    ['CODE', ['SECURITY', 'OPS']],
    ['IMAGE', ['SECURITY', 'OPS']],
    ['PROMPT', ['SECURITY', 'FAIRNESS', 'VALIDATION', 'TRANSPARENCY']],
    ['RETRIEVAL_INDEX', ['SECURITY', 'FAIRNESS', 'VALIDATION', 'TRANSPARENCY']],
    ['GUARDRAIL', ['SECURITY', 'FAIRNESS', 'VALIDATION', 'OVERSIGHT', 'TRANSPARENCY']],
    ['DATASET', ['PRIVACY', 'DATA', 'FAIRNESS', 'VALIDATION', 'PROVENANCE']],
    ['MODEL', ['RISK', 'SECURITY', 'FAIRNESS', 'VALIDATION', 'OPS', 'TRANSPARENCY', 'PROVENANCE']],
    ['ADAPTER', ['RISK', 'SECURITY', 'FAIRNESS', 'VALIDATION', 'OPS', 'TRANSPARENCY', 'PROVENANCE']],
    ['TOKENIZER', ['RISK', 'SECURITY', 'FAIRNESS', 'VALIDATION', 'OPS', 'TRANSPARENCY', 'PROVENANCE']],
    ['TOOL_SCHEMA', LANES],
  ] as const)('of role %s outdates %p', (role, lanes) => {
    const name = { ...base, name: 'base' };

    expect(outdated(shipping(name, component(role, 'one')), shipping(name, component(role, 'two')))).toEqual(lanes);
  });

  test('outdates as well when it is new, gone or under another name', () => {
    const guardrail = component('GUARDRAIL', 'rail');
    const lanes = ['SECURITY', 'FAIRNESS', 'VALIDATION', 'OVERSIGHT', 'TRANSPARENCY'];

    expect(outdated(shipping(base), shipping(base, guardrail))).toEqual(lanes);
    expect(outdated(shipping(base, guardrail), shipping(base))).toEqual(lanes);
    expect(outdated(shipping(base, guardrail), shipping(base, { ...guardrail, name: 'other' }))).toEqual(lanes);
  });

  test('adds up: the lanes of several are united', () => {
    expect(outdated(shipping(base, component('DATASET', '1')), shipping(component('CODE', 'new'), component('DATASET', '2')))).toEqual([
      'PRIVACY', 'SECURITY', 'DATA', 'FAIRNESS', 'VALIDATION', 'OPS', 'PROVENANCE',
    ]);
  });

  test('is named with both digests', () => {
    expect(differences(shipping(component('CONFIG', 'one')), shipping(component('CONFIG', 'two')), 'OPS')).toEqual([
      { kind: 'COMPONENT', path: 'release.components.CONFIG/config', then: sha256('one'), now: sha256('two'), changeClass: 'CONFIG' },
    ]);
  });

  test('is no difference when another release ships the same bytes', () => {
    expect(outdated(shipping(base), { release: givenRelease({ id: 'rel-2', number: 'REL-2', label: '2.0', authoredBy: 'other', components: [base] }) })).toEqual([]);
  });
});

describe('a changed system', () => {
  const tiered = (more: Parameters<typeof givenTier>[0]): Partial<ReleaseFacts> => ({ system: givenSystem({ tierAssessments: [givenTier(more)] }) });

  test.each([
    ['the intended purpose', { system: givenSystem({ intendedPurpose: 'Decides on refunds.' }) }],
    ['the affected groups', { system: givenSystem({ affectedGroups: ['children', 'customers'] }) }],
    ['more autonomy', { system: givenSystem({ autonomy: 'DECIDES' }) }],
    ['a higher tier', tiered({ tier: 'HIGH' })],
    ['another class', tiered({ euClass: 'HIGH_RISK_ANNEX_III' })],
    ['a flag', tiered({ flags: ['PERSONAL_DATA'] satisfies SystemFlag[] })],
  ] as const)('outdates every lane: %s', (_, now) => {
    expect(outdated({}, now)).toEqual(LANES);
  });

  test('outdates nothing by less autonomy, a lower tier, another name, owner or unit', () => {
    expect(outdated({}, { system: givenSystem({ autonomy: 'ASSISTS' }) })).toEqual([]);
    expect(outdated({}, tiered({ tier: 'MINIMAL' }))).toEqual([]);
    expect(outdated({}, { system: givenSystem({ name: 'Renamed', ownerId: 'other', businessUnit: 'Sales', version: 7 }) })).toEqual([]);
  });
});

describe('a changed risk', () => {
  const at = (level: Parameters<typeof givenAssessment>[0] | null): Partial<ReleaseFacts> => ({ risks: [givenRisk({ assessments: level === null ? [] : [givenAssessment(level)] })] });

  test('outdates RISK and VALIDATION by another statement, scope, or a higher level', () => {
    const { statement } = givenRisk();

    expect(outdated({}, { risks: [givenRisk({ statement: { ...statement, event: 'money is sent' } })] })).toEqual(RISK_LANES);
    expect(outdated({}, { risks: [givenRisk({ releaseId: 'rel-1' })] })).toEqual(RISK_LANES);
    expect(outdated(at('LOW'), at('MODERATE'))).toEqual(RISK_LANES);
  });

  test('outdates RISK and VALIDATION by its first assessment, as nobody had seen a level', () => {
    expect(outdated(at(null), at('VERY_LOW'))).toEqual(RISK_LANES);
  });

  test('outdates RISK by another treatment', () => {
    const treated = (option: 'REDUCE' | 'RETAIN'): Partial<ReleaseFacts> => ({ risks: [givenRisk({ treatment: { option, reason: 'As agreed.' } })] });

    expect(outdated({}, treated('REDUCE'))).toEqual(['RISK']);
    expect(outdated(treated('REDUCE'), treated('RETAIN'))).toEqual(['RISK']);
  });

  test('outdates nothing by a lower level, corrected typing, another owner, a confirmation or an acceptance', () => {
    const risk = givenRisk();

    expect(outdated(at('HIGH'), at('LOW'))).toEqual([]);
    expect(outdated({}, { risks: [givenRisk({ statement: { ...risk.statement, source: 'hidden  TEXT in mails' }, ownerId: 'other', number: 'R-9', version: 4 })] })).toEqual([]);
    expect(outdated({ risks: [givenRisk({ state: 'ASSESSED', confirmation: null })] }, { risks: [risk], acceptances: [givenAcceptance(risk)] })).toEqual([]);
  });

  test('outdates RISK and VALIDATION when it is new and HIGH or above, and not below', () => {
    const added = (level: Parameters<typeof givenAssessment>[0]): Partial<ReleaseFacts> => ({ risks: [givenRisk(), givenRisk({ id: 'risk-2', number: 'R-2', level })] });

    expect(outdated({}, added('MODERATE'))).toEqual([]);
    expect(outdated({}, added('HIGH'))).toEqual(RISK_LANES);
    expect(outdated({}, added('VERY_HIGH'))).toEqual(RISK_LANES);
    expect(differences({}, added('HIGH'), 'RISK')).toEqual([{ kind: 'RISK_NEW', path: 'risks.R-2', then: null, now: 'HIGH' }]);
  });

  test('outdates RISK and VALIDATION when it leaves the scope: closed, rejected, or said to concern another release', () => {
    expect(outdated({}, { risks: [givenRisk({ state: 'CLOSED' })] })).toEqual(RISK_LANES);
    expect(outdated({}, { risks: [givenRisk({ releaseId: 'rel-2' })] })).toEqual(RISK_LANES);
    expect(differences({}, { risks: [] }, 'RISK')).toEqual([{ kind: 'RISK_SCOPE', path: 'risks.R-1.release', then: 'every release', now: null }]);
  });

  test('outdates nothing when it was a draft, or never concerned the release that is judged now', () => {
    const next = { release: givenRelease({ id: 'rel-2' }), risks: [] };

    expect(outdated({ risks: [givenRisk({ state: 'DRAFT', assessments: [] })] }, { risks: [] })).toEqual([]);
    expect(outdated({ risks: [givenRisk({ releaseId: 'rel-1' })] }, next)).toEqual([]);
    expect(outdated({ risks: [givenRisk()] }, next)).toEqual(RISK_LANES);
  });
});

test('small steps add up: the comparison is with what was signed, not with what was there last', () => {
  const level = (name: 'LOW' | 'MODERATE' | 'HIGH'): Partial<ReleaseFacts> => ({ risks: [givenRisk({ level: name })] });

  expect(differences(level('LOW'), level('HIGH'), 'RISK')).toEqual([{ kind: 'RISK_LEVEL_UP', path: 'risks.R-1.current', then: 'LOW', now: 'HIGH' }]);
  expect(differences(level('LOW'), level('LOW'), 'RISK')).toEqual([]);
});

test('newer criteria and another policy version are no difference by themselves', () => {
  const about = givenAbout();
  const signed = packageOf(about).pkg;
  const now = { ...packageOf({ ...about, criteria: stored({ ...about.criteria, version: 2 }) }).pkg, policy: { ...signed.policy, version: '2.0.0' } };

  expect(LANES.filter((lane) => materialDifferences(policy, signed, now, lane).length > 0)).toEqual([]);
});
