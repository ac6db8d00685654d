/** Imports: the rows of a file become risks, in parts of one transaction each; a row that is refused is named and stops no other. */
import { Injectable } from '@nestjs/common';
import { Refusal, RETRYABLE } from '../domain/refusal.js';
import { readHeader, readRow, type Column, type RiskRow, type RowError } from '../domain/risk-rows.js';
import type { RequestContext } from '../platform/request-context.js';
import type { Tx } from '../platform/transaction.js';
import { UnitOfWork } from '../platform/unit-of-work.js';
import { CatalogueService } from '../taxonomies/catalogue.service.js';
import { checkRecords, readCsv, type CsvRecord } from './csv-records.js';
import { ImportMemory, planRows, type Planned, type RowOutcome } from './risk-import.js';
import { RiskTable } from './risk.table.js';

/** Number null = it has none yet, in a dry run. */
export interface ImportedRow { readonly line: number; readonly outcome: RowOutcome; readonly number: string | null }

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

type Outcome = Awaited<ReturnType<typeof planRows>>;

/** Nothing of this part changes the register: its transaction ends without a trace. */
class NothingToWrite extends Error {
  constructor(readonly outcome: Outcome) {
    super('nothing to write');
  }
}

@Injectable()
export class RiskImportService {
  constructor(private readonly work: UnitOfWork, private readonly taxonomies: CatalogueService) {}

  async import(ctx: RequestContext, file: Buffer, dryRun: boolean): Promise<ImportReport> {
    checkRecords(file);
    const records = readCsv(file);
    const columns = headerOf(records.next().value as CsvRecord | undefined);
    const report = new Report(dryRun);
    let memory = new ImportMemory(this.taxonomies.catalogues);
    for (let more = true; more;) {
      const { rows, errors, done } = nextPart(records, columns);
      report.refuse(errors);
      more = !done;
      if (rows.length === 0 && report.begun) continue;
      const outcome = await this.#part(ctx, rows, memory, { dryRun, first: !report.begun });
      report.add(outcome);
      memory = Object.assign(new ImportMemory(memory.catalogues, outcome.accepted), { systems: memory.systems, owners: memory.owners, releases: memory.releases });
    }
    return report.told();
  }

  async #part(ctx: RequestContext, rows: readonly RiskRow[], memory: ImportMemory, how: { dryRun: boolean; first: boolean }): Promise<Outcome> {
    try {
      if (how.dryRun) return await this.work.read(ctx, 'risk.log', (scope) => planRows(scope, rows, memory));
      return await this.work.write(ctx, 'risk.log', (tx) => writeRows(tx, rows, memory));
    } catch (error) {
      if (error instanceof NothingToWrite) return error.outcome;
      // Whoever may not log risks at all is refused as a whole; and when nothing was written yet, so is everything that lies in the server.
      if (!(error instanceof Refusal) || error.code === 'PERMISSION_DENIED' || (how.first && RETRYABLE.has(error.code))) throw error;
      return { planned: [], errors: rows.map(({ line }) => ({ line, field: null, code: error.code, message: error.message })), accepted: memory.accepted };
    }
  }
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
  // A part of broken rows only is a part too: reading them all at once would keep everybody else waiting.
  for (let count = 0; count < 4 * PART && rows.length < PART; count += 1) {
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

  add({ planned, errors }: Outcome): void {
    this.begun = true;
    for (const { line, outcome, number } of planned) {
      this.#counts[outcome === 'CREATED' ? 'created' : outcome === 'UPDATED' ? 'updated' : 'unchanged'] += 1;
      this.#keep(this.#rows, { line, outcome, number });
    }
    this.refuse(errors);
  }

  refuse(errors: readonly RowError[]): void {
    this.#counts.failed += new Set(errors.map(({ line }) => line)).size;
    for (const error of errors) this.#keep(this.#errors, error);
  }

  told(): ImportReport {
    const byLine = (a: { line: number }, b: { line: number }): number => a.line - b.line;
    return { dryRun: this.dryRun, ...this.#counts, rows: this.#rows.sort(byLine), errors: this.#errors.sort(byLine), isComplete: this.#isComplete };
  }

  #keep<T>(list: T[], item: T): void {
    if (list.length < MAX_REPORTED) list.push(item);
    else this.#isComplete = false;
  }
}
