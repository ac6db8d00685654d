/**
 * Evidence: the small record about a file that shows something, such as a test report. The bytes stay where they are; the register keeps
 * their digest, what they are about, who submitted and who verified them, and until when they count.
 */
import { holdsRole, type Principal } from './actor.js';
import { plusDays, plusMs, type Instant, type NotingClock } from './clock.js';
import { checkText, parseDigest, type Digest } from './digest.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import { checkPayload, type JsonObject } from './payload.js';
import { Refusal } from './refusal.js';
import type { Tier } from './system.js';

export const evidenceLifecycle = defineLifecycle('evidence', {
  SUBMITTED: { verify: 'VERIFIED', reject: 'REJECTED' },
  VERIFIED: { revoke: 'REVOKED' },
  REJECTED: {},
  REVOKED: {},
});
export type EvidenceState = 'SUBMITTED' | 'VERIFIED' | 'REJECTED' | 'REVOKED';

export const EVIDENCE_SOURCES = ['HUMAN', 'CI', 'MONITOR'] as const;
export type EvidenceSource = (typeof EVIDENCE_SOURCES)[number];

export const EVIDENCE_OUTCOMES = ['SUBMITTED', 'VERIFIED', 'EXPIRED', 'SUPERSEDED', 'REJECTED', 'REVOKED'] as const;
export type EvidenceOutcome = (typeof EVIDENCE_OUTCOMES)[number];

/** How long evidence may count after it was collected, in days: the more depends on a system, the sooner it is collected again. */
export const EVIDENCE_DAYS: Readonly<Record<Tier, number>> = { MINIMAL: 730, MODERATE: 365, HIGH: 180, CRITICAL: 90 };

export interface Evidence {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly systemId: string;
  /** What it is, such as `evaluation_run`. */
  readonly type: string;
  readonly title: string;
  /** Of the bytes of the evidence itself. */
  readonly contentDigest: Digest;
  /** The bundle or component that it is about; null = the system as such, whatever is released. */
  readonly subjectDigest: Digest | null;
  /** Where the bytes lie, in the words of the submitter; never fetched. */
  readonly location: string | null;
  /** What it found, as values that a policy can ask about; null = nothing but the file. */
  readonly payload: JsonObject | null;
  readonly source: EvidenceSource;
  /** The person who submitted it, or the service that did. */
  readonly submittedBy: string;
  readonly submittedAt: Instant;
  readonly collectedAt: Instant;
  readonly validUntil: Instant;
  /** An older record of the same type that this one stands in for once it is verified. */
  readonly supersedesId: string | null;
  readonly state: EvidenceState;
  /** `kind`: whether a person or a machine verified it; absent from verifications of before it was written down. */
  readonly verification: { readonly by: string; readonly at: Instant; readonly kind?: Principal['kind'] } | null;
  /** Why it was rejected or revoked. */
  readonly ending: string | null;
}

export type EvidenceDescription = Pick<Evidence, 'type' | 'title' | 'subjectDigest' | 'location' | 'collectedAt' | 'validUntil'> & { readonly digest: string; readonly payload?: JsonObject | null };

/** Clocks of pipelines run a little ahead of the database's. */
const CLOCK_SKEW_MS = 5 * 60_000;

export function submitEvidence(
  identity: Pick<Evidence, 'id' | 'number' | 'systemId' | 'source' | 'submittedBy' | 'submittedAt'>, tier: Tier, input: EvidenceDescription, supersedes: Evidence | null,
): Decided<Evidence> {
  if (!/^[a-z][a-z0-9_]{2,39}$/.test(input.type)) {
    throw new Refusal('INVALID_INPUT', { field: 'type', actual: input.type.slice(0, 100), expected: 'lower-case letters, digits and _', message: 'A type of evidence is written like evaluation_run.' });
  }
  checkInterval(identity.submittedAt, tier, input);
  if (supersedes !== null) checkSuccession(identity.systemId, input, supersedes);
  const next: Evidence = {
    ...identity, version: 1, type: input.type, title: checkText(input.title, 'title', 300), contentDigest: parseDigest(input.digest, 'digest'),
    subjectDigest: input.subjectDigest === null ? null : parseDigest(input.subjectDigest, 'subjectDigest'),
    location: input.location === null ? null : checkText(input.location, 'location', 2000), payload: checkPayload(input.payload ?? null),
    collectedAt: input.collectedAt, validUntil: input.validUntil, supersedesId: supersedes?.id ?? null, state: 'SUBMITTED', verification: null, ending: null,
  };
  return { next, event: 'evidence.submitted' };
}

/** Who judges evidence: another person than its submitter, or a trusted workload that did not submit it. */
export interface Judge { readonly principal: Principal; readonly clock: NotingClock }

export function verifyEvidence(evidence: Evidence, by: Judge): Decided<Evidence> {
  const state = evidenceLifecycle.next(evidence.state, 'verify');
  refuseSubmitter(evidence, by.principal, 'verified');
  if (by.clock.reached(evidence.validUntil, 'EVIDENCE', evidence.id)) {
    throw new Refusal('INVALID_TRANSITION', { subject: 'evidence', state: 'EXPIRED', action: 'verify', allowedActions: ['reject'], message: `${evidence.number} ended at ${evidence.validUntil}.`, next: 'Collect the evidence again and submit it.' });
  }
  return { next: { ...evidence, state, verification: { by: actorOf(by.principal), at: by.clock.now, kind: by.principal.kind } }, event: 'evidence.verified' };
}

export function rejectEvidence(evidence: Evidence, by: Judge, reason: string): Decided<Evidence> {
  const state = evidenceLifecycle.next(evidence.state, 'reject');
  refuseSubmitter(evidence, by.principal, 'rejected');
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...evidence, state, ending: text }, event: 'evidence.rejected', reason: text };
}

/** Takes a verification back: by whoever gave it, or a risk officer. What it carried no longer stands from the next question on. */
export function revokeEvidence(evidence: Evidence, by: Judge, reason: string): Decided<Evidence> {
  const state = evidenceLifecycle.next(evidence.state, 'revoke');
  const isVerifier = evidence.verification?.by === actorOf(by.principal);
  if (!isVerifier && !holdsRole(by.principal, ['RISK_OFFICER', 'HEAD_OF_RISK'], evidence.systemId, by.clock)) {
    throw new Refusal('NOT_ELIGIBLE', { message: 'Evidence is revoked by whoever verified it, or by a risk officer.', because: ['NOT_VERIFIER', 'NOT_RISK_OFFICER'], action: 'revoke', next: 'Ask a risk officer.' });
  }
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...evidence, state, ending: text }, event: 'evidence.revoked', reason: text };
}

/** The record that now stands for this one: itself, or the one that superseded it when it was verified, however often. */
export function standingEvidence(evidence: Evidence, all: readonly Evidence[]): Evidence {
  let standing = evidence;
  for (let next = successorOf(standing, all); next !== undefined; next = successorOf(standing, all)) standing = next;
  return standing;
}

/** Those that nothing has superseded, found in one pass however many there are. */
export function standingAmong<T extends Evidence>(all: readonly T[]): T[] {
  const superseded = new Set(all.flatMap((other) => (supersedes(other) && other.id > other.supersedesId ? [other.supersedesId] : [])));
  return all.filter(({ id }) => !superseded.has(id));
}

/** Derived at read, never stored. */
export function evidenceOutcome(evidence: Evidence, all: readonly Evidence[], clock: NotingClock): EvidenceOutcome {
  return outcomeOf(evidence, successorOf(evidence, all) !== undefined, clock);
}

export function outcomeOf(evidence: Evidence, isSuperseded: boolean, clock: NotingClock): EvidenceOutcome {
  if (evidence.state === 'REJECTED' || evidence.state === 'REVOKED') return evidence.state;
  if (isSuperseded) return 'SUPERSEDED';
  return clock.reached(evidence.validUntil, 'EVIDENCE', evidence.id) ? 'EXPIRED' : evidence.state;
}

export function isLive(evidence: Evidence, clock: NotingClock): boolean {
  return evidence.state === 'VERIFIED' && !clock.reached(evidence.validUntil, 'EVIDENCE', evidence.id);
}

/** As it counts for a system of this tier now: a tier that was raised since it was submitted leaves it no longer than what is submitted today. */
export function countingAt<T extends Evidence>(tier: Tier, evidence: T): T {
  const longest = plusDays(evidence.collectedAt, EVIDENCE_DAYS[tier]);
  return evidence.validUntil > longest ? { ...evidence, validUntil: longest } : evidence;
}

/** Whether a person answers for it, who submitted or verified it; of an old verification by nobody knows whom it is not assumed. */
export function isAttested({ source, verification }: Pick<Evidence, 'source' | 'verification'>): boolean {
  return source === 'HUMAN' || verification?.kind === 'USER';
}

/** Whether one of those that were named, or what superseded it, is there to be judged: neither turned down nor over. */
export function anyStands(ids: readonly string[], all: readonly Evidence[], clock: NotingClock): boolean {
  const named = all.filter((one) => ids.includes(one.id)).map((one) => standingEvidence(one, all));
  return named.some((one) => ['SUBMITTED', 'VERIFIED'].includes(evidenceOutcome(one, all, clock)));
}

/** Whether it speaks of one of these digests; evidence about the system as such speaks of every release. */
export function isAbout(evidence: Evidence, subjects: ReadonlySet<Digest> | null): boolean {
  return evidence.subjectDigest === null || subjects === null || subjects.has(evidence.subjectDigest);
}

/**
 * Records are superseded by later ones only, so the search ends; of several that were verified the youngest counts. It supersedes for good:
 * revoking it revives nothing, or what was signed on it would go on standing on something older.
 */
function successorOf(evidence: Evidence, all: readonly Evidence[]): Evidence | undefined {
  return all.filter((other) => other.supersedesId === evidence.id && supersedes(other) && other.id > evidence.id).sort((a, b) => (a.id < b.id ? 1 : -1))[0];
}

function supersedes<T extends Evidence>(evidence: T): evidence is T & { readonly supersedesId: string } {
  return evidence.supersedesId !== null && (evidence.state === 'VERIFIED' || evidence.state === 'REVOKED');
}

function checkInterval(now: Instant, tier: Tier, input: Pick<Evidence, 'collectedAt' | 'validUntil'>): void {
  if (input.collectedAt > plusMs(now, CLOCK_SKEW_MS)) throw new Refusal('INVALID_INPUT', { field: 'collectedAt', message: 'collectedAt lies in the future.', actual: input.collectedAt });
  if (input.validUntil <= now) throw new Refusal('INVALID_INPUT', { field: 'validUntil', message: 'validUntil lies in the past.', actual: input.validUntil });
  if (input.validUntil <= input.collectedAt) throw new Refusal('INVALID_INPUT', { field: 'validUntil', message: 'validUntil is not after collectedAt.', actual: input.validUntil });
  const longest = plusDays(input.collectedAt, EVIDENCE_DAYS[tier]);
  if (input.validUntil > longest) {
    throw new Refusal('VALIDITY_TOO_LONG', {
      field: 'validUntil', actual: input.validUntil, expected: longest, message: `Evidence about a system of tier ${tier} counts for at most ${String(EVIDENCE_DAYS[tier])} days after it was collected.`,
    });
  }
}

function checkSuccession(systemId: string, input: EvidenceDescription, supersedes: Evidence): void {
  if (supersedes.systemId !== systemId || supersedes.type !== input.type) {
    throw new Refusal('INVALID_INPUT', { field: 'supersedes', message: `${supersedes.number} is of another system or type: evidence supersedes its own kind.`, actual: supersedes.type, expected: input.type });
  }
  if (input.collectedAt >= supersedes.collectedAt) return;
  throw new Refusal('INVALID_INPUT', {
    field: 'collectedAt', message: `${supersedes.number} was collected later: what is older supersedes nothing.`, actual: input.collectedAt, expected: supersedes.collectedAt, next: 'Collect the evidence again and submit that, or submit this without superseding anything.',
  });
}

function refuseSubmitter(evidence: Evidence, principal: Principal, done: string): void {
  if (evidence.submittedBy !== actorOf(principal)) return;
  throw new Refusal('SEPARATION_OF_DUTIES', { message: `Evidence is ${done} by somebody who did not submit it.`, because: ['SUBMITTER'], next: 'Ask another person.' });
}

function actorOf(principal: Principal): string {
  return principal.personId ?? principal.id;
}
