/** Risks as rows of a table: which columns there are, what a cell means, and how a cell is written so that no spreadsheet computes it. */
import { checkText, sha256 } from './digest.js';
import { Refusal, sentenceOf, type RefusalCode } from './refusal.js';
import { checkDescription, plainStatement, type Risk, type RiskDescription, type RiskStatement } from './risk.js';
import type { Catalogues } from './taxonomy.js';

/** What a row says of a risk; a file has every one of them, in any order. */
export const ROW_COLUMNS = ['external_id', 'system', 'source', 'event', 'consequence', 'owner', 'affected_parties', 'taxonomy', 'release', 'draft'] as const;
/** What an export tells beyond that. In a file that comes back they say nothing, but for the number, which tells two risks of one statement apart, and the version, which says what was read. */
export const TOLD_COLUMNS = ['number', 'state', 'inherent_level', 'current_level', 'treatment', 'logged_at', 'version'] as const;
export const EXPORT_COLUMNS = [...ROW_COLUMNS, ...TOLD_COLUMNS] as const;
export type Column = (typeof EXPORT_COLUMNS)[number];

/** One row as it was read; others are named as a person names them. */
export interface RiskRow {
  readonly line: number;
  readonly externalId: string | null;
  readonly system: string;
  readonly statement: RiskStatement;
  readonly owner: string;
  readonly affectedParties: readonly string[];
  readonly taxonomy: readonly string[];
  readonly release: string | null;
  readonly draft: boolean;
  readonly number: string | null;
  /** At which version the risk was read. Null = nobody says: the row is written over whatever is there. */
  readonly version: number | null;
}

/** Line: where the record begins, counted from 1. Field null = the row as a whole. Current version: of the risk that was changed by somebody else, otherwise null. */
export interface RowError { readonly line: number; readonly field: string | null; readonly code: RefusalCode; readonly message: string; readonly currentVersion: number | null }

/** The columns of a file by its header row; a file with others, or without one of ours, is refused as a whole. */
export function readHeader(cells: readonly string[]): Column[] {
  const names = cells.map((cell) => unescapeCell(cell).trim());
  const unknown = names.find((name) => !isColumn(name));
  if (unknown !== undefined) throw headerRefusal(unknown, 'is not known', `The columns are ${ROW_COLUMNS.join(', ')}, separated by commas.`);
  const doubled = names.find((name, i) => names.indexOf(name) !== i);
  if (doubled !== undefined) throw headerRefusal(doubled, 'is there twice', 'Name every column once.');
  const missing = ROW_COLUMNS.find((name) => !names.includes(name));
  if (missing !== undefined) throw headerRefusal(missing, 'is missing', 'Add the column; its cells may be empty where a risk has no such value.');
  return names as Column[];
}

/** A row of which every cell can be meant, or everything that is wrong with its cells. */
export function readRow(columns: readonly Column[], line: number, cells: readonly string[]): RiskRow | RowError[] {
  if (cells.length !== columns.length) {
    return [{ line, field: null, code: 'INVALID_INPUT', message: `The row has ${String(cells.length)} cells, the header names ${String(columns.length)} columns.`, currentVersion: null }];
  }
  const errors: RowError[] = [];
  const value = (column: Column): string => unescapeCell(cells[columns.indexOf(column)] ?? '');
  const checked = <T>(column: Column, check: (cell: string) => T): T | null => {
    try {
      return check(value(column));
    } catch (error) {
      errors.push(errorOf(line, error, column));
      return null;
    }
  };
  const text = (column: Column, max: number): string => checked(column, (cell) => checkText(cell, column, max)) ?? '';
  const name = (column: Column, max: number): string => text(column, max).trim();
  const optional = (column: Column, max: number): string | null => checked(column, (cell) => (cell.trim() === '' ? null : checkText(cell, column, max).trim()));
  const row: RiskRow = {
    line, externalId: optional('external_id', 200), system: name('system', 100), owner: name('owner', 200), release: optional('release', 100),
    statement: { source: text('source', 4000), event: text('event', 4000), consequence: text('consequence', 4000) },
    affectedParties: checked('affected_parties', readParties) ?? [], taxonomy: splitList(value('taxonomy')),
    draft: checked('draft', readFlag) ?? false, number: columns.includes('number') ? optional('number', 100) : null, version: checked('version', readVersion),
  };
  return errors.length === 0 ? row : errors;
}

const COLUMN_OF: Readonly<Record<string, Column>> = { affectedParties: 'affected_parties', externalId: 'external_id', id: 'number' };

/** A refusal of one row; what is no refusal is thrown on. */
export function errorOf(line: number, error: unknown, column: Column | null = null): RowError {
  if (!(error instanceof Refusal)) throw error;
  const path = error.facts.field?.replace(/^statement\./, '').split('.')[0] ?? null;
  const field = column ?? (path === null ? null : COLUMN_OF[path] ?? path);
  return { line, field, code: error.code, message: sentenceOf(error), currentVersion: error.facts.currentVersion ?? null };
}

/** Whether the risk says already what the row says; typed exactly so. */
export function saysTheSame(risk: Risk, input: RiskDescription, catalogues: Catalogues): boolean {
  const wanted = checkDescription(input, catalogues, risk.taxonomy);
  return wanted.releaseId === risk.releaseId && wanted.ownerId === risk.ownerId && sameTexts(textsOf(wanted.statement), textsOf(risk.statement))
    && sameTexts(wanted.affectedParties, risk.affectedParties) && sameTexts(wanted.taxonomy, risk.taxonomy);
}

/** What is known of a risk that a row may be about; `keys` = every name under which it is found. */
export interface Known { readonly id: string; readonly number: string; readonly keys: readonly string[]; readonly ended: boolean }

/** Under which name a risk is looked for: its external id, or what its statement says. */
export function keyOf(row: Pick<RiskRow, 'externalId' | 'statement'>): string {
  return row.externalId === null ? sha256(plainStatement(row.statement)) : `id ${row.externalId}`;
}

/** Every name under which a risk is found. */
export function keysOf({ externalId, statement }: Pick<Risk, 'externalId' | 'statement'>): string[] {
  return [keyOf({ externalId: null, statement }), ...(externalId === null ? [] : [keyOf({ externalId, statement })])];
}

/** Of the risks that a row may be about: the one whose number it carries, otherwise the oldest that is open, otherwise the oldest. */
export function matchOf<T extends Known>(row: Pick<RiskRow, 'number'>, found: readonly T[]): T | null {
  const rank = (risk: T): number => (row.number !== null && risk.number === row.number ? 0 : risk.ended ? 2 : 1);
  const isBefore = (a: T, b: T): boolean => rank(a) < rank(b) || (rank(a) === rank(b) && a.id < b.id);
  return found.reduce<T | null>((best, risk) => (best === null || isBefore(risk, best) ? risk : best), null);
}

/** A row that says what it was read at is written over nothing else. A version stands for the risk of the number beside it, and for no other one. */
export function checkVersion(row: Pick<RiskRow, 'number' | 'version'>, present: Pick<Risk, 'number' | 'version'>): void {
  if (row.version === null) return;
  const isOther = row.number !== null && row.number !== present.number;
  if (row.version === present.version && !isOther) return;
  const found = isOther ? `The row is about ${present.number}, at version ${String(present.version)}, and brings the version of ${row.number}` : `${present.number} is at version ${String(present.version)}, and the row was read at version ${String(row.version)}`;
  throw new Refusal('CONFLICT', {
    field: 'version', subject: 'Risk', expected: String(row.version), actual: String(present.version), currentVersion: present.version,
    message: `${found}. Export ${present.number} again and repeat the change there; a row with an empty version is written over what is there.`,
  });
}

/** The cells of a risk, in the order of EXPORT_COLUMNS. */
export function exportRow(risk: Risk, names: { readonly system: string; readonly owner: string; readonly release: string | null }): string[] {
  const latest = risk.assessments.at(-1);
  const { source, event, consequence } = risk.statement;
  return [
    risk.externalId ?? '', names.system, source, event, consequence, names.owner, joinList(risk.affectedParties), joinList(risk.taxonomy), names.release ?? '', String(risk.state === 'DRAFT'),
    risk.number, risk.state, latest?.inherent.level ?? '', latest?.current.level ?? '', risk.treatment?.option ?? '', risk.loggedAt, String(risk.version),
  ].map(escapeCell);
}

/** A spreadsheet computes a cell that begins like this; one apostrophe more makes it text, and comes off again when the file is read. */
const FORMULA = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

export function escapeCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

export function unescapeCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

/** Several values in one cell, separated by semicolons. A backslash keeps a semicolon, a backslash or outer white space as it is. */
export function joinList(values: readonly string[]): string {
  return values.map((value) => value.replace(/[\\;]/g, '\\$&').replace(/^\s|\s$/g, '\\$&')).join(';');
}

/** White space around an item is typing, unless a backslash stands before it; an item of nothing else is none. */
export function splitList(cell: string): string[] {
  return (cell.match(/(?:\\[\\;\s]|[^;])+/g) ?? []).map(readItem).filter((item) => item !== '');
}

function readItem(written: string): string {
  const chars = written.match(/\\[\\;\s]|[^]/g) ?? [];
  const meant = (char: string): boolean => char.trim() !== '';
  return chars.slice(Math.max(chars.findIndex(meant), 0), chars.findLastIndex(meant) + 1).map((char) => (char.length === 2 ? char.slice(1) : char)).join('');
}

function readParties(cell: string): string[] {
  const parties = splitList(cell);
  if (parties.length > 100) throw new Refusal('TOO_LARGE', { field: 'affected_parties', message: 'affected_parties has at most 100 items.' });
  return parties.map((party) => checkText(party, 'affected_parties', 500));
}

function readFlag(cell: string): boolean {
  const flag = cell.trim().toLowerCase();
  if (flag === 'true') return true;
  if (flag === 'false' || flag === '') return false;
  throw new Refusal('INVALID_INPUT', { field: 'draft', message: 'draft is true, false or empty.' });
}

/** The largest is what the register can hold. */
function readVersion(cell: string): number | null {
  const version = cell.trim();
  if (version === '') return null;
  if (!/^[1-9]\d{0,9}$/.test(version) || Number(version) > 2_147_483_647) throw new Refusal('INVALID_INPUT', { field: 'version', message: 'version is a whole number from 1 on, as an export tells it, or empty.' });
  return Number(version);
}

function headerRefusal(column: string, what: string, next: string): Refusal {
  // It may be printed into a terminal: nothing in it may steer one, or turn the direction of the text.
  const shown = column.slice(0, 100).replace(/\p{C}/gu, '\ufffd');
  return new Refusal('INVALID_INPUT', { field: 'header', actual: shown, message: `The column "${shown}" ${what}.`, next });
}

function isColumn(name: string): name is Column {
  return (EXPORT_COLUMNS as readonly string[]).includes(name);
}

function textsOf(statement: RiskStatement): string[] {
  return [statement.source, statement.event, statement.consequence];
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
