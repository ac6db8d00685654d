/** Files in a folder: <folder>/<organization>/<aa>/<sha256>. A file appears there whole, by a rename within the same file system, or not at all. */
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '../../domain/digest.js';
import { digestIn, hexOf, organizationPart, type FileKeeper, type KeptFile } from './file-keeper.js';
import { passingFolder, type Spooled } from './spool.js';

const PASSING = 'incoming';

export class FolderKeeper implements FileKeeper {
  readonly passing: string;

  /** Throws where the folder cannot be made or written. */
  constructor(private readonly folder: string) {
    this.passing = passingFolder(join(folder, PASSING));
  }

  /** The store that is there already; null where there is none, such as a share that is not mounted: making one would hide that. */
  static existing(folder: string): FolderKeeper | null {
    return existsSync(join(folder, PASSING)) ? new FolderKeeper(folder) : null;
  }

  async keep(tenantId: string, { path, digest }: Pick<Spooled, 'path' | 'digest'>): Promise<void> {
    const place = this.#place(tenantId, digest);
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    // It is as old as its place, not as its first byte, which may have come long ago.
    await utimes(path, new Date(), new Date());
    await rename(path, place);
    await sync(dirname(place));
  }

  async read(tenantId: string, digest: Digest): Promise<AsyncIterable<Uint8Array> | null> {
    const file = await unlessMissing(open(this.#place(tenantId, digest), 'r'));
    return file === null ? null : file.createReadStream({ highWaterMark: 65_536 });
  }

  async* list(tenantId: string): AsyncGenerator<KeptFile> {
    const home = join(this.folder, organizationPart(tenantId));
    for (const part of await unlessMissing(readdir(home)) ?? []) {
      // Whatever else somebody has put there is not ours.
      if (!/^[0-9a-f]{2}$/.test(part)) continue;
      for (const name of await readdir(join(home, part))) {
        const [digest, found] = [digestIn(name), await unlessMissing(stat(join(home, part, name)))];
        if (digest !== null && found !== null) yield { digest, keptAt: found.mtime };
      }
    }
  }

  async remove(tenantId: string, digest: Digest): Promise<void> {
    await rm(this.#place(tenantId, digest), { force: true });
  }

  async erase(tenantId: string): Promise<void> {
    await rm(join(this.folder, organizationPart(tenantId)), { recursive: true, force: true });
  }

  #place(tenantId: string, digest: Digest): string {
    const hex = hexOf(digest);
    return join(this.folder, organizationPart(tenantId), hex.slice(0, 2), hex);
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | null> {
  return work.catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
}

/** So that the name is there after a crash, too. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
