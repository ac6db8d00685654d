// A file that was exported comes back after somebody else has written: over REST and over GraphQL, no row writes over what its writer has not
// read. By the command line: test/risks-command.spec.ts.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Risk, RiskStatement } from '../../src/domain/risk.js';
import { ReadScope } from '../../src/platform/scope.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import type { ImportReport } from '../../src/risks/risk-import.service.js';
import { RiskTable } from '../../src/risks/risk.table.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { csvFile, csvRow, type Cells } from '../support/csv-rows.js';
import { systemInput } from './register.js';

let app: TestApp;
let system: { id: string; number: string };

beforeAll(async () => { app = await startApp(); });
afterAll(() => app.close());
beforeEach(async () => { system = await newSystem(); });
afterEach(() => { jest.restoreAllMocks(); });

async function newSystem(): Promise<{ id: string; number: string }> {
  return app.app.get(SystemsService).register(app.as('sam'), systemInput('sam', { developers: ['dana'] }));
}

function row(id: string, more: Cells = {}): string {
  return csvRow(system.number, id, more);
}

async function send(csv: string | Buffer, dryRun: boolean, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${app.url}/v1/risks/import?dryRun=${String(dryRun)}`, { method: 'POST', headers: { authorization: `Bearer ${await app.token('sam')}`, 'content-type': 'text/csv', ...headers }, body: csv as string });
}

type Load = (csv: string | Buffer, dryRun: boolean) => Promise<ImportReport>;
const overRest: Load = async (csv, dryRun) => (await send(csv, dryRun)).json() as Promise<ImportReport>;
const overGraphql: Load = async (csv, dryRun) => {
  const { data } = await app.graphql<{ importRisks: ImportReport }>('sam', `mutation ($csv: String!, $dryRun: Boolean!) { importRisks(csv: $csv, dryRun: $dryRun) {
    dryRun created updated unchanged failed isComplete rows { line outcome number version } errors { line field code message currentVersion } } }`, { csv: String(csv), dryRun });
  return data!.importRisks;
};

/** The register's file, every cell of a risk in quotation marks. */
async function exported(): Promise<string> {
  return (await fetch(`${app.url}/v1/risks.csv?system=${system.number}`, { headers: { authorization: `Bearer ${await app.token('sam')}` } })).text();
}

async function logged(...rows: readonly string[]): Promise<string[]> {
  return (await overRest(csvFile(...rows), false)).rows.map(({ number }) => String(number));
}

async function risk(number: string): Promise<Risk & { version: number }> {
  return app.app.get(UnitOfWork).read(app.as('sam'), 'register.read', (scope) => scope.get(RiskTable, number));
}

/** What a colleague writes meanwhile, by hand. */
async function reword(number: string, change: Partial<RiskStatement>): Promise<void> {
  const { version, statement } = await risk(number);
  await app.app.get(RisksService).edit(app.as('sam'), { id: number, expectedVersion: version }, { statement: { ...statement, ...change } });
}

const conflict = (line: number, number: string, [given, current]: readonly [given: number, current: number]): object => ({
  line, field: 'version', code: 'CONFLICT', currentVersion: current,
  message: `${number} is at version ${String(current)}, and the row was read at version ${String(given)}. Export ${number} again and repeat the change there; a row with an empty version is written over what is there.`,
});

describe.each([['REST', overRest], ['GraphQL', overGraphql]])('a file that comes back over %s', (_, load) => {
  test('takes back nothing that somebody else wrote since, in a dry run as in the import; its other rows are taken', async () => {
    const [first = '', second = ''] = await logged(row('one'), row('two'));
    const file = (await exported()).replace('"source one"', '"one, reworded"').replace('"source two"', '"two, reworded"');
    await reword(first, { consequence: 'what the colleague knows' });

    const told = await load(file, true);
    const done = await load(file, false);

    expect(told).toEqual({ dryRun: true, created: 0, updated: 1, unchanged: 0, failed: 1, isComplete: true, rows: [{ line: 3, outcome: 'UPDATED', number: second, version: 2 }], errors: [conflict(2, first, [1, 2])] });
    expect(done).toEqual({ ...told, dryRun: false });
    expect(await risk(first)).toMatchObject({ version: 2, statement: { source: 'source one', consequence: 'what the colleague knows' } });
    expect(await risk(second)).toMatchObject({ version: 2, statement: { source: 'two, reworded' } });
  });

  test('changes what it was read from, and says nothing the second time although its version is an old one then', async () => {
    const [number = ''] = await logged(row('again'));
    const file = (await exported()).replace('"source again"', '"again, reworded"');

    expect(await load(file, false)).toMatchObject({ updated: 1, failed: 0, rows: [{ version: 2 }] });
    expect(await load(file, false)).toMatchObject({ updated: 0, unchanged: 1, failed: 0, rows: [{ outcome: 'UNCHANGED', number, version: 2 }] });
    expect(await load(file.replace('again, reworded', 'once more'), false)).toMatchObject({ updated: 0, failed: 1, errors: [conflict(2, number, [1, 2])] });
  });

  test('is written over whatever is there where a row brings no version', async () => {
    const [number = ''] = await logged(row('leads'));
    const file = (await exported()).replace('"source leads"', '"as the other tool says"').replace(',"1"\r\n', ',\r\n');
    await reword(number, { consequence: 'what the colleague knows' });

    expect(await load(file, true)).toMatchObject({ updated: 1, failed: 0 });
    expect(await load(file, false)).toMatchObject({ updated: 1, failed: 0, rows: [{ version: 3 }] });
    expect(await risk(number)).toMatchObject({ version: 3, statement: { source: 'as the other tool says', consequence: 'harm' } });
  });
});

describe('of two who write at the same moment', () => {
  test('one import changes the risk, and the other is told', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [number = ''] = await logged(row(`race-${String(round)}`));
      const file = (await exported()).split('\r\n').filter((line, i) => i === 0 || line.includes(`"${number}"`)).join('\r\n');

      const reports = await Promise.all(['mine', 'yours'].map((mine) => overRest(file.replace('"it happens"', `"${mine}"`), false)));

      expect(reports.map(({ updated, failed }) => [updated, failed]).sort()).toEqual([[0, 1], [1, 0]]);
      expect(reports.flatMap(({ errors }) => errors)).toEqual([conflict(2, number, [1, 2])]);
      expect(await risk(number)).toMatchObject({ version: 2, statement: { event: reports[0]?.updated === 1 ? 'mine' : 'yours' } });
    }
  }, 60_000);

  test('an edit is kept that came between the reading of a row and its writing', async () => {
    const [number = ''] = await logged(row('between'));
    const file = (await exported()).replace('"source between"', '"between, reworded"');
    const read = ReadScope.prototype.byIds;
    jest.spyOn(ReadScope.prototype, 'byIds').mockImplementationOnce(async function (this: ReadScope, ...given: Parameters<typeof read>) {
      const found = await read.apply(this, given) as never;
      await reword(number, { consequence: 'what the colleague knows' });
      return found;
    });

    expect(await overRest(file, false)).toMatchObject({ updated: 0, failed: 1, errors: [conflict(2, number, [1, 2])] });
    expect(await risk(number)).toMatchObject({ version: 2, statement: { source: 'source between', consequence: 'what the colleague knows' } });
  });
});

describe('a row that finds its risk by the statement', () => {
  test('is no new risk when somebody has reworded the one that was read; in another system it is one', async () => {
    const [number = ''] = await logged(row('', { source: 'as it was' }));
    const file = (await exported()).replace('"customers;staff"', '"customers"');
    await reword(number, { source: 'as the colleague knows better' });
    const elsewhere = await newSystem();

    for (const dryRun of [true, false]) expect(await overRest(file, dryRun)).toMatchObject({ created: 0, updated: 0, failed: 1, errors: [conflict(2, number, [1, 2])] });
    expect(await overRest(file.replace(`"${system.number}"`, `"${elsewhere.number}"`), false)).toMatchObject({ created: 1, failed: 0, rows: [{ version: 1 }] });
    expect(await overRest(file.replace(',"1"\r\n', ',\r\n'), false)).toMatchObject({ created: 1, failed: 0 });
  });

  test('changes no other risk of the same words by a version that is not of that one', async () => {
    const [first = '', second = ''] = await logged(row('', { source: 'first' }), row('', { source: 'second' }));
    const file = (await exported()).split('\r\n').filter((line) => !line.includes(`"${second}"`)).join('\r\n').replace('"customers;staff"', '"customers"');
    await reword(first, { source: 'something else' });
    await app.app.get(RisksService).edit(app.as('sam'), { id: second, expectedVersion: 1 }, { statement: { source: 'first', event: 'it happens', consequence: 'harm' } });

    const { errors } = await overRest(file.replace(',"1"\r\n', ',"2"\r\n'), false);

    expect(errors).toEqual([expect.objectContaining({ line: 2, code: 'CONFLICT', currentVersion: 2, message: expect.stringMatching(`^The row is about ${second}, at version 2, and brings the version of ${first}\\.`) as unknown })]);
    expect(await risk(second)).toMatchObject({ version: 2, affectedParties: ['customers', 'staff'] });
  });

  test('is a new one beside the row that it was copied from, in a dry run as in the import, also in a later part', async () => {
    await logged(row('copied'));
    const [header = '', line = ''] = (await exported()).split('\r\n');
    const more = Array.from({ length: 255 }, (_, i) => row(`more-${String(i)}`).concat(','.repeat(7)));
    const file = [header, line.replace('"source copied"', '"reworded"'), ...more, line.replace('"copied"', '""').replace('"source copied"', '"a new risk, typed over a copy"')].join('\n');

    const told = await overRest(file, true);

    expect(told).toMatchObject({ created: 256, updated: 1, failed: 0 });
    expect(await overRest(file, false)).toMatchObject({ created: 256, updated: 1, failed: 0 });
  }, 60_000);
});

test('a version that is none is an error of its line, and If-Match for a whole file is refused before anything is written', async () => {
  const [number = ''] = await logged(row('none'));
  const file = (await exported()).replace('"source none"', '"none, reworded"');

  expect((await overRest(file.replace(',"1"\r\n', ',"1.0"\r\n'), false)).errors).toEqual([{ line: 2, field: 'version', code: 'INVALID_INPUT', message: 'version is a whole number from 1 on, as an export tells it, or empty.', currentVersion: null }]);
  for (const dryRun of [true, false]) {
    const answer = await send(file, dryRun, { 'if-match': '"1"' });
    expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code: 'INVALID_INPUT', details: { field: 'if-match', next: 'Leave the header out, and send the version of each risk in the version column of its row.' } })]);
  }
  expect((await risk(number)).version).toBe(1);
});
