/** `countersign risks import` and `risks export`: the register as a CSV file, in and out. What the cells mean: docs/import.md. */
import { MAX_FILE } from '../risks/csv-body.js';
import { isObject, Unreachable, type Json } from './client.js';
import { EXIT, UsageError, type Command, type Given } from './command.js';
import { CONNECTION_OPTIONS, connect } from './connection.js';
import { readWhole, writeWhole } from './whole-file.js';

export const risksImportCommand: Command = {
  name: 'risks import',
  summary: 'Makes the register say what the rows of a CSV file say; without --write only tells what that would do.',
  positionals: ['file'],
  options: {
    write: { value: null, help: 'import; otherwise nothing is written' },
    'dry-run': { value: null, help: 'write nothing, and say so in the script: what happens without --write, too' },
    json: { value: null, help: 'print the report as the server gave it' },
    ...CONNECTION_OPTIONS,
  },
  notes: [
    'Every row that is refused is told in a line of its own: line N, field, code, message. All other rows are taken; the same file again changes nothing.',
    'Exit codes: 0 every row was taken, 1 rows or the whole file were refused, 3 no answer (some rows may be written: send the file again), 64 wrong usage.',
  ],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const write = isToWrite(given);
    const client = await connect(given);
    const file = await readWhole(given.positionals[0] ?? '', MAX_FILE);
    const body = await client.sendCsv(`/v1/risks/import?dryRun=${String(!write)}`, file);
    const told = readReport(body, write);
    for (const line of given.flag('json') ? [JSON.stringify(body, null, 2)] : linesOf(told, write)) terminal.out(line);
    return told.failed === 0 ? EXIT.OK : EXIT.REFUSED;
  },
};

export const risksExportCommand: Command = {
  name: 'risks export',
  summary: 'Prints the register of risks as a CSV file that an import takes back.',
  positionals: [],
  options: {
    system: { value: 'id-or-number', help: 'only risks of this system, such as SYS-1' },
    state: { value: 'state', help: 'only risks in this state, such as MONITORED', repeated: true },
    output: { value: 'file', help: 'where to put it; otherwise it is printed' },
    ...CONNECTION_OPTIONS,
  },
  notes: ['A file appears under the name given by --output once it is whole. Exit codes: 0 whole, 1 refused, 3 the server was not reached or stopped before the end, 64 wrong usage.'],
  whenRefused: EXIT.REFUSED,
  async run(given, terminal) {
    const [system, output] = [given.text('system'), given.text('output')];
    const query = new URLSearchParams([...(system === null ? [] : [['system', system]]), ...given.list('state').map((state) => ['state', state])]).toString();
    const pieces = await (await connect(given)).fetchCsv(`/v1/risks.csv${query === '' ? '' : `?${query}`}`);
    if (output === null) await terminal.write(pieces);
    else terminal.out(`${output}  ${String(await writeWhole(output, pieces))} bytes`);
    return EXIT.OK;
  },
};

function isToWrite(given: Given): boolean {
  if (given.flag('write') && given.flag('dry-run')) throw new UsageError('--write and --dry-run exclude each other.');
  return given.flag('write');
}

interface Told { readonly created: number; readonly updated: number; readonly unchanged: number; readonly failed: number; readonly errors: readonly Json[] }

/** Only a whole report of what was asked for is one. */
function readReport(body: Json, written: boolean): Told {
  const [created, updated, unchanged, failed] = [body.created, body.updated, body.unchanged, body.failed];
  const counts = [created, updated, unchanged, failed].every(Number.isSafeInteger);
  if (!counts || !Array.isArray(body.errors) || body.dryRun !== !written) throw new Unreachable('The server answered, but with no report of an import.');
  return { created: Number(created), updated: Number(updated), unchanged: Number(unchanged), failed: Number(failed), errors: body.errors.filter(isObject) };
}

/** One line for each error, and the counts in the last one. */
function* linesOf({ created, updated, unchanged, failed, errors }: Told, written: boolean): Generator<string> {
  for (const { line, field, code, message } of errors) yield `line ${String(line)}  ${typeof field === 'string' ? field : '-'}  ${String(code)}  ${String(message)}`;
  if (new Set(errors.map(({ line }) => line)).size < failed) yield `… only the first ${String(errors.length)} errors are told.`;
  yield `${written ? 'imported' : 'dry run, nothing written'}: ${String(created)} created, ${String(updated)} updated, ${String(unchanged)} unchanged, ${String(failed)} refused`;
}
