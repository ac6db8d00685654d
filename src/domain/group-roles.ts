/**
 * Roles by groups: what the token of a trusted issuer says about the groups of a person gives roles, for a while, and takes them away.
 * They end by themselves when no token shows them again. What an administrator took away, no group gives back; who wrote a mapping gets nothing by it.
 */
import type { Principal, RoleGrant } from './actor.js';
import { plusDays, type Instant } from './clock.js';
import type { Decided } from './events.js';
import { Refusal } from './refusal.js';
import type { GroupRole, TrustedIssuer } from './trusted-issuer.js';

/** What a verified token says; null = it says nothing about groups, which is not the same as none. */
export interface Membership { readonly groups: readonly string[] | null; readonly issuedAt: Instant }

/**
 * What a token says under the name of its groups claim: as a claim of exactly this name, which may have dots and slashes in it, such as
 * `https://example.com/groups`; else by the way to it, as `realm_access.roles` or as a JSON pointer (RFC 6901), such as `/resource_access/my.client/roles`.
 */
export function claimAt(payload: Readonly<Record<string, unknown>>, claim: string): unknown {
  if (Object.hasOwn(payload, claim)) return payload[claim];
  const steps = claim.startsWith('/') ? claim.slice(1).split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')) : claim.split('.');
  return steps.reduce<unknown>((at, step) => (typeof at === 'object' && at !== null && !Array.isArray(at) && Object.hasOwn(at, step) ? (at as Readonly<Record<string, unknown>>)[step] : undefined), payload);
}

type Mapping = Pick<TrustedIssuer, 'id' | 'groupRoles' | 'groupRolesDays'>;

/** Somebody who comes for the first time, with the roles of their groups. */
export function joinByToken(identity: Pick<Principal, 'id' | 'number'> & { readonly personId: string }, issuer: Mapping & Pick<TrustedIssuer, 'admitsNewcomers'>, said: Membership, now: Instant): Decided<Principal> {
  const newcomer: Principal = { ...identity, version: 1, kind: 'USER', function: null, grants: [], active: true };
  const grants = grantsByGroups(newcomer, issuer, said, now) ?? [];
  if (!issuer.admitsNewcomers || grants.length === 0) throw new Refusal('UNAUTHENTICATED', { message: 'This account is not known here.', because: [issuer.admitsNewcomers ? 'GROUP_UNKNOWN' : 'ACCOUNT_UNKNOWN'], next: 'Ask your administrator for an account.' });
  return { next: { ...newcomer, grants }, event: 'principal.joined' };
}

export function applyGroups(account: Principal, issuer: Mapping, said: Membership, now: Instant): Decided<Principal> | null {
  const grants = grantsByGroups(account, issuer, said, now);
  return grants === null ? null : { next: { ...account, grants }, event: 'principal.groupsApplied' };
}

/** All grants as they are to be; null = as they are. */
function grantsByGroups(account: Principal, issuer: Mapping, { groups, issuedAt }: Membership, now: Instant): readonly RoleGrant[] | null {
  const isOf = (grant: RoleGrant): boolean => grant.through?.issuerId === issuer.id;
  const latest = account.grants.filter(isOf).map((grant) => grant.through?.asOf ?? '').sort().at(-1) ?? '';
  // An older token is no news: it could still name a group that was taken away since.
  if (!account.active || groups === null || issuedAt < latest) return null;
  const until = plusDays(issuedAt, issuer.groupRolesDays);
  const wanted = issuer.groupRoles.filter(({ group, by }) => groups.includes(group) && by !== account.personId);
  const through: RoleGrant['through'] = { issuerId: issuer.id, asOf: issuedAt };
  const kept = account.grants.map((grant): RoleGrant => {
    if (!isOf(grant) || isOver(grant, now)) return grant;
    // Somebody took the group away: an act, and no lapse of time.
    if (!wanted.some((entry) => isFor(grant, entry))) return { ...grant, validUntil: now, revokedAt: now, through };
    return isWorthWriting(grant, issuer, until) ? { ...grant, validUntil: until, through } : grant;
  });
  const fresh = issuedAt === latest || until <= now ? [] : wanted.filter((entry, i) => wanted.findIndex((other) => isAlike(other, entry)) === i)
    .filter((entry) => !kept.some((grant) => isOf(grant) && isFor(grant, entry) && (grant.through?.revoked === true || !isOver(grant, now))))
    .map(({ role, lane, qualification, by }): RoleGrant => ({ role, lane, systemIds: null, environmentIds: null, validFrom: now, validUntil: until, qualification, grantedBy: by, through }));
  const isChanged = fresh.length > 0 || kept.some((grant, i) => grant !== account.grants[i]);
  return isChanged ? [...kept, ...fresh] : null;
}

function isOver({ validUntil }: RoleGrant, now: Instant): boolean {
  return validUntil !== null && validUntil <= now;
}

function isFor(grant: RoleGrant, { role, lane }: GroupRole): boolean {
  return grant.role === role && grant.lane === lane;
}

function isAlike(one: GroupRole, other: GroupRole): boolean {
  return one.role === other.role && one.lane === other.lane;
}

/** Not every request writes: a role is renewed when half of its time is over. A shorter time is written at once. */
function isWorthWriting({ validUntil }: RoleGrant, { groupRolesDays }: Mapping, until: Instant): boolean {
  return validUntil === null || validUntil >= plusDays(until, 1) || plusDays(validUntil, groupRolesDays / 2) <= until;
}
