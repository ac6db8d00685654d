// Files in a bucket, of a service that proves every signature for itself: whole or not there, one place each, and errors that say nothing of the secret.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCESS_KEY, BUCKET, BucketServer, REGION, SECRET_KEY } from '../../../test/support/bucket-server.js';
import { refusal } from '../../../test/support/given.js';
import { sha256 } from '../../domain/digest.js';
import { FileInspection } from '../../domain/file-kind.js';
import { LOCK_TIMEOUT_MS } from '../../platform/database.js';
import { Bucket, PATIENCE, type BucketSettings } from './bucket.js';
import { BucketKeeper } from './bucket-keeper.js';
import { EvidenceStore } from './evidence-store.js';
import type { KeptFile } from './file-keeper.js';
import { passingFolder } from './spool.js';

const [OURS, THEIRS] = ['01a2077b-bf48-7377-be71-8d99df2e30b9', '01a2077b-bf48-7377-be71-8d99df2e30ba'];
/** What says nothing is given up long before the longest time, which is more than a test waits. */
const QUICK = { small: { idleMs: 300, mostMs: 60_000 }, large: { idleMs: 300, mostMs: 60_000 }, awaited: { idleMs: 300, mostMs: 5000 } };
/** Longer than a test waits. */
const HOURS = { idleMs: 3_600_000, mostMs: 3_600_000 };

let folder: string;
let server: BucketServer;
let keeper: BucketKeeper;
let store: EvidenceStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-bucket-'));
  server = await BucketServer.start();
  keeper = keeperWith({});
  store = new EvidenceStore(keeper, 1_000_000);
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function keeperWith(settings: Partial<BucketSettings>, prefix = 'files/'): BucketKeeper {
  return new BucketKeeper(new Bucket({ endpoint: server.url, bucket: BUCKET, region: REGION, accessKey: ACCESS_KEY, secretKey: SECRET_KEY, ...settings }, QUICK), prefix, passingFolder(join(folder, 'incoming')));
}

/** As the record names it. */
const recorded = (text: string): { digest: string; size: number } => ({ digest: sha256(text), size: Buffer.byteLength(text) });

async function* piecesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function kept(tenantId: string, text: string, to = store): Promise<string> {
  const spooled = await to.receive(piecesOf(text), new FileInspection(null, null));
  await to.keep(tenantId, spooled).finally(() => spooled.discard());
  return spooled.digest;
}

async function all<T>(pieces: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const piece of pieces) found.push(piece);
  return found;
}
const textOf = async (pieces: AsyncIterable<Uint8Array>): Promise<string> => Buffer.concat(await all(pieces)).toString();

describe('a bucket', () => {
  test('keeps a file under its digest, by organization, and gives it back', async () => {
    const text = 'one file '.repeat(50_000);
    await kept(OURS, text);

    expect([...server.objects.keys()]).toEqual([`files/${OURS}/${sha256(text).slice(7)}`]);
    expect(await textOf(await store.read(OURS, recorded(text)))).toBe(text);
    await expect(store.read(THEIRS, recorded(text))).rejects.toThrow(refusal('FILE_STORE_UNAVAILABLE'));
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
  });

  test('tells what an organization has, over all pages, and removes one', async () => {
    const digests = [await kept(OURS, 'a'), await kept(OURS, 'b'), await kept(OURS, 'c'), await kept(OURS, 'd'), await kept(OURS, 'e')];
    await kept(THEIRS, 'theirs');
    server.objects.set(`files/${OURS}/note.txt`, { bytes: Buffer.from('x'), at: new Date() });
    const listed = async (): Promise<string[]> => (await all<KeptFile>(keeper.list(OURS))).map(({ digest }) => digest);

    expect([...await listed()].sort()).toEqual([...digests].sort());
    await keeper.remove(OURS, digests[2] ?? '');
    await keeper.remove(OURS, digests[2] ?? '');
    expect([...await listed()].sort()).toEqual(digests.filter((_, i) => i !== 2).sort());
    expect((await all<KeptFile>(keeper.list(OURS))).every(({ keptAt }) => Math.abs(Date.now() - keptAt.getTime()) < 60_000)).toBe(true);
  });

  test('loses all of an organization that is erased, on every page of its listing, and nothing of another', async () => {
    for (let i = 0; i < 9; i += 1) await kept(OURS, `ours ${String(i)}`);
    server.objects.set(`files/${OURS}/a note & more+.txt`, { bytes: Buffer.from('x'), at: new Date() });
    server.objects.set(`files/${OURS}-2/x`, { bytes: Buffer.from('x'), at: new Date() });
    const theirs = await kept(THEIRS, 'theirs');

    await keeper.erase(OURS);

    expect([...server.objects.keys()].sort()).toEqual([`files/${OURS}-2/x`, `files/${THEIRS}/${theirs.slice(7)}`].sort());
    expect(server.asked.filter((asked) => asked.includes('list-type=2')).length).toBe(5);
  });

  test('is asked for each key as it is, or not at all', async () => {
    const theirs = await kept(THEIRS, 'theirs');
    for (const odd of ['', '/', '/x', 'x//y', 'x/', '%2e%2e', '...']) server.objects.set(`files/${OURS}/${odd}`, { bytes: Buffer.from('x'), at: new Date() });
    server.objects.set(`files/${OURS}`, { bytes: Buffer.from('x'), at: new Date() });
    await keeper.erase(OURS);
    expect([...server.objects.keys()]).toEqual([`files/${THEIRS}/${theirs.slice(7)}`, `files/${OURS}`]);

    const astray = `files/${OURS}/../${THEIRS}/${theirs.slice(7)}`;
    for (const key of [astray, `files/${OURS}/./x`]) {
      server.objects.set(key, { bytes: Buffer.from('x'), at: new Date() });
      await expect(keeper.erase(OURS)).rejects.toThrow(`the object ${JSON.stringify(key)} has a name that no address can say`);
      server.objects.delete(key);
    }
    expect(server.objects.has(`files/${THEIRS}/${theirs.slice(7)}`)).toBe(true);
  });

  test.each(['..', '../..', '', '/etc', `${OURS}/..`])('takes %j for no organization', async (tenantId) => {
    await expect(keeper.erase(tenantId)).rejects.toThrow('no part of a path');
    await expect(keeper.read(tenantId, sha256('x'))).rejects.toThrow('no part of a path');
    await expect(keeper.remove(OURS, '../../x')).rejects.toThrow('no part of a path');
    expect(server.asked).toEqual([]);
  });

  test('keeps nothing of bytes that are not what was spooled, of fewer, and of an upload that breaks off', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'changed since');
    await expect(keeper.keep(OURS, { path, digest: sha256('what it was'), size: 13 })).rejects.toThrow('XAmzContentSHA256Mismatch');
    await expect(keeper.keep(OURS, { path, digest: sha256('changed since'), size: 99 })).rejects.toThrow();
    await expect(keeper.keep(OURS, { path: join(folder, 'nowhere'), digest: sha256('x'), size: 1 })).rejects.toThrow();
    server.misbehaves = 'hang up';
    await expect(kept(OURS, 'x')).rejects.toThrow(refusal('FILE_STORE_UNAVAILABLE'));
    expect([server.objects.size, readdirSync(join(folder, 'incoming'))]).toEqual([0, []]);
  });
});

describe('a service that does not do what it is asked', () => {
  test.each<[what: string, settings: Partial<BucketSettings>, said: string]>([
    ['a wrong secret', { secretKey: 'wrong' }, '403 SignatureDoesNotMatch'], ['a wrong name', { accessKey: 'AKNOBODY' }, '403 InvalidAccessKeyId'], ['a region that it is not in', { region: 'us-east-1' }, '403 InvalidAccessKeyId'],
    ['a bucket that there is not', { bucket: 'other' }, '404 NoSuchBucket'],
  ])('because of %s is told with its code', async (_what, settings, said) => {
    const wrong = keeperWith(settings);

    for (const asked of [kept(OURS, 'x', new EvidenceStore(wrong)), new EvidenceStore(wrong).read(OURS, recorded('x'))]) await expect(asked).rejects.toThrow(refusal('FILE_STORE_UNAVAILABLE'));
    await expect(wrong.erase(OURS)).rejects.toThrow(`the service answered ${said} to GET`);
    expect(server.objects.size).toBe(0);
  });

  test.each([['silent', 'too long'], ['hang up', 'hung up'], ['redirect', 'not followed'], ['busy', '503 SlowDown'], ['denied', '403 AccessDenied'], ['babble', 'other than a listing']] as const)('and is %s instead is given up', async (misbehaviour, said) => {
    await kept(OURS, 'x');
    server.misbehaves = misbehaviour;

    await expect(keeper.erase(OURS)).rejects.toThrow(said);
    if (misbehaviour !== 'babble') await expect(store.read(OURS, recorded('x'))).rejects.toThrow(refusal('FILE_STORE_UNAVAILABLE'));
    expect(server.objects.size).toBe(1);
  });

  test('and is silent when it is to remove something, is given up before an upload gives up that waits for it', async () => {
    const patient = new BucketKeeper(new Bucket({ endpoint: server.url, bucket: BUCKET, region: REGION, accessKey: ACCESS_KEY, secretKey: SECRET_KEY }, { small: HOURS, large: HOURS, awaited: { idleMs: 50, mostMs: 50 } }), 'files/', join(folder, 'incoming'));
    server.misbehaves = 'silent';

    await expect(patient.remove(OURS, sha256('x'))).rejects.toThrow('too long');
    expect(PATIENCE.awaited.mostMs).toBeLessThan(LOCK_TIMEOUT_MS - 500);
  }, 5000);

  test('and gives half a file, or another one, is noticed before the last piece', async () => {
    const text = 'x'.repeat(200_000);
    const digest = await kept(OURS, text);
    server.misbehaves = 'half';
    await expect(textOf(await store.read(OURS, recorded(text)))).rejects.toThrow();

    server.misbehaves = null;
    server.objects.set(`files/${OURS}/${digest.slice(7)}`, { bytes: Buffer.from('another'), at: new Date() });
    await expect(textOf(await store.read(OURS, recorded(text)))).rejects.toThrow('not what its digest says');
  });

  test('and gives a longer one, is noticed before so many bytes are given on as were recorded', async () => {
    const digest = await kept(OURS, 'x'.repeat(200_000));
    const given: Uint8Array[] = [];
    for (const longer of ['forged '.repeat(100_000), `${'x'.repeat(200_000)}y`]) {
      server.objects.set(`files/${OURS}/${digest.slice(7)}`, { bytes: Buffer.from(longer), at: new Date() });
      const reading = async (): Promise<void> => { for await (const piece of await store.read(OURS, recorded('x'.repeat(200_000)))) given.push(piece); };

      await expect(reading()).rejects.toThrow('not what its digest says');
      expect(Buffer.concat(given.splice(0)).length).toBeLessThan(200_000);
    }
  });
});

test('neither the secret nor anything but a code of an answer is in an error or in what is sent', async () => {
  const told: string[] = [];
  const note = (error: unknown): void => { told.push(String(error), JSON.stringify(error), String((error as Error).stack), String((error as Error).cause)); };
  for (const misbehaviour of ['silent', 'hang up', 'denied'] as const) {
    server.misbehaves = misbehaviour;
    await keeper.erase(OURS).catch(note);
    await kept(OURS, 'x').catch(note);
  }
  server.misbehaves = null;
  await keeperWith({ region: 'us-east-1' }).erase(OURS).catch(note);

  expect(told.length).toBeGreaterThan(20);
  expect([...told, ...server.asked, ...server.headers].join('\n')).not.toContain(SECRET_KEY);
  expect(told.join('\n')).not.toMatch(/StringToSign|Welcome/);
});
