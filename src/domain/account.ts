/**
 * Accounts and roles: who is admitted, what each account is trusted to do, and until when. Nobody administers an account of their own.
 * Grants are only ever added and ended; what somebody was trusted with on a past day can always be told.
 */
import { grantsInForce, LANES, ROLES, SERVICE_ROLES, type Lane, type PersonFunction, type Principal, type Role, type RoleGrant } from './actor.js';
import type { Instant, NotingClock } from './clock.js';
import { checkText } from './digest.js';
import type { Decided } from './events.js';
import { Refusal } from './refusal.js';

type Identity = Pick<Principal, 'id' | 'number'>;

/** The first account of a person. What they may do is granted afterwards. */
export function admitPerson(identity: Identity & { readonly personId: string }, personFunction: PersonFunction | null): Decided<Principal> {
  return { next: { ...identity, version: 1, kind: 'USER', function: personFunction, grants: [], active: true }, event: 'principal.admitted' };
}

/** One more account: of somebody who has one already, who stays one person in every count, or of no person at all, for a machine. */
export function openAccount(identity: Identity, holder: Principal | null, by: Principal): Decided<Principal> {
  if (holder !== null) checkNotOwn(holder, by);
  const about = holder === null ? { kind: 'SERVICE' as const, personId: null, function: null } : { kind: 'USER' as const, personId: holder.personId, function: holder.function };
  return { next: { ...identity, ...about, version: 1, grants: [], active: true }, event: 'principal.admitted' };
}

/** Its tokens are refused from then on, and nothing that was signed with it counts any more. */
export function closeAccount(account: Principal, reason: string, by: Principal): Decided<Principal> {
  checkNotOwn(account, by);
  checkOpen(account, 'close');
  return { next: { ...account, active: false }, event: 'principal.closed', reason: checkText(reason, 'reason', 4000) };
}

/** Four eyes are of two functions, so this decides about quorums: it is nobody's own to choose. */
export function changeFunction(account: Principal, personFunction: PersonFunction, reason: string, by: Principal): Decided<Principal> {
  checkNotOwn(account, by);
  if (account.kind === 'SERVICE') throw new Refusal('INVALID_INPUT', { field: 'id', message: 'A service has no function.' });
  return { next: { ...account, function: personFunction }, event: 'principal.functionChanged', reason: checkText(reason, 'reason', 4000) };
}

export interface GrantInput {
  readonly role: Role;
  readonly lane: Lane | null;
  readonly systemIds: readonly string[] | null;
  readonly qualification: string | null;
  /** Null = from now on. */
  readonly validFrom: Instant | null;
  readonly validUntil: Instant | null;
}

/** Never from an instant that is over: a role that was held before a round opened may vote in it. */
export function grantRole(account: Principal, input: GrantInput, by: { principal: Principal; personId: string; clock: NotingClock }): Decided<Principal> {
  checkNotOwn(account, by.principal);
  checkOpen(account, 'grantRole');
  checkHolder(account, input.role);
  const { role, lane, systemIds, validUntil } = input;
  const { now } = by.clock;
  const validFrom = input.validFrom ?? now;
  if ((role === 'REVIEWER') !== (lane !== null)) throw new Refusal('INVALID_INPUT', { field: 'lane', message: 'A reviewer has exactly one lane for each grant; no other role has one.', expected: role === 'REVIEWER' ? LANES.join(', ') : 'no lane' });
  if (systemIds?.length === 0) throw new Refusal('INVALID_INPUT', { field: 'systems', message: 'A grant for no system grants nothing.', next: 'Name at least one, or leave it out for all of them.' });
  if (validFrom < now) throw new Refusal('INVALID_INPUT', { field: 'validFrom', message: 'No role is granted for a time that is over.', actual: validFrom, expected: `${now} or later` });
  if (validUntil !== null && validUntil <= validFrom) throw new Refusal('INVALID_INPUT', { field: 'validUntil', message: 'A role ends after it has begun.', actual: validUntil });
  const grant: RoleGrant = { role, lane, systemIds, environmentIds: null, validFrom, validUntil, qualification: qualificationFor(role, input.qualification), grantedBy: by.personId };
  return { next: { ...account, grants: [...account.grants, grant] }, event: 'principal.roleGranted' };
}

/** Which grants to end: of this role and lane; with `validFrom`, only the one that begins then. */
export interface RevokedGrant { readonly role: Role; readonly lane: Lane | null; readonly validFrom: Instant | null }

/** Ends what is not over yet, at this instant, and marks that as an act of somebody. What was granted stays written down. */
export function revokeRole(account: Principal, which: RevokedGrant, reason: string, by: { principal: Principal; clock: NotingClock }): Decided<Principal> {
  checkNotOwn(account, by.principal);
  const { now } = by.clock;
  const ends = ({ role, lane, validFrom, validUntil }: RoleGrant): boolean => role === which.role && lane === which.lane && (which.validFrom === null || which.validFrom === validFrom) && (validUntil === null || validUntil > now);
  if (!account.grants.some(ends)) throw new Refusal('NOT_FOUND', { subject: 'RoleGrant', id: roleName(which), message: `${account.number} holds no such role: ${roleName(which)}.`, next: 'Read its roles again.' });
  return { next: { ...account, grants: account.grants.map((grant) => (ends(grant) ? revoked(grant, now) : grant)) }, event: 'principal.roleRevoked', reason: checkText(reason, 'reason', 4000) };
}

/** No group gives back what an administrator took away. */
function revoked(grant: RoleGrant, now: Instant): RoleGrant {
  return { ...grant, validUntil: now, revokedAt: now, ...(grant.through !== undefined && { through: { ...grant.through, revoked: true as const } }) };
}

/** Of those who administer without an end one is left, whoever else does for a time: there would be nobody to appoint the next one. `others`: every other account that administers. */
export function requireAdministratorLeft(before: Principal, after: Principal, others: readonly Principal[], clock: NotingClock): void {
  if (!administersForGood(before, clock) || [after, ...others].some((account) => administersForGood(account, clock))) return;
  throw new Refusal('NOT_ELIGIBLE', {
    message: `${before.number} is the last account that administers without an end.`, because: ['LAST_ADMINISTRATOR'], through: before.number, next: 'Grant TENANT_ADMIN to somebody else first, without an end.',
  });
}

function administersForGood(account: Principal, clock: NotingClock): boolean {
  return grantsInForce(account, clock).some(({ role, validUntil }) => role === 'TENANT_ADMIN' && validUntil === null);
}

/** What the issuer of tokens calls somebody: a name that cannot be taken for a number, an id or oneself. */
export function checkHandle(value: string): string {
  const handle = checkText(value, 'handle', 200);
  if (!/^(?:me|U-\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(handle)) return handle;
  throw new Refusal('INVALID_INPUT', { field: 'handle', message: 'This handle could be taken for a number, an id or the caller.', actual: handle });
}

function roleName({ role, lane }: Pick<RoleGrant, 'role' | 'lane'>): string {
  return lane === null ? role : `${role} ${lane}`;
}

/** Every account of the same person is one's own. */
function checkNotOwn(account: Principal, by: Principal): void {
  if (account.id !== by.id && (account.personId === null || account.personId !== by.personId)) return;
  throw new Refusal('SEPARATION_OF_DUTIES', { message: 'Nobody administers an account of their own.', because: ['OWN_ACCOUNT'], next: 'Ask another administrator.' });
}

function checkOpen(account: Principal, action: string): void {
  if (account.active) return;
  throw new Refusal('INVALID_TRANSITION', { subject: 'account', state: 'CLOSED', action, allowedActions: [], next: 'Open another account for this person.' });
}

/** A machine asks and reports, a person decides: neither holds the roles of the other. */
function checkHolder({ kind }: Principal, role: Role): void {
  if ((kind === 'SERVICE') === SERVICE_ROLES.includes(role)) return;
  throw new Refusal('NOT_ELIGIBLE', {
    message: `${role} is not for a ${kind === 'SERVICE' ? 'service' : 'person'}.`, because: [kind === 'SERVICE' ? 'NOT_A_PERSON' : 'NOT_A_SERVICE'], actual: role,
    expected: ROLES.filter((other) => (kind === 'SERVICE') === SERVICE_ROLES.includes(other)).join(', '),
  });
}

/** Whoever judges a discipline is known to be able to. */
function qualificationFor(role: Role, given: string | null): string | null {
  if (given === null && role === 'REVIEWER') throw new Refusal('INVALID_INPUT', { field: 'qualification', message: 'Say what qualifies this reviewer for the lane.' });
  return given === null ? null : checkText(given, 'qualification', 500);
}
