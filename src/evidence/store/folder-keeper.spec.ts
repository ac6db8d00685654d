// Files in a folder: whole or not there, one place each, and nothing outside of the folder whatever is asked.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusal } from '../../../test/support/given.js';
import { sha256 } from '../../domain/digest.js';
import { FileInspection } from '../../domain/file-kind.js';
import { EvidenceStore } from './evidence-store.js';
import { FolderKeeper } from './folder-keeper.js';

const [OURS, THEIRS] = ['01a2077b-bf48-7377-be71-8d99df2e30b9', '01a2077b-bf48-7377-be71-8d99df2e30ba'];
let folder: string;
let keeper: FolderKeeper;
let store: EvidenceStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-keeper-'));
  keeper = new FolderKeeper(folder);
  store = new EvidenceStore(keeper, 1000);
});
afterEach(() => { rmSync(folder, { recursive: true }); });

/** As the record names it. */
const recorded = (text: string): { digest: string; size: number } => ({ digest: sha256(text), size: Buffer.byteLength(text) });

async function* piecesOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function kept(tenantId: string, ...texts: string[]): Promise<string> {
  const spooled = await store.receive(piecesOf(...texts), new FileInspection(null, null));
  await store.keep(tenantId, spooled);
  await spooled.discard();
  return spooled.digest;
}

async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all).toString();
}

const incoming = (): string[] => readdirSync(join(folder, 'incoming'));

describe('a folder', () => {
  test('keeps a file under its digest, by organization, and gives it back', async () => {
    const digest = await kept(OURS, 'one ', 'file');

    expect(digest).toBe(sha256('one file'));
    expect(existsSync(join(folder, OURS, digest.slice(7, 9), digest.slice(7)))).toBe(true);
    expect(await textOf(await store.read(OURS, recorded('one file')))).toBe('one file');
    await expect(store.read(THEIRS, recorded('one file'))).rejects.toThrow(refusal('FILE_STORE_UNAVAILABLE'));
    expect(incoming()).toEqual([]);
  });

  test('loses all of an organization that is erased, and nothing of another', async () => {
    await kept(OURS, 'ours');
    await kept(THEIRS, 'theirs');
    await keeper.erase(OURS);

    expect([existsSync(join(folder, OURS)), await textOf(await store.read(THEIRS, recorded('theirs')))]).toEqual([false, 'theirs']);
    await expect(store.read(OURS, recorded('ours'))).rejects.toThrow(refusal('FILE_STORE_UNAVAILABLE'));
  });

  test('tells what an organization has, whatever else lies beside it', async () => {
    const digest = await kept(OURS, 'ours');
    writeFileSync(join(folder, OURS, '.DS_Store'), 'x');
    writeFileSync(join(folder, OURS, digest.slice(7, 9), '.DS_Store'), 'x');
    mkdirSync(join(folder, OURS, 'lost+found'));
    const listed: string[] = [];
    for await (const file of keeper.list(OURS)) listed.push(file.digest);

    expect(listed).toEqual([digest]);
  });

  test.each(['..', '../..', 'incoming', '', '/etc', `${OURS}/..`])('takes %j for no organization', async (tenantId) => {
    await kept(OURS, 'x');
    await expect(keeper.erase(tenantId)).rejects.toThrow('no part of a path');
    await expect(keeper.read(tenantId, sha256('x'))).rejects.toThrow('no part of a path');
    await expect(keeper.read(OURS, '../../x')).rejects.toThrow('no part of a path');
    expect(existsSync(join(folder, OURS))).toBe(true);
  });

  test('forgets what a server that was killed left on its way, once it is old', () => {
    for (const [name, age] of [['old.part', 7200], ['new.part', 10]] as const) {
      writeFileSync(join(folder, 'incoming', name), 'x');
      utimesSync(join(folder, 'incoming', name), Date.now() / 1000 - age, Date.now() / 1000 - age);
    }
    new FolderKeeper(folder);
    expect(incoming()).toEqual(['new.part']);
  });
});

describe('the store', () => {
  test('forgets while it works what a server that was killed left, once it is old, and looks only now and then', async () => {
    const [path, start, readAgain] = [join(folder, 'incoming', 'left.part'), Date.now(), jest.spyOn(Date, 'now')];
    writeFileSync(path, 'x');
    const left: boolean[] = [];
    for (const minutes of [10, 59, 70, 76]) {
      // The file is as old as what has passed; the last look was at 59 minutes.
      readAgain.mockReturnValue(start + minutes * 60_000 + 5000);
      await kept(OURS, `after ${String(minutes)} minutes`);
      left.push(existsSync(path));
    }
    readAgain.mockRestore();

    expect(left).toEqual([true, true, true, false]);
    rmSync(join(folder, 'incoming'), { recursive: true });
    await expect(kept(OURS, 'nowhere to pass through')).rejects.toThrow(refusal('FILE_STORE_UNAVAILABLE'));
  });

  test('leaves nothing of what breaks off or is too large', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    }
    await expect(store.receive(broken(), new FileInspection(null, null))).rejects.toThrow(refusal('INVALID_INPUT', { field: 'body' }));
    const written: number[] = [];
    async function* large(): AsyncGenerator<Uint8Array> {
      for (const size of [600, 401, 500]) {
        yield Buffer.alloc(size);
        written.push(...incoming().map((name) => statSync(join(folder, 'incoming', name)).size));
      }
    }
    await expect(store.receive(large(), new FileInspection(null, null))).rejects.toThrow(refusal('TOO_LARGE'));
    expect(written).toEqual([600, 600, 600]);
    expect(incoming()).toEqual([]);
  });

  test('gives no last piece of bytes that have another digest by now', async () => {
    const digest = await kept(OURS, 'the real one');
    writeFileSync(join(folder, OURS, digest.slice(7, 9), digest.slice(7)), 'another one!');
    await expect(textOf(await store.read(OURS, recorded('the real one')))).rejects.toThrow('not what its digest says');
  });

  test.each([
    ['in one piece', ['other bytes, and more of them']], ['that begin as they did', ['the real one', '!']], ['that come byte by byte', Array.from('other bytes!!')], ['with nothing in between', ['other bytes!', '', '!']],
    ['as long as they were, and then nothing', ['other bytes!', '', '']],
  ])('gives less than was recorded of bytes that are others by now: %s', async (_how, pieces) => {
    jest.spyOn(keeper, 'read').mockResolvedValue(piecesOf(...pieces));
    const given: Uint8Array[] = [];
    const reading = async (): Promise<void> => { for await (const piece of await store.read(OURS, recorded('the real one'))) given.push(piece); };

    await expect(reading()).rejects.toThrow('not what its digest says');
    expect(Buffer.concat(given).length).toBeLessThan(12);
  });

  test('gives no piece of a file that has grown', async () => {
    const digest = await kept(OURS, 'the real one');
    writeFileSync(join(folder, OURS, digest.slice(7, 9), digest.slice(7)), 'another one, and longer');
    const pieces = (await store.read(OURS, recorded('the real one')))[Symbol.asyncIterator]();
    await expect(pieces.next()).rejects.toThrow('not what its digest says');
  });

  test('reads what comes even where it cannot be written, so that the sender hears of it, and only so far', async () => {
    rmSync(join(folder, 'incoming'), { recursive: true });
    let read = 0;
    async function* pieces(count: number): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < count; i += 1) {
        read += 500;
        yield Buffer.alloc(500);
      }
    }
    for (const [count, bytes] of [[5, 2500], [100, 4500]] as const) {
      read = 0;
      await expect(store.receive(pieces(count), new FileInspection(null, null))).rejects.toThrow(refusal('FILE_STORE_UNAVAILABLE'));
      expect(read).toBe(bytes);
    }
  });

  test('says that it cannot, where it cannot write or was never set up', async () => {
    rmSync(join(folder, 'incoming'), { recursive: true });
    await expect(store.receive(piecesOf('x'), new FileInspection(null, null))).rejects.toThrow(refusal('FILE_STORE_UNAVAILABLE'));
    await expect(new EvidenceStore(null).receive(piecesOf('x'), new FileInspection(null, null))).rejects.toThrow(refusal('FILE_STORE_UNAVAILABLE'));
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'incoming'));
    expect(() => new FolderKeeper(join(folder, 'file'))).toThrow();
  });
});
