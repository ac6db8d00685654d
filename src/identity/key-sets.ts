/**
 * The public keys of trusted issuers: those that are written down, or fetched from the registered address only, kept for a while, and fetched
 * again for a key that is not known only after a pause, however many tokens name one. While an issuer does not answer, what was fetched before
 * goes on serving for a day.
 */
import { Injectable, Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Refusal } from '../domain/refusal.js';
import type { IdentityFreshness, TrustedIssuer } from '../domain/trusted-issuer.js';
import { Outgoing } from '../platform/outgoing/outgoing.js';

const PAUSE_MS = 30_000;
const FRESH_MS = 600_000;
const USABLE_MS = 86_400_000;
const MOST_SETS = 200;

/** What finds the key of a token, and what it finds. */
type Header = Parameters<JWTVerifyGetKey>[0];
type Token = Parameters<JWTVerifyGetKey>[1];
type Key = Awaited<ReturnType<JWTVerifyGetKey>>;

interface KeySet { keys: JWTVerifyGetKey | null; fetchedAt: number; triedAt: number; fetching: Promise<void> | null }

@Injectable()
export class KeySets {
  readonly #logger = new Logger(KeySets.name);
  readonly #sets = new Map<string, KeySet>();
  /** Those that are written down, by their text. */
  readonly #written = new Map<string, JWTVerifyGetKey>();

  constructor(private readonly outgoing: Outgoing) {}

  /** Milliseconds that only ever go forward. */
  now(): number {
    return performance.now();
  }

  /** The key that a token of this issuer is to be verified with. */
  async keyFor({ jwks, jwksUrl }: Pick<TrustedIssuer, 'jwks' | 'jwksUrl'>, header: Header, token: Token): Promise<Key> {
    return jwks === null ? this.#fetchedKey(jwksUrl ?? '', header, token) : this.#writtenIn(jwks)(header, token);
  }

  /** How fresh the keys are that a token of this issuer was just verified with: they are stale only while they cannot be fetched. */
  freshnessOf({ jwks, jwksUrl }: Pick<TrustedIssuer, 'jwks' | 'jwksUrl'>): IdentityFreshness {
    const fetchedAt = this.#sets.get(jwksUrl ?? '')?.fetchedAt ?? -Infinity;
    return jwks !== null || this.now() - fetchedAt < FRESH_MS ? 'FRESH' : 'STALE';
  }

  #writtenIn(jwks: string): JWTVerifyGetKey {
    const keys = this.#written.get(jwks) ?? createLocalJWKSet(JSON.parse(jwks) as JSONWebKeySet);
    remember(this.#written, jwks, keys);
    return keys;
  }

  async #fetchedKey(jwksUrl: string, header: Header, token: Token): Promise<Key> {
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
    remember(this.#sets, jwksUrl, set);
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
      set.keys = createLocalJWKSet(await this.outgoing.json(jwksUrl) as JSONWebKeySet);
      set.fetchedAt = this.now();
    } catch (error) {
      this.#logger.warn({ msg: 'the keys of an issuer could not be fetched', jwksUrl, error: (error as Error).message });
    }
  }
}

/** As the latest; beyond so many, the one that was asked for longest ago is forgotten. */
function remember<T>(sets: Map<string, T>, name: string, set: T): void {
  sets.delete(name);
  sets.set(name, set);
  for (const [longestAgo] of sets) if (sets.size > MOST_SETS) sets.delete(longestAgo);
}

function usable({ keys, fetchedAt }: KeySet, now: number): JWTVerifyGetKey {
  if (keys !== null && now - fetchedAt < USABLE_MS) return keys;
  throw new Refusal('ISSUER_UNAVAILABLE', { message: 'The keys of this issuer cannot be fetched, so its tokens cannot be verified.', next: 'Try again in half a minute.' });
}
