/**
 * Break-glass: in an emergency, exactly one bundle goes into exactly one environment although requirements are not met. It is loud, it lasts
 * for hours, a second person turns a key where the policy asks for it, it is used once, and others judge afterwards whether it was right.
 * Until they have, it is a debt that stops the next promotion of the system into production.
 */
import type { AcceptanceGrant } from './acceptance.js';
import { holdsRole, type Principal } from './actor.js';
import { plusHours, type Instant, type NotingClock } from './clock.js';
import { checkText, type Digest } from './digest.js';
import type { Team } from './eligibility.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import type { GatePolicy } from './policy.js';
import { Refusal } from './refusal.js';

export const breakGlassLifecycle = defineLifecycle('break-glass', {
  INVOKED: { turnSecondKey: 'INVOKED', use: 'USED' },
  USED: { ratify: 'RATIFIED', condemn: 'CONDEMNED' },
  RATIFIED: {},
  CONDEMNED: {},
});

/** Why it could not wait. */
export const EMERGENCIES = ['OUTAGE', 'SECURITY', 'HARM', 'LEGAL_ORDER'] as const;
export type Emergency = (typeof EMERGENCIES)[number];

/** Whoever turned the second key, and in which role. */
export type SecondKey = AcceptanceGrant;

export interface BreakGlass {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  readonly releaseId: string;
  readonly environmentId: string;
  readonly bundleDigest: Digest;
  readonly emergency: Emergency;
  /** What happened, in words. */
  readonly incident: string;
  readonly validUntil: Instant;
  readonly state: 'INVOKED' | 'USED' | 'RATIFIED' | 'CONDEMNED';
  readonly invokedBy: string;
  readonly invokedAt: Instant;
  /** Whoever owned or developed the system then: they do not judge it, whatever becomes of the team. Null = invoked before this was kept. */
  readonly team: readonly string[] | null;
  readonly secondKey: SecondKey | null;
  readonly usedAt: Instant | null;
  /** The person who asked for the grant; null = a service did, or it was used before this was kept. */
  readonly usedBy: string | null;
  /** Until when others have to judge it, by the policy of the moment of its use; null = not used, or used before this was kept. */
  readonly reviewDue: Instant | null;
  /** The after-review. */
  readonly review: { readonly by: string; readonly at: Instant; readonly reason: string } | null;
}

export const BREAK_GLASS_OUTCOMES = ['AWAITS_SECOND_KEY', 'READY', 'EXPIRED', 'AWAITS_REVIEW', 'OVERDUE', 'RATIFIED', 'CONDEMNED'] as const;
export type BreakGlassOutcome = (typeof BREAK_GLASS_OUTCOMES)[number];

type Where = Pick<BreakGlass, 'systemId' | 'releaseId' | 'environmentId' | 'bundleDigest'>;
type Rules = Pick<GatePolicy, 'breakGlass'>;

/** `earlier`: everything that was ever invoked for this release. */
export function invokeBreakGlass(
  identity: Pick<BreakGlass, 'id' | 'number' | 'invokedBy'>, where: Where, input: { emergency: Emergency; incident: string; validUntil: Instant },
  about: { policy: Rules; team: Team; earlier: readonly BreakGlass[]; clock: NotingClock },
): Decided<BreakGlass> {
  const { policy, team, earlier, clock } = about;
  if (!membersOf(team).includes(identity.invokedBy)) throw new Refusal('NOT_ELIGIBLE', { message: 'Break-glass is invoked by the owner of the system, or by whichever of its developers is on call.', because: ['NOT_ON_TEAM'], next: 'Ask the system owner.' });
  checkValidity(input.validUntil, { policy, now: clock.now });
  const before = earlier.find((other) => other.environmentId === where.environmentId && other.state === 'INVOKED' && !clock.reached(other.validUntil, 'BREAK_GLASS', other.id));
  if (before !== undefined) throw new Refusal('ALREADY_EXISTS', { subject: 'BreakGlass', id: before.number, message: `${before.number} is invoked for this release here already.`, until: before.validUntil });
  const incident = checkText(input.incident, 'incident', 4000);
  const unused = { secondKey: null, usedAt: null, usedBy: null, reviewDue: null, review: null };
  return { next: { ...identity, ...where, ...input, ...unused, incident, version: 1, state: 'INVOKED', invokedAt: clock.now, team: membersOf(team) }, event: 'breakGlass.invoked', reason: incident };
}

/** By somebody else, who held one of the roles that the policy names before it was invoked. */
export function turnSecondKey(breakGlass: BreakGlass, principal: Principal, { policy, clock }: { policy: Rules; clock: NotingClock }): Decided<BreakGlass> {
  const state = breakGlassLifecycle.next(breakGlass.state, 'turnSecondKey');
  const refused = (now: string, next: string): Refusal => new Refusal('INVALID_TRANSITION', { subject: breakGlassLifecycle.subject, state: now, action: 'turnSecondKey', allowedActions: [], next });
  if (clock.reached(breakGlass.validUntil, 'BREAK_GLASS', breakGlass.id)) throw refused('EXPIRED', 'Invoke it again: invokeBreakGlass.');
  if (breakGlass.secondKey !== null) throw refused('READY', 'The second key is turned already.');
  const { personId } = principal;
  const because = personId === null ? ['NOT_A_PERSON'] : personId === breakGlass.invokedBy ? ['REQUESTER'] : [];
  if (personId === null || because.length > 0) throw new Refusal('SEPARATION_OF_DUTIES', { message: `You cannot turn the second key: ${because.join(', ')}.`, because, next: 'Ask another person.' });
  const role = policy.breakGlass.secondKey.find((wanted) => holdsRole({ ...principal, grants: principal.grants.filter((grant) => grant.validFrom <= breakGlass.invokedAt) }, [wanted], breakGlass.systemId, clock));
  if (role === undefined) throw new Refusal('NOT_ELIGIBLE', { message: 'You held no role that turns the second key when this was invoked.', because: ['NO_ROLE_SINCE_REQUEST'], expected: policy.breakGlass.secondKey.join(', '), next: 'Ask a person who holds one of these roles.' });
  return { next: { ...breakGlass, state, secondKey: { personId, principalId: principal.id, role, at: clock.now } }, event: 'breakGlass.keyTurned' };
}

/** Once: with the grant that the gate gives because of it. */
export function useBreakGlass(breakGlass: BreakGlass, { at, personId, policy }: { at: Instant; personId: string | null; policy: Rules }): Decided<BreakGlass> {
  const state = breakGlassLifecycle.next(breakGlass.state, 'use');
  return { next: { ...breakGlass, state, usedAt: at, usedBy: personId, reviewDue: plusHours(at, policy.breakGlass.reviewHours) }, event: 'breakGlass.used' };
}

/** Whether it was right, judged by somebody who had no part in it, be they on the team still or no longer. Late is better than never: only this ends the debt. */
export function reviewBreakGlass(breakGlass: BreakGlass, action: 'ratify' | 'condemn', reason: string, by: { personId: string; team: Team; at: Instant }): Decided<BreakGlass> {
  const state = breakGlassLifecycle.next(breakGlass.state, action);
  const { personId } = by;
  const team = [...membersOf(by.team), ...(breakGlass.team ?? [])];
  const parts = { REQUESTER: personId === breakGlass.invokedBy, SECOND_KEY: personId === breakGlass.secondKey?.personId, AUTHORIZER: personId === breakGlass.usedBy, TEAM: team.includes(personId) };
  const because = Object.entries(parts).flatMap(([part, had]) => (had ? [part] : []));
  if (because.length > 0) throw new Refusal('SEPARATION_OF_DUTIES', { message: `You cannot review this: ${because.join(', ')}.`, because, next: 'Ask somebody who had no part in it.' });
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...breakGlass, state, review: { by: personId, at: by.at, reason: text } }, event: action === 'ratify' ? 'breakGlass.ratified' : 'breakGlass.condemned', reason: text };
}

/** Derived at read, never stored: only a READY one opens the gate, and only an OVERDUE one is a debt. */
export function breakGlassOutcome(breakGlass: BreakGlass, policy: Rules, clock: NotingClock): BreakGlassOutcome {
  const { state, validUntil, id, secondKey } = breakGlass;
  if (state === 'RATIFIED' || state === 'CONDEMNED') return state;
  const due = reviewDueAt(breakGlass, policy);
  if (due !== null) return clock.reached(due, 'AFTER_REVIEW', id) ? 'OVERDUE' : 'AWAITS_REVIEW';
  if (clock.reached(validUntil, 'BREAK_GLASS', id)) return 'EXPIRED';
  return secondKey === null && policy.breakGlass.secondKey.length > 0 ? 'AWAITS_SECOND_KEY' : 'READY';
}

/** Until when others have to have judged it; null = it was not used. */
export function reviewDueAt({ usedAt, reviewDue }: Pick<BreakGlass, 'usedAt' | 'reviewDue'>, policy: Rules): Instant | null {
  return reviewDue ?? (usedAt === null ? null : plusHours(usedAt, policy.breakGlass.reviewHours));
}

function membersOf({ ownerId, developerIds }: Team): string[] {
  return [...new Set([ownerId, ...developerIds])].sort();
}

function checkValidity(validUntil: Instant, { policy, now }: { policy: Rules; now: Instant }): void {
  const longest = plusHours(now, policy.breakGlass.hours);
  if (validUntil <= now) throw new Refusal('INVALID_INPUT', { field: 'validUntil', message: 'validUntil lies in the past.', actual: validUntil });
  if (validUntil > longest) throw new Refusal('VALIDITY_TOO_LONG', { field: 'validUntil', message: `Break-glass ends after at most ${String(policy.breakGlass.hours)} hours.`, actual: validUntil, expected: longest });
}
