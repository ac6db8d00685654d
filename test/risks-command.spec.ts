// Files of risks by the command line: what an import and an export print, leave behind, and end with.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { EXIT } from '../src/cli/command.js';
import { seedSystems } from '../src/cli/example.js';
import { ROW_COLUMNS, TOLD_COLUMNS } from '../src/domain/risk-rows.js';
import { MAX_FILE } from '../src/risks/csv-body.js';
import { MAX_RECORDS } from '../src/risks/csv-records.js';
import { MAX_REPORTED, RiskImportService } from '../src/risks/risk-import.service.js';
import { startApp, type TestApp } from './support/app.js';
import { countersign, PROGRAM, PROJECT, shell, type Ended } from './support/command-line.js';

const HEADER = ROW_COLUMNS.join(',');

let app: TestApp;
let folder: string;

beforeAll(async () => {
  app = await startApp();
  await seedSystems(app.app, app.as, PROJECT);
});
afterAll(() => app.close());
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'countersign-risks-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

/** The program as sam, told where this server is and where its keys are. */
async function run(...args: string[]): Promise<Ended> {
  return countersign([...args, '--as', 'sam'], { COUNTERSIGN_URL: app.url, COUNTERSIGN_DATA: app.dataFolder });
}

function row(id: string, owner = 'sam'): string {
  return `${id},SYS-1,a source of ${id},it happens,harm,${owner},customers,owasp-llm@2025#LLM01,,`;
}

function file(...rows: string[]): string {
  const path = join(folder, 'risks.csv');
  writeFileSync(path, [HEADER, ...rows, ''].join('\n'));
  return path;
}

async function risks(): Promise<number> {
  const { data } = await app.graphql<{ risks: { totalCount: { value: number } } }>('sam', '{ risks(first: 1) { totalCount { value } } }');
  return data!.risks.totalCount.value;
}

describe('countersign risks import', () => {
  test.each([[[]], [['--dry-run']]])('without --write says what would happen, and writes nothing: %j', async (options) => {
    const before = await risks();

    expect(await run('risks', 'import', file(row('dry')), ...options)).toEqual({ code: 0, err: '', out: 'dry run, nothing written: 1 created, 0 updated, 0 unchanged, 0 refused\n' });
    expect(await risks()).toBe(before);
  });

  test('with --write imports, and a second time changes nothing', async () => {
    const before = await risks();
    const path = file(row('w-1'), row('w-2'));

    expect(await run('risks', 'import', path, '--write')).toEqual({ code: 0, err: '', out: 'imported: 2 created, 0 updated, 0 unchanged, 0 refused\n' });
    expect(await run('risks', 'import', '--write', path)).toEqual({ code: 0, err: '', out: 'imported: 0 created, 0 updated, 2 unchanged, 0 refused\n' });
    expect(await risks()).toBe(before + 2);
  });

  test('ends with 1 when rows are refused, and names each by line and field', async () => {
    const path = file(row('e-1', 'nobody'), row('e-2'), 'short');

    const { code, err, out } = await run('risks', 'import', path, '--write');

    expect([code, err]).toEqual([1, '']);
    expect(out.split('\n')).toEqual([
      'line 2  owner  NOT_FOUND  owner names nobody here.', 'line 4  -  INVALID_INPUT  The row has 1 cells, the header names 10 columns.',
      'imported: 1 created, 0 updated, 0 unchanged, 2 refused', '',
    ]);
    expect((await run('risks', 'import', path)).code).toBe(1);
  });

  test('writes over nothing that somebody else wrote since the export, and says so by line and column', async () => {
    const load = async (...rows: string[]): Promise<unknown> => app.app.get(RiskImportService).import(app.as('sam'), readFileSync(file(...rows)), false);
    await load(row('back-1'), row('back-2'));
    const exported = await (await fetch(`${app.url}/v1/risks.csv?system=SYS-1`, { headers: { authorization: `Bearer ${await app.token('sam')}` } })).text();
    const line = exported.split('\r\n').findIndex((text) => text.startsWith('"back-1"')) + 1;
    const [, number] = /"(R-\d+)"/.exec(exported.split('\r\n')[line - 1] ?? '') ?? [];
    await load(row('back-1').replace(',harm,', ',what the colleague knows,'));
    const path = join(folder, 'register.csv');
    writeFileSync(path, exported.replace('"a source of back-1"', '"reworded"').replace('"a source of back-2"', '"reworded, too"'));

    const said = `line ${String(line)}  version  CONFLICT  ${String(number)} is at version 2, and the row was read at version 1. Export ${String(number)} again and repeat the change there; a row with an empty version is written over what is there.\n`;
    expect(await run('risks', 'import', path)).toEqual({ code: 1, err: '', out: expect.stringMatching(new RegExp(`^${said}dry run, nothing written: 0 created, 1 updated, \\d+ unchanged, 1 refused\n$`)) as unknown });
    expect(await run('risks', 'import', path, '--write')).toEqual({ code: 1, err: '', out: expect.stringMatching(new RegExp(`^${said}imported: 0 created, 1 updated, \\d+ unchanged, 1 refused\n$`)) as unknown });
    const { data } = await app.graphql<{ risk: { statement: object } }>('sam', 'query ($id: ID!) { risk(id: $id) { statement { source consequence } } }', { id: number });
    expect(data?.risk.statement).toEqual({ source: 'a source of back-1', consequence: 'what the colleague knows' });
  });

  test('prints the report itself with --json, and how many errors it does not tell', async () => {
    const told = await run('risks', 'import', file(row('j-1', 'nobody')), '--json');
    const many = await run('risks', 'import', file(...Array.from({ length: 1002 }, () => 'x')));

    expect([told.code, JSON.parse(told.out)]).toEqual([1, expect.objectContaining({ dryRun: true, failed: 1, errors: [expect.objectContaining({ line: 2, field: 'owner' })] })]);
    expect(many.out).toMatch(/line 1001 {2}.*\n… only the first 1000 errors are told\.\ndry run, nothing written: .* 1002 refused\n$/);
  });

  test('ends with 1, code and next step when the file or the person is refused', async () => {
    writeFileSync(join(folder, 'other.csv'), 'a,b\n1,2\n');
    const header = await run('risks', 'import', join(folder, 'other.csv'));
    const person = await countersign(['risks', 'import', file(row('p')), '--as', 'pipeline'], { COUNTERSIGN_URL: app.url, COUNTERSIGN_DATA: app.dataFolder });

    expect(header).toEqual({ code: 1, out: '', err: expect.stringMatching(/^refused: INVALID_INPUT {2}The column "a" is not known\.\nnext: The columns are external_id, /) as unknown });
    expect(person).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^refused: PERMISSION_DENIED/) as unknown });
  });

  test('ends with 1 for a file that cannot be read or is too large, without asking the server', async () => {
    writeFileSync(join(folder, 'large.csv'), Buffer.alloc(16 * 1024 * 1024 + 1, 'a'));
    const ask = async (path: string): Promise<Ended> => countersign(['risks', 'import', path, '--token', 'x', '--url', 'http://127.0.0.1:1']);

    expect(await ask(join(folder, 'none\x1b[2J'))).toEqual({ code: 1, out: '', err: expect.stringMatching(/^countersign: ".*none\\u001b\[2J" cannot be read \(ENOENT\)\.\n$/) as unknown });
    expect(await ask(folder)).toMatchObject({ code: 1, err: expect.stringContaining('cannot be read (EISDIR)') as unknown });
    expect(await ask(join(folder, 'large.csv'))).toMatchObject({ code: 1, err: expect.stringContaining('at most 16777216 are taken') as unknown });
  });

  test.each([
    ['no file', ['risks', 'import'], '<file> is missing'], ['two wishes', ['risks', 'import', 'x', '--write', '--dry-run'], '--write and --dry-run exclude each other'],
    ['two files', ['risks', 'import', 'a', 'b'], 'one argument too many'], ['an argument of an export', ['risks', 'export', 'x'], 'one argument too many'],
  ])('ends with 64 for %s', async (_, args, said) => {
    expect(await run(...args)).toEqual({ code: 64, out: '', err: expect.stringContaining(said) as unknown });
  });
});

describe('countersign risks export', () => {
  test('prints what the server streams, and puts the same into a file', async () => {
    await run('risks', 'import', file(row('x-1')), '--write');
    const streamed = await fetch(`${app.url}/v1/risks.csv?system=SYS-1&state=IDENTIFIED&state=DRAFT`, { headers: { authorization: `Bearer ${await app.token('sam')}` } });
    const wanted = await streamed.text();
    const output = join(folder, 'out.csv');

    const printed = await run('risks', 'export', '--system', 'SYS-1', '--state', 'IDENTIFIED', '--state', 'DRAFT');
    writeFileSync(output, 'what was there before');
    const put = await run('risks', 'export', '--system', 'SYS-1', '--state', 'IDENTIFIED', '--state', 'DRAFT', '--output', output);

    expect(printed).toEqual({ code: 0, err: '', out: wanted });
    expect(wanted.split('\r\n').length).toBeGreaterThan(2);
    expect(put).toEqual({ code: 0, err: '', out: `${output}  ${String(Buffer.byteLength(wanted))} bytes\n` });
    expect(readFileSync(output, 'utf8')).toBe(wanted);
    expect(await run('risks', 'import', output)).toMatchObject({ code: 0, out: expect.stringContaining(' 0 created, 0 updated') as unknown });
  });

  test('ends with 1 when it is refused, and leaves no file', async () => {
    const output = join(folder, 'out.csv');

    expect(await run('risks', 'export', '--system', 'SYS-999', '--output', output)).toEqual({ code: 1, out: '', err: expect.stringMatching(/^refused: NOT_FOUND/) as unknown });
    expect(await run('risks', 'export', '--state', 'NOWHERE')).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^refused: INVALID_INPUT/) as unknown });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('takes the place of no link or folder, and ends with 1 where nothing can be written', async () => {
    symlinkSync('elsewhere', join(folder, 'link'));
    mkdirSync(join(folder, 'sub'));

    for (const name of ['link', 'sub']) expect(await run('risks', 'export', '--output', join(folder, name))).toMatchObject({ code: 1, out: '', err: expect.stringContaining('no ordinary file') as unknown });
    expect(await run('risks', 'export', '--output', join(folder, 'none/out.csv'))).toMatchObject({ code: 1, out: '', err: expect.stringContaining('cannot be written (ENOENT)') as unknown });
    expect(readdirSync(folder)).toEqual(['link', 'sub']);
  });

  test('does not mind a reader that goes away', async () => {
    const environment = { COUNTERSIGN_URL: app.url, COUNTERSIGN_DATA: app.dataFolder };

    expect(await shell(`{ node ${PROGRAM} risks export --as sam || echo "ended with $?" >&2; } | head -c 5`, environment)).toEqual({ code: 0, err: '', out: '"exte' });
  });
});

describe('a server that stops on the way', () => {
  async function answering(answer: (response: ServerResponse) => void, ...args: string[]): Promise<Ended> {
    const server = createServer((request, response) => { request.resume().once('end', () => { answer(response); }); });
    await new Promise<void>((listening) => { server.listen(0, '127.0.0.1', listening); });
    try {
      return await countersign([...args, '--token', 'x', '--url', `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  const cut = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' }).write('"external_id"\r\n', () => { response.destroy(); });
  };

  test('leaves no file that looks whole, keeps what was there before, and ends with 3', async () => {
    const output = join(folder, 'out.csv');
    const fresh = await answering(cut, 'risks', 'export', '--output', output);
    const left = readdirSync(folder);
    writeFileSync(output, 'before');
    const again = await answering(cut, 'risks', 'export', '--output', output);

    expect(fresh).toEqual({ code: 3, out: '', err: expect.stringContaining('stopped before the end of the file') as unknown });
    expect(left).toEqual([]);
    expect([again.code, readFileSync(output, 'utf8'), readdirSync(folder)]).toEqual([3, 'before', ['out.csv']]);
  });

  test('ends a printed export with 3', async () => {
    expect(await answering(cut, 'risks', 'export')).toEqual({ code: 3, out: '"external_id"\r\n', err: expect.stringContaining('stopped before') as unknown });
  });

  const REPORT = { dryRun: false, created: 1, updated: 0, unchanged: 0, failed: 0, rows: [], errors: [], isComplete: true };
  test.each([
    ['half a report', 200, { ...REPORT, failed: undefined }], ['a report of something else', 200, { ...REPORT, dryRun: true }], ['no errors', 200, { ...REPORT, errors: null }], ['a list', 200, []],
    ['a failure that says yes', 500, REPORT],
  ])('ends an import with 3 when it answers with %s', async (_, status, body) => {
    const path = file(row('s'));
    const answer = (response: ServerResponse): void => { response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)); };

    expect(await answering(answer, 'risks', 'import', path, '--write')).toMatchObject({ code: 3, out: '' });
  });

  test('ends an export with 3 when it answers with something that is no file', async () => {
    const output = join(folder, 'out.csv');

    expect(await answering((response) => { response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'); }, 'risks', 'export', '--output', output)).toMatchObject({ code: 3, out: '' });
    expect(existsSync(output)).toBe(false);
  });
});

describe('docs/import.md', () => {
  const manual = readFileSync(join(PROJECT, 'docs/import.md'), 'utf8');
  const block = (language: string): string => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(manual)?.[1] ?? '';
  const named = (heading: string): string[] => [...(manual.split(`\n${heading}\n|---|---|\n`)[1]?.split('\n\n')[0] ?? '').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name!);

  test('explains every column, and none that is not there', () => {
    expect(named('| Column | What its cell says |')).toEqual([...ROW_COLUMNS]);
    expect(named('| Column of an export | What it tells |')).toEqual([...TOLD_COLUMNS]);
  });

  test('gives the limits and exit codes of the code', () => {
    expect(manual).toContain(`At most ${MAX_RECORDS.toLocaleString('en')} rows and ${String(MAX_FILE / 1024 / 1024)} MB a file`);
    expect(manual).toContain(`the first ${MAX_REPORTED.toLocaleString('en')} errors are told`);
    expect([...manual.matchAll(/^\| (\d+) \| /gm)].map(([, code]) => Number(code))).toEqual([EXIT.OK, EXIT.REFUSED, EXIT.NO_DECISION, EXIT.USAGE]);
  });

  test('has an example that imports as it is, by commands that print what they show', async () => {
    writeFileSync(join(folder, 'risks.csv'), `${block('csv')}${row('GRC-19', 'nobody')}\n`);
    writeFileSync(join(folder, 'example.csv'), block('csv'));
    const shown = block('console').split(/^\$ /m).slice(1).map((part) => [part.split('\n')[0]!, part.split('\n').slice(1).join('\n')] as const);

    for (const [command, output] of shown.slice(0, 2)) expect((await run(...inFolder(command))).out).toBe(output);
    expect((await run(...inFolder(shown[2]![0]))).code).toBe(0);
    expect((await run('risks', 'import', join(folder, 'example.csv'))).out).toContain(': 0 created, 0 updated, 2 unchanged, 0 refused');
    expect(readFileSync(join(folder, 'register.csv'), 'utf8')).toContain('"GRC-17"');
  });

  function inFolder(command: string): string[] {
    return command.replace(' --as sam', '').split(' ').slice(1).map((word) => (word.endsWith('.csv') ? join(folder, word) : word));
  }

  test('is linked, and links to what is there', () => {
    expect(readFileSync(join(PROJECT, 'README.md'), 'utf8')).toContain('](docs/import.md)');
    expect([...manual.matchAll(/\]\(([^)#]+)\)/g)].filter(([, path]) => !existsSync(join(PROJECT, 'docs', path!)))).toEqual([]);
  });
});
