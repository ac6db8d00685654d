/** Asking to do without one requirement of the gate: who may, for which requirement, how long, and how often. */
import { plusDays, type Instant } from './clock.js';
import { checkText, type Digest } from './digest.js';
import { isOnTeam } from './eligibility.js';
import type { Decided } from './events.js';
import { IMPACT_KINDS } from './impact-elements.js';
import type { DecisionPackage } from './package.js';
import type { GatePolicy } from './policy.js';
import { ownRequirements } from './policy-terms.js';
import { Refusal } from './refusal.js';
import type { RiskCriteria } from './scoring.js';
import { checkWaivable, grantsNeeded, reviewLane, type Waiver } from './waiver.js';

export interface WaiverRequest { readonly requirement: string; readonly reason: string; readonly compensatingControl: string; readonly validUntil: Instant; readonly renews: string | null }

/** `earlier`: every waiver that was ever requested for this release. */
export function requestWaiver(
  identity: Pick<Waiver, 'id' | 'number' | 'requestedBy' | 'requestedAt'>, about: { policy: GatePolicy; pkg: DecisionPackage; packageDigest: Digest; earlier: readonly Waiver[]; authority: RiskCriteria['authority'] }, input: WaiverRequest,
): Decided<Waiver> {
  const { system, release, environment } = about.pkg;
  const { requirement, renews, validUntil } = input;
  if (!isOnTeam({ personId: identity.requestedBy }, about.pkg.system)) {
    throw new Refusal('NOT_ELIGIBLE', { message: 'A waiver is requested by the owner or a developer of the system.', because: ['NOT_ON_TEAM'], next: 'Ask the system owner.' });
  }
  checkWaivable(requirement, about);
  checkAsked(requirement, about);
  checkAcceptable(requirement, about);
  checkValidity(about, { validUntil, now: identity.requestedAt });
  const scope = { systemId: system.id, releaseId: release.id, environmentId: environment.id, requirement };
  checkFirstOrRenewal(about.earlier.filter((other) => isSameScope(other, scope) && wasUsed(other)), renews);
  const reason = checkText(input.reason, 'reason', 4000);
  const compensatingControl = checkText(input.compensatingControl, 'compensatingControl', 4000);
  const next: Waiver = {
    ...identity, ...scope, version: 1, reason, compensatingControl, validUntil, renews, state: 'REQUESTED', packageDigest: about.packageDigest, lane: reviewLane(requirement) ?? 'RISK', grants: [],
    grantsNeeded: grantsNeeded(requirement, about.pkg), inForceSince: null, endedAt: null,
  };
  return { next, event: 'waiver.requested', reason };
}

/** Only what the gate can ask about this release and environment: a name that fits nothing would never count. */
function checkAsked(requirement: string, { pkg, policy }: { pkg: DecisionPackage; policy: GatePolicy }): void {
  const numbers = (records: readonly { readonly number: string }[] = []): string[] => records.map(({ number }) => number);
  const subjects: Readonly<Record<string, readonly string[]>> = {
    R2: IMPACT_KINDS, R3: numbers(pkg.risks), R4: numbers(pkg.risks), R5: pkg.lanes.map(({ lane }) => lane), R6: numbers(pkg.mitigations), R7: numbers(pkg.mitigations), R9: numbers(pkg.findings), R14: numbers(pkg.conditions),
  };
  const asked = ['R1/TIER', 'R3', ...ownRequirements(policy), ...Object.entries(subjects).flatMap(([rule, of]) => of.map((subject) => `${rule}/${subject}`))];
  if (asked.includes(requirement)) return;
  throw new Refusal('INVALID_INPUT', { field: 'requirement', actual: requirement.slice(0, 100), message: 'The gate asks for nothing of this name here.', expected: 'a requirement that a decision names, such as R5/SECURITY or R6/M-3' });
}

/** What nobody has the authority to accept, nobody waives; the gate looks again, since what holds the level down may end. */
function checkAcceptable(requirement: string, { pkg, authority }: { pkg: DecisionPackage; authority: RiskCriteria['authority'] }): void {
  const risk = pkg.risks.find(({ number }) => requirement === `R4/${number}`);
  if (risk === undefined || risk.current === null || authority[risk.current].length > 0) return;
  throw new Refusal('NOT_WAIVABLE', { field: 'requirement', actual: requirement, message: `${risk.number} is ${risk.current}, which nobody may accept.`, next: 'Treat the risk until its level is one that somebody may accept.' });
}

function checkValidity({ policy, pkg }: { policy: GatePolicy; pkg: DecisionPackage }, { validUntil, now }: { validUntil: Instant; now: Instant }): void {
  const { tier } = pkg.system;
  const longest = plusDays(now, policy.waivers.days[tier]);
  if (validUntil <= now) throw new Refusal('INVALID_INPUT', { field: 'validUntil', message: 'validUntil lies in the past.', actual: validUntil });
  if (validUntil <= longest) return;
  throw new Refusal('VALIDITY_TOO_LONG', { field: 'validUntil', message: `A waiver for a system of tier ${tier} ends after at most ${String(policy.waivers.days[tier])} days.`, actual: validUntil, expected: longest });
}

function isSameScope(waiver: Waiver, scope: Pick<Waiver, 'releaseId' | 'environmentId' | 'requirement'>): boolean {
  return waiver.releaseId === scope.releaseId && waiver.environmentId === scope.environmentId && waiver.requirement === scope.requirement;
}

/** A request that was taken back before it could have counted is as if it had never been made. */
function wasUsed({ state, grants }: Waiver): boolean {
  return state !== 'WITHDRAWN' || grants.length > 1;
}

/** One waiver of a requirement in a scope, and one that renews it. */
function checkFirstOrRenewal(used: readonly Waiver[], renews: string | null): void {
  const [first] = used;
  if (renews === null && first !== undefined) {
    throw new Refusal('ALREADY_EXISTS', { subject: 'Waiver', id: first.number, message: `${first.number} waives this requirement here already.`, next: `Renew it once: renews: "${first.number}".` });
  }
  if (renews === null) return;
  const before = used.find(({ id }) => id === renews);
  if (before === undefined) throw new Refusal('INVALID_INPUT', { field: 'renews', message: 'renews names no waiver of this requirement for this release in this environment.', actual: renews });
  if (before.renews !== null || used.some((other) => other.renews !== null)) {
    throw new Refusal('NOT_RENEWABLE', { field: 'renews', message: `${before.number} cannot be renewed: a waiver is renewed once.`, next: 'Meet the requirement.' });
  }
}
