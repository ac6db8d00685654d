/** A grant: the right to start one deployment of one bundle in one environment, for minutes, redeemed once. It stays as the record that these bytes were authorized there. */
import type { BreakGlass } from './break-glass.js';
import { plusMs, type Instant } from './clock.js';
import type { Digest } from './digest.js';
import type { Decided } from './events.js';
import { cameToNothing, type Promotion } from './promotion.js';
import { Refusal } from './refusal.js';
import type { Release } from './release.js';
import { suspensionsOfSystem, type Suspension } from './suspension.js';
import type { AiSystem } from './system.js';

/** What a grant can be for; to run is no deployment, so there is none for it. */
export const GRANTED_ACTIONS = ['promote', 'rollback'] as const;
export type GrantedAction = (typeof GRANTED_ACTIONS)[number];

export interface Grant {
  readonly id: string;
  readonly version: number;
  readonly decisionId: string;
  readonly systemId: string;
  readonly releaseId: string;
  readonly environmentId: string;
  readonly bundleDigest: Digest;
  /** What was allowed: bringing it in, or bringing it back. */
  readonly action: GrantedAction;
  /** The request that it fulfils; null in environments that need no review. */
  readonly promotionId: string | null;
  /** The emergency in which requirements were stepped over; null = everything was met. */
  readonly breakGlassId: string | null;
  readonly issuedTo: string;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  readonly redeemedAt: Instant | null;
}

export function requireGrantable(action: string): asserts action is GrantedAction {
  if (GRANTED_ACTIONS.some((known) => known === action)) return;
  throw new Refusal('INVALID_INPUT', { field: 'action', actual: action, expected: GRANTED_ACTIONS.join(', '), message: 'A grant is for a deployment; to go on running is none.', next: 'Ask gateDecision, or POST /v1/gate/check.' });
}

/** A deployment that was reported under a grant. */
export interface Deployment {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  readonly releaseId: string;
  readonly environmentId: string;
  readonly bundleDigest: Digest;
  readonly grantId: string;
  readonly reportedBy: string;
  readonly startedAt: Instant;
}

export function mintGrant(about: Omit<Grant, 'version' | 'expiresAt' | 'redeemedAt'>, life: { minutes: number; noLaterThan: Instant | null }): Decided<Grant> {
  const full = plusMs(about.issuedAt, life.minutes * 60_000);
  const expiresAt = life.noLaterThan !== null && life.noLaterThan < full ? life.noLaterThan : full;
  return { next: { ...about, version: 1, expiresAt, redeemedAt: null }, event: 'grant.minted' };
}

/** By what the bundle of a grant was let in, where the grant is for. */
export interface LetIn { readonly grants: readonly Grant[]; readonly breakGlasses: readonly BreakGlass[]; readonly isBaselined: boolean }

/** The grants by which this bundle is authorized in a place; what was condemned afterwards authorizes nothing, and no return to what came in only by that. */
export function standingGrants(bundleDigest: Digest, { grants, breakGlasses }: Pick<LetIn, 'grants' | 'breakGlasses'>): Grant[] {
  const condemned = new Set(breakGlasses.filter(({ state }) => state === 'CONDEMNED').map(({ id }) => id));
  const ours = grants.filter((grant) => grant.bundleDigest === bundleDigest);
  const standing = ours.filter(({ breakGlassId }) => breakGlassId === null || !condemned.has(breakGlassId));
  return standing.length === ours.length || standing.some(({ action }) => action === 'promote') ? standing : [];
}

/** A return rests on what the bundle came in by. */
function isCondemned(grant: Grant, letIn: LetIn): boolean {
  if (grant.action === 'rollback') return !letIn.isBaselined && standingGrants(grant.bundleDigest, letIn).length === 0;
  return letIn.breakGlasses.some(({ id, state }) => id === grant.breakGlassId && state === 'CONDEMNED');
}

/** What a grant stands on; `suspensions`: those of its system. */
export interface Standing { readonly release: Release; readonly system: AiSystem; readonly suspensions: readonly Suspension[]; readonly promotion: Promotion | null; readonly letIn: LetIn }

/** What a grant permits ends with the release, the system, the request or the emergency that it was given for. */
export function requireStanding(grant: Grant, about: Standing): void {
  const system = about.system.state === 'ACTIVE' && suspensionsOfSystem(about.suspensions).length > 0 ? 'SUSPENDED' : about.system.state;
  const because = [
    about.release.state === 'ACTIVE' ? null : 'RELEASE_WITHDRAWN', system === 'ACTIVE' ? null : `SYSTEM_${system}`, about.promotion !== null && cameToNothing(about.promotion) ? `PROMOTION_${about.promotion.state}` : null,
    isCondemned(grant, about.letIn) ? 'BREAK_GLASS_CONDEMNED' : null,
  ].filter((reason) => reason !== null);
  if (because.length > 0) throw new Refusal('GRANT_INVALID', { message: `This grant no longer stands: ${because.join(', ')}.`, because, next: 'Ask the gate again.' });
}

export interface DeploymentReport { readonly bundleDigest: Digest; readonly environmentId: string; readonly at: Instant; readonly principalId: string }

/** Redeems the grant for exactly the bundle and environment that were authorized, by the caller it was given to. */
export function redeemGrant(grant: Grant, report: DeploymentReport): Decided<Grant> {
  if (grant.issuedTo !== report.principalId) throw new Refusal('GRANT_INVALID', { message: 'This grant was given to another caller.', next: 'Authorize the promotion yourself.' });
  if (grant.environmentId !== report.environmentId) throw new Refusal('GRANT_INVALID', { field: 'environment', message: 'This grant is for another environment.' });
  if (grant.bundleDigest !== report.bundleDigest) {
    throw new Refusal('DIGEST_MISMATCH', { field: 'bundleDigest', message: 'This is not the bundle that was authorized.', expected: grant.bundleDigest, actual: report.bundleDigest });
  }
  if (grant.redeemedAt !== null) throw new Refusal('GRANT_CONSUMED', { message: `This grant was redeemed at ${grant.redeemedAt}.`, next: 'Authorize the promotion again.' });
  if (report.at >= grant.expiresAt) throw new Refusal('GRANT_EXPIRED', { message: `This grant ended at ${grant.expiresAt}.`, next: 'Authorize the promotion again.' });
  return { next: { ...grant, redeemedAt: report.at }, event: 'grant.redeemed' };
}

export function reportDeployment(grant: Grant, identity: Pick<Deployment, 'id' | 'number' | 'reportedBy' | 'startedAt'>): Decided<Deployment> {
  const { systemId, releaseId, environmentId, bundleDigest } = grant;
  return { next: { ...identity, version: 1, systemId, releaseId, environmentId, bundleDigest, grantId: grant.id }, event: 'deployment.reported' };
}

/** Whether exactly these bytes were reported as deployed there. */
export function wasDeployedTo(environmentId: string, release: Pick<Release, 'bundleDigest'>, deployments: readonly Deployment[]): boolean {
  return firstDeployedTo(environmentId, release, deployments) !== null;
}

/** When these bytes first went there; null = they never did. */
export function firstDeployedTo(environmentId: string, { bundleDigest }: Pick<Release, 'bundleDigest'>, deployments: readonly Deployment[]): Instant | null {
  const there = deployments.filter((deployment) => deployment.environmentId === environmentId && deployment.bundleDigest === bundleDigest);
  return there.map(({ startedAt }) => startedAt).sort()[0] ?? null;
}
