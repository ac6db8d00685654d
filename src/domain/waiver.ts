/**
 * Waiving one requirement of the gate, for one release in one environment: an open act of more people than meeting it would take, with
 * something that compensates, for a limited time. It binds what was shown, like a sign-off: what differs materially since then ends it.
 */
import { checkTakenBackBy, type AcceptanceGrant } from './acceptance.js';
import { covers, GRANTORS, grantsInForce, LANES, type Lane, type Principal, type Role } from './actor.js';
import type { Instant, NotingClock } from './clock.js';
import { checkText, type Digest } from './digest.js';
import { conflicts, exclusions, isRecused, quorumOf, type Recusal, type Round } from './eligibility.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import { lapsedSince, materialDifferences } from './materiality.js';
import type { DecisionPackage } from './package.js';
import { isWaivable, type GatePolicy } from './policy.js';
import { Refusal } from './refusal.js';
import { suspensionsOfRisk, type Suspension } from './suspension.js';
import { isDueByMoreSince, type TierBasis } from './tier-assessment.js';

export const waiverLifecycle = defineLifecycle('waiver', {
  REQUESTED: { grant: 'REQUESTED', withdraw: 'WITHDRAWN', revoke: 'REVOKED' },
  WITHDRAWN: {},
  REVOKED: {},
});

export type WaiverGrant = AcceptanceGrant;

export interface Waiver {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  readonly releaseId: string;
  readonly environmentId: string;
  /** The stable id that reasons name, such as R5/PRIVACY, R6/M-3 or R9/F-2. */
  readonly requirement: string;
  readonly reason: string;
  /** What holds the risk down while the requirement is not met. */
  readonly compensatingControl: string;
  readonly validUntil: Instant;
  readonly state: 'REQUESTED' | 'WITHDRAWN' | 'REVOKED';
  readonly requestedBy: string;
  readonly requestedAt: Instant;
  /** The waiver that this one goes on from; null = the first. */
  readonly renews: string | null;
  /** What was shown, and the lane in which a difference ends it. */
  readonly packageDigest: Digest;
  readonly lane: Lane;
  readonly grants: readonly WaiverGrant[];
  /** How many distinct persons had to grant it when that was last counted; null = older than this was kept. */
  readonly grantsNeeded: number | null;
  /** The grant that was enough: what was waived counted from it on. null = none was, or older than this was kept. */
  readonly inForceSince: Instant | null;
  /** When it was taken back; null = it was not, or before this was kept. */
  readonly endedAt: Instant | null;
}

export const WAIVER_OUTCOMES = ['REQUESTED', 'GRANTED', 'OUTDATED', 'EXPIRED', 'WITHDRAWN', 'REVOKED'] as const;
export type WaiverOutcome = (typeof WAIVER_OUTCOMES)[number];

/** What a waiver is judged by: the packages that were shown, the present one, and everybody who granted it, as they are now. */
export interface WaiverBasis {
  readonly policy: GatePolicy;
  readonly packages: Readonly<Record<Digest, DecisionPackage>>;
  readonly pkg: DecisionPackage;
  readonly principals: readonly Principal[];
  /** Who has asked to move this release there: as little as they sign for it do they waive what it needs. */
  readonly requesters: readonly string[];
  /** Who has stepped back from which lane; nobody grants a waiver of the lane they stepped back from. */
  readonly recusals: readonly Recusal[];
  /** What has happened to the risks of the system. */
  readonly suspensions: readonly Suspension[];
  /** What its tier is judged by. */
  readonly sources: TierBasis;
  readonly clock: NotingClock;
}

/** One more person agrees. Nobody counts twice, and nobody grants for the team, or what they had a part in. */
export function grantWaiver(waiver: Waiver, basis: WaiverBasis, principal: Principal): Decided<Waiver> {
  waiverLifecycle.next(waiver.state, 'grant');
  const { clock } = basis;
  if (clock.reached(waiver.validUntil, 'WAIVER', waiver.id)) {
    throw new Refusal('INVALID_TRANSITION', { subject: 'waiver', state: 'EXPIRED', action: 'grant', allowedActions: [], next: 'Request a new waiver.' });
  }
  checkWaivable(waiver.requirement, basis);
  if (isOutdated(waiver, basis)) throw new Refusal('PACKAGE_CHANGED', { message: 'Something material was changed after this waiver was requested.', next: 'Withdraw this waiver and request a new one.' });
  const { personId } = principal;
  const because = personId === null ? ['NOT_A_PERSON'] : [...conflicts(personId, roundOf(waiver, basis)), ...(hasSteppedBack(personId, waiver, basis) ? ['RECUSED'] : []), ...(waiver.grants.some((grant) => grant.personId === personId) ? ['GRANTED_ALREADY'] : [])];
  if (personId === null || because.length > 0) throw new Refusal('SEPARATION_OF_DUTIES', { message: `You cannot grant this waiver: ${because.join(', ')}.`, because, next: 'Ask somebody who took no part in it.' });
  const role = GRANTORS.find((candidate) => heldSince(principal, candidate, waiver, clock));
  if (role === undefined) throw new Refusal('NOT_ELIGIBLE', { message: 'You held no role that may grant it when this waiver was requested.', because: ['NO_ROLE_SINCE_REQUEST'], through: principal.number, expected: GRANTORS.join(', '), next: 'Ask a person who holds one of these roles.' });
  const granted = { ...waiver, grants: [...waiver.grants, { personId, principalId: principal.id, role, at: clock.now }] };
  const inForceSince = waiver.inForceSince ?? enoughSince(granted, { ...basis, principals: [...basis.principals, principal] });
  return { next: { ...granted, grantsNeeded: grantsNeeded(waiver.requirement, basis.pkg), inForceSince }, event: 'waiver.granted' };
}

/** Takes a waiver back: its requester withdraws, a grantor or the head of risk revokes. */
export function endWaiver(waiver: Waiver, action: 'withdraw' | 'revoke', reason: string, by: { principal: Principal; clock: NotingClock }): Decided<Waiver> {
  const state = waiverLifecycle.next(waiver.state, action);
  checkTakenBackBy('A waiver', waiver, action, by);
  return { next: { ...waiver, state, endedAt: by.clock.now }, event: action === 'withdraw' ? 'waiver.withdrawn' : 'waiver.revoked', reason: checkText(reason, 'reason', 4000) };
}

/** Derived at read, never stored: only a GRANTED one is in force. */
export function waiverOutcome(waiver: Waiver, basis: WaiverBasis): WaiverOutcome {
  if (waiver.state !== 'REQUESTED') return waiver.state;
  if (basis.clock.reached(waiver.validUntil, 'WAIVER', waiver.id)) return 'EXPIRED';
  if (!isWaivable(basis.policy, waiver.requirement, basis.pkg.system) || isOutdated(waiver, basis)) return 'OUTDATED';
  return isGrantedByEnough(waiver, basis) ? 'GRANTED' : 'REQUESTED';
}

/** One person more than the requirement itself takes, the head of risk among them, and for a lane somebody who speaks for it. */
function isGrantedByEnough(waiver: Waiver, basis: WaiverBasis): boolean {
  const standing = waiver.grants.flatMap((grant) => {
    const principal = basis.principals.find(({ id }) => id === grant.principalId);
    return principal !== undefined && stillStands(waiver, grant, principal, basis) ? [{ ...grant, principal }] : [];
  });
  const lane = reviewLane(waiver.requirement);
  return new Set(standing.map((grant) => grant.personId)).size >= grantsNeeded(waiver.requirement, basis.pkg)
    && standing.some((grant) => grant.role === 'HEAD_OF_RISK')
    && (lane === null || standing.some((grant) => speaksFor(lane, grant.principal, waiver, basis)));
}

/** The instant of the first grant that, with those before it, was enough. */
function enoughSince(waiver: Waiver, basis: WaiverBasis): Instant | null {
  return waiver.grants.find((_, i) => isGrantedByEnough({ ...waiver, grants: waiver.grants.slice(0, i + 1) }, basis))?.at ?? null;
}

/** How many distinct persons must grant it. */
export function grantsNeeded(requirement: string, pkg: DecisionPackage): number {
  const level = pkg.lanes.find((demanded) => demanded.lane === reviewLane(requirement))?.level ?? 'INDEPENDENT';
  return quorumOf(level) + 1;
}

/** A grantor who has lost the role since, or has become a party, does not count any more. */
function stillStands(waiver: Waiver, grant: WaiverGrant, principal: Principal, basis: WaiverBasis): boolean {
  return principal.kind === 'USER' && heldSince(principal, grant.role, waiver, basis.clock) && conflicts(grant.personId, roundOf(waiver, basis)).length === 0 && !hasSteppedBack(grant.personId, waiver, basis);
}

function speaksFor(lane: Lane, principal: Principal, waiver: Waiver, basis: WaiverBasis): boolean {
  return principal.function === basis.policy.laneFunctions[lane] || exclusions(principal, { lane, level: 'INDEPENDENT' }, roundOf(waiver, basis), basis.clock).length === 0;
}

/** Held now, and by a grant that is older than the request: nobody is made a grantor for it. */
function heldSince(principal: Principal, role: Role, waiver: Waiver, clock: NotingClock): boolean {
  return principal.kind === 'USER' && grantsInForce(principal, clock).some((grant) => grant.role === role && covers(grant, waiver.systemId) && grant.validFrom <= waiver.requestedAt);
}

function roundOf(waiver: Waiver, { pkg, recusals, requesters }: Pick<WaiverBasis, 'pkg' | 'recusals' | 'requesters'>): Round {
  return { requesters: [waiver.requestedBy, ...requesters], openedAt: waiver.requestedAt, pkg, recusals };
}

function hasSteppedBack(personId: string, waiver: Waiver, basis: Pick<WaiverBasis, 'pkg' | 'recusals' | 'requesters'>): boolean {
  const lane = reviewLane(waiver.requirement);
  return lane !== null && isRecused(personId, lane, roundOf(waiver, basis));
}

/** A package that is kept no longer shows nothing, so nothing is waived by it. */
function isOutdated(waiver: Waiver, basis: WaiverBasis): boolean {
  const { policy, packages, pkg, clock } = basis;
  const shown = packages[waiver.packageDigest];
  if (shown === undefined || materialDifferences(policy, shown, pkg, waiver.lane).length > 0 || isOvertaken(waiver, basis)) return true;
  // A risk was waived at the level that its mitigations left; what showed them has ended since.
  return waiver.requirement.startsWith('R4/') && lapsedSince(waiver.requestedAt, shown, pkg, clock).length > 0;
}

/** Something has happened to the risk, or to what the tier was judged by, since, and is not settled: whoever waived what it asks for did not know. */
function isOvertaken({ requirement, requestedAt }: Waiver, { pkg, suspensions, sources }: WaiverBasis): boolean {
  if (requirement === 'R1/TIER') return isDueByMoreSince(sources, requestedAt);
  const risk = pkg.risks.find(({ number }) => requirement === `R3/${number}` || requirement === `R4/${number}`);
  return risk !== undefined && suspensionsOfRisk(suspensions, risk.id).some(({ since }) => since >= requestedAt);
}

/** The lane of a requirement such as R5/PRIVACY; null for every other one. */
export function reviewLane(requirement: string): Lane | null {
  return LANES.find((lane) => requirement === `R5/${lane}`) ?? null;
}

export function checkWaivable(requirement: string, { policy, pkg }: Pick<WaiverBasis, 'policy' | 'pkg'>): void {
  if (isWaivable(policy, requirement, pkg.system)) return;
  throw new Refusal('NOT_WAIVABLE', { field: 'requirement', actual: requirement, message: `${requirement} cannot be waived for this system by anybody.`, next: 'Meet the requirement.' });
}
