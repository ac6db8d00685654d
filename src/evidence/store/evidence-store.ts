/**
 * Where the bytes of evidence lie: under their SHA-256, by organization, and nowhere under a name that somebody has given. What comes in is written
 * to a passing file and digested on the way, so that it takes no memory; only a whole file gets its place. What goes out is digested again.
 */
import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { Digest } from '../../domain/digest.js';
import type { FileInspection } from '../../domain/file-kind.js';
import { Refusal } from '../../domain/refusal.js';
import type { FileKeeper } from './file-keeper.js';
import { forgetAbandoned, spool, type Spooled } from './spool.js';

export const DEFAULT_MAX_BYTES = 25 * 1024 * 1024;
const TIDIED_EVERY_MS = 900_000;

@Injectable()
export class EvidenceStore {
  readonly #logger = new Logger(EvidenceStore.name);
  #tidiedAt = Date.now();

  /** A keeper of null = this server keeps no files; digests of files that lie elsewhere are taken all the same. A quota of null = an organization may keep any amount. */
  constructor(private readonly keeper: FileKeeper | null, readonly maxBytes: number = DEFAULT_MAX_BYTES, readonly quotaBytes: number | null = null) {}

  /** Takes a file in as far as it may be long; whoever asked for it discards it in the end, kept or not. */
  async receive(pieces: AsyncIterable<Uint8Array>, inspection: FileInspection): Promise<Spooled> {
    return this.#orUnavailable((keeper) => {
      this.#tidy(keeper.passing);
      return spool(pieces, { folder: keeper.passing, maxBytes: this.maxBytes, inspection });
    });
  }

  async keep(tenantId: string, spooled: Spooled): Promise<void> {
    await this.#orUnavailable((keeper) => keeper.keep(tenantId, spooled));
  }

  /** Gives up within seconds. */
  async remove(tenantId: string, digest: Digest): Promise<void> {
    await this.#orUnavailable((keeper) => keeper.remove(tenantId, digest));
  }

  /** The bytes with this digest and of this size: an error before the last of them when they are others, fewer or more by now. */
  async read(tenantId: string, { digest, size }: Pick<Spooled, 'digest' | 'size'>): Promise<AsyncIterable<Uint8Array>> {
    const pieces = await this.#orUnavailable((keeper) => keeper.read(tenantId, digest));
    if (pieces === null) throw unavailable('The bytes of this file are not where they were kept.');
    return this.#proved(pieces, { digest, size });
  }

  /** Whoever reads is told the size first: so many bytes would be a whole file, whatever comes after them. */
  async* #proved(pieces: AsyncIterable<Uint8Array>, { digest, size }: Pick<Spooled, 'digest' | 'size'>): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let [held, count] = [Buffer.alloc(0) as Uint8Array, 0];
    for await (const piece of pieces) {
      count += piece.length;
      if (count > size) throw this.#changed(digest);
      hash.update(piece);
      // What follows may be empty: then the last of the bytes is what is held already.
      if (piece.length === 0) continue;
      if (held.length > 0) yield held;
      held = piece;
    }
    if (`sha256:${hash.digest('hex')}` !== digest) throw this.#changed(digest);
    yield held;
  }

  /** A server that was killed and is back at once finds what it has left too young to be abandoned. */
  #tidy(folder: string): void {
    if (Date.now() - this.#tidiedAt < TIDIED_EVERY_MS) return;
    this.#tidiedAt = Date.now();
    try {
      forgetAbandoned(folder);
    } catch (error) {
      this.#logger.warn({ msg: 'what was abandoned on its way in could not be removed', error: (error as Error).message });
    }
  }

  #changed(digest: Digest): Error {
    this.#logger.error({ msg: 'a file is not what its digest says', digest });
    return new Error('a file is not what its digest says');
  }

  async #orUnavailable<T>(work: (keeper: FileKeeper) => Promise<T>): Promise<T> {
    if (this.keeper === null) throw unavailable('This server keeps no files.');
    try {
      return await work(this.keeper);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      this.#logger.error({ msg: 'the store of evidence failed', error: (error as Error).message });
      throw unavailable('The store of files does not answer.');
    }
  }
}

function unavailable(message: string): Refusal {
  return new Refusal('FILE_STORE_UNAVAILABLE', { message, next: 'Try again shortly; if it stays so, tell whoever operates the server.' });
}
