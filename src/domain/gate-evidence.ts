/** R7 for the rows of a policy: which pieces of evidence speak for a row, and what they do not say. */
import { plusDays, type Instant } from './clock.js';
import { isDigest } from './digest.js';
import { isAttested, isLive, standingEvidence, type Evidence } from './evidence.js';
import { asksFor, compile, textsIn, type Budget, type Expression } from './expression.js';
import { unmetBy } from './expression-explain.js';
import { evidenceModel, recordsModel, type Place } from './expression-model.js';
import { distinctBy, fieldsAskedOfRecords } from './expression-records.js';
import { subjectsOf } from './gate-mitigations.js';
import type { ReasonCode, ReasonParams, Unmet } from './gate-question.js';
import type { Json } from './payload.js';
import { requirementOf, type EvidenceRow } from './policy-terms.js';

/** What all rows of a question are asked about, found out once. */
export interface RowsHere extends Place {
  /** The evidence that nothing has superseded. */
  readonly standing: readonly Evidence[];
  readonly budget: Budget;
  /** The variables of conditions about the facts as a whole. */
  readonly facts: () => Readonly<Record<string, unknown>>;
  /** What an expression sees as `records`, whichever piece it is asked about. */
  readonly records: (expression: Expression) => readonly unknown[];
}

/** What is wrong with one piece, or with having none. */
export interface Lack { readonly code: ReasonCode; readonly params: ReasonParams }

/** The pieces that speak, by number, and what each of them lacks. */
export interface Heard { readonly evidence: readonly string[]; readonly lacks: readonly Lack[] }

/**
 * Of the evidence about these bytes, what was collected last speaks: a later failure is not outweighed by an earlier pass, even when it has
 * ended, was taken back, or somebody has put another piece in its place.
 */
export function hear(row: EvidenceRow, here: RowsHere): Heard {
  const meant = here.about.evidence.filter((one) => one.type === row.evidenceType && hasValues(one, row.where ?? {}));
  const judged = meant.filter((one) => (one.state === 'VERIFIED' || one.state === 'REVOKED') && isAboutThis(row, one, here));
  const speaking = latestOfEach(judged.filter((one) => !isPutRight(row, one, { judged, here })), row.per ?? []);
  if (speaking.length === 0) return { evidence: [], lacks: [whyNone(row, meant, here)] };
  return { evidence: numbers(speaking), lacks: speaking.flatMap((one) => [lackOf(row, one, { meant, here }), replaced(row, one, { meant, here })].filter((lack) => lack !== null)) };
}

/** A piece, among all that the row means. */
interface Among { readonly meant: readonly Evidence[]; readonly here: RowsHere }

function lackOf(row: EvidenceRow, evidence: Evidence, { meant, here }: Among): Lack | null {
  const { clock } = here.proof;
  const named = [evidence.number];
  if (evidence.state === 'REVOKED') return { code: 'EVIDENCE_MISSING', params: { evidence: named, ...called(row, evidence, here) } };
  const isOld = row.maxAgeDays !== null && clock.reached(plusDays(evidence.collectedAt, row.maxAgeDays), 'EVIDENCE', evidence.id);
  if (isOld || !isLive(evidence, clock)) return waitingFor(row, evidence, { meant, here }) ?? { code: 'EVIDENCE_EXPIRED', params: { evidence: named, ...called(row, evidence, here) } };
  if (row.suppliedBy === 'HUMAN' && !isAttested(evidence)) return { code: 'EVIDENCE_UNSIGNED', params: { evidence: named, unmet: [{ path: 'evidence.source', observed: evidence.source, required: 'HUMAN, or a person who verifies it' }] } };
  const unmet = [...unnamed(row, evidence), ...(row.condition === null ? [] : saysWrong(row.condition, row, evidence, here))];
  return unmet.length === 0 ? null : { code: row.code, params: { evidence: named, unmet } };
}

/**
 * What was taken back leaves a gap that only a later piece of the same values fills. One that lacks a value, or names bytes that are no part of
 * this release, says of nothing here that it failed or passed: a later piece that supersedes it, says which it is, and agrees in the rest puts it right.
 */
function isPutRight({ per = [] }: EvidenceRow, evidence: Evidence, { judged, here }: { readonly judged: readonly Evidence[]; readonly here: RowsHere }): boolean {
  if (evidence.state !== 'REVOKED') return false;
  const open = per.filter((field) => isOpen(field, evidence, here));
  const agrees = (other: Evidence): boolean => per.every((field) => (open.includes(field) ? !isOpen(field, other, here) : valueOf(other, field) === valueOf(evidence, field)));
  return open.length > 0 && judged.some((other) => other.supersedesId === evidence.id && other.state === 'VERIFIED' && isLater(other, evidence) && agrees(other));
}

/** What was put in the place of a pass, and is of other bytes or other values, takes the pass away; what was taken back is gone already. */
function replaced(row: EvidenceRow, evidence: Evidence, { meant, here }: Among): Lack | null {
  if (evidence.state === 'REVOKED' || here.standing.some(({ id }) => id === evidence.id)) return null;
  const waiting = waitingFor(row, evidence, { meant, here });
  if (waiting !== null) return waiting;
  const instead = standingEvidence(evidence, here.about.evidence);
  const isForeign = instead.state === 'VERIFIED' && !isAboutThis(row, instead, here);
  return isForeign ? { code: 'EVIDENCE_WRONG_SUBJECT', params: { evidence: [instead.number] } } : { code: 'EVIDENCE_MISSING', params: { evidence: [instead.number], ...called(row, evidence, here) } };
}

/** A later piece of the same values that only has to be verified: of several the one that waits longest, so that none that has ended before makes a difference. */
function waitingFor({ per = [], ...row }: EvidenceRow, evidence: Evidence, { meant, here }: Among): Lack | null {
  const later = meant.filter((one) => one.state === 'SUBMITTED' && isLater(one, evidence) && keyOf(one, per) === keyOf(evidence, per) && isAboutThis({ ...row, per }, one, here));
  const last = later.reduce<Evidence | null>((best, one) => (best === null || endFor(row, one) > endFor(row, best) ? one : best), null);
  return last !== null && isWaiting(row, last, here) ? { code: 'EVIDENCE_UNSIGNED', params: { evidence: [last.number] } } : null;
}

/** Under which values a piece speaks, where each of them needs one of its own: whoever reads the reason has to know which one is missing, and the way out. */
function called({ per = [] }: EvidenceRow, evidence: Evidence, here: RowsHere): Pick<ReasonParams, 'unmet'> {
  const unmet = per.map((field): Unmet => ({ path: `payload.${field}`, observed: valueOf(evidence, field), required: isOpen(field, evidence, here) ? TO_BE_PUT_RIGHT : TO_BE_FOLLOWED }));
  return unmet.length === 0 ? {} : { unmet };
}

const TO_BE_PUT_RIGHT = 'a value of this release: what has none is taken back (revokeEvidence) and put right by a later piece that has one and supersedes it';
const TO_BE_FOLLOWED = 'a later piece of the same; what is rightly collected no more is let off by others (requestWaiver), or left behind by a release of other bytes';

/** The fields by which evidence says which bytes of a release it is about. A digest in any other field is a name like others: that of a suite, or of a version of a dataset. */
export const NAMES_BYTES: readonly string[] = ['modelDigest', 'subjectDigest', 'artifactDigest', 'fromDigest'];

/** Nothing, or bytes that are no part of what is asked about. */
function isOpen(field: string, evidence: Evidence, here: RowsHere): boolean {
  return valueOf(evidence, field) === null || namesOthers(field, evidence, here);
}

function namesOthers(field: string, evidence: Evidence, { about }: RowsHere): boolean {
  const value = valueOf(evidence, field);
  return NAMES_BYTES.includes(field) && typeof value === 'string' && isDigest(value) && !subjectsOf(about.release).has(value);
}

/** What cannot be told from others of its kind could speak in the place of any of them. */
function unnamed(row: EvidenceRow, evidence: Evidence): Unmet[] {
  if (evidence.payload === null) return [];
  return (row.per ?? []).filter((field) => valueOf(evidence, field) === null).map((field) => ({ path: `payload.${field}`, observed: null, required: TO_BE_PUT_RIGHT }));
}

function saysWrong(condition: string, row: EvidenceRow, evidence: Evidence, here: RowsHere): readonly Unmet[] {
  const expression = compile(condition, 'EVIDENCE');
  // Nothing but the file: whatever is asked of what it found is not shown.
  if (evidence.payload === null && asksFor(expression, 'payload')) return [{ path: 'payload', observed: null, required: 'a payload' }];
  return unmetBy(expression, { values: evidenceModel(evidence, here, here.records(expression)), clock: here.proof.clock, ref: requirementOf(row), budget: here.budget });
}

function hasValues({ payload }: Evidence, values: NonNullable<EvidenceRow['where']>): boolean {
  return Object.entries(values).every(([name, value]) => payload?.[name] === value);
}

/** What is about the bundle is held to the bytes that it names. What is about less comes with a part that other releases have as well: naming bytes of theirs, it is about one of them. */
function isAboutThis({ subject, per = [] }: EvidenceRow, evidence: Evidence, here: RowsHere): boolean {
  const { release } = here.about;
  const { subjectDigest } = evidence;
  if (subjectDigest === null ? subject !== 'ANY' : !subjectsOf(release).has(subjectDigest)) return false;
  return subjectDigest === release.bundleDigest || !per.some((field) => namesOthers(field, evidence, here));
}

/** Found out once for each expression: it may be asked about thousands of pieces. */
export function recordsSeen(place: Place, standing: readonly Evidence[]): RowsHere['records'] {
  const seen = new Map<Expression, readonly unknown[]>();
  return (expression) => {
    const before = seen.get(expression);
    if (before !== undefined) return before;
    const found = asksFor(expression, 'records') ? recordsModel(standing, place, textsIn(expression), (records) => distinctBy(fieldsAskedOfRecords(expression.node), records)) : [];
    seen.set(expression, found);
    return found;
  };
}

/** The latest of all; or of each of the values of these fields, since a pass in one thing says nothing about another. */
function latestOfEach(evidence: readonly Evidence[], fields: readonly string[]): Evidence[] {
  const latest = new Map<string, Evidence>();
  for (const one of evidence) {
    const key = keyOf(one, fields);
    const before = latest.get(key);
    if (before === undefined || isLater(one, before)) latest.set(key, one);
  }
  return [...latest.values()];
}

function keyOf(evidence: Evidence, fields: readonly string[]): string {
  return JSON.stringify(fields.map((field) => valueOf(evidence, field)));
}

function valueOf({ payload }: Evidence, field: string): Json {
  return payload?.[field] ?? null;
}

function isLater(one: Evidence, other: Evidence): boolean {
  return `${one.collectedAt} ${one.id}` > `${other.collectedAt} ${other.id}`;
}

/** What comes nearest to being enough says what is missing: about these bytes, what waits and then what has ended; then what is about others. */
function whyNone(row: EvidenceRow, meant: readonly Evidence[], here: RowsHere): Lack {
  const unjudged = meant.filter((one) => one.state === 'SUBMITTED' && isAboutThis(row, one, here));
  const waiting = unjudged.filter((one) => isWaiting(row, one, here));
  if (waiting.length > 0) return { code: 'EVIDENCE_UNSIGNED', params: { evidence: numbers(waiting) } };
  if (unjudged.length > 0) return { code: 'EVIDENCE_EXPIRED', params: { evidence: numbers(unjudged) } };
  const foreign = meant.filter((one) => (one.state === 'SUBMITTED' || one.state === 'VERIFIED') && !isAboutThis(row, one, here));
  if (foreign.length > 0) return { code: 'EVIDENCE_WRONG_SUBJECT', params: { evidence: numbers(foreign) } };
  return { code: 'EVIDENCE_MISSING', params: meant.length === 0 ? {} : { evidence: numbers(meant) } };
}

/** Whose time is over, or too long ago for the row, is not verified any more. An end that has come is not noted: it turned what blocked into what blocks. */
function isWaiting(row: Pick<EvidenceRow, 'maxAgeDays'>, evidence: Evidence, { proof: { clock } }: RowsHere): boolean {
  const end = endFor(row, evidence);
  return evidence.state === 'SUBMITTED' && end > clock.now && !clock.reached(end, 'EVIDENCE', evidence.id);
}

function endFor({ maxAgeDays }: Pick<EvidenceRow, 'maxAgeDays'>, { collectedAt, validUntil }: Evidence): Instant {
  const old = maxAgeDays === null ? validUntil : plusDays(collectedAt, maxAgeDays);
  return old < validUntil ? old : validUntil;
}

/** More would not be read. */
const MAX_NAMED = 20;

function numbers(evidence: readonly Evidence[]): string[] {
  return evidence.map(({ number }) => number).sort().slice(0, MAX_NAMED);
}
