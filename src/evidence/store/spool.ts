/** A file on its way in: written to a passing place as it comes, digested and looked at; of what breaks off or grows too large nothing is left. */
import { createHash, randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../domain/digest.js';
import type { FileInspection } from '../../domain/file-kind.js';
import { Refusal } from '../../domain/refusal.js';

export interface Spooled {
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
  /** Removes it from its passing place, if it is still there. */
  discard(): Promise<void>;
}

export interface Spooling { readonly folder: string; readonly maxBytes: number; readonly inspection: Pick<FileInspection, 'take'> }

/** What a server that was killed has left on its way in. */
const ABANDONED_MS = 3_600_000;
/** Of what is not kept so many times the greatest size is read, so that the client hears why instead of losing the connection. */
const READ_ON = 4;

/** Makes the folder through which files pass, for this account alone, and forgets what is abandoned in it. Throws where it cannot be written. */
export function passingFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  forgetAbandoned(folder);
  return folder;
}

/** What is as old as no upload can be. Other servers may do so at the same time. */
export function forgetAbandoned(folder: string): void {
  const parts = readdirSync(folder).filter((name) => name.endsWith('.part')).map((name) => join(folder, name));
  for (const path of parts) if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > ABANDONED_MS) rmSync(path, { force: true });
}

export async function spool(pieces: AsyncIterable<Uint8Array>, { folder, maxBytes, inspection }: Spooling): Promise<Spooled> {
  const path = join(folder, `${randomUUID()}.part`);
  const discard = (): Promise<void> => rm(path, { force: true });
  const file = await open(path, 'wx', 0o600).catch(async (error: unknown) => {
    await drained(pieces, maxBytes);
    throw error;
  });
  try {
    const written = await writeAll(file, pieces, { maxBytes, inspection });
    await file.sync();
    return { path, ...written, discard };
  } catch (error) {
    await discard();
    throw error;
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, pieces: AsyncIterable<Uint8Array>, { maxBytes, inspection }: Omit<Spooling, 'folder'>): Promise<Pick<Spooled, 'digest' | 'size'>> {
  const hash = createHash('sha256');
  let size = 0;
  let failure: Error | null = null;
  for await (const piece of arriving(pieces)) {
    size += piece.length;
    // Reading goes on for a while; nothing more is written.
    if (size > READ_ON * maxBytes) throw tooLarge(maxBytes);
    if (size > maxBytes || failure !== null) continue;
    hash.update(piece);
    inspection.take(piece);
    failure = await file.writeFile(piece).then(() => null, (error: unknown) => error as Error);
  }
  if (failure !== null) throw failure;
  if (size > maxBytes) throw tooLarge(maxBytes);
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

async function drained(pieces: AsyncIterable<Uint8Array>, maxBytes: number): Promise<void> {
  let size = 0;
  for await (const piece of arriving(pieces)) {
    size += piece.length;
    if (size > READ_ON * maxBytes) return;
  }
}

/** What breaks while it comes is the sender's affair; what breaks while it is written is ours. */
async function* arriving(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    throw new Refusal('INVALID_INPUT', { field: 'body', message: `The file broke off before its end (${(error as NodeJS.ErrnoException).code ?? 'it stopped'}).`, next: 'Send it again from the beginning.' });
  }
}

export function tooLarge(maxBytes: number): Refusal {
  return new Refusal('TOO_LARGE', { field: 'body', message: `The file is larger than ${String(maxBytes)} bytes.`, expected: `at most ${String(maxBytes)} bytes`, next: 'Leave it where it lies and submit its digest and location.' });
}
