// What goes wrong while a file is imported: others who write at the same moment, rows that cannot be kept, a server in trouble. Whatever
// happens, each row is told its own outcome, and nothing that somebody else wrote is lost.
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Refusal } from '../../src/domain/refusal.js';
import type { Risk } from '../../src/domain/risk.js';
import { ReadScope } from '../../src/platform/scope.js';
import { UnitOfWork } from '../../src/platform/unit-of-work.js';
import { RiskImportService, type ImportReport } from '../../src/risks/risk-import.service.js';
import { RiskTable } from '../../src/risks/risk.table.js';
import { RisksService } from '../../src/risks/risks.service.js';
import { SystemsService } from '../../src/systems/systems.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { csvFile, csvRow, type Cells } from '../support/csv-rows.js';
import { connectTo, estimate } from '../support/register.js';
import { systemInput } from './register.js';

let app: TestApp;
let system: { id: string; number: string };
let risks: RisksService;

beforeAll(async () => {
  app = await startApp();
  risks = app.app.get(RisksService);
  system = await app.app.get(SystemsService).register(app.as('sam'), systemInput('sam', { developers: ['dana'] }));
});
afterAll(() => app.close());
afterEach(() => { jest.restoreAllMocks(); });

function row(id: string, more: Cells = {}): string {
  return csvRow(system.number, id, more);
}

function load(...rows: readonly string[]): Promise<ImportReport> {
  return app.app.get(RiskImportService).import(app.as('sam'), csvFile(...rows), false);
}

async function risk(id: string): Promise<Risk & { version: number }> {
  return app.app.get(UnitOfWork).read(app.as('sam'), 'register.read', (scope) => scope.get(RiskTable, id));
}

async function imported(...rows: readonly string[]): Promise<string[]> {
  return (await load(...rows)).rows.map(({ number }) => String(number));
}

describe('an import beside others', () => {
  test('never takes back a statement that somebody wrote meanwhile: its row is about another risk then', async () => {
    const [number = ''] = await imported(row('', { source: 'as it was' }));
    const read = ReadScope.prototype.byIds;
    jest.spyOn(ReadScope.prototype, 'byIds').mockImplementationOnce(async function (this: ReadScope, ...given: Parameters<typeof read>) {
      await risks.edit(app.as('sam'), { id: number, expectedVersion: 1 }, { statement: { source: 'as sam knows better', event: 'it happens', consequence: 'harm' } });
      return read.apply(this, given);
    });

    const report = await load(row('', { source: 'as it was', affected_parties: 'somebody else' }));

    expect(report).toMatchObject({ created: 1, updated: 0, failed: 0 });
    expect(await risk(number)).toMatchObject({ version: 2, statement: { source: 'as sam knows better' }, affectedParties: ['customers', 'staff'] });
  });

  test('writes over what it found under its external id by the present version, so that both changes are in the log', async () => {
    const [number = ''] = await imported(row('both'));
    const read = ReadScope.prototype.byIds;
    jest.spyOn(ReadScope.prototype, 'byIds').mockImplementationOnce(async function (this: ReadScope, ...given: Parameters<typeof read>) {
      const found = await read.apply(this, given) as never;
      await risks.edit(app.as('sam'), { id: number, expectedVersion: 1 }, { affectedParties: ['suppliers'] });
      return found;
    });

    expect(await load(row('both', { event: 'it happens often' }))).toMatchObject({ updated: 1, failed: 0 });

    const written = await risk(number);
    const admin = await connectTo(app.database.adminUrl, null);
    const { rows } = await admin.query('select from audit.entry where object_id = $1', [written.id]).finally(() => admin.end());
    expect([written.version, rows.length]).toEqual([3, 3]);
  });

  test('waits for its turn when the register is busy', async () => {
    const write = jest.spyOn(UnitOfWork.prototype, 'write').mockRejectedValueOnce(new Refusal('OVERLOADED', { message: 'The register cannot answer at the moment.' }));

    expect(await load(row('turn'))).toMatchObject({ created: 1, failed: 0 });
    expect(write).toHaveBeenCalledTimes(2);
  });

  test('leaves the others their turn while it reads rows that are all broken', async () => {
    let [reading, turns] = [false, 0];
    const turn = (): void => {
      turns += 1;
      if (reading) setImmediate(turn);
    };
    // Once the door has let the importer in, only reading is left: nothing but its own courtesy gives the others a turn.
    const write = UnitOfWork.prototype.write;
    jest.spyOn(UnitOfWork.prototype, 'write').mockImplementationOnce(function (this: UnitOfWork, ...given: Parameters<typeof write>) {
      return write.apply(this, given).finally(() => {
        reading = true;
        setImmediate(turn);
      });
    });

    const { failed } = await load(...Array.from({ length: 5000 }, () => 'a"b,c'));
    reading = false;

    expect(failed).toBe(5000);
    expect(turns).toBeGreaterThan(15);
  });
});

describe('a part of an import', () => {
  test('reads no risk again that an earlier part has read, however many the system has', async () => {
    const query = jest.spyOn(ReadScope.prototype, 'query');

    const report = await load(...Array.from({ length: 760 }, (_, i) => row('', { source: `without a name ${String(i)}` })));

    const read = query.mock.calls.flatMap(([sql, parameters]) => (/statement from risks where id = any/.test(sql) ? parameters?.[0] as string[] : []));
    expect([report.created, read.length]).toEqual([760, new Set(read).size]);
    expect(read.length).toBeGreaterThan(500);
  }, 60_000);

  test('is not lost for one row that cannot be kept', async () => {
    const [number = ''] = await imported(row('large'));
    for (let version = 1; version <= 8; version += 1) await risks.assess(app.as('sam'), { id: number, expectedVersion: version }, { ...estimate(1), rationale: '字'.repeat(10_000) });
    const parties = Array.from({ length: 30 }, (_, i) => `${String(i)} ${'字'.repeat(490)}`).join(';');

    const report = await load(row('beside-1'), row('large', { affected_parties: parties }), row('beside-2'), row('beside-3', { owner: 'nobody' }));

    expect(report.rows.map(({ line, outcome }) => [line, outcome])).toEqual([[2, 'CREATED'], [4, 'CREATED']]);
    expect(report.errors.map(({ line, code }) => [line, code])).toEqual([[3, 'TOO_LARGE'], [5, 'NOT_FOUND']]);
  });

  test.each([
    ['PERMISSION_DENIED', new Refusal('PERMISSION_DENIED', { message: 'None of your roles.' })], ['REGISTER_UNAVAILABLE', new Refusal('REGISTER_UNAVAILABLE')], ['INTERNAL_ERROR', new Error('a fault with a secret')],
  ])('that fails as %s is told beside what was written before', async (code, failure) => {
    const write = UnitOfWork.prototype.write;
    jest.spyOn(UnitOfWork.prototype, 'write').mockImplementationOnce(async function (this: UnitOfWork, ...given: Parameters<typeof write>) { return write.apply(this, given); }).mockRejectedValueOnce(failure);

    const report = await load(...Array.from({ length: 260 }, (_, i) => row(`${code}-${String(i)}`)));

    expect(report).toMatchObject({ created: 250, failed: 10 });
    expect(new Set(report.errors.map((error) => error.code))).toEqual(new Set([code]));
    expect(JSON.stringify(report)).not.toContain('secret');
  }, 60_000);

  test('of which more is wrong than a report holds is told from its first line on', async () => {
    const report = await load(...Array.from({ length: 1100 }, (_, i) => (i % 2 === 0 ? 'short' : row(String(i), { owner: 'nobody' }))));

    expect([report.failed, report.isComplete]).toEqual([1100, false]);
    expect(report.errors.map(({ line }) => line)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 2));
  });
});

describe('a row that its importer may not write', () => {
  test('is a fact in the log, as the single command is, with the risk that it was about', async () => {
    const [number = ''] = await imported(row('taken', { owner: 'rita' }), row('fine'));
    const { id } = await risk(number);

    const report = await load(row('fine'), row('taken', { owner: 'sam' }), row('more'));

    expect(report.errors).toEqual([expect.objectContaining({ line: 3, code: 'NOT_ELIGIBLE' })]);
    const admin = await connectTo(app.database.adminUrl, null);
    const { rows } = await admin.query<{ entry: { action: string; outcome: string; reason: { code: string } } }>(`select convert_from(entry, 'UTF8')::jsonb as entry from audit.entry where object_id = $1 order by seq desc limit 1`, [id]).finally(() => admin.end());
    expect(rows[0]?.entry).toMatchObject({ action: 'risk.edit', outcome: 'REFUSED', reason: { code: 'NOT_ELIGIBLE' } });
  });
});
