// Where files pass on their way to a bucket: one folder of this account alone, always the same; and none for who only looks after what is there.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvidencePlace } from '../../platform/evidence-place.js';
import { keeperAt, keeperThere } from './keepers.js';

const PLACE: EvidencePlace = { kind: 'bucket', endpoint: 'http://127.0.0.1:1', region: 'x', bucket: 'evidence', prefix: '', accessKey: 'AKTEST', secretKey: 'test' };
const OURS = `countersign-${String(process.getuid?.())}`;
const before = process.env['TMPDIR'];
let temporary: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'countersign-keepers-'));
  process.env['TMPDIR'] = temporary;
});
afterEach(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  rmSync(temporary, { recursive: true });
});

describe('files on their way to a bucket', () => {
  test('pass through the same folder at every start, which forgets what a killed server left there', () => {
    const { passing } = keeperAt(PLACE, null);
    writeFileSync(join(passing, 'left.part'), 'x');
    utimesSync(join(passing, 'left.part'), 0, 0);

    expect([keeperAt(PLACE, null).passing, passing]).toEqual([passing, join(temporary, OURS, 'incoming')]);
    expect([readdirSync(temporary), readdirSync(passing), statSync(join(temporary, OURS)).mode & 0o777]).toEqual([[OURS], [], 0o700]);
  });

  test('pass through the data folder where there is one', () => {
    expect(keeperAt(PLACE, join(temporary, 'data')).passing).toBe(join(temporary, 'data', 'incoming'));
    expect(readdirSync(temporary)).toEqual(['data']);
  });

  test('pass through no folder that others can enter, nor through a link', () => {
    mkdirSync(join(temporary, OURS));
    chmodSync(join(temporary, OURS), 0o770);
    expect(() => keeperAt(PLACE, null)).toThrow('not a folder of this account alone');
    rmSync(join(temporary, OURS), { recursive: true });
    mkdirSync(join(temporary, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(temporary, 'elsewhere'), join(temporary, OURS));
    expect(() => keeperAt(PLACE, null)).toThrow('not a folder of this account alone');
    expect(existsSync(join(temporary, 'elsewhere', 'incoming'))).toBe(false);
  });

  test('need no folder where none come in', () => {
    expect(keeperThere(PLACE)).not.toBeNull();
    expect(readdirSync(temporary)).toEqual([]);
  });
});
