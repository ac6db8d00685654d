import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linesOf } from './file-lines.js';

const folder = mkdtempSync(join(tmpdir(), 'countersign-lines-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

async function read(bytes: string | Buffer, most = 1_000_000): Promise<string[]> {
  const path = join(folder, 'lines');
  writeFileSync(path, bytes);
  const lines: string[] = [];
  for await (const line of linesOf(path, most)) lines.push(line);
  return lines;
}

test('each line comes with its end, however long the file is, and only a newline ends one', async () => {
  const long = `${'ä€😀'.repeat(30_000)}\n`;

  expect(await read('a\n\nb\r\u2028c\n')).toEqual(['a\n', '\n', 'b\r\u2028c\n']);
  expect(await read(long.repeat(3))).toEqual([long, long, long]);
  expect([await read('a\nb'), await read(''), await read('\uFEFFa\n')]).toEqual([['a\n', 'b'], [], ['\uFEFFa\n']]);
});

test('a line that is too long, bytes that are no text, and a file that is not there are told', async () => {
  expect(await read('abc\n', 4)).toEqual(['abc\n']);
  await expect(read('a\nabcd\n', 4)).rejects.toThrow(/has a line of more than 4 bytes/);
  await expect(read('x'.repeat(200_000), 100_000)).rejects.toThrow(/has a line of more than 100000 bytes/);
  for (const bytes of [[0x61, 0xff, 0x0a], [0x0a, 0xe2, 0x82]]) await expect(read(Buffer.from(bytes))).rejects.toThrow(/is no UTF-8 text/);
  await expect(linesOf(join(folder, 'none'), 4).next()).rejects.toThrow(/cannot be read \(ENOENT\)/);
});
