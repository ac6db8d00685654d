/** The request to move a release into an environment. Opening it freezes what was shown and names the lanes that must sign. */
import type { Instant } from './clock.js';
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
}

export function openPromotion(
  identity: Pick<Promotion, 'id' | 'number' | 'requestedBy' | 'openedAt'>, about: { system: AiSystem; release: Release; pkg: DecisionPackage; packageDigest: Digest }, reason: string,
): Decided<Promotion> {
  const { system, release, pkg, packageDigest } = about;
  if (release.state !== 'ACTIVE') throw new Refusal('RELEASE_WITHDRAWN', { message: `${release.number} was withdrawn: ${release.withdrawnReason ?? ''}`, next: 'Create a new release.' });
  if (system.state !== 'ACTIVE') throw new Refusal('INVALID_TRANSITION', { subject: 'system', state: system.state, action: 'openPromotion', allowedActions: [] });
  const text = checkText(reason, 'reason', 4000);
  const next: Promotion = {
    ...identity, version: 1, systemId: system.id, releaseId: release.id, environmentId: pkg.environment.id, state: 'OPEN', reason: text, packageDigest, lanes: pkg.lanes, ending: null,
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
