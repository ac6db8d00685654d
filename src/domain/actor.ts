/** Who acts, and what each role may do. One table, checked at the door for every operation of every transport. */
import type { Instant } from './clock.js';
import type { NotingClock } from './clock.js';

export const ROLES = [
  'CONTRIBUTOR', 'RISK_OWNER', 'SYSTEM_OWNER', 'BUSINESS_OWNER', 'RISK_OFFICER', 'HEAD_OF_RISK', 'REVIEWER', 'EXECUTIVE',
  'POLICY_ADMIN', 'AUDITOR', 'DEPLOYER', 'MONITOR', 'TENANT_ADMIN',
] as const;
export type Role = (typeof ROLES)[number];

/** The lanes of review, in the order in which they are shown. */
export const LANES = [
  'RISK', 'LEGAL', 'PRIVACY', 'SECURITY', 'DATA', 'FAIRNESS', 'VALIDATION', 'OVERSIGHT', 'FRIA', 'BUSINESS', 'OPS', 'TRANSPARENCY', 'PROVENANCE', 'EXEC',
] as const;
export type Lane = (typeof LANES)[number];

/** The part of the organization a person works for; "two functions" is judged by it. */
export const FUNCTIONS = [
  'risk', 'legal', 'privacy', 'security', 'data-governance', 'responsible-AI', 'validation', 'operations', 'product', 'business', 'platform', 'executive', 'open-source',
] as const;
export type PersonFunction = (typeof FUNCTIONS)[number];

export interface RoleGrant {
  readonly role: Role;
  /** For REVIEWER: the discipline. Null for every other role. */
  readonly lane: Lane | null;
  /** Null = every system of the tenant. */
  readonly systemIds: readonly string[] | null;
  /** Null = every environment. */
  readonly environmentIds: readonly string[] | null;
  readonly validFrom: Instant;
  readonly validUntil: Instant | null;
  /** When somebody took it away: an act, which no clock that is put back undoes. Null or absent = it ends by time alone. */
  readonly revokedAt?: Instant | null;
  /** What qualifies the holder, in words; absent from grants of before it was asked for. */
  readonly qualification?: string | null;
  /** The person who granted it; absent where nobody wrote it down. */
  readonly grantedBy?: string | null;
  /** By a group of a trusted issuer, as of a token of this instant; absent from what was granted by hand. What an administrator revoked stays so. */
  readonly through?: { readonly issuerId: string; readonly asOf: Instant; readonly revoked?: true };
}

/** A user (an account of a natural person) or a service. Services never count toward a quorum. */
export interface Principal {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly kind: 'USER' | 'SERVICE';
  readonly personId: string | null;
  readonly function: PersonFunction | null;
  readonly grants: readonly RoleGrant[];
  readonly active: boolean;
}

/** Name and subject of a principal, kept apart so that they can be erased. */
export interface Profile {
  readonly id: string;
  readonly version: number;
  readonly issuer: string;
  readonly subject: string;
  readonly displayName: string;
}

/** What a machine is trusted with; no other role is for one, and none of these for a person. */
export const SERVICE_ROLES: readonly Role[] = ['DEPLOYER', 'MONITOR'];
const PEOPLE: readonly Role[] = ROLES.filter((role) => !SERVICE_ROLES.includes(role));
const DELIVERY: readonly Role[] = ['CONTRIBUTOR', 'SYSTEM_OWNER'];
const RISK_PEOPLE: readonly Role[] = ['CONTRIBUTOR', 'RISK_OWNER', 'SYSTEM_OWNER', 'RISK_OFFICER', 'HEAD_OF_RISK'];
/** Who may join in granting a waiver, the one that counts most first. */
export const GRANTORS: readonly Role[] = ['HEAD_OF_RISK', 'RISK_OFFICER', 'REVIEWER', 'EXECUTIVE', 'BUSINESS_OWNER'];
const VOTERS: readonly Role[] = ['REVIEWER', 'RISK_OFFICER', 'HEAD_OF_RISK', 'EXECUTIVE', 'BUSINESS_OWNER', 'SYSTEM_OWNER', 'CONTRIBUTOR'];

/** Permission → the roles that carry it. Rules about one object (not your own request) are the rules' own. */
export const PERMISSIONS = {
  'register.read': PEOPLE.concat(SERVICE_ROLES),
  'log.read': PEOPLE,
  // Everything at once.
  'archive.take': ['TENANT_ADMIN', 'AUDITOR'],
  'identity.admit': ['TENANT_ADMIN'],
  'identity.close': ['TENANT_ADMIN'],
  'identity.grant': ['TENANT_ADMIN'],
  'identity.trust': ['TENANT_ADMIN'],
  // By no role: by whoever comes with a token that is valid. See SELF.
  'identity.signIn': [],
  'delegation.make': VOTERS,
  'delegation.end': [...VOTERS, 'TENANT_ADMIN'],
  'environment.create': ['TENANT_ADMIN', 'POLICY_ADMIN'],
  'criteria.adopt': ['POLICY_ADMIN', 'HEAD_OF_RISK'],
  'policy.draft': ['POLICY_ADMIN', 'HEAD_OF_RISK', 'RISK_OFFICER'],
  'policy.approve': ['POLICY_ADMIN', 'HEAD_OF_RISK', 'RISK_OFFICER', 'EXECUTIVE'],
  'policy.activate': ['POLICY_ADMIN', 'HEAD_OF_RISK'],
  'lawDate.confirm': ['REVIEWER'],
  'system.register': ['CONTRIBUTOR', 'SYSTEM_OWNER', 'RISK_OFFICER'],
  'system.edit': DELIVERY,
  'system.tier': ['RISK_OFFICER', 'HEAD_OF_RISK'],
  'system.classify': ['REVIEWER'],
  'system.operate': ['SYSTEM_OWNER', 'RISK_OFFICER', 'HEAD_OF_RISK'],
  'release.create': ['CONTRIBUTOR', 'SYSTEM_OWNER', 'DEPLOYER'],
  'release.withdraw': ['SYSTEM_OWNER', 'RISK_OFFICER', 'HEAD_OF_RISK'],
  'release.claimChange': DELIVERY,
  'release.judgeChange': ['REVIEWER'],
  'risk.log': RISK_PEOPLE,
  'risk.edit': RISK_PEOPLE,
  'risk.assess': ['RISK_OWNER', 'RISK_OFFICER', 'HEAD_OF_RISK'],
  'risk.treat': ['RISK_OWNER'],
  'risk.confirm': ['RISK_OFFICER', 'HEAD_OF_RISK'],
  'evidence.submit': ['CONTRIBUTOR', 'RISK_OWNER', 'SYSTEM_OWNER', 'RISK_OFFICER', 'HEAD_OF_RISK', 'REVIEWER', 'DEPLOYER', 'MONITOR'],
  'evidence.judge': ['RISK_OFFICER', 'HEAD_OF_RISK', 'REVIEWER', 'DEPLOYER'],
  'mitigation.propose': RISK_PEOPLE,
  'mitigation.work': PEOPLE.filter((role) => !['AUDITOR', 'POLICY_ADMIN', 'TENANT_ADMIN'].includes(role)),
  'mitigation.judge': ['RISK_OFFICER', 'HEAD_OF_RISK', 'REVIEWER'],
  'risk.requestAcceptance': ['RISK_OWNER', 'SYSTEM_OWNER', 'RISK_OFFICER'],
  'risk.accept': ['RISK_OWNER', 'BUSINESS_OWNER', 'RISK_OFFICER', 'HEAD_OF_RISK', 'EXECUTIVE'],
  'risk.revokeAcceptance': ['RISK_OWNER', 'BUSINESS_OWNER', 'RISK_OFFICER', 'HEAD_OF_RISK', 'EXECUTIVE', 'SYSTEM_OWNER'],
  'condition.fulfil': PEOPLE.filter((role) => !['AUDITOR', 'POLICY_ADMIN', 'TENANT_ADMIN'].includes(role)),
  'condition.confirm': ['REVIEWER', 'RISK_OFFICER', 'HEAD_OF_RISK', 'EXECUTIVE', 'BUSINESS_OWNER'],
  'suspension.impose': ['RISK_OFFICER', 'HEAD_OF_RISK'],
  'suspension.lift': ['RISK_OFFICER', 'HEAD_OF_RISK'],
  'impact.write': ['CONTRIBUTOR', 'SYSTEM_OWNER', 'RISK_OWNER'],
  'impact.judge': ['REVIEWER', 'RISK_OFFICER', 'HEAD_OF_RISK'],
  'finding.raise': [...RISK_PEOPLE, 'REVIEWER'],
  'finding.work': [...RISK_PEOPLE, 'REVIEWER', 'BUSINESS_OWNER'],
  'finding.close': ['RISK_OFFICER', 'HEAD_OF_RISK', 'REVIEWER'],
  'finding.acceptRisk': ['RISK_OFFICER', 'HEAD_OF_RISK'],
  'promotion.open': DELIVERY,
  'promotion.cancel': DELIVERY,
  'promotion.comment': PEOPLE.filter((role) => !['AUDITOR', 'POLICY_ADMIN', 'TENANT_ADMIN'].includes(role)),
  'waiver.request': DELIVERY,
  'waiver.grant': GRANTORS,
  'waiver.end': [...DELIVERY, ...GRANTORS],
  'review.claim': VOTERS,
  'review.decide': VOTERS,
  'baseline.import': ['SYSTEM_OWNER', 'RISK_OFFICER', 'HEAD_OF_RISK', 'TENANT_ADMIN'],
  'baseline.confirm': ['RISK_OFFICER', 'HEAD_OF_RISK'],
  'baseline.end': ['SYSTEM_OWNER', 'RISK_OFFICER', 'HEAD_OF_RISK'],
  'breakGlass.invoke': DELIVERY,
  'breakGlass.turnKey': GRANTORS,
  'breakGlass.review': ['RISK_OFFICER', 'HEAD_OF_RISK'],
  'gate.check': PEOPLE.concat(SERVICE_ROLES),
  'gate.dryRun': PEOPLE.concat('DEPLOYER'),
  'gate.authorize': ['DEPLOYER', 'SYSTEM_OWNER'],
  'deployment.report': ['DEPLOYER', 'SYSTEM_OWNER'],
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof PERMISSIONS;

/** What a verified token alone permits: to be known here, as far as its issuer is trusted. */
export const SELF: readonly Permission[] = ['identity.signIn'];

/** The grants of the principal that are in force; each boundary that is still ahead is noted. */
export function grantsInForce(principal: Principal, clock: NotingClock): RoleGrant[] {
  if (!principal.active) return [];
  return principal.grants.filter((grant) => {
    if (isRevoked(grant)) return false;
    const begun = clock.reached(grant.validFrom, 'ROLE_GRANT', principal.id);
    const ended = grant.validUntil !== null && clock.reached(grant.validUntil, 'ROLE_GRANT', principal.id);
    return begun && !ended;
  });
}

/** What was taken away is not held at any instant that is asked about afterwards; for the past as it was, the records of that time are read. */
function isRevoked({ revokedAt }: RoleGrant): boolean {
  return revokedAt !== null && revokedAt !== undefined;
}

export function isPermitted(principal: Principal, permission: Permission, clock: NotingClock): boolean {
  const roles: readonly Role[] = PERMISSIONS[permission];
  return grantsInForce(principal, clock).some((grant) => roles.includes(grant.role));
}

export function covers(grant: RoleGrant, systemId: string): boolean {
  return grant.systemIds === null || grant.systemIds.includes(systemId);
}

/** Lanes in which another role than REVIEWER votes. */
const LANE_ROLES: Partial<Record<Lane, readonly Role[]>> = { RISK: ['RISK_OFFICER', 'HEAD_OF_RISK'], BUSINESS: ['BUSINESS_OWNER'], EXEC: ['EXECUTIVE'] };

/** The roles by which lanes are signed; beside them, a team attests for itself. */
export const SIGNING_ROLES: readonly Role[] = ['REVIEWER', ...Object.values(LANE_ROLES).flat()];

/** Whether the grant is one for this lane. */
export function qualifies(grant: RoleGrant, lane: Lane): boolean {
  return (grant.role === 'REVIEWER' && grant.lane === lane) || (LANE_ROLES[lane] ?? []).includes(grant.role);
}

/** Whether a grant in force that is for every system carries the permission. */
export function isPermittedEverywhere(principal: Principal, permission: Permission, clock: NotingClock): boolean {
  return grantsEverywhere(principal, permission, clock).length > 0;
}

export function grantsEverywhere(principal: Principal, permission: Permission, clock: NotingClock): RoleGrant[] {
  const roles: readonly Role[] = PERMISSIONS[permission];
  return grantsInForce(principal, clock).filter((grant) => roles.includes(grant.role) && grant.systemIds === null);
}

/** Whether the principal holds one of the roles now, for this system. */
export function holdsRole(principal: Principal, roles: readonly Role[], systemId: string, clock: NotingClock): boolean {
  return grantsInForce(principal, clock).some((grant) => roles.includes(grant.role) && covers(grant, systemId));
}
