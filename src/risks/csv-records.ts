/**
 * A CSV file (RFC 4180, UTF-8) as records, each with the line on which it begins. Records are found by the bytes first, so that a broken
 * one is an error of its own line; what is in each of them is the parser's to say, which forgives nothing.
 */
import { parse } from 'csv-parse/sync';
import { Refusal } from '../domain/refusal.js';
import type { RowError } from '../domain/risk-rows.js';

/** Cells, or what is wrong with the record before any cell is understood; `broken` = the cell that is no UTF-8. */
export interface CsvRecord { readonly line: number; readonly cells: readonly string[]; readonly error: Omit<RowError, 'line'> | null; readonly broken: number | null }

interface Span { readonly line: number; readonly start: number; readonly end: number; readonly open: boolean }

/** The largest record, in bytes: larger than every value of a risk at its longest. */
const MAX_RECORD = 262_144;
export const MAX_RECORDS = 20_000;

const [QUOTE, COMMA, CR, LF] = [0x22, 0x2c, 0x0d, 0x0a];

/** The records of a file without its empty lines; the first one is the header. */
export function* readCsv(file: Buffer): Generator<CsvRecord> {
  const bytes = file.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? file.subarray(3) : file;
  let count = 0;
  for (const span of spans(bytes)) {
    count += 1;
    if (count > MAX_RECORDS + 1) throw tooMany();
    yield readRecord(bytes.subarray(span.start, span.end), span);
  }
}

/** Refuses a file of too many records before the first one is written. */
export function checkRecords(file: Buffer): void {
  let count = 0;
  for (const _span of spans(file)) {
    count += 1;
    if (count > MAX_RECORDS + 1) throw tooMany();
  }
}

function readRecord(bytes: Buffer, { line, open }: Span): CsvRecord {
  const failed = (code: RowError['code'], message: string, broken: number | null = null): CsvRecord => ({ line, cells: [], error: { field: null, code, message, currentVersion: null }, broken });
  if (open) return failed('INVALID_INPUT', 'A quotation mark that is opened in this row is never closed; nothing behind it was read.');
  if (bytes.length > MAX_RECORD) return failed('TOO_LARGE', `The row is ${String(bytes.length)} bytes; at most ${String(MAX_RECORD)} are read.`);
  try {
    const cells = cellsOf(bytes.toString('utf8'));
    if (isUtf8(bytes)) return { line, cells, error: null, broken: null };
    return failed('INVALID_TEXT', 'The row is not written in UTF-8.', cells.findIndex((cell) => cell.includes('\ufffd')));
  } catch (error) {
    return failed('INVALID_INPUT', `The row is no CSV: ${problemOf(error)}.`);
  }
}

function cellsOf(text: string): string[] {
  const [cells = []] = parse(text, { columns: false, delimiter: ',', quote: '"', escape: '"', record_delimiter: ['\r\n', '\n', '\r'], relax_quotes: false, bom: false });
  return cells;
}

const PROBLEMS: Readonly<Record<string, string>> = {
  INVALID_OPENING_QUOTE: 'a quotation mark stands inside a cell that does not begin with one',
  CSV_INVALID_CLOSING_QUOTE: 'something other than a comma stands behind a closing quotation mark',
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark is never closed',
};

/** In words of our own: the parser's quote what was sent. */
function problemOf(error: unknown): string {
  return PROBLEMS[String((error as { code?: unknown }).code)] ?? 'it cannot be read as cells separated by commas';
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Where records begin and end: a line end inside quotation marks belongs to its cell. A mark opens a cell only as its first character. */
function* spans(bytes: Buffer): Generator<Span> {
  let line = 1;
  for (let start = 0; start < bytes.length;) {
    const { end, next, lines, open } = spanFrom(bytes, start);
    if (end > start) yield { line, start, end, open };
    line += lines;
    start = next;
  }
}

function spanFrom(bytes: Buffer, start: number): { end: number; next: number; lines: number; open: boolean } {
  let [quoted, lines] = [false, 0];
  for (let i = start; i < bytes.length; i += 1) {
    const width = lineEndAt(bytes, i);
    if (width > 0) {
      lines += 1;
      if (!quoted) return { end: i, next: i + width, lines, open: false };
      i += width - 1;
    } else if (bytes[i] === QUOTE) {
      const doubled = quoted && bytes[i + 1] === QUOTE;
      if (doubled) i += 1;
      else quoted = !quoted && (i === start || bytes[i - 1] === COMMA);
    }
  }
  return { end: bytes.length, next: bytes.length, lines: lines + 1, open: quoted };
}

/** How many bytes the line end takes that stands here; 0 = none does. */
function lineEndAt(bytes: Buffer, i: number): 0 | 1 | 2 {
  if (bytes[i] === CR && bytes[i + 1] === LF) return 2;
  return bytes[i] === CR || bytes[i] === LF ? 1 : 0;
}

function tooMany(): Refusal {
  return new Refusal('TOO_LARGE', { field: 'csv', message: `The file has more than ${String(MAX_RECORDS)} rows.`, next: 'Split it into several files, each with the header row.' });
}
