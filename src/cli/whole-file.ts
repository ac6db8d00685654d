/** Files in and out of the command line: read as far as a server takes them, and written whole or not at all. */
import { randomUUID } from 'node:crypto';
import { lstat, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file that cannot be read or written, and why. */
export class FileTrouble extends Error {
  constructor(path: string, why: string) {
    // Quoted, because a name may contain terminal escapes.
    super(`${JSON.stringify(path)} ${why}.`);
    this.name = 'FileTrouble';
  }
}

/** The bytes of a file that is no larger than this. */
export async function readWhole(path: string, maxBytes: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw new FileTrouble(path, `is ${String(size)} bytes; at most ${String(maxBytes)} are taken`);
    return await readFile(path);
  } catch (error) {
    throw troubleOf(error, path, 'cannot be read');
  }
}

/** The bytes of a file, as many as these from its beginning. */
export async function readBeginning(path: string, maxBytes: number): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const pieces: Buffer[] = [];
      for await (const piece of file.createReadStream({ start: 0, end: maxBytes - 1, autoClose: false })) pieces.push(piece as Buffer);
      return Buffer.concat(pieces);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw troubleOf(error, path, 'cannot be read');
  }
}

/**
 * Writes under a passing name beside it, and gives it the name that was asked for once every byte is there: whatever breaks before leaves
 * nothing of that name, or what was there before. Returns how many bytes it has. `mode` = who may read it, as far as the umask leaves it.
 */
export async function writeWhole(path: string, pieces: AsyncIterable<Uint8Array>, mode = 0o666): Promise<number> {
  await refuseOther(path);
  const passing = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  try {
    const bytes = await writeAll(passing, pieces, mode);
    await rename(passing, path);
    return bytes;
  } catch (error) {
    await rm(passing, { force: true });
    throw troubleOf(error, path, 'cannot be written');
  }
}

async function writeAll(path: string, pieces: AsyncIterable<Uint8Array>, mode: number): Promise<number> {
  const file = await open(path, 'wx', mode);
  try {
    let bytes = 0;
    for await (const piece of pieces) {
      await file.writeFile(piece);
      bytes += piece.length;
    }
    await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}

/** Taking the place of a device or a link would be a surprise. */
async function refuseOther(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found !== null && !found.isFile()) throw new FileTrouble(path, 'is there already and is no ordinary file');
}

/** What is no trouble of the file system is thrown on as it is. */
export function troubleOf(error: unknown, path: string, what: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === undefined || syscall === undefined ? error : new FileTrouble(path, `${what} (${code})`);
}
