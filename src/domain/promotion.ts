/** The request to move a release into an environment. Opening it freezes what was shown and names the lanes that must sign. */
import type { Lane } from './actor.js';
import { plusDays, type Instant } from './clock.js';
import { checkText, type Digest } from './digest.js';
import type { Decided } from './events.js';
import { defineLifecycle, type StateOf } from './lifecycle.js';
import type { DecisionPackage } from './package.js';
import type { RequiredLane } from './policy.js';
import { Refusal } from './refusal.js';
import type { Release } from './release.js';
import type { AiSystem } from './system.js';

export const promotionLifecycle = defineLifecycle('promotion', {
  OPEN: { cancel: 'CANCELLED', reject: 'REJECTED', supersede: 'SUPERSEDED', promote: 'PROMOTED' },
  CANCELLED: {},
  REJECTED: {},
  SUPERSEDED: {},
  PROMOTED: {},
});

export type PromotionState = StateOf<typeof promotionLifecycle>;

/** Who is reading a lane, and until when nobody else takes it up. */
export interface Claim { readonly lane: Lane; readonly personId: string; readonly principalId: string; readonly claimedAt: Instant; readonly until: Instant }

/** How far ahead the reviews of a request may be due, in days. */
export const DUE_DAYS = { most: 90, unlessSaid: 14 } as const;

export interface Promotion {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  readonly releaseId: string;
  readonly environmentId: string;
  readonly state: PromotionState;
  readonly reason: string;
  readonly requestedBy: string;
  readonly openedAt: Instant;
  /** The package of the moment of opening: what the request was about. */
  readonly packageDigest: Digest;
  readonly lanes: readonly RequiredLane[];
  readonly ending: string | null;
  /** Who has taken up which lane, at most one for each; for information, never for the gate. */
  readonly claims: readonly Claim[];
  /** By when its reviews should be done; null = nobody said. */
  readonly due: Instant | null;
  /** The request that this one takes the place of: of another release, or of the same one after it was rejected or taken back. */
  readonly predecessorId: string | null;
}

/** A request that came to nothing: no gate and no grant stands on it. */
export function cameToNothing({ state }: Pick<Promotion, 'state'>): boolean {
  return state === 'CANCELLED' || state === 'REJECTED' || state === 'SUPERSEDED';
}

export interface PromotionRequest { readonly reason: string; readonly due: Instant | null; readonly predecessor: Promotion | null }

export function openPromotion(
  identity: Pick<Promotion, 'id' | 'number' | 'requestedBy' | 'openedAt'>, about: { system: AiSystem; release: Release; pkg: DecisionPackage; packageDigest: Digest }, { reason, due, predecessor }: PromotionRequest,
): Decided<Promotion> {
  const { system, release, pkg, packageDigest } = about;
  if (release.state !== 'ACTIVE') throw new Refusal('RELEASE_WITHDRAWN', { message: `${release.number} was withdrawn: ${release.withdrawnReason ?? ''}`, next: 'Create a new release.' });
  if (system.state !== 'ACTIVE') throw new Refusal('INVALID_TRANSITION', { subject: 'system', state: system.state, action: 'openPromotion', allowedActions: [] });
  const text = checkText(reason, 'reason', 4000);
  const next: Promotion = {
    ...identity, version: 1, systemId: system.id, releaseId: release.id, environmentId: pkg.environment.id, state: 'OPEN', reason: text, packageDigest, lanes: pkg.lanes, ending: null, claims: [],
    due: dueOf(due, identity.openedAt), predecessorId: predecessor?.id ?? null,
  };
  if (predecessor !== null) checkSucceeds(next, predecessor);
  return { next, event: 'promotion.opened', reason: text };
}

/** Withdraws the request: only by whoever made it. */
export function cancelPromotion(promotion: Promotion, personId: string, reason: string): Decided<Promotion> {
  const state = promotionLifecycle.next(promotion.state, 'cancel');
  if (promotion.requestedBy !== personId) throw new Refusal('NOT_ELIGIBLE', { message: 'A promotion is cancelled by whoever requested it.', because: ['NOT_REQUESTER'], action: 'cancel' });
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...promotion, state, ending: text }, event: 'promotion.cancelled', reason: text };
}

/** Another request takes its place: said by whoever made it, or by the owner of the system. */
export function supersedePromotion(promotion: Promotion, by: { personId: string; ownerId: string; successor: Pick<Promotion, 'number' | 'reason'> }): Decided<Promotion> {
  const state = promotionLifecycle.next(promotion.state, 'supersede');
  if (by.personId !== promotion.requestedBy && by.personId !== by.ownerId) {
    throw new Refusal('NOT_ELIGIBLE', { field: 'supersedes', message: `${promotion.number} is superseded by whoever requested it, or by the owner of the system.`, because: ['NOT_REQUESTER', 'NOT_SYSTEM_OWNER'], action: 'supersede', next: 'Ask one of them, or let it be cancelled first.' });
  }
  const ending = `${by.successor.number}: ${by.successor.reason}`;
  return { next: { ...promotion, state, ending }, event: 'promotion.superseded', reason: ending };
}

/** A veto ends the request: what comes after it is a new one. */
export function rejectPromotion(promotion: Promotion, veto: { readonly number: string; readonly statement: string }): Decided<Promotion> {
  const ending = `${veto.number}: ${veto.statement}`;
  return { next: { ...promotion, state: promotionLifecycle.next(promotion.state, 'reject'), ending }, event: 'promotion.rejected', reason: ending };
}

/** A deployment under its grant was reported: the request is fulfilled. */
export function completePromotion(promotion: Promotion): Decided<Promotion> {
  return { next: { ...promotion, state: promotionLifecycle.next(promotion.state, 'promote') }, event: 'promotion.promoted' };
}

/** A request takes the place of one of the same system into the same environment, unless that was fulfilled or another one took its place while it was open. */
function checkSucceeds(next: Promotion, predecessor: Promotion): void {
  if (predecessor.systemId !== next.systemId || predecessor.environmentId !== next.environmentId) {
    throw new Refusal('INVALID_INPUT', { field: 'supersedes', message: `${predecessor.number} is about another system or environment.`, actual: predecessor.number, next: 'Name a request of this system into this environment, or none.' });
  }
  if (predecessor.state !== 'PROMOTED' && predecessor.state !== 'SUPERSEDED') return;
  throw new Refusal('INVALID_TRANSITION', { subject: 'promotion', state: predecessor.state, action: 'supersede', allowedActions: promotionLifecycle.actionsFrom(predecessor.state), message: `${predecessor.number} is ${predecessor.state}: nothing takes its place.` });
}

/** By when the reviews should be done: two weeks from now unless said otherwise. */
function dueOf(due: Instant | null, openedAt: Instant): Instant {
  if (due === null) return plusDays(openedAt, DUE_DAYS.unlessSaid);
  const latest = plusDays(openedAt, DUE_DAYS.most);
  if (due <= openedAt) throw new Refusal('INVALID_INPUT', { field: 'due', message: 'Reviews are due at an instant that is still ahead.', actual: due });
  if (due > latest) throw new Refusal('VALIDITY_TOO_LONG', { field: 'due', message: `Reviews are due within ${String(DUE_DAYS.most)} days.`, actual: due, expected: latest });
  return due;
}
