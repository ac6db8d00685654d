/**
 * The public keys of trusted issuers: fetched from the registered address only, kept for a while, and fetched again for a key that is not
 * known only after a pause, however many tokens name one. While an issuer does not answer, what was fetched before goes on serving for a day.
 */
import { Injectable, Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { Refusal } from '../domain/refusal.js';
import { Outgoing } from '../platform/outgoing/outgoing.js';

const PAUSE_MS = 30_000;
const FRESH_MS = 600_000;
const USABLE_MS = 86_400_000;
/** So many addresses are remembered; beyond, the one that was asked for longest ago is forgotten. */
const MOST_SETS = 200;

interface KeySet { keys: JWTVerifyGetKey | null; fetchedAt: number; triedAt: number; fetching: Promise<void> | null }

@Injectable()
export class KeySets {
  readonly #logger = new Logger(KeySets.name);
  readonly #sets = new Map<string, KeySet>();

  constructor(private readonly outgoing: Outgoing) {}

  /** Milliseconds that only ever go forward. */
  now(): number {
    return performance.now();
  }

  /** The key that a token of this issuer is to be verified with. */
  async keyFor(jwksUrl: string, header: Parameters<JWTVerifyGetKey>[0], token: Parameters<JWTVerifyGetKey>[1]): Promise<Awaited<ReturnType<JWTVerifyGetKey>>> {
    const set = this.#setOf(jwksUrl);
    if (this.now() - set.fetchedAt >= FRESH_MS) await this.#fetch(jwksUrl, set);
    const keys = usable(set, this.now());
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !(await this.#fetch(jwksUrl, set))) throw error;
      return usable(set, this.now())(header, token);
    }
  }

  #setOf(jwksUrl: string): KeySet {
    const set = this.#sets.get(jwksUrl) ?? { keys: null, fetchedAt: -Infinity, triedAt: -Infinity, fetching: null };
    this.#sets.delete(jwksUrl);
    this.#sets.set(jwksUrl, set);
    for (const [longestAgo] of this.#sets) if (this.#sets.size > MOST_SETS) this.#sets.delete(longestAgo);
    return set;
  }

  /** Whoever comes while keys are being fetched waits for the same answer. `false` = it is too early to ask again. */
  async #fetch(jwksUrl: string, set: KeySet): Promise<boolean> {
    if (set.fetching === null && this.now() - set.triedAt < PAUSE_MS) return false;
    set.fetching ??= this.#fetchNow(jwksUrl, set).finally(() => { set.fetching = null; });
    await set.fetching;
    return true;
  }

  async #fetchNow(jwksUrl: string, set: KeySet): Promise<void> {
    set.triedAt = this.now();
    try {
      set.keys = createLocalJWKSet(await this.outgoing.json(jwksUrl) as Parameters<typeof createLocalJWKSet>[0]);
      set.fetchedAt = this.now();
    } catch (error) {
      this.#logger.warn({ msg: 'the keys of an issuer could not be fetched', jwksUrl, error: (error as Error).message });
    }
  }
}

function usable({ keys, fetchedAt }: KeySet, now: number): JWTVerifyGetKey {
  if (keys !== null && now - fetchedAt < USABLE_MS) return keys;
  throw new Refusal('ISSUER_UNAVAILABLE', { message: 'The keys of this issuer cannot be fetched, so its tokens cannot be verified.', next: 'Try again in half a minute.' });
}
