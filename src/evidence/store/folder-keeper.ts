/** Files in a folder: <folder>/<organization>/<aa>/<sha256>. A file appears there whole, by a rename within the same file system, or not at all. */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '../../domain/digest.js';
import type { FileKeeper } from './evidence-store.js';
import type { Spooled } from './spool.js';

const PASSING = 'incoming';
/** What a server that was killed has left on its way in. */
const ABANDONED_MS = 3_600_000;

export class FolderKeeper implements FileKeeper {
  readonly passing: string;

  /** Throws where the folder cannot be made or written. */
  constructor(private readonly folder: string) {
    this.passing = join(folder, PASSING);
    mkdirSync(this.passing, { recursive: true, mode: 0o700 });
    accessSync(this.passing, constants.R_OK | constants.W_OK | constants.X_OK);
    for (const path of readdirSync(this.passing).map((name) => join(this.passing, name))) if (isAbandoned(path)) rmSync(path, { force: true });
  }

  /** The store that is there already; null where there is none, such as a share that is not mounted: making one would hide that. */
  static existing(folder: string): FolderKeeper | null {
    return existsSync(join(folder, PASSING)) ? new FolderKeeper(folder) : null;
  }

  async keep(tenantId: string, { path, digest }: Pick<Spooled, 'path' | 'digest'>): Promise<void> {
    const place = this.#place(tenantId, digest);
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await rename(path, place);
    await sync(dirname(place));
  }

  async read(tenantId: string, digest: Digest): Promise<AsyncIterable<Uint8Array> | null> {
    const file = await open(this.#place(tenantId, digest), 'r').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    });
    return file === null ? null : file.createReadStream({ highWaterMark: 65_536 });
  }

  async erase(tenantId: string): Promise<void> {
    await rm(join(this.folder, checked(tenantId, /^[0-9a-f-]{36}$/)), { recursive: true, force: true });
  }

  #place(tenantId: string, digest: Digest): string {
    const hex = checked(digest, /^sha256:[0-9a-f]{64}$/).slice('sha256:'.length);
    return join(this.folder, checked(tenantId, /^[0-9a-f-]{36}$/), hex.slice(0, 2), hex);
  }
}

/** Nothing else ever becomes part of a path. */
function checked(part: string, form: RegExp): string {
  if (!form.test(part)) throw new Error('no part of a path of the store');
  return part;
}

/** So that the name is there after a crash, too. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

function isAbandoned(path: string): boolean {
  return path.endsWith('.part') && Date.now() - statSync(path).mtimeMs > ABANDONED_MS;
}
