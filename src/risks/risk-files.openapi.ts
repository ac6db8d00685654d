/** The register as a file, as it is described to REST clients. */
import { REFUSAL_CODES } from '../domain/refusal.js';
import { riskLifecycle } from '../domain/risk.js';
import { EXPORT_COLUMNS, ROW_COLUMNS, TOLD_COLUMNS, type RowError } from '../domain/risk-rows.js';
import { answer, list, oneOf, orNull, record, ref, refusals, text, type Described, type Operation, type Schema } from '../platform/openapi.js';
import { MAX_FILE } from './csv-body.js';
import { MAX_RECORDS } from './csv-records.js';
import type { ImportedRow, ImportReport } from './risk-import.service.js';
import { MAX_REPORTED } from './risk-import.service.js';

const count = (description: string): Schema => ({ type: 'integer', minimum: 0, description });
const line: Schema = { type: 'integer', minimum: 1, description: 'Where the row begins in the file, counted from 1; the header is a line too.' };

const REPORT = record<ImportReport>('What an import did, or in a dry run would do. Rows that are refused are named, and stop no others.', {
  dryRun: { type: 'boolean', description: 'Whether nothing was written.' }, created: count('How many rows became new risks.'), updated: count('How many rows changed a risk.'),
  unchanged: count('How many rows say what the register says already.'), failed: count('How many rows were left out.'),
  rows: list(record<ImportedRow>('A row that was taken.', { line, outcome: oneOf(['CREATED', 'UPDATED', 'UNCHANGED'], 'What it did.'), number: orNull(text('Its risk, such as R-142; null in a dry run for one that does not exist yet.')), version: { type: 'integer', minimum: 1, description: 'The version of its risk once the row is taken: bring it with the next change, so that it writes over nothing else.' } }), `The rows that were taken, in the order of the file; at most ${String(MAX_REPORTED)}.`, { maxItems: MAX_REPORTED }),
  errors: list(record<RowError>('Something that is wrong with a row.', { line, field: orNull(text('The column; null = the row as a whole.')), code: oneOf(REFUSAL_CODES, 'What is wrong, for a program.'), message: text('What is wrong, for whoever mends the file.'), currentVersion: orNull({ type: 'integer', minimum: 1, description: 'With CONFLICT, the version at which the risk is now; otherwise null.' }) }), `Everything that is wrong, in the order of the file; at most ${String(MAX_REPORTED)}.`, { maxItems: MAX_REPORTED }),
  isComplete: { type: 'boolean', description: 'False when rows or errors was cut at its end; the counts are always of the whole file.' },
});

const ROW = 'T-1,SYS-1,an old prompt,answers a question of yesterday,a customer is told something wrong,sam,customers,owasp-llm@2025#LLM01,,false';
const FILE = `${ROW_COLUMNS.join(',')}\r\n${ROW}\r\n`;
const REPORTED: ImportReport = {
  dryRun: false, created: 1, updated: 0, unchanged: 0, failed: 2, rows: [{ line: 2, outcome: 'CREATED', number: 'R-142', version: 1 }],
  errors: [
    { line: 3, field: 'owner', code: 'NOT_FOUND', message: 'owner names nobody here.', currentVersion: null },
    { line: 4, field: 'version', code: 'CONFLICT', message: 'R-7 is at version 2, and the row was read at version 1. Export R-7 again and repeat the change there; a row with an empty version is written over what is there.', currentVersion: 2 },
  ],
  isComplete: true,
};

const EXPORT: Operation = {
  operationId: 'exportRisks', tags: ['Risks'], summary: 'The register as a CSV file',
  description: `Streams one row for each risk, the oldest first, in CSV by RFC 4180: UTF-8, CRLF, every cell that says something in quotation marks. The columns are ${EXPORT_COLUMNS.join(', ')}. A cell that a spreadsheet would compute begins with an apostrophe, which an import takes off again. An error on the way ends the connection before the file ends: a file that was cut is never ended properly.`,
  parameters: [
    { name: 'system', in: 'query', required: false, description: 'Only risks of this AI system, by id or number.', schema: { type: 'string', maxLength: 100 }, example: 'SYS-1' },
    { name: 'state', in: 'query', required: false, explode: true, description: 'Only risks in one of these states; the parameter may be repeated.', schema: { type: 'array', items: { type: 'string', enum: riskLifecycle.states }, maxItems: riskLifecycle.states.length }, example: ['IDENTIFIED', 'ASSESSED'] },
  ],
  responses: {
    200: answer('The file.', { 'text/csv': { schema: { type: 'string' }, examples: { one: { summary: 'One risk', value: `${EXPORT_COLUMNS.map((name) => `"${name}"`).join(',')}\r\n"T-1","SYS-1","an old prompt","answers a question of yesterday","a customer is told something wrong","sam","customers","owasp-llm@2025#LLM01",,"false","R-1","IDENTIFIED",,,,"2026-11-23T08:18:02.826Z","1"\r\n` } } } }, {
      'content-disposition': { description: 'Names the file.', required: true, schema: { type: 'string', const: 'attachment; filename="risks.csv"' } },
    }),
    ...refusals({ INVALID_INPUT: 'A parameter is not one, or is too long.', INVALID_TEXT: 'A parameter has characters that cannot be kept.', PERMISSION_DENIED: 'None of your roles may read the register.', NOT_FOUND: 'There is no such AI system.' }),
  },
};

const IMPORT: Operation = {
  operationId: 'importRisks', tags: ['Risks'], summary: 'Risks out of a CSV file',
  description: `Logs the risks of a file, or edits those that are there: a row is about the risk of its external_id, or else of its very statement, in its system. Sent twice, a file changes nothing the second time. Without dryRun=false nothing is written. The header names ${ROW_COLUMNS.join(', ')}, in any order; ${TOLD_COLUMNS.join(', ')} may be there, as an export has them. **A row with a version** changes its risk only if that is its version still, asked under the lock of the change; otherwise it is an error of its line, CONFLICT, with the present version. A row that says what is there already is taken at any version. A row without one is written over whatever is there. Several values in one cell are separated by semicolons. Rows are taken in parts, one transaction each; when the connection breaks on the way, send the file again.`,
  parameters: [{ name: 'dryRun', in: 'query', required: false, description: 'Whether nothing is to be written.', schema: { type: 'string', enum: ['true', 'false'], default: 'true' }, example: 'false' }],
  requestBody: {
    required: true, description: `A CSV file in UTF-8 with a header row: at most ${String(MAX_FILE / 1024 / 1024)} MB and ${String(MAX_RECORDS)} rows.`,
    content: { 'text/csv': { schema: { type: 'string', maxLength: MAX_FILE }, examples: { one: { summary: 'One risk', value: FILE } } } },
  },
  responses: {
    200: answer('What each row did; refused rows are in errors.', { 'application/json': { schema: ref('RiskImport'), examples: { mixed: { summary: 'One row taken, two refused', value: REPORTED } } } }),
    ...refusals({
      INVALID_INPUT: 'No file was sent as text/csv, its header is not ours, dryRun is neither true nor false, or If-Match was sent: a file is about many risks, and says the version of each in its row.', INVALID_TEXT: 'The header is not written in UTF-8.', PERMISSION_DENIED: 'None of your roles may log risks.',
      TOO_LARGE: 'The file is too large, or has too many rows.', AUDIT_UNAVAILABLE: 'The log cannot be written, so nothing was.',
    }),
  },
};

export const RISK_FILES: Described = {
  tag: { name: 'Risks', description: 'The register of risks as a file, out and in. Everything else about risks is asked over GraphQL.' },
  schemas: { RiskImport: REPORT },
  paths: { '/v1/risks.csv': { get: EXPORT }, '/v1/risks/import': { post: IMPORT } },
};
