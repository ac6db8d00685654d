// What a row says of the version at which its risk was read.
import { describe, expect, test } from '@jest/globals';
import { checkVersion, readRow, ROW_COLUMNS, type Column } from './risk-rows.js';
import type { Refusal } from './refusal.js';

const CELLS = ['', 'SYS-1', 'a source', 'an event', 'a consequence', 'sam', '', '', '', ''];

function versionOf(cell: string): unknown {
  const row = readRow([...ROW_COLUMNS, 'version'] as Column[], 7, [...CELLS, cell]);
  return Array.isArray(row) ? row.map(({ line, field, code }) => [line, field, code]) : row.version;
}

function refused(row: { number: string | null; version: number | null }): Refusal | null {
  try {
    checkVersion(row, { number: 'R-5', version: 2 });
    return null;
  } catch (error) {
    return error as Refusal;
  }
}

describe('the version of a row', () => {
  test.each([['1', 1], [' 12 ', 12], ['2147483647', 2_147_483_647], ['', null], ['  ', null]])('is read from %j as %j', (cell, version) => {
    expect(versionOf(cell)).toBe(version);
  });

  test.each(['0', '-1', '+1', '1.0', '1e3', '01', '0x1', 'one', '"1"', '1 2', '2147483648', '99999999999'])('is not read from %j', (cell) => {
    expect(versionOf(cell)).toEqual([[7, 'version', 'INVALID_INPUT']]);
  });

  test('is none where the file has no such column', () => {
    expect(readRow(ROW_COLUMNS, 2, CELLS)).toMatchObject({ version: null });
  });

  test('lets a change through that was made from the present version, or from none', () => {
    expect([refused({ number: null, version: 2 }), refused({ number: 'R-5', version: 2 }), refused({ number: null, version: null }), refused({ number: 'R-9', version: null })]).toEqual([null, null, null, null]);
  });

  test.each([1, 3])('refuses one that was made from version %j, naming both and what to do', (version) => {
    expect(refused({ number: 'R-5', version })).toMatchObject({ code: 'CONFLICT', facts: {
      field: 'version', subject: 'Risk', expected: String(version), actual: '2', currentVersion: 2,
      message: `R-5 is at version 2, and the row was read at version ${String(version)}. Export R-5 again and repeat the change there; a row with an empty version is written over what is there.`,
    } });
  });

  test('is that of the number beside it, and of no other risk that happens to have the same', () => {
    expect(refused({ number: 'R-9', version: 2 })).toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/^The row is about R-5, at version 2, and brings the version of R-9\. Export R-5 again/) as unknown });
  });
});
