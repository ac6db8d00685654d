// Writing in bulk: files of risks in and out, and many changes in one request, over a running server and its database.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { RiskImportService, type ImportReport } from '../../src/risks/risk-import.service.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { csvRow, HEADER, type Cells } from '../support/csv-rows.js';
import { givenRisk, systemInput } from './register.js';

const FULL = process.env['CAMPAIGN'] === 'full';

let app: TestApp;
let admin: pg.Client;
let system: { id: string; number: string };

beforeAll(async () => {
  app = await startApp();
  admin = new pg.Client({ connectionString: app.database.adminUrl });
  await admin.connect();
  system = await newSystem();
});
afterAll(async () => {
  await admin.end();
  await app.close();
});

async function newSystem(): Promise<{ id: string; number: string }> {
  return app.app.get(SystemsService).register(app.as('sam'), systemInput('sam', { developers: ['dana'] }));
}

async function count(sql: string): Promise<number> {
  return (await admin.query<{ n: number }>(`select count(*)::int as n from ${sql}`)).rows[0]?.n ?? -1;
}

function row(id: string, more: Cells = {}): string {
  return csvRow(system.number, id, more);
}

function load(csv: string | Buffer, dryRun = false, handle = 'sam'): Promise<ImportReport> {
  return app.app.get(RiskImportService).import(app.as(handle), Buffer.from(csv as string), dryRun);
}

async function send(path: string, options: { method?: string; body?: string | Buffer; type?: string; handle?: string } = {}): Promise<Response> {
  const { method = 'POST', body, type = 'text/csv', handle = 'sam' } = options;
  return fetch(`${app.url}${path}`, { method, headers: { authorization: `Bearer ${await app.token(handle)}`, ...(body !== undefined && { 'content-type': type }) }, ...(body !== undefined && { body: body as string }) });
}

describe('an import', () => {
  test('takes every row but the broken ones, names those by line and field, and changes nothing the second time', async () => {
    const [total, every] = FULL ? [5000, 100] : [500, 100];
    system = await newSystem();
    const wrong: readonly [Cells, string, string][] = [
      [{ owner: 'nobody' }, 'owner', 'NOT_FOUND'], [{ system: 'SYS-999' }, 'system', 'NOT_FOUND'], [{ draft: 'perhaps' }, 'draft', 'INVALID_INPUT'], [{ taxonomy: 'x' }, 'taxonomy', 'TAXONOMY_REFERENCE_INVALID'], [{ source: ' ' }, 'source', 'INVALID_TEXT'],
    ];
    const broken = Array.from({ length: total / every }, (_, i) => ({ at: i * every + 7, cells: wrong[i % wrong.length]![0], error: [i * every + 9, ...wrong[i % wrong.length]!.slice(1)] }));
    const rows = Array.from({ length: total }, (_, i) => row(`bulk-${String(i)}`, broken.find(({ at }) => at === i)?.cells));
    const csv = [HEADER, ...rows].join('\n');

    const began = performance.now();
    const first = await load(csv);
    process.stdout.write(`imported ${String(total)} rows in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
    expect(first).toMatchObject({ created: total - broken.length, updated: 0, unchanged: 0, failed: broken.length });
    expect(first.errors.map(({ line, field, code }) => [line, field, code])).toEqual(broken.map(({ error }) => error));

    const entries = await count('audit.entry');
    expect(await load(csv)).toMatchObject({ created: 0, updated: 0, unchanged: total - broken.length, failed: broken.length });
    expect(await count('audit.entry')).toBe(entries);
    expect(await count(`risks where system_id = '${system.id}'`)).toBe(total - broken.length);
  }, 300_000);

  test('by dry run says what would happen and writes nothing', async () => {
    await load([HEADER, row('dry-1'), row('dry-2')].join('\n'));
    const csv = [HEADER, row('dry-1'), row('dry-2', { event: 'something else' }), row('dry-3'), row('dry-3'), row('', { source: 'twice' }), row('', { source: 'Twice ' })].join('\n');
    const before = [await count('audit.entry'), await count('risks')];

    const told = await load(csv, true);

    expect([await count('audit.entry'), await count('risks')]).toEqual(before);
    expect(told.rows.map(({ line, outcome }) => [line, outcome])).toEqual([[2, 'UNCHANGED'], [3, 'UPDATED'], [4, 'CREATED'], [6, 'CREATED']]);
    expect(told.errors.map(({ line, field, code }) => [line, field, code])).toEqual([[5, 'external_id', 'ALREADY_EXISTS'], [7, null, 'ALREADY_EXISTS']]);
    const { created, updated, unchanged, failed } = await load(csv);
    expect({ created, updated, unchanged, failed }).toEqual({ created: told.created, updated: told.updated, unchanged: told.unchanged, failed: told.failed });
  });

  test('twice at once makes no risk twice, with external ids and without', async () => {
    system = await newSystem();
    const csv = [HEADER, ...Array.from({ length: 40 }, (_, i) => row(i % 2 === 0 ? `race-${String(i)}` : '', { source: `race ${String(i)}` }))].join('\n');

    const reports = await Promise.all([load(csv), load(csv), load(csv)]);

    expect(await count(`risks where system_id = '${system.id}'`)).toBe(40);
    expect(reports.reduce((sum, { created }) => sum + created, 0)).toBe(40);
    expect(reports.every(({ failed }) => failed === 0)).toBe(true);
  });

  test('goes by the rules of an edit: an owner is not taken, an ended risk not changed', async () => {
    await load([HEADER, row('rule-1', { owner: 'rita' })].join('\n'), false, 'sam');
    const taken = await load([HEADER, row('rule-1', { owner: 'sam' })].join('\n'), false, 'sam');
    expect(taken.errors).toEqual([expect.objectContaining({ line: 2, code: 'NOT_ELIGIBLE' })]);
    const { rows: [risk] } = await admin.query<{ id: string; version: number }>(`select id, version from risks where external_id = 'rule-1'`);
    await app.app.get(RisksService).turn(app.as('hugo'), { id: String(risk?.id), expectedVersion: Number(risk?.version) }, 'reject', 'A duplicate.');
    expect((await load([HEADER, row('rule-1', { owner: 'rita', event: 'other' })].join('\n'))).errors).toEqual([expect.objectContaining({ line: 2, code: 'INVALID_TRANSITION' })]);
  });
});

/** A file with these bytes in place of the mark. */
const bad = (text: string, bytes: readonly number[] = [0xed, 0xa0, 0x80]): Buffer => Buffer.concat([Buffer.from(text.split('¿')[0] ?? ''), Buffer.from(bytes), Buffer.from(text.split('¿')[1] ?? '')]);
const FORMULAS = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\n=1', '=cmd|\' /C calc\'!A0', '＝1', '＋1', '－1', '＠SUM(A1)', "'=1", "''=1"];
/** Each with a good row last; what is said about the others. */
const HOSTILE: readonly [name: string, rows: () => string | Buffer, errors: readonly [number, string | null, string][]][] = [
  ['a byte order mark and CRLF', () => `\ufeff${HEADER}\r\n${row('h-1')}\r\n`, []],
  ['line ends of old', () => `${HEADER}\r${row('h-2')}\r`, []],
  ['a line end in a cell before', () => `${HEADER}\r\n${row('h-3', { event: 'one\r\ntwo' })}\r\n${row('h-4', { owner: 'nobody' })}\r\n${row('good')}`, [[4, 'owner', 'NOT_FOUND']]],
  ['empty lines', () => `${HEADER}\n\n\n${row('h-5', { owner: '' })}\n\n${row('good')}\n\n`, [[4, 'owner', 'INVALID_TEXT']]],
  ['a cell too few', () => `${HEADER}\n${row('h').replace(/,[^,]*$/, '')}\n${row('good')}`, [[2, null, 'INVALID_INPUT']]],
  ['a cell too many', () => `${HEADER}\n${row('h')},x\n${row('good')}`, [[2, null, 'INVALID_INPUT']]],
  ['text behind a closing mark', () => `${HEADER}\n"a"b,${row('h')}\n${row('good')}`, [[2, null, 'INVALID_INPUT']]],
  ['a mark inside a bare cell', () => `${HEADER}\na"b,${row('h')}\n${row('good')}`, [[2, null, 'INVALID_INPUT']]],
  ['a mark that is never closed', () => `${HEADER}\n${row('good')}\n"h,x\n${'y,z\n'.repeat(50)}`, [[3, null, 'INVALID_INPUT']]],
  ['a NUL', () => `${HEADER}\n${row('h', { event: 'a\0b' })}\n${row('good')}`, [[2, 'event', 'INVALID_TEXT']]],
  ['a control character', () => `${HEADER}\n${row('h', { affected_parties: 'a;\x1b[2J' })}\n${row('good')}`, [[2, 'affected_parties', 'INVALID_TEXT']]],
  ['half a character', () => bad(`${HEADER}\n${row('h', { source: 'x¿y' })}\n${row('good')}`), [[2, 'source', 'INVALID_TEXT']]],
  ['a record of half a megabyte', () => `${HEADER}\n${row('h', { event: 'x'.repeat(500_000) })}\n${row('good')}`, [[2, null, 'TOO_LARGE']]],
  ['a text that is too long', () => `${HEADER}\n${row('h', { event: 'x'.repeat(4001) })}\n${row('good')}`, [[2, 'event', 'TOO_LARGE']]],
  ['a reference that is none', () => `${HEADER}\n${row('h', { taxonomy: "'; drop table risks" })}\n${row('good')}`, [[2, 'taxonomy', 'TAXONOMY_REFERENCE_INVALID']]],
  ['no reference', () => `${HEADER}\n${row('h-none', { taxonomy: '' })}\n${row('good')}`, [[2, 'taxonomy', 'TAXONOMY_REFERENCE_INVALID']]],
  ['a system that is none', () => `${HEADER}\n${row('h', { system: "SYS-1' or 1=1" })}\n${row('good')}`, [[2, 'system', 'NOT_FOUND']]],
  ['a release that is none', () => `${HEADER}\n${row('h', { release: 'REL-999' })}\n${row('good')}`, [[2, 'release', 'NOT_FOUND']]],
  ['a flag that is none', () => `${HEADER}\n${row('h', { draft: 'perhaps' })}\n${row('good')}`, [[2, 'draft', 'INVALID_INPUT']]],
  ['two things wrong in a row', () => `${HEADER}\n${row('h', { draft: '2', source: ' ' })}\n${row('good')}`, [[2, 'source', 'INVALID_TEXT'], [2, 'draft', 'INVALID_INPUT']]],
  ['a hundred and one parties', () => `${HEADER}\n${row('h', { affected_parties: Array.from({ length: 101 }, (_, i) => `p${String(i)}`).join(';') })}\n${row('good')}`, [[2, 'affected_parties', 'TOO_LARGE']]],
  ['a name of the prototype', () => `${HEADER}\n${row('__proto__', { owner: 'constructor' })}\n${row('good')}`, [[2, 'owner', 'NOT_FOUND']]],
  ['an overlong character', () => bad(`${HEADER}\n${row('h', { event: 'x¿y' })}\n${row('good')}`, [0xc0, 0xaf]), [[2, 'event', 'INVALID_TEXT']]],
  ['a character cut off by its quotation mark', () => bad(`${HEADER}\n${row('h', { consequence: 'x¿' })}\n${row('good')}`, [0xe2, 0x82]), [[2, 'consequence', 'INVALID_TEXT']]],
  ['a character that no code has', () => bad(`${HEADER}\n${row('h', { owner: 'x¿' })}\n${row('good')}`, [0xf5, 0x80, 0x80, 0x80]), [[2, 'owner', 'INVALID_TEXT']]],
  ['a row in UTF-16', () => bad(`${HEADER}\n${row('good')}\n¿`, [...Buffer.from('\ufeffa,b', 'utf16le')]), [[3, 'external_id', 'INVALID_TEXT']]],
  ['a byte order mark before a row', () => `${HEADER}\n${row('good')}\n\ufeff${row('h')}`, [[3, null, 'INVALID_INPUT']]],
  ['formulas in every spelling', () => [HEADER, ...FORMULAS.map((text, i) => row(`f-${String(i)}`, { source: text, event: text, affected_parties: text.replace(';', '') })), row('good')].join('\n'), []],
  ['formulas for names', () => `${HEADER}\n${row('h', { owner: '=sam' })}\n${row('h', { system: '@SYS-1' })}\n${row('h', { taxonomy: '+owasp-llm@2025#LLM01' })}\n${row('h', { draft: '=TRUE()' })}\n${row('good')}`,
    [[2, 'owner', 'NOT_FOUND'], [3, 'system', 'NOT_FOUND'], [4, 'taxonomy', 'TAXONOMY_REFERENCE_INVALID'], [5, 'draft', 'INVALID_INPUT']]],
  ['a list of separators', () => `${HEADER}\n${row('h-seps', { affected_parties: ';'.repeat(100_000), taxonomy: `${';'.repeat(100_000)}owasp-llm@2025#LLM01` })}\n${row('good')}`, []],
  ['a list of backslashes', () => `${HEADER}\n${row('h', { affected_parties: '\\'.repeat(200_000) })}\n${row('good')}`, [[2, 'affected_parties', 'TOO_LARGE']]],
  ['fifty-one references', () => `${HEADER}\n${row('h', { taxonomy: Array.from({ length: 51 }, () => 'owasp-llm@2025#LLM01').join(';') })}\n${row('good')}`, [[2, 'taxonomy', 'TOO_LARGE']]],
  ['a cell of a megabyte, unquoted', () => `${HEADER}\n${'x'.repeat(1_048_576)}\n${row('good')}`, [[2, null, 'TOO_LARGE']]],
  ['a row of commas', () => `${HEADER}\n${','.repeat(100_000)}\n${row('good')}`, [[2, null, 'INVALID_INPUT']]],
  ['an external id that is too long', () => `${HEADER}\n${row('h'.repeat(201))}\n${row('good')}`, [[2, 'external_id', 'TOO_LARGE']]],
  ['the header again', () => `${HEADER}\n${HEADER}\n${row('good')}`, [[2, 'draft', 'INVALID_INPUT']]],
  ['white space for a system', () => `${HEADER}\n${row('h', { system: '\u00a0' })}\n${row('good')}`, [[2, 'system', 'INVALID_TEXT']]],
  ['the same row twice', () => `${HEADER}\n${row('h-twice')}\n${row('h-twice')}\n${row('good')}`, [[3, 'external_id', 'ALREADY_EXISTS']]],
  ['much white space in a list', () => `${HEADER}\n${row('h', { affected_parties: `a${' '.repeat(200_000)}b` })}\n${row('good')}`, [[2, 'affected_parties', 'TOO_LARGE']]],
];

describe('a hostile file', () => {
  test.each(HOSTILE)('with %s', async (_name, file, errors) => {
    const body = file();
    const answer = await send('/v1/risks/import?dryRun=false', { body });
    const report = await answer.json() as ImportReport;

    expect(answer.status).toBe(200);
    expect([...report.errors].map(({ line, field, code }) => [line, field, code])).toEqual(errors);
    expect(report.rows.length).toBeGreaterThan(0);
  });

  test.each([
    ['an unknown column', HEADER.replace('owner', 'boss'), 'boss'], ['a column twice', `${HEADER},owner`, 'owner'], ['a column that is missing', HEADER.replace(',owner', ''), 'owner'],
    ['semicolons', HEADER.replaceAll(',', ';'), 'external_id;system'], ['nothing in it', '', 'empty'], ['UTF-16', Buffer.from(HEADER, 'utf16le'), 'column'], ['UTF-16 with its mark', Buffer.from(`\ufeff${HEADER}`, 'utf16le'), 'UTF-8'],
    ['a name of the prototype', `${HEADER},__proto__`, '__proto__'], ['a name of a method', HEADER.replace('draft', 'constructor'), 'constructor'], ['a mark that is never closed', `"${HEADER}`, 'never closed'], ['only line ends', '\r\n\n\r', 'empty'],
    ['something compressed', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), 'header'], ['markup', '<html></html>', '<html>'],
  ])('with a header of %s is refused as a whole', async (_name, body, named) => {
    const answer = await send('/v1/risks/import?dryRun=false', { body });
    const problem = await answer.json() as { detail: string };

    expect(answer.status).toBe(400);
    expect(problem.detail).toContain(named);
  });

  test('whose header would steer a terminal is refused without it', async () => {
    const answer = await send('/v1/risks/import', { body: `\x1b[2J\u202e,${HEADER}` });

    expect([answer.status, (await answer.json() as { detail: string }).detail]).toEqual([400, 'The column "\ufffd[2J\ufffd" is not known.']);
  });

  test('of a header alone is an import of nothing, and one by GraphQL holds no half characters', async () => {
    expect(await (await send('/v1/risks/import?dryRun=false', { body: `\ufeff${HEADER}\r\n` })).json()).toMatchObject({ created: 0, failed: 0, rows: [], errors: [] });
    const { errors } = await app.graphql('sam', 'mutation ($csv: String!) { importRisks(csv: $csv, dryRun: false) { created } }', { csv: `${HEADER}\n${row('g', { event: 'x\ud800' })}` });
    expect(errors?.[0]?.extensions['code']).toBe('INVALID_TEXT');
  });

  test('that is too large, has too many rows, comes as another kind, or from nobody who may', async () => {
    const large = await send('/v1/risks/import', { body: Buffer.alloc(17 * 1024 * 1024, 'a') });
    expect([large.status, (await large.json() as { title: string }).title]).toEqual([413, 'TOO_LARGE']);
    expect((await send('/v1/risks/import', { body: `${HEADER}\n${'a\n'.repeat(20_001)}` })).status).toBe(413);
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'application/octet-stream']) expect((await send('/v1/risks/import', { body: '{}', type })).status).toBe(400);
    expect((await send('/v1/risks/import?dryRun=true&dryRun=false', { body: HEADER })).status).toBe(400);
    expect((await send('/v1/risks/import?dryRun=maybe', { body: HEADER })).status).toBe(400);
    expect((await send('/v1/gate/check', { body: HEADER })).status).toBe(400);
    expect((await send('/v1/risks/import', { body: `${HEADER}\n${row('x')}`, handle: 'pipeline' })).status).toBe(403);
    expect((await fetch(`${app.url}/v1/risks/import`, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: HEADER })).status).toBe(401);
  });
});

describe('an export', () => {
  test('comes back unchanged, whatever its cells begin with, and no cell is a formula', async () => {
    system = await newSystem();
    const cells = ['=1+1', '+1', '-1', '@sum', '\t=1', '\r=2', "'=1", "''=1", '＝1', 'a "quoted", text', 'two\r\nlines', ' outer '];
    const rows = cells.map((source, i) => row(i % 2 === 0 ? `=id-${String(i)}` : '', { source: source.startsWith("'") ? `'${source}` : source, affected_parties: ' ; a\\;b;\\ c\\ ;d\\\\;=e' }));
    expect(await load([HEADER, ...rows].join('\n'))).toMatchObject({ created: cells.length, failed: 0 });

    const answer = await send(`/v1/risks.csv?system=${system.number}`, { method: 'GET' });
    const csv = await answer.text();

    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="risks.csv"');
    expect([answer.headers.get('x-content-type-options'), answer.headers.get('cache-control')]).toEqual(['nosniff', 'no-store']);
    expect(csv).not.toMatch(/(^|[,\n])"?[=+\-@\t\r]/);
    expect(await load(csv)).toMatchObject({ created: 0, updated: 0, unchanged: cells.length, failed: 0 });
    const { data } = await app.graphql<{ risksCsv: { url: string; content: string; rows: object } }>('sam', '{ risksCsv(system: "' + system.number + '") { url content rows { value isExact } } }');
    expect(data?.risksCsv).toEqual({ url: `/v1/risks.csv?system=${system.number}`, content: csv, rows: { value: cells.length, isExact: true } });
  });

  test('of what does not exist is refused before its first byte', async () => {
    expect((await send('/v1/risks.csv?system=SYS-9999', { method: 'GET' })).status).toBe(404);
    expect((await send('/v1/risks.csv?state=NOWHERE', { method: 'GET' })).status).toBe(400);
  });
});

describe('changes of many risks', () => {
  const CHANGE = 'mutation ($changes: [BulkRiskChangeInput!]!) { bulkChangeRisks(changes: $changes) { id risk { state version } error { code field retryable } } }';

  test('have a result each; one that is refused affects no other', async () => {
    const [first, second] = [await givenRisk(app, app.as, system.id, { confirmed: false }), await givenRisk(app, app.as, system.id)];
    const changes = [
      { id: first.id, expectedVersion: first.version, action: 'CONFIRM' }, { id: 'R-99999', expectedVersion: 1, action: 'SUBMIT' },
      { id: first.id, expectedVersion: first.version + 1, action: 'REOPEN', reason: 'Again.' }, { id: second.id, expectedVersion: 1, action: 'REOPEN', reason: 'Old.' },
    ];
    const { data, errors } = await app.graphql<{ bulkChangeRisks: unknown[] }>('rita', CHANGE, { changes });

    expect(errors).toBeUndefined();
    expect(data?.bulkChangeRisks).toEqual([
      { id: first.id, risk: { state: 'MONITORED', version: first.version + 1 }, error: null }, { id: 'R-99999', risk: null, error: { code: 'NOT_FOUND', field: null, retryable: false } },
      { id: first.id, risk: null, error: { code: 'INVALID_INPUT', field: 'id', retryable: false } }, { id: second.id, risk: null, error: { code: 'CONFLICT', field: null, retryable: false } },
    ]);
  });

  test('say in a sentence what stands in the way of each, and leave the record of a single command', async () => {
    const [own, other] = [await givenRisk(app, app.as, system.id, { confirmed: false }), await givenRisk(app, app.as, system.id)];
    const closed = await app.app.get(RisksService).turn(app.as('hugo'), { id: other.id, expectedVersion: other.version }, 'close', 'Gone.');
    const item = (risk: { id: string; version: number }, action: string, more: object = {}): object => ({ id: risk.id, expectedVersion: risk.version, action, ...more });
    const recorded = `audit.entry where convert_from(entry, 'UTF8')::jsonb ->> 'outcome' = 'REFUSED'`;
    const before = await count(recorded);

    const { data } = await app.graphql<{ bulkChangeRisks: { risk: object | null; error: { code: string; message: string } | null }[] }>('sam', CHANGE.replace('field', 'message field'), {
      changes: [item(own, 'CONFIRM'), item(closed, 'ASSIGN', { owner: 'rita' }), item(closed, 'SUBMIT'), item(own, 'PLAN_TREATMENT', { option: 'REDUCE', reason: 'Cheaper.' })],
    });

    expect(data?.bulkChangeRisks.map(({ error }) => error?.code ?? null)).toEqual(['PERMISSION_DENIED', 'INVALID_TRANSITION', 'INVALID_INPUT', 'INVALID_INPUT']);
    expect(data?.bulkChangeRisks[1]?.error?.message).toBe('A risk that is CLOSED does not allow: edit.');
    expect(await count(recorded)).toBe(before + 1);
  });

  test('are a hundred at most, and at least one', async () => {
    for (const n of [0, 101]) {
      const { data, errors } = await app.graphql('rita', CHANGE, { changes: Array.from({ length: n }, () => ({ id: 'R-1', expectedVersion: 1, action: 'SUBMIT' })) });
      expect([data, errors?.[0]?.extensions['code']]).toEqual([null, 'INVALID_INPUT']);
    }
  });
});
