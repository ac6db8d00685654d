/**
 * The digest of a model file or folder as it lies on the disk. A file: SHA-256 of its bytes. A folder: SHA-256 of one line
 * `<sha256>  <path>` for each regular file below it, sorted by the bytes of the path, so that sha256sum gives the same value.
 */
import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, open, readdir } from 'node:fs/promises';
import type { Digest } from '../domain/digest.js';

export interface PathDigest {
  readonly digest: Digest;
  readonly kind: 'file' | 'folder';
  readonly files: number;
  /** Bytes of content that were read. */
  readonly bytes: number;
}

/** Nothing is ignored and nothing is followed: what cannot be named and read unambiguously is refused with its path. */
export async function digestPath(path: string): Promise<PathDigest> {
  const found = await stateOf(path);
  if (found.isDirectory()) return digestFolder(path);
  const { hex, bytes } = await hashFile(path);
  return { digest: `sha256:${hex}`, kind: 'file', files: 1, bytes };
}

export type PathProblem = 'NOT_FOUND' | 'NOT_READABLE' | 'LINK' | 'SPECIAL_FILE' | 'NAME_NOT_UTF8' | 'NAME_AMBIGUOUS' | 'CHANGED';

const EXPLANATIONS: Readonly<Record<PathProblem, string>> = {
  NOT_FOUND: 'is not there',
  NOT_READABLE: 'cannot be read',
  LINK: 'is a symbolic link; its target may change without a trace, name the target or put a copy there',
  SPECIAL_FILE: 'is a socket, a pipe or a device, not a file',
  NAME_NOT_UTF8: 'has a name that is not valid UTF-8',
  NAME_AMBIGUOUS: 'has a line break or a backslash in its name, which could pass for another list of files',
  CHANGED: 'changed while it was being read; try again when nobody writes to it',
};

/** Why there is no digest, and because of which path. */
export class PathRefused extends Error {
  constructor(readonly problem: PathProblem, readonly path: string, cause?: unknown) {
    // Quoted, because a name may contain terminal escapes.
    super(`${JSON.stringify(path)} ${EXPLANATIONS[problem]}${cause === undefined ? '' : ` (${codeOf(cause) ?? 'unknown error'})`}.`, { cause });
    this.name = 'PathRefused';
  }
}

/** One read at a time: memory does not grow with the size of a file. */
const CHUNK = 1024 * 1024;
// NOFOLLOW and NONBLOCK for what took the file's place since it was looked at; on Windows both are undefined, which counts as 0.
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function digestFolder(root: string): Promise<PathDigest> {
  const lines = createHash('sha256');
  let files = 0;
  let bytes = 0;
  for await (const { path, relative } of filesBelow(root, '')) {
    const file = await hashFile(path);
    lines.update(`${file.hex}  ${relative}\n`);
    files += 1;
    bytes += file.bytes;
  }
  return { digest: `sha256:${lines.digest('hex')}`, kind: 'folder', files, bytes };
}

interface FoundFile {
  readonly path: string;
  /** Below the root, with `/`. */
  readonly relative: string;
}

/** All files below a folder in the order of their paths' bytes, holding no more than the lists of the folders on the way. */
async function* filesBelow(folder: string, prefix: string): AsyncGenerator<FoundFile> {
  const before = await stateOf(folder);
  if (!before.isDirectory()) throw new PathRefused('CHANGED', folder);
  for (const { name, isFolder } of await entriesOf(folder)) {
    const path = `${folder}/${name}`;
    const relative = `${prefix}${name}`;
    if (isFolder) yield* filesBelow(path, `${relative}/`);
    else yield { path, relative };
  }
  if (!sameState(before, await stateOf(folder))) throw new PathRefused('CHANGED', folder);
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** A folder sorts as if its name ended in `/`: then walking it in place gives the order of whole paths (`a-b`, `a/x`, `a0`). */
async function entriesOf(folder: string): Promise<readonly Entry[]> {
  const found = await named(folder, readdir(folder, { withFileTypes: true, encoding: 'buffer' }));
  return found
    .map((entry) => ({ name: checkName(entry.name, folder), isFolder: entry.isDirectory() }))
    .map((entry) => ({ ...entry, key: Buffer.from(entry.isFolder ? `${entry.name}/` : entry.name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
}

function checkName(raw: Buffer, folder: string): string {
  const name = raw.toString('utf8');
  if (!Buffer.from(name, 'utf8').equals(raw)) throw new PathRefused('NAME_NOT_UTF8', `${folder}/${name}`);
  if (/[\n\r\\]/.test(name)) throw new PathRefused('NAME_AMBIGUOUS', `${folder}/${name}`);
  return name;
}

async function hashFile(path: string): Promise<{ hex: string; bytes: number }> {
  const before = await stateOf(path);
  const handle = await named(path, open(path, OPEN_FLAGS));
  try {
    const opened = await named(path, handle.stat({ bigint: true }));
    const read = await named(path, hashContent(handle, Number(before.size)));
    const unchanged = sameState(before, opened) && sameState(before, await stateOf(path));
    if (!unchanged || BigInt(read.bytes) !== before.size) throw new PathRefused('CHANGED', path);
    return read;
  } finally {
    await handle.close();
  }
}

/** Stops soon after `expected` bytes: a file that grows as quickly as it is read would have no end. */
async function hashContent(handle: FileHandle, expected: number): Promise<{ hex: string; bytes: number }> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(CHUNK, expected + 1));
  let bytes = 0;
  while (bytes <= expected) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
  return { hex: hash.digest('hex'), bytes };
}

/** What stands at a path, never what a link there points to. */
async function stateOf(path: string): Promise<BigIntStats> {
  const state = await named(path, lstat(path, { bigint: true }));
  if (state.isSymbolicLink()) throw new PathRefused('LINK', path);
  if (!state.isFile() && !state.isDirectory()) throw new PathRefused('SPECIAL_FILE', path);
  return state;
}

/** ctime as well: a writer can put mtime back, not ctime. A change within one tick of the clock (about 4 ms) cannot be seen. */
function sameState(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.mode === b.mode && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}

/** A failing system call, told with the path it failed on. */
async function named<T>(path: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new PathRefused(codeOf(error) === 'ENOENT' ? 'NOT_FOUND' : 'NOT_READABLE', path, error);
  }
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
