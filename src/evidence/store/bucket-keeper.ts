/** Files in a bucket: <prefix><organization>/<sha256>. What comes in passes through a folder of this machine, which gives it digest and size before a byte is sent on. */
import type { Digest } from '../../domain/digest.js';
import type { Bucket } from './bucket.js';
import { digestIn, hexOf, organizationPart, type FileKeeper, type KeptFile } from './file-keeper.js';
import type { Spooled } from './spool.js';

/** So many objects are removed at once. */
const AT_ONCE = 8;

export class BucketKeeper implements FileKeeper {
  /** The prefix is empty or ends with a slash. The passing folder is there already; the bucket is asked for nothing yet. */
  constructor(private readonly bucket: Bucket, private readonly prefix: string, readonly passing: string) {}

  async keep(tenantId: string, { path, digest, size }: Pick<Spooled, 'path' | 'digest' | 'size'>): Promise<void> {
    await this.bucket.put(this.#key(tenantId, digest), { path, size, sha256: hexOf(digest) });
  }

  async read(tenantId: string, digest: Digest): Promise<AsyncIterable<Uint8Array> | null> {
    return this.bucket.get(this.#key(tenantId, digest));
  }

  async* list(tenantId: string): AsyncGenerator<KeptFile> {
    const prefix = this.#prefixOf(tenantId);
    for await (const { key, changedAt } of this.bucket.list(prefix)) {
      const digest = digestIn(key.slice(prefix.length));
      if (digest !== null) yield { digest, keptAt: changedAt };
    }
  }

  async remove(tenantId: string, digest: Digest): Promise<void> {
    await this.bucket.remove(this.#key(tenantId, digest), 'awaited');
  }

  /** The listing is taken first: what is removed while it is turned over could move what is still to come. */
  async erase(tenantId: string): Promise<void> {
    const keys: string[] = [];
    for await (const { key } of this.bucket.list(this.#prefixOf(tenantId))) keys.push(key);
    const removing = async (): Promise<void> => { for (let key = keys.pop(); key !== undefined; key = keys.pop()) await this.bucket.remove(key); };
    await Promise.all(Array.from({ length: AT_ONCE }, removing));
  }

  #key(tenantId: string, digest: Digest): string {
    return `${this.#prefixOf(tenantId)}${hexOf(digest)}`;
  }

  #prefixOf(tenantId: string): string {
    return `${this.prefix}${organizationPart(tenantId)}/`;
  }
}
