// The people and services of a random history: reviewers of every lane, a person with two accounts, and tools that are trusted here or there.
import { LANES, type Lane, type PersonFunction, type Principal, type Role, type RoleGrant } from '../../src/domain/actor.js';
import type { Instant } from '../../src/domain/clock.js';

/** Grants of the beginning are older than every round. */
export const LONG_AGO: Instant = '2025-01-01T00:00:00.000Z';

export const ENVIRONMENT_IDS = { pilot: 'env-1', staging: 'env-2', canary: 'env-3', production: 'env-4', sandbox: 'env-5' } as const;

export function roleGrant(role: Role, lane: Lane | null = null, more: Partial<RoleGrant> = {}): RoleGrant {
  return { role, lane, systemIds: null, environmentIds: null, validFrom: LONG_AGO, validUntil: null, ...more };
}

export function user(personId: string, work: PersonFunction, grants: readonly RoleGrant[], account = ''): Principal {
  return { id: `usr-${personId}${account}`, number: `U-${personId}${account}`, version: 1, kind: 'USER', personId, function: work, grants, active: true };
}

function service(id: string, grants: readonly RoleGrant[]): Principal {
  return { id, number: id, version: 1, kind: 'SERVICE', personId: null, function: null, grants, active: true };
}

const DISCIPLINES = LANES.filter((lane) => lane !== 'RISK' && lane !== 'BUSINESS' && lane !== 'EXEC');

function reviewer(personId: string, work: PersonFunction, account = ''): Principal {
  return user(personId, work, DISCIPLINES.map((lane) => roleGrant('REVIEWER', lane)), account);
}

export function everybody(laneFunctions: Readonly<Record<Lane, PersonFunction>>): Principal[] {
  const specialists = DISCIPLINES.filter((lane) => lane !== 'FRIA');
  return [
    user('owner', 'product', [roleGrant('SYSTEM_OWNER')]),
    user('dev1', 'platform', [roleGrant('CONTRIBUTOR')]),
    user('dev2', 'product', [roleGrant('CONTRIBUTOR')]),
    user('riskowner', 'business', [roleGrant('RISK_OWNER')]),
    user('officer1', 'risk', [roleGrant('RISK_OFFICER')]),
    user('officer2', 'risk', [roleGrant('RISK_OFFICER')]),
    user('officer3', 'legal', [roleGrant('RISK_OFFICER')]),
    user('head', 'risk', [roleGrant('HEAD_OF_RISK')]),
    user('head2', 'legal', [roleGrant('HEAD_OF_RISK')]),
    user('business1', 'business', [roleGrant('BUSINESS_OWNER')]),
    user('business2', 'executive', [roleGrant('BUSINESS_OWNER')]),
    user('executive1', 'executive', [roleGrant('EXECUTIVE')]),
    user('executive2', 'business', [roleGrant('EXECUTIVE'), roleGrant('BUSINESS_OWNER')]),
    ...specialists.map((lane) => user(`rev-${lane.toLowerCase()}`, laneFunctions[lane], [roleGrant('REVIEWER', lane), ...(lane === 'LEGAL' ? [roleGrant('REVIEWER', 'FRIA')] : [])])),
    reviewer('all1', 'data-governance'),
    reviewer('all2', 'legal'),
    // One natural person with two accounts that work in two functions.
    reviewer('twin', 'legal'),
    reviewer('twin', 'security', '-b'),
    service('svc-deployer', [roleGrant('DEPLOYER')]),
    service('svc-brief', [roleGrant('DEPLOYER', null, { validFrom: '2026-01-20T00:00:00.000Z', validUntil: '2027-06-01T00:00:00.000Z' })]),
    service('svc-staging', [roleGrant('DEPLOYER', null, { systemIds: ['sys-1'], environmentIds: [ENVIRONMENT_IDS.pilot, ENVIRONMENT_IDS.staging] })]),
    service('svc-elsewhere', [roleGrant('DEPLOYER', null, { systemIds: ['sys-2'] })]),
  ];
}
