/** Kept bytes by their digest, read in few statements and held for those who ask for the same again, within a bound. */
import type { Digest } from '../domain/digest.js';
import type { Kept } from '../platform/scope.js';

export type ReadKept = (digests: readonly Digest[]) => Promise<readonly Kept[]>;

const MOST_AT_ONCE = 500;

export class KeptContents {
  /** In the order in which they were last asked for. */
  readonly #held = new Map<Digest, Buffer>();
  #bytes = 0;

  constructor(private readonly read: ReadKept, private readonly mostBytes: number) {}

  /** Those of them that are kept. */
  async load(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, Buffer>> {
    const missing = [...new Set(digests)].filter((digest) => !this.#held.has(digest));
    for (let at = 0; at < missing.length; at += MOST_AT_ONCE) {
      for (const { digest, bytes } of await this.read(missing.slice(at, at + MOST_AT_ONCE))) this.#hold(digest, bytes);
    }
    return this.#held;
  }

  /** Lets go of what was not asked for the longest, down to the bound. */
  trim(): void {
    for (const [digest, bytes] of this.#held) {
      if (this.#bytes <= this.mostBytes) return;
      this.#held.delete(digest);
      this.#bytes -= bytes.length;
    }
  }

  #hold(digest: Digest, bytes: Buffer): void {
    this.#held.set(digest, bytes);
    this.#bytes += bytes.length;
  }
}
