/**
 * Mitigations: what is done about a risk, by whom and until when. Only one that somebody else has verified, on evidence that still counts,
 * takes anything off the risk.
 */
import type { Instant, NotingClock } from './clock.js';
import { checkText, type Digest } from './digest.js';
import { isAbout, isLive, standingEvidence, type Evidence } from './evidence.js';
import type { Decided } from './events.js';
import { defineLifecycle } from './lifecycle.js';
import { GATED_KINDS, type GatedKind } from './policy-terms.js';
import { Refusal } from './refusal.js';
import { hasEnded, type Risk } from './risk.js';
import { checkReference, type Catalogues } from './taxonomy.js';

export const mitigationLifecycle = defineLifecycle('mitigation', {
  PROPOSED: { start: 'IN_PROGRESS', cancel: 'CANCELLED' },
  IN_PROGRESS: { implement: 'IMPLEMENTED', cancel: 'CANCELLED' },
  IMPLEMENTED: { verify: 'VERIFIED', fail: 'INEFFECTIVE', cancel: 'CANCELLED' },
  VERIFIED: { fail: 'INEFFECTIVE', cancel: 'CANCELLED' },
  INEFFECTIVE: { restart: 'IN_PROGRESS', cancel: 'CANCELLED' },
  CANCELLED: {},
});
export type MitigationState = 'PROPOSED' | 'IN_PROGRESS' | 'IMPLEMENTED' | 'VERIFIED' | 'INEFFECTIVE' | 'CANCELLED';

export const EFFECTS = ['LIKELIHOOD', 'CONSEQUENCE', 'BOTH'] as const;
export type Effect = (typeof EFFECTS)[number];

export const MAX_MITIGATIONS = 100;
export const MAX_EVIDENCE_LINKS = 50;

export interface Mitigation {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly riskId: string;
  readonly systemId: string;
  readonly title: string;
  readonly description: string;
  readonly ownerId: string;
  readonly due: Instant;
  /** Which factor of the estimate it takes something off, and how many steps of the scale, 1 to 4. */
  readonly effect: Effect;
  readonly reduces: number;
  /** The first gate at which it has to be verified; null = it helps, but no gate waits for it. */
  readonly requiredFrom: GatedKind | null;
  /** The control that it implements, as a reference such as iso-iec-42001@2023#A.6.2.4; null = none named. */
  readonly control: string | null;
  readonly state: MitigationState;
  readonly evidenceIds: readonly string[];
  readonly verification: { readonly by: string; readonly at: Instant } | null;
  /** One half of a cancellation: it takes the owner and a risk officer. It is gone once the work goes on, or what it says changes. */
  readonly cancellation: { readonly by: string; readonly as: CancellingSide; readonly reason: string; readonly at: Instant } | null;
  /** Why it was found ineffective or was cancelled. */
  readonly ending: string | null;
  readonly authoredBy: string;
  readonly lastEditedBy: string;
  /** Everybody who ever changed what it says, and whoever owned it. */
  readonly editors: readonly string[];
  readonly proposedAt: Instant;
}

export type CancellingSide = 'OWNER' | 'OFFICER';
export type MitigationDescription = Pick<Mitigation, 'title' | 'description' | 'ownerId' | 'due' | 'effect' | 'reduces' | 'requiredFrom' | 'control'>;
/** Who changes it or gives it up: whether as a risk officer, and what part the person has in the system. */
export interface MitigationActor { readonly personId: string; readonly isOfficer: boolean; readonly parts: readonly string[] }

export function proposeMitigation(identity: Pick<Mitigation, 'id' | 'number' | 'proposedAt'>, about: { risk: Risk; catalogues: Catalogues }, personId: string, input: MitigationDescription): Decided<Mitigation> {
  const { risk, catalogues } = about;
  if (hasEnded(risk)) {
    throw new Refusal('INVALID_TRANSITION', { subject: 'risk', state: risk.state, action: 'proposeMitigation', allowedActions: risk.state === 'CLOSED' ? ['reopen'] : [] });
  }
  if (input.due <= identity.proposedAt) throw new Refusal('INVALID_INPUT', { field: 'due', message: 'due lies in the past.', actual: input.due });
  const next: Mitigation = {
    ...identity, version: 1, riskId: risk.id, systemId: risk.systemId, ...checkDescription(input, catalogues), state: 'PROPOSED', evidenceIds: [], verification: null, cancellation: null, ending: null,
    authoredBy: personId, lastEditedBy: personId, editors: [...new Set([personId, input.ownerId])].sort(),
  };
  return { next, event: 'mitigation.proposed' };
}

/** Still to be done: open to edits, and late once its day has passed. */
export const WAITING: readonly MitigationState[] = ['PROPOSED', 'IN_PROGRESS', 'INEFFECTIVE'];

/** Changes what it says, while nobody has relied on it yet. Only an officer without a part in it may take it out of a gate. */
export function editMitigation(mitigation: Mitigation, by: MitigationActor, changes: Partial<MitigationDescription>, catalogues: Catalogues): Decided<Mitigation> {
  if (!WAITING.includes(mitigation.state)) {
    throw new Refusal('INVALID_TRANSITION', {
      subject: 'mitigation', state: mitigation.state, action: 'edit', allowedActions: mitigationLifecycle.actionsFrom(mitigation.state),
      message: `${mitigation.number} is ${mitigation.state}: what it says stays as it is.`, next: 'Propose another mitigation, or have this one found ineffective first.',
    });
  }
  if (by.personId !== mitigation.ownerId && !by.isOfficer) throw new Refusal('NOT_ELIGIBLE', { message: `${mitigation.number} is changed by its owner or a risk officer.`, because: ['NOT_OWNER', 'NOT_RISK_OFFICER'], action: 'edit' });
  const edited = { ...mitigation, ...checkDescription({ ...mitigation, ...changes }, catalogues, mitigation.control) };
  if (isRelaxed(mitigation, edited)) refuseRelaxing(mitigation, by);
  const editors = [...new Set([...mitigation.editors, by.personId, edited.ownerId])].sort();
  return { next: { ...edited, cancellation: null, lastEditedBy: by.personId, editors }, event: 'mitigation.edited' };
}

/** Begins the work, or begins it anew after it was found ineffective. */
export function workOnMitigation(mitigation: Mitigation, action: 'start' | 'restart', personId: string): Decided<Mitigation> {
  const state = mitigationLifecycle.next(mitigation.state, action);
  requireOwner(mitigation, personId, action);
  return { next: { ...mitigation, state, verification: null, cancellation: null, ending: null }, event: action === 'start' ? 'mitigation.started' : 'mitigation.restarted' };
}

/** The owner says that it is done, and attaches what shows it. */
export function implementMitigation(mitigation: Mitigation, personId: string, evidence: readonly Evidence[]): Decided<Mitigation> {
  const state = mitigationLifecycle.next(mitigation.state, 'implement');
  requireOwner(mitigation, personId, 'implement');
  const evidenceIds = withEvidence(mitigation, evidence);
  if (evidenceIds.length === 0) throw new Refusal('INVALID_INPUT', { field: 'evidence', message: 'Name the evidence that shows it is in place.', next: 'Submit evidence first: submitEvidence.' });
  return { next: { ...mitigation, state, evidenceIds, cancellation: null }, event: 'mitigation.implemented' };
}

/**
 * Adds further evidence, such as this year's test; it counts once somebody has verified it. Once the mitigation is verified it takes only
 * kinds that its verifier saw: otherwise its owner alone would say that a report about something else shows it.
 */
export function attachEvidence(mitigation: Mitigation, personId: string, evidence: readonly Evidence[], attached: readonly Evidence[]): Decided<Mitigation> {
  if (mitigation.state === 'CANCELLED') throw new Refusal('INVALID_TRANSITION', { subject: 'mitigation', state: mitigation.state, action: 'attachEvidence', allowedActions: [] });
  requireOwner(mitigation, personId, 'attachEvidence');
  if (mitigation.state === 'VERIFIED') refuseOtherKinds(mitigation, evidence, attached);
  return { next: { ...mitigation, evidenceIds: withEvidence(mitigation, evidence) }, event: 'mitigation.evidenceAttached' };
}

/** Verified by somebody who neither owns it nor wrote it, on evidence that counts now. */
export function verifyMitigation(mitigation: Mitigation, by: { personId: string; clock: NotingClock }, evidence: readonly Evidence[]): Decided<Mitigation> {
  const state = mitigationLifecycle.next(mitigation.state, 'verify');
  refuseParties(mitigation, by.personId, 'verified');
  if (!isShown({ ...mitigation, state }, { evidence, subjects: null, clock: by.clock })) {
    throw new Refusal('EVIDENCE_NOT_VALID', { message: `None of the evidence of ${mitigation.number} is verified and still valid.`, subject: mitigation.number, next: 'Have its evidence verified (verifyEvidence), or collect it again.' });
  }
  return { next: { ...mitigation, state, verification: { by: by.personId, at: by.clock.now }, cancellation: null }, event: 'mitigation.verified' };
}

/** Found not to work: it takes nothing off the risk until it is done anew. */
export function failMitigation(mitigation: Mitigation, personId: string, reason: string): Decided<Mitigation> {
  const state = mitigationLifecycle.next(mitigation.state, 'fail');
  refuseParties(mitigation, personId, 'found ineffective');
  const text = checkText(reason, 'reason', 4000);
  return { next: { ...mitigation, state, verification: null, cancellation: null, ending: text }, event: 'mitigation.failed', reason: text };
}

/** Takes two people: its owner and a risk officer, in either order. The first act is kept, the second cancels. */
export function cancelMitigation(mitigation: Mitigation, by: MitigationActor & { at: Instant }, reason: string): Decided<Mitigation> {
  const state = mitigationLifecycle.next(mitigation.state, 'cancel');
  const text = checkText(reason, 'reason', 4000);
  const as = sideOf(mitigation, by);
  const first = mitigation.cancellation;
  if (first === null || (first.as === 'OWNER') !== (first.by === mitigation.ownerId)) {
    return { next: { ...mitigation, cancellation: { by: by.personId, as, reason: text, at: by.at } }, event: 'mitigation.cancellationAsked', reason: text };
  }
  if (first.as === as || first.by === by.personId) {
    const missing = first.as === 'OWNER' ? 'a risk officer' : 'its owner';
    throw new Refusal('SEPARATION_OF_DUTIES', { message: `${mitigation.number} waits for ${missing} to agree to the cancellation.`, because: ['CANCELLATION_ASKED_ALREADY'], next: `Ask ${missing}.` });
  }
  return { next: { ...mitigation, state, ending: text }, event: 'mitigation.cancelled', reason: text };
}

/** What there is to show, for which bytes, at which time. */
export interface Showing { readonly evidence: readonly Evidence[]; readonly subjects: ReadonlySet<Digest> | null; readonly clock: NotingClock }

/** Whether it takes something off the risk now: verified, on evidence that counts and speaks of these bytes. */
export function isShown(mitigation: Mitigation, showing: Showing): boolean {
  return mitigation.state === 'VERIFIED' && evidenceOf(mitigation, showing.evidence).some((evidence) => isLive(evidence, showing.clock) && isAbout(evidence, showing.subjects));
}

/** The records that stand for its evidence now: each replaced by the one that superseded it. */
export function evidenceOf(mitigation: Mitigation, evidence: readonly Evidence[]): Evidence[] {
  return evidence.filter((one) => mitigation.evidenceIds.includes(one.id)).map((one) => standingEvidence(one, evidence));
}

/** Derived at read: verified once, but nothing shows it any more. */
export function hasLapsed(mitigation: Mitigation, showing: Showing): boolean {
  return mitigation.state === 'VERIFIED' && !isShown(mitigation, { ...showing, subjects: null });
}

/** Derived at read: still to be done, and its day has passed. */
export function isOverdue(mitigation: Mitigation, clock: NotingClock): boolean {
  return WAITING.includes(mitigation.state) && clock.reached(mitigation.due, 'MITIGATION_DUE', mitigation.id);
}

function withEvidence(mitigation: Mitigation, evidence: readonly Evidence[]): string[] {
  const foreign = evidence.find((one) => one.systemId !== mitigation.systemId);
  if (foreign !== undefined) throw new Refusal('INVALID_INPUT', { field: 'evidence', message: `${foreign.number} is evidence about another system.` });
  const ids = [...new Set([...mitigation.evidenceIds, ...evidence.map((one) => one.id)])].sort();
  if (ids.length > MAX_EVIDENCE_LINKS) throw new Refusal('TOO_LARGE', { field: 'evidence', message: `A mitigation has at most ${String(MAX_EVIDENCE_LINKS)} pieces of evidence.`, next: 'Supersede an older one instead.' });
  return ids;
}

function refuseOtherKinds(mitigation: Mitigation, evidence: readonly Evidence[], attached: readonly Evidence[]): void {
  const kinds = [...new Set(attached.filter((one) => mitigation.evidenceIds.includes(one.id)).map((one) => one.type))].sort();
  const other = evidence.find((one) => !kinds.includes(one.type));
  if (other === undefined) return;
  throw new Refusal('INVALID_INPUT', {
    field: 'evidence', actual: other.type, expected: kinds.join(', '), message: `${mitigation.number} was verified on another kind of evidence than ${other.number}.`,
    next: 'Attach evidence of the same kind, or have the mitigation found ineffective and verified anew.',
  });
}

function sideOf(mitigation: Mitigation, by: MitigationActor): CancellingSide {
  if (by.personId === mitigation.ownerId) return 'OWNER';
  if (!by.isOfficer) throw new Refusal('NOT_ELIGIBLE', { message: `${mitigation.number} is cancelled by its owner together with a risk officer.`, because: ['NOT_RISK_OFFICER'], action: 'cancel' });
  if (by.parts.length === 0) return 'OFFICER';
  throw new Refusal('SEPARATION_OF_DUTIES', { message: 'Whoever owns or builds the system does not give up its mitigations.', because: by.parts, next: 'Ask another risk officer.' });
}

/** Whoever owned it or wrote it stays a party: handing it over first changes nothing. */
function refuseRelaxing(mitigation: Mitigation, by: MitigationActor): void {
  const because = [...partsIn(mitigation, by.personId), ...by.parts];
  if (because.length === 0) return;
  throw new Refusal('SEPARATION_OF_DUTIES', {
    message: 'A gate stops waiting for a mitigation only when a risk officer says so who neither owns nor wrote it, nor has a part in the system.', because, field: 'requiredFrom', next: 'Ask another risk officer.',
  });
}

/** No longer demanded, or demanded at a later gate only. */
function isRelaxed(before: Mitigation, after: Mitigation): boolean {
  const rank = (kind: GatedKind | null): number => (kind === null ? GATED_KINDS.length : GATED_KINDS.indexOf(kind));
  return rank(after.requiredFrom) > rank(before.requiredFrom);
}

function requireOwner(mitigation: Mitigation, personId: string, action: string): void {
  if (personId === mitigation.ownerId) return;
  throw new Refusal('NOT_ELIGIBLE', { message: `${mitigation.number} is carried out by its owner.`, because: ['NOT_OWNER'], action, next: 'Ask its owner, or have it handed over to you.' });
}

function refuseParties(mitigation: Mitigation, personId: string, done: string): void {
  const because = partsIn(mitigation, personId);
  if (because.length === 0) return;
  throw new Refusal('SEPARATION_OF_DUTIES', { message: `A mitigation is ${done} by somebody who neither owns nor wrote it.`, because, next: 'Ask another person.' });
}

function partsIn(mitigation: Mitigation, personId: string): string[] {
  return [...(personId === mitigation.ownerId ? ['MITIGATION_OWNER'] : []), ...(mitigation.editors.includes(personId) ? ['AUTHOR'] : [])];
}

/** A control that was kept before stays, even where no catalogue knows it any more. */
function checkDescription(input: MitigationDescription, catalogues: Catalogues, kept: string | null = null): MitigationDescription {
  if (!Number.isInteger(input.reduces) || input.reduces < 1 || input.reduces > 4) {
    throw new Refusal('INVALID_INPUT', { field: 'reduces', actual: String(input.reduces), expected: '1 to 4', message: 'reduces is a whole number of steps from 1 to 4.' });
  }
  return {
    title: checkText(input.title, 'title', 300), description: checkText(input.description, 'description', 10_000), ownerId: input.ownerId, due: input.due,
    effect: input.effect, reduces: input.reduces, requiredFrom: input.requiredFrom, control: input.control === null || input.control === kept ? input.control : checkReference(input.control, 'control', catalogues),
  };
}
