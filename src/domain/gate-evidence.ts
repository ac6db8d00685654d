/** R7 for the rows of a policy: which pieces of evidence speak for a row, and what they do not say. */
import { plusDays } from './clock.js';
import { isLive, type Evidence } from './evidence.js';
import { asksFor, compile, type Budget } from './expression.js';
import { unmetBy } from './expression-explain.js';
import { evidenceModel, type Place } from './expression-model.js';
import { subjectsOf } from './gate-mitigations.js';
import type { ReasonCode, ReasonParams, Unmet } from './gate-question.js';
import { requirementOf, type EvidenceRow } from './policy-terms.js';

/** What all rows of a question are asked about, found out once. */
export interface RowsHere extends Place {
  /** The evidence that nothing has superseded. */
  readonly standing: readonly Evidence[];
  readonly budget: Budget;
  /** The variables of conditions about the facts as a whole, and the list `records`. */
  readonly facts: () => Readonly<Record<string, unknown>>;
  readonly records: () => readonly unknown[];
}

/** What is wrong with one piece, or with having none. */
export interface Lack { readonly code: ReasonCode; readonly params: ReasonParams }

/** The pieces that speak, by number, and what each of them lacks. */
export interface Heard { readonly evidence: readonly string[]; readonly lacks: readonly Lack[] }

/** Of the evidence that counts here, what was collected last speaks: a later failure is not outweighed by an earlier pass, even when it has ended. */
export function hear(row: EvidenceRow, here: RowsHere): Heard {
  const meant = here.standing.filter((one) => one.type === row.evidenceType && hasValues(one, row.where ?? {}));
  const speaking = latestOfEach(meant.filter((one) => one.state === 'VERIFIED' && isAboutThis(row, one, here)), row.per ?? null);
  if (speaking.length === 0) return { evidence: [], lacks: [whyNone(meant, here)] };
  return { evidence: numbers(speaking), lacks: speaking.flatMap((one) => lackOf(row, one, here) ?? []) };
}

function lackOf(row: EvidenceRow, evidence: Evidence, here: RowsHere): Lack | null {
  const { clock } = here.proof;
  const named = [evidence.number];
  const isOld = row.maxAgeDays !== null && clock.reached(plusDays(evidence.collectedAt, row.maxAgeDays), 'EVIDENCE', evidence.id);
  if (isOld || !isLive(evidence, clock)) return { code: 'EVIDENCE_EXPIRED', params: { evidence: named } };
  const unmet = row.condition === null ? [] : saysWrong(row.condition, row, evidence, here);
  return unmet.length === 0 ? null : { code: row.code, params: { evidence: named, unmet } };
}

function saysWrong(condition: string, row: EvidenceRow, evidence: Evidence, here: RowsHere): readonly Unmet[] {
  const expression = compile(condition, 'EVIDENCE');
  // Nothing but the file: whatever is asked of what it found is not shown.
  if (evidence.payload === null && asksFor(expression, 'payload')) return [{ path: 'payload', observed: null, required: 'a payload' }];
  return unmetBy(expression, { values: evidenceModel(evidence, here, asksFor(expression, 'records') ? here.records() : []), clock: here.proof.clock, ref: requirementOf(row), budget: here.budget });
}

function hasValues({ payload }: Evidence, values: NonNullable<EvidenceRow['where']>): boolean {
  return Object.entries(values).every(([name, value]) => payload?.[name] === value);
}

function isAboutThis(row: EvidenceRow, { subjectDigest }: Evidence, { about }: RowsHere): boolean {
  return subjectDigest === null ? row.subject === 'ANY' : subjectsOf(about.release).has(subjectDigest);
}

/** The latest of all; or of each value of a field, since a pass in one thing says nothing about another. */
function latestOfEach(evidence: readonly Evidence[], field: string | null): Evidence[] {
  const latest = new Map<string, Evidence>();
  for (const one of evidence) {
    const key = field === null ? '' : JSON.stringify(one.payload?.[field] ?? null);
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
