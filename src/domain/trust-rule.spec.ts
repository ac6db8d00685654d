// Trust rules: what has to be bound, how a token is compared, and that nothing fits by half.
import { describe, expect, test } from '@jest/globals';
import { refusal, TODAY } from '../../test/support/given.js';
import { plusDays } from './clock.js';
import { claimsOf, createTrustRule, fittingRule, openMachine, retireTrustRule, type ClaimCondition, type TrustRule } from './trust-rule.js';
import type { EnvironmentKind } from './release.js';
import type { IssuerKind, TrustedIssuer } from './trusted-issuer.js';

const issuer = (kind: IssuerKind): TrustedIssuer => ({ id: 'iss', number: 'ISS-2', kind, state: 'ACTIVE' }) as TrustedIssuer;
const bound = (claims: Readonly<Record<string, string>>): ClaimCondition[] => Object.entries(claims).map(([claim, equals]) => ({ claim, equals }));

function rule(kind: IssuerKind, claims: Readonly<Record<string, string>>, environment: EnvironmentKind | null = 'PRODUCTION', validUntil = plusDays(TODAY, 30)): TrustRule {
  const about = { issuer: issuer(kind), environments: environment === null ? null : [{ kind: 'DEVELOPMENT' as const }, { kind: environment }], personId: 'ada', now: TODAY };
  return createTrustRule({ id: 'rule', number: 'TR-1', accountId: 'svc' }, { name: 'Deploy', conditions: bound(claims), validUntil }, about).next;
}

const GITLAB = { project_id: '7', environment: 'live', ref_protected: 'true', environment_protected: 'true' };

describe('a rule', () => {
  test.each<[IssuerKind, Readonly<Record<string, string>>, EnvironmentKind | null, string]>([
    ['GITHUB', { repository_id: '17', environment: 'live' }, 'PRODUCTION', '17'],
    ['GITHUB', { repository_id: '17' }, 'DEVELOPMENT', '17'],
    ['GITLAB', GITLAB, null, '7'],
    ['GITLAB', { project_id: '7', environment: 'pilot' }, 'PILOT', '7'],
    ['KUBERNETES', { 'serviceaccount.uid': 'u-1' }, null, 'u-1'],
  ])('for %s that binds %p reaches %s', (kind, claims, environment, boundId) => {
    expect(rule(kind, claims, environment)).toMatchObject({ boundId, accountId: 'svc', state: 'ACTIVE', createdBy: 'ada', createdAt: TODAY });
  });

  test.each<[IssuerKind, Readonly<Record<string, string>>, EnvironmentKind | null, string]>([
    ['GITHUB', { sub: 'repo:acme/app:environment:live' }, 'DEVELOPMENT', 'repository_id'],
    ['GITHUB', { sub: 'repo:acme/app:environment:live', environment: 'live' }, 'PRODUCTION', 'repository_id'],
    ['GITHUB', { repository: 'acme/app', environment: 'live' }, 'PRODUCTION', 'repository_id'],
    ['GITHUB', { repository_id: '17' }, 'PILOT', 'environment'],
    ['GITHUB', { repository_id: '17' }, null, 'environment'],
    ['GITLAB', { sub: 'project_path:acme/app:ref_type:branch:ref:main' }, 'DEVELOPMENT', 'project_id'],
    ['GITLAB', { project_id: '7', environment: 'live' }, 'PRODUCTION', 'ref_protected = "true", environment_protected = "true"'],
    ['GITLAB', { ...GITLAB, ref_protected: 'false' }, 'PRODUCTION', 'ref_protected = "true"'],
    ['KUBERNETES', { sub: 'system:serviceaccount:prod:deployer' }, null, 'serviceaccount.uid'],
    ['KUBERNETES', { namespace: 'prod', 'serviceaccount.name': 'deployer' }, null, 'serviceaccount.uid'],
  ])('for %s that binds only %p does not reach %s: %s is missing', (kind, claims, environment, expected) => {
    expect(() => rule(kind, claims, environment)).toThrow(refusal('INVALID_INPUT', { field: 'conditions', expected, because: ['NOT_BOUND'] }));
  });

  test('is about no person, and about no retired issuer', () => {
    expect(() => rule('PEOPLE', { sub: 'ada' })).toThrow(refusal('INVALID_INPUT', { field: 'issuer' }));
    expect(() => createTrustRule({ id: 'r', number: 'TR-1', accountId: 's' }, { name: 'n', conditions: bound(GITLAB), validUntil: plusDays(TODAY, 1) }, { issuer: { ...issuer('GITLAB'), state: 'RETIRED' }, environments: null, personId: 'ada', now: TODAY })).toThrow(refusal('INVALID_INPUT', { field: 'issuer' }));
  });

  test('ends, after 366 days at most', () => {
    expect(rule('GITLAB', GITLAB, null, plusDays(TODAY, 366)).validUntil).toBe(plusDays(TODAY, 366));
    expect(() => rule('GITLAB', GITLAB, null, plusDays(TODAY, 367))).toThrow(refusal('VALIDITY_TOO_LONG', { expected: plusDays(TODAY, 366) }));
    expect(() => rule('GITLAB', GITLAB, null, TODAY)).toThrow(refusal('INVALID_INPUT', { field: 'validUntil' }));
  });
});

describe('a token fits', () => {
  const token = (more: object = {}): ReadonlyMap<string, string> => claimsOf('GITLAB', { ...GITLAB, ref: 'main', ...more });
  const deploy = rule('GITLAB', GITLAB);

  test('when each bound claim is the same text', () => {
    expect(fittingRule([deploy], token())).toBe(deploy);
  });

  test.each([
    ['another id', { project_id: '77' }], ['an id that is a number', { project_id: 7 }], ['another environment', { environment: 'Live' }], ['no environment', { environment: undefined }],
    ['a flag that is no text', { ref_protected: true }], ['another flag', { environment_protected: 'false' }], ['a list in the place of a text', { project_id: ['7'] }],
  ])('never with %s', (_, more) => {
    expect(() => fittingRule([deploy], token(more))).toThrow(refusal('UNAUTHENTICATED', { because: ['RULE_UNKNOWN'] }));
  });

  test('no rule that was retired, and not two at once', () => {
    expect(() => fittingRule([retireTrustRule(deploy, 'r').next], token())).toThrow(refusal('UNAUTHENTICATED', { because: ['RULE_UNKNOWN'] }));
    expect(() => fittingRule([deploy, { ...deploy, id: 'other' }], token())).toThrow(refusal('UNAUTHENTICATED', { because: ['RULE_AMBIGUOUS'] }));
  });
});

test('the claims of a pod are those below its platform’s own, by their path', () => {
  const payload = { sub: 'system:serviceaccount:prod:deployer', 'kubernetes.io': { namespace: 'prod', serviceaccount: { name: 'deployer', uid: 'u-1' }, warnafter: 1 }, 'serviceaccount.uid': 'forged' };

  expect([...claimsOf('KUBERNETES', payload)]).toEqual([['namespace', 'prod'], ['serviceaccount.name', 'deployer'], ['serviceaccount.uid', 'u-1']]);
  expect([...claimsOf('KUBERNETES', { 'kubernetes.io/serviceaccount/service-account.uid': 'u-1' })]).toEqual([]);
});

test('a machine is a service with one role, for named systems and environments', () => {
  const by = { personId: 'ada', now: TODAY, validUntil: plusDays(TODAY, 30) };

  expect(openMachine({ id: 'svc', number: 'U-9' }, { role: 'DEPLOYER', systemIds: ['sys'], environmentIds: ['env'] }, by).next).toMatchObject({ kind: 'SERVICE', personId: null, grants: [{ role: 'DEPLOYER', systemIds: ['sys'], environmentIds: ['env'], validUntil: plusDays(TODAY, 30), grantedBy: 'ada' }] });
  expect(() => openMachine({ id: 'svc', number: 'U-9' }, { role: 'DEPLOYER', systemIds: [], environmentIds: null }, by)).toThrow(refusal('INVALID_INPUT', { field: 'systems' }));
  expect(() => openMachine({ id: 'svc', number: 'U-9' }, { role: 'DEPLOYER', systemIds: null, environmentIds: [] }, by)).toThrow(refusal('INVALID_INPUT', { field: 'environments' }));
});
