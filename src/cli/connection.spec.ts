import { afterEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from './command.js';
import { serverAddress, SERVER_OPTION } from './connection.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder on which a server runs there, or has run. */
function dataOf(url: string, pid: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-data-'));
  folders.push(folder);
  writeFileSync(join(folder, 'server.json'), JSON.stringify({ url, pid }));
  return folder;
}

test('of several servers of one checkout each is found by its data, while it runs', () => {
  const address = (folder: string): string => {
    process.env.COUNTERSIGN_DATA = folder; // taken back when the file ends
    return serverAddress(readArguments({ options: SERVER_OPTION, positionals: [] }, []));
  };
  const [one, other, ended] = [dataOf('http://127.0.0.1:3311', process.pid), dataOf('http://127.0.0.1:3312', process.pid), dataOf('http://127.0.0.1:3313', 2 ** 30)];

  expect([one, other, one, ended].map(address)).toEqual(['http://127.0.0.1:3311', 'http://127.0.0.1:3312', 'http://127.0.0.1:3311', 'http://127.0.0.1:3000']);
});
