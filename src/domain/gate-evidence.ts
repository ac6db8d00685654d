/** R7 for the rows of a policy: which pieces of evidence speak for a row, and what they do not say. */
import { plusDays } from './clock.js';
import { isAttested, isLive, type Evidence } from './evidence.js';
import { asksFor, compile, textsIn, type Budget, type Expression } from './expression.js';
import { unmetBy } from './expression-explain.js';
import { evidenceModel, recordsModel, type Place } from './expression-model.js';
import { distinctBy, fieldsAskedOfRecords } from './expression-records.js';
import { subjectsOf } from './gate-mitigations.js';
import type { ReasonCode, ReasonParams, Unmet } from './gate-question.js';
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
  const speaking = latestOfEach(judged, row.per ?? []).filter((one) => !isCorrected(one, judged));
  if (speaking.length === 0) return { evidence: [], lacks: [whyNone(meant, here)] };
  return { evidence: numbers(speaking), lacks: speaking.flatMap((one) => [lackOf(row, one, here), replaced(one, meant, here)].filter((lack) => lack !== null)) };
}

function lackOf(row: EvidenceRow, evidence: Evidence, here: RowsHere): Lack | null {
  const { clock } = here.proof;
  const named = [evidence.number];
  if (evidence.state === 'REVOKED') return { code: 'EVIDENCE_MISSING', params: { evidence: named } };
  const isOld = row.maxAgeDays !== null && clock.reached(plusDays(evidence.collectedAt, row.maxAgeDays), 'EVIDENCE', evidence.id);
  if (isOld || !isLive(evidence, clock)) return { code: 'EVIDENCE_EXPIRED', params: { evidence: named } };
  if (row.suppliedBy === 'HUMAN' && !isAttested(evidence)) return { code: 'EVIDENCE_UNSIGNED', params: { evidence: named, unmet: [{ path: 'evidence.source', observed: evidence.source, required: 'HUMAN, or a person who verifies it' }] } };
  const unmet = [...unnamed(row, evidence), ...(row.condition === null ? [] : saysWrong(row.condition, row, evidence, here))];
  return unmet.length === 0 ? null : { code: row.code, params: { evidence: named, unmet } };
}

/** What was taken back leaves a gap that a later piece fills by naming it: somebody has said what was wrong, and somebody else has verified what is right. */
function isCorrected(evidence: Evidence, judged: readonly Evidence[]): boolean {
  return evidence.state === 'REVOKED' && judged.some((other) => other.supersedesId === evidence.id && other.state === 'VERIFIED' && isLater(other, evidence));
}

/** What was put in the place of a pass, and is not about these bytes, takes the pass away. */
function replaced(evidence: Evidence, meant: readonly Evidence[], here: RowsHere): Lack | null {
  return here.standing.some(({ id }) => id === evidence.id) ? null : whyNone(meant.filter((one) => one.id !== evidence.id), here);
}

/** What cannot be told from others of its kind could speak in the place of any of them. */
function unnamed(row: EvidenceRow, { payload }: Evidence): Unmet[] {
  if (payload === null) return [];
  return (row.per ?? []).filter((field) => (payload[field] ?? null) === null).map((field) => ({ path: `payload.${field}`, observed: null, required: 'a value' }));
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

function isAboutThis(row: EvidenceRow, { subjectDigest }: Evidence, { about }: RowsHere): boolean {
  return subjectDigest === null ? row.subject === 'ANY' : subjectsOf(about.release).has(subjectDigest);
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
    const key = JSON.stringify(fields.map((field) => one.payload?.[field] ?? null));
    const before = latest.get(key);
    if (before === undefined || isLater(one, before)) latest.set(key, one);
  }
  return [...latest.values()];
}

function isLater(one: Evidence, other: Evidence): boolean {
  return `${one.collectedAt} ${one.id}` > `${other.collectedAt} ${other.id}`;
}

/** What comes nearest to being enough says what is missing. */
function whyNone(meant: readonly Evidence[], { proof }: RowsHere): Lack {
  const [live, waiting, ended] = [meant.filter((one) => isLive(one, proof.clock)), meant.filter(({ state }) => state === 'SUBMITTED'), meant.filter(({ state }) => state === 'VERIFIED')];
  if (live.length > 0) return { code: 'EVIDENCE_WRONG_SUBJECT', params: { evidence: numbers(live) } };
  if (waiting.length > 0) return { code: 'EVIDENCE_UNSIGNED', params: { evidence: numbers(waiting) } };
  if (ended.length > 0) return { code: 'EVIDENCE_EXPIRED', params: { evidence: numbers(ended) } };
  return { code: 'EVIDENCE_MISSING', params: meant.length === 0 ? {} : { evidence: numbers(meant) } };
}

/** More would not be read. */
const MAX_NAMED = 20;

function numbers(evidence: readonly Evidence[]): string[] {
  return evidence.map(({ number }) => number).sort().slice(0, MAX_NAMED);
}
