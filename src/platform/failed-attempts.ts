/**
 * Counts what failed, for all servers of the register together, and says when it is too much. Only failures are counted and only they are
 * refused: whoever comes with a good token is never kept out by somebody else's bad ones, and what succeeds costs nothing.
 */
import { Injectable, Logger } from '@nestjs/common';
import { Pools } from './pools.js';

/** What a failure is counted by, such as a subject or an address as a digest, and how many of it a minute may have. */
export interface Bucket { readonly name: string; readonly most: number }

@Injectable()
export class FailedAttempts {
  readonly #logger = new Logger(FailedAttempts.name);
  /** What is over its limit, until when: while that is known here, nothing more is written. */
  readonly #over = new Map<string, number>();

  constructor(private readonly pools: Pools) {}

  /** In how many seconds another attempt is listened to; null = this failure was one of few. */
  async count(buckets: readonly Bucket[]): Promise<number | null> {
    const known = this.#known(buckets);
    if (known !== null) return known;
    try {
      const [counted] = await this.pools.general.query<{ failures: number[]; seconds: number }[]>('select failures, seconds from audit.count_failures($1)', [buckets.map(({ name }) => name)]);
      const over = buckets.filter(({ most }, index) => (counted?.failures[index] ?? 0) > most);
      const seconds = counted?.seconds ?? 60;
      for (const { name } of over) this.#over.set(name, performance.now() + seconds * 1000);
      return over.length === 0 ? null : seconds;
    } catch (error) {
      this.#logger.warn({ msg: 'a failed authentication could not be counted', error: (error as Error).message });
      return null;
    }
  }

  #known(buckets: readonly Bucket[]): number | null {
    const now = performance.now();
    for (const [name, until] of this.#over) if (until <= now) this.#over.delete(name);
    const until = Math.max(...buckets.map(({ name }) => this.#over.get(name) ?? 0));
    return until > now ? Math.max(Math.ceil((until - now) / 1000), 1) : null;
  }
}
