/** The request to move a release into an environment. Opening it freezes what was shown and names the lanes that must sign. */
import type { Lane } from './actor.js';
import { plusDays, type Instant } from './clock.js';
import { checkText, type Digest } from './digest.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import type { DecisionPackage } from './package.js';
import type { RequiredLane } from './policy.js';
import { Refusal } from './refusal.js';
import type { Release } from './release.js';
import type { AiSystem } from './system.js';

export const promotionLifecycle = defineLifecycle('promotion', {
  OPEN: { cancel: 'CANCELLED', promote: 'PROMOTED' },
  CANCELLED: {},
  PROMOTED: {},
});

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
  readonly state: 'OPEN' | 'CANCELLED' | 'PROMOTED';
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
}

export function openPromotion(
  identity: Pick<Promotion, 'id' | 'number' | 'requestedBy' | 'openedAt'>, about: { system: AiSystem; release: Release; pkg: DecisionPackage; packageDigest: Digest }, reason: string, due: Instant | null = null,
): Decided<Promotion> {
  const { system, release, pkg, packageDigest } = about;
  if (release.state !== 'ACTIVE') throw new Refusal('RELEASE_WITHDRAWN', { message: `${release.number} was withdrawn: ${release.withdrawnReason ?? ''}`, next: 'Create a new release.' });
  if (system.state !== 'ACTIVE') throw new Refusal('INVALID_TRANSITION', { subject: 'system', state: system.state, action: 'openPromotion', allowedActions: [] });
  const text = checkText(reason, 'reason', 4000);
  const next: Promotion = {
    ...identity, version: 1, systemId: system.id, releaseId: release.id, environmentId: pkg.environment.id, state: 'OPEN', reason: text, packageDigest, lanes: pkg.lanes, ending: null, claims: [],
    due: dueOf(due, identity.openedAt),
  };
  return { next, event: 'promotion.opened', reason: text };
}

/** Withdraws the request: only by whoever made it. */
export function cancelPromotion(promotion: Promotion, personId: string, reason: string): Decided<Promotion> {
  const state = promotionLifecycle.next(promotion.state, 'cancel');
  if (promotion.requestedBy !== personId) throw new Refusal('NOT_ELIGIBLE', { message: 'A promotion is cancelled by whoever requested it.', action: 'cancel' });
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...promotion, state, ending: text }, event: 'promotion.cancelled', reason: text };
}

/** A deployment under its grant was reported: the request is fulfilled. */
export function completePromotion(promotion: Promotion): Decided<Promotion> {
  return { next: { ...promotion, state: promotionLifecycle.next(promotion.state, 'promote') }, event: 'promotion.promoted' };
}

/** By when the reviews should be done: two weeks from now unless said otherwise. */
function dueOf(due: Instant | null, openedAt: Instant): Instant {
  if (due === null) return plusDays(openedAt, DUE_DAYS.unlessSaid);
  const latest = plusDays(openedAt, DUE_DAYS.most);
  if (due <= openedAt) throw new Refusal('INVALID_INPUT', { field: 'due', message: 'Reviews are due at an instant that is still ahead.', actual: due });
  if (due > latest) throw new Refusal('VALIDITY_TOO_LONG', { field: 'due', message: `Reviews are due within ${String(DUE_DAYS.most)} days.`, actual: due, expected: latest });
  return due;
}
