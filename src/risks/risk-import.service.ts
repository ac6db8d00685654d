/** Imports: the rows of a file become risks, in parts of one transaction each; a row that is refused is named and stops no other. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Refusal, RETRYABLE } from '../domain/refusal.js';
import { errorOf, readHeader, readRow, type Column, type RiskRow, type RowError } from '../domain/risk-rows.js';
import { unkeyed } from '../platform/idempotency-key.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { CatalogueService } from '../taxonomies/catalogue.service.js';
import { checkRecords, readCsv, type CsvRecord } from './csv-records.js';
import { ImportMemory, planRows, type Outcome, type Planned, type RowOutcome } from './risk-import.js';
import { RiskTable } from './risk.table.js';

/** Number null = it has none yet, in a dry run. Version: of the risk once the row is taken. */
export interface ImportedRow { readonly line: number; readonly outcome: RowOutcome; readonly number: string | null; readonly version: number }

export interface ImportReport {
  readonly dryRun: boolean;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly rows: readonly ImportedRow[];
  readonly errors: readonly RowError[];
  /** False when a list was cut; the counts are of all rows. */
  readonly isComplete: boolean;
}

/** As many rows as one transaction writes. */
const PART = 250;
/** As many rows, and as many errors, as a report names. */
export const MAX_REPORTED = 1000;

/** How often a part waits for others that hold its system: each time as long as a lock is waited for. */
const PATIENCE = 5;

/** Nothing of this part changes the register: its transaction ends without a trace. */
class NothingToWrite extends Error {
  constructor(readonly outcome: Outcome) {
    super('nothing to write');
  }
}

@Injectable()
export class RiskImportService {
  readonly #logger = new Logger(RiskImportService.name);

  constructor(private readonly work: UnitOfWork, private readonly taxonomies: CatalogueService) {}

  async import(ctx: RequestContext, file: Buffer, dryRun: boolean): Promise<ImportReport> {
    checkRecords(file);
    const records = readCsv(file);
    const columns = headerOf(records.next().value as CsvRecord | undefined);
    const [report, memory] = [new Report(dryRun), new ImportMemory(this.taxonomies.catalogues)];
    for (let more = true; more;) {
      const { rows, errors, done } = nextPart(records, columns);
      // The first part is taken to the door even when it is empty: whoever may not import hears that first.
      const outcomes = rows.length === 0 && report.begun ? [] : await this.#part(ctx, rows, memory, { dryRun, first: !report.begun });
      report.add(outcomes, errors);
      more = !done;
      // Reading is work, too: everybody else gets a turn.
      await nextTurn();
    }
    return report.told();
  }

  async #part(ctx: RequestContext, rows: readonly RiskRow[], memory: ImportMemory, how: { readonly dryRun: boolean; readonly first: boolean }): Promise<Outcome[]> {
    try {
      const outcome = await this.#patiently(ctx, rows, memory, how.dryRun);
      memory.keep(outcome);
      if (!how.dryRun) for (const { permission, refusal, subject } of outcome.refused) await this.work.recordRefused(ctx, permission, refusal, subject);
      return [outcome];
    } catch (error) {
      const refusal = this.#refusalOf(error, how.first);
      if (rows.length <= 1 || isOfNoRow(refusal)) return [{ planned: [], errors: rows.map(({ line }) => errorOf(line, refusal)), refused: [], accepted: new Map() }];
      // One of them cannot be kept: the others are.
      const half = Math.ceil(rows.length / 2);
      return [...await this.#part(ctx, rows.slice(0, half), memory, how), ...await this.#part(ctx, rows.slice(half), memory, { ...how, first: false })];
    }
  }

  async #patiently(ctx: RequestContext, rows: readonly RiskRow[], memory: ImportMemory, dryRun: boolean): Promise<Outcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (dryRun) return await this.work.read(ctx, 'risk.log', (scope) => planRows(scope, rows, memory));
        return await this.work.write(unkeyed(ctx), 'risk.log', (tx) => writeRows(tx, rows, memory));
      } catch (error) {
        if (error instanceof NothingToWrite) return error.outcome;
        if (!(error instanceof Refusal && error.code === 'OVERLOADED') || attempt === PATIENCE) throw error;
      }
    }
  }

  /** Before anything was written the import ends with what lies in the person or the server; after that it is told beside what was written. */
  #refusalOf(error: unknown, first: boolean): Refusal {
    if (first && (!(error instanceof Refusal) || error.code === 'PERMISSION_DENIED' || RETRYABLE.has(error.code))) throw error;
    if (error instanceof Refusal) return error;
    this.#logger.error({ msg: 'unexpected error', error: error instanceof Error ? error.stack : String(error) });
    return new Refusal('INTERNAL_ERROR', { message: 'Something went wrong on the server; it was logged.' });
  }
}

/** Whether a refusal says nothing about any one row: asking for each by itself would not help. */
function isOfNoRow({ code }: Refusal): boolean {
  return code === 'PERMISSION_DENIED' || code === 'OUTCOME_UNKNOWN' || code === 'INTERNAL_ERROR' || RETRYABLE.has(code);
}

/** Plans under locks, takes the numbers at once, and puts. */
async function writeRows(tx: Tx, rows: readonly RiskRow[], memory: ImportMemory): Promise<Outcome> {
  const outcome = await planRows(tx, rows, memory);
  if (outcome.planned.every(({ decided }) => decided === null)) throw new NothingToWrite(outcome);
  const numbers = await tx.nextNumbers(RiskTable, outcome.planned.filter(({ before }) => before === null).length);
  const planned: Planned[] = [];
  for (const step of outcome.planned) {
    const number = step.number ?? numbers.shift() ?? '';
    if (step.decided !== null) await tx.put(RiskTable, { ...step.decided, next: { ...step.decided.next, number } }, step.before);
    planned.push({ ...step, number });
  }
  return { ...outcome, planned };
}

function headerOf(header: CsvRecord | undefined): Column[] {
  if (header === undefined) throw new Refusal('INVALID_INPUT', { field: 'header', message: 'The file is empty.', next: 'Send a header row, and one row for each risk.' });
  if (header.error !== null) throw new Refusal(header.error.code, { field: 'header', message: `Line ${String(header.line)}, the header: ${header.error.message}`, next: 'Send the file as CSV in UTF-8, its cells separated by commas.' });
  return readHeader(header.cells);
}

function nextPart(records: Generator<CsvRecord>, columns: readonly Column[]): { rows: RiskRow[]; errors: RowError[]; done: boolean } {
  const [rows, errors]: [RiskRow[], RowError[]] = [[], []];
  for (let count = 0; count < PART; count += 1) {
    const read = records.next();
    if (read.done === true) return { rows, errors, done: true };
    const record = read.value;
    const row = record.error === null ? readRow(columns, record.line, record.cells) : [{ ...record.error, line: record.line, field: record.broken === null ? null : columns[record.broken] ?? null }];
    if (Array.isArray(row)) errors.push(...row);
    else rows.push(row);
  }
  return { rows, errors, done: false };
}

class Report {
  #counts = { created: 0, updated: 0, unchanged: 0, failed: 0 };
  #rows: ImportedRow[] = [];
  #errors: RowError[] = [];
  #isComplete = true;
  begun = false;

  constructor(private readonly dryRun: boolean) {}

  /** What became of one part of the file; `unread` = its rows that were broken before anything was looked up. */
  add(outcomes: readonly Outcome[], unread: readonly RowError[]): void {
    this.begun = true;
    for (const { line, outcome, number, decided, before } of outcomes.flatMap(({ planned }) => planned)) {
      this.#counts[outcome === 'CREATED' ? 'created' : outcome === 'UPDATED' ? 'updated' : 'unchanged'] += 1;
      this.#keep(this.#rows, { line, outcome, number, version: (before?.version ?? 0) + (decided === null ? 0 : 1) });
    }
    const errors = [...unread, ...outcomes.flatMap((outcome) => outcome.errors)].sort((a, b) => a.line - b.line);
    this.#counts.failed += new Set(errors.map(({ line }) => line)).size;
    for (const error of errors) this.#keep(this.#errors, error);
  }

  told(): ImportReport {
    return { dryRun: this.dryRun, ...this.#counts, rows: this.#rows, errors: this.#errors, isComplete: this.#isComplete };
  }

  #keep<T>(list: T[], item: T): void {
    if (list.length < MAX_REPORTED) list.push(item);
    else this.#isComplete = false;
  }
}
