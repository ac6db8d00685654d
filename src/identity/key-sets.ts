/**
 * The public keys of trusted issuers: those that are written down, or fetched from the registered address only, kept for a while, and fetched
 * again for a key that is not known only after a pause, however many tokens name one. While an issuer does not answer, what was fetched before
 * goes on serving for a day. Each organization has room of its own here: however many addresses one of them names, it forgets only its own.
 */
import { Injectable, Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Refusal } from '../domain/refusal.js';
import { MOST_ISSUERS, type IdentityFreshness, type TrustedIssuer } from '../domain/trusted-issuer.js';
import { Outgoing } from '../platform/outgoing/outgoing.js';

const PAUSE_MS = 30_000;
const FRESH_MS = 600_000;
const USABLE_MS = 86_400_000;
/** Of one organization: twice as many as it may believe issuers at once, so that what is changed or retired makes nothing in use be forgotten. */
const MOST_SETS = 2 * MOST_ISSUERS;

/** What finds the key of a token, and what it finds. */
type Header = Parameters<JWTVerifyGetKey>[0];
type Token = Parameters<JWTVerifyGetKey>[1];
type Key = Awaited<ReturnType<JWTVerifyGetKey>>;

/** Whose issuer it is, and where its keys are. */
export interface Trusted { readonly tenantId: string; readonly issuer: TrustedIssuer }

interface KeySet { readonly jwksUrl: string; keys: JWTVerifyGetKey | null; fetchedAt: number; triedAt: number; fetching: Promise<void> | null }

/** What is kept for one organization: sets by their address, and those that are written down by their text. */
interface Share { readonly fetched: Map<string, KeySet>; readonly written: Map<string, JWTVerifyGetKey> }

@Injectable()
export class KeySets {
  readonly #logger = new Logger(KeySets.name);
  readonly #shares = new Map<string, Share>();

  constructor(private readonly outgoing: Outgoing) {}

  /** Milliseconds that only ever go forward. */
  now(): number {
    return performance.now();
  }

  /** The key that a token of this issuer is to be verified with. */
  async keyFor({ tenantId, issuer: { jwks, jwksUrl } }: Trusted, header: Header, token: Token): Promise<Key> {
    const { fetched, written } = this.#shareOf(tenantId);
    return jwks === null ? this.#fetchedKey(setOf(fetched, jwksUrl ?? ''), header, token) : writtenIn(written, jwks)(header, token);
  }

  /** How fresh the keys are that a token of this issuer was just verified with: they are stale only while they cannot be fetched. */
  freshnessOf({ tenantId, issuer: { jwks, jwksUrl } }: Trusted): IdentityFreshness {
    const fetchedAt = this.#shareOf(tenantId).fetched.get(jwksUrl ?? '')?.fetchedAt ?? -Infinity;
    return jwks !== null || this.now() - fetchedAt < FRESH_MS ? 'FRESH' : 'STALE';
  }

  #shareOf(tenantId: string): Share {
    const share = this.#shares.get(tenantId) ?? { fetched: new Map(), written: new Map() };
    this.#shares.set(tenantId, share);
    return share;
  }

  async #fetchedKey(set: KeySet, header: Header, token: Token): Promise<Key> {
    if (this.now() - set.fetchedAt >= FRESH_MS) await this.#fetch(set);
    const keys = usable(set, this.now());
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !(await this.#fetch(set))) throw error;
      return usable(set, this.now())(header, token);
    }
  }

  /** Whoever comes while keys are being fetched waits for the same answer. `false` = it is too early to ask again. */
  async #fetch(set: KeySet): Promise<boolean> {
    if (set.fetching === null && this.now() - set.triedAt < PAUSE_MS) return false;
    set.fetching ??= this.#fetchNow(set).finally(() => { set.fetching = null; });
    await set.fetching;
    return true;
  }

  async #fetchNow(set: KeySet): Promise<void> {
    const { jwksUrl } = set;
    set.triedAt = this.now();
    try {
      set.keys = createLocalJWKSet(await this.outgoing.json(jwksUrl) as JSONWebKeySet);
      set.fetchedAt = this.now();
    } catch (error) {
      this.#logger.warn({ msg: 'the keys of an issuer could not be fetched', jwksUrl, error: (error as Error).message });
    }
  }
}

function writtenIn(written: Share['written'], jwks: string): JWTVerifyGetKey {
  const keys = written.get(jwks) ?? createLocalJWKSet(JSON.parse(jwks) as JSONWebKeySet);
  remember(written, jwks, keys);
  return keys;
}

function setOf(fetched: Share['fetched'], jwksUrl: string): KeySet {
  const set = fetched.get(jwksUrl) ?? { jwksUrl, keys: null, fetchedAt: -Infinity, triedAt: -Infinity, fetching: null };
  remember(fetched, jwksUrl, set);
  return set;
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
