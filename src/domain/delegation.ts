/**
 * Delegation: somebody who is away lets a colleague sign in their place, in some lanes, for a while. What is lent is the own authority, as it
 * is: it ends with the grant behind it, is not passed on, and lender and delegate are one voice.
 */
import { covers, grantsInForce, isPermitted, qualifies, type Lane, type Principal, type RoleGrant } from './actor.js';
import { DAY_MS, plusDays, type Instant, type NotingClock } from './clock.js';
import { checkText } from './digest.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import { Refusal } from './refusal.js';

export const delegationLifecycle = defineLifecycle('delegation', {
  ACTIVE: { revoke: 'REVOKED' },
  REVOKED: {},
});

export interface Delegation {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  /** The person whose authority it is. */
  readonly fromPersonId: string;
  /** The person who may sign by it, with any account. */
  readonly toPersonId: string;
  /** In which reviews. */
  readonly lanes: readonly Lane[];
  /** Null = wherever the lender's own grants reach. */
  readonly systemIds: readonly string[] | null;
  readonly reason: string;
  readonly validFrom: Instant;
  readonly validUntil: Instant;
  readonly state: 'ACTIVE' | 'REVOKED';
  readonly madeAt: Instant;
}

export const DELEGATION_OUTCOMES = ['UPCOMING', 'IN_FORCE', 'EXPIRED', 'REVOKED'] as const;
export type DelegationOutcome = (typeof DELEGATION_OUTCOMES)[number];

/** The longest delegation: who is away for longer is replaced, by a role of the successor's own. */
export const DELEGATION_DAYS = 90;

/** The last instance does not pass its vote on. */
const NOT_LENT: ReadonlySet<Lane> = new Set(['EXEC']);

export interface DelegationInput {
  readonly lanes: readonly Lane[];
  readonly systemIds: readonly string[] | null;
  readonly reason: string;
  /** Null = from now on. */
  readonly validFrom: Instant | null;
  readonly validUntil: Instant;
}

/** A delegation with every account of the lender, as they are now: what somebody else signs by. */
export interface Lent { readonly delegation: Delegation; readonly owners: readonly Principal[] }

/** `lenders`: every account of the person who lends; `delegates`: every account of the one who is to sign. */
export function delegate(
  identity: Pick<Delegation, 'id' | 'number' | 'fromPersonId' | 'toPersonId'>, about: { lenders: readonly Principal[]; delegates: readonly Principal[]; clock: NotingClock }, input: DelegationInput,
): Decided<Delegation> {
  const { clock, lenders, delegates } = about;
  if (identity.toPersonId === identity.fromPersonId) throw new Refusal('INVALID_INPUT', { field: 'to', message: 'Nobody stands in for themself.' });
  if (!delegates.some((account) => account.kind === 'USER' && isPermitted(account, 'review.decide', clock))) {
    throw new Refusal('NOT_ELIGIBLE', { field: 'to', message: 'This person takes no part in reviews.', because: ['TAKES_NO_PART'], next: 'Name somebody who signs reviews, or asks for them.' });
  }
  const lanes = [...new Set(input.lanes)].sort();
  const { systemIds, validUntil } = input;
  if (lanes.length === 0) throw new Refusal('INVALID_INPUT', { field: 'lanes', message: 'Name at least one lane.' });
  if (systemIds?.length === 0) throw new Refusal('INVALID_INPUT', { field: 'systems', message: 'A delegation for no system lends nothing.', next: 'Name at least one, or leave it out for all that are yours.' });
  for (const lane of lanes) checkOwn(lane, systemIds, lenders, clock);
  const validFrom = input.validFrom ?? clock.now;
  checkInterval(validFrom, validUntil, clock.now);
  const next: Delegation = { ...identity, version: 1, lanes, systemIds, reason: checkText(input.reason, 'reason', 4000), validFrom, validUntil, state: 'ACTIVE', madeAt: clock.now };
  return { next, event: 'delegation.made', reason: next.reason };
}

/** Ended by the lender, by the delegate who does not want it, or by an administrator. What was signed by it counts no longer. */
export function revokeDelegation(delegation: Delegation, reason: string, by: { principal: Principal; clock: NotingClock }): Decided<Delegation> {
  const state = delegationLifecycle.next(delegation.state, 'revoke');
  const { personId } = by.principal;
  const isParty = personId === delegation.fromPersonId || personId === delegation.toPersonId;
  if (!isParty && !grantsInForce(by.principal, by.clock).some(({ role }) => role === 'TENANT_ADMIN')) {
    throw new Refusal('NOT_ELIGIBLE', { message: 'A delegation is revoked by one of the two, or by an administrator.', because: ['NOT_A_PARTY'], action: 'revoke' });
  }
  return { next: { ...delegation, state }, event: 'delegation.revoked', reason: checkText(reason, 'reason', 4000) };
}

/** Derived at read, never stored. Whether the lender still holds what was lent is asked where it matters. */
export function delegationOutcome(delegation: Delegation, clock: NotingClock): DelegationOutcome {
  if (delegation.state === 'REVOKED') return 'REVOKED';
  const begun = clock.reached(delegation.validFrom, 'DELEGATION', delegation.id);
  if (clock.reached(delegation.validUntil, 'DELEGATION', delegation.id)) return 'EXPIRED';
  return begun ? 'IN_FORCE' : 'UPCOMING';
}

/** What may be signed by it now: the lender's own grants for its lanes, never wider than either, and as young as the younger of the two. */
export function lentGrants({ delegation, owners }: Lent, clock: NotingClock): RoleGrant[] {
  if (delegationOutcome(delegation, clock) !== 'IN_FORCE') return [];
  const own = owners.filter(({ personId }) => personId === delegation.fromPersonId).flatMap((account) => grantsInForce(account, clock));
  return own.filter((grant) => delegation.lanes.some((lane) => qualifies(grant, lane))).map((grant) => ({
    ...grant, systemIds: within(grant.systemIds, delegation.systemIds), validFrom: grant.validFrom > delegation.validFrom ? grant.validFrom : delegation.validFrom,
  }));
}

/** Whether it could say anything about this system. */
export function reaches(delegation: Delegation, systemId: string): boolean {
  return delegation.systemIds === null || delegation.systemIds.includes(systemId);
}

function within(granted: readonly string[] | null, lent: readonly string[] | null): readonly string[] | null {
  if (granted === null || lent === null) return granted ?? lent;
  return granted.filter((systemId) => lent.includes(systemId));
}

/** Only what one holds by a grant of one's own: what was lent is not lent on. */
function checkOwn(lane: Lane, systemIds: readonly string[] | null, lenders: readonly Principal[], clock: NotingClock): void {
  if (NOT_LENT.has(lane)) throw new Refusal('NOT_ELIGIBLE', { field: 'lanes', message: `The vote in ${lane} is not delegated.`, because: ['NOT_DELEGABLE'], actual: lane, next: 'Another executive signs in their own name.' });
  const own = lenders.flatMap((account) => grantsInForce(account, clock)).filter((grant) => qualifies(grant, lane));
  const covered = systemIds === null ? own.length > 0 : systemIds.every((systemId) => own.some((grant) => covers(grant, systemId)));
  if (!covered) throw new Refusal('NOT_ELIGIBLE', { field: 'lanes', message: `You hold no role of your own for ${lane} here, so you cannot lend it.`, because: ['NOT_OWN_AUTHORITY'], actual: lane, next: 'Whoever holds the role delegates it.' });
}

function checkInterval(validFrom: Instant, validUntil: Instant, now: Instant): void {
  if (validFrom < now) throw new Refusal('INVALID_INPUT', { field: 'validFrom', message: 'Nothing is lent for a time that is over.', actual: validFrom, expected: `${now} or later` });
  if (validUntil <= validFrom) throw new Refusal('INVALID_INPUT', { field: 'validUntil', message: 'A delegation ends after it has begun.', actual: validUntil });
  if (Date.parse(validUntil) - Date.parse(validFrom) <= DELEGATION_DAYS * DAY_MS) return;
  throw new Refusal('VALIDITY_TOO_LONG', { field: 'validUntil', message: `A delegation ends after at most ${String(DELEGATION_DAYS)} days.`, actual: validUntil, expected: plusDays(validFrom, DELEGATION_DAYS) });
}
