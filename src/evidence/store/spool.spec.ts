/** A file on its way in is written as it comes: of a long one, no more is held than its pieces on the way. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { spool } from './spool.js';

const MB = 1024 * 1024;
const SIZE = 128 * MB;
const PIECE = 65_536;
/** Nobody collects what is not needed any more while a test runs, unless it is asked for. */
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'spool-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

function used(): number {
  collect();
  // What the first one has found is given back by the second one.
  collect();
  const { external, heapUsed } = process.memoryUsage();
  return external + heapUsed;
}

/** Made as it is read; looked at every 16 MB, and after its last piece, before its end is told. */
async function* pieces(bytes: number, look: () => void, breaksOff = false): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < bytes; sent += PIECE) {
    if (sent % (16 * MB) === 0) look();
    yield await Promise.resolve(new Uint8Array(PIECE).fill(97));
  }
  look();
  if (breaksOff) throw new Error('gone');
}

async function growth(bytes: number, { maxBytes = SIZE, breaksOff = false }: { maxBytes?: number; breaksOff?: boolean } = {}): Promise<{ looks: number; most: number; ended: string }> {
  const before = used();
  const looks: number[] = [];
  const ended = await spool(pieces(bytes, () => looks.push(used() - before), breaksOff), { folder, maxBytes, inspection: { take: () => undefined } }).then(
    async (kept) => { await kept.discard(); return String(kept.size); }, (error: unknown) => (error as { code?: string }).code ?? '?',
  );
  return { looks: looks.length, most: Math.max(...looks), ended };
}

test.each([
  ['that is kept', { bytes: SIZE, how: {}, ended: String(SIZE) }],
  ['that is longer than may be', { bytes: SIZE, how: { maxBytes: 48 * MB }, ended: 'TOO_LARGE' }],
  ['that breaks off', { bytes: SIZE, how: { breaksOff: true }, ended: 'INVALID_INPUT' }],
])('a file of 128 MB %s takes less than 50 MB when its last byte comes', async (_, { bytes, how, ended }) => {
  const found = await growth(bytes, how);

  expect([found.ended, found.looks]).toEqual([ended, SIZE / (16 * MB) + 1]);
  expect(found.most).toBeLessThan(50 * MB);
}, 60_000);

test('a file that cannot be written is read to its end before that is told: whoever sends it would find nobody listening', async () => {
  const handle = await open(join(folder, 'any'), 'w');
  const write = jest.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'writeFile').mockRejectedValue(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
  await handle.close();
  rmSync(join(folder, 'any'));

  const found = await growth(64 * MB);

  expect([found.ended, found.looks, write.mock.calls.length, readdirSync(folder)]).toEqual(['ENOSPC', 5, 1, []]);
  jest.restoreAllMocks();
});
