/** Who asks, under which credential, and how to find the request again: passed explicitly from the transport to the door. */
import type { Permission } from '../domain/actor.js';
import type { Digest } from '../domain/digest.js';
import type { IdentityFreshness } from '../domain/trusted-issuer.js';
import type { Believed } from './believed.js';
import type { PoolName } from './pools.js';
import type { SharedReads } from './shared-reads.js';

/** One command under its key. A request that holds several gives each a part of its own. */
export interface CommandKey {
  /** SHA-256 of what the client sent; the key itself is never kept. */
  readonly hash: string;
  /** Which command of the request: the path of its answer, and below that the place of an item. */
  readonly part: string;
  /** What was asked, as a whole: the route and the body in canonical form. */
  readonly payload: Digest;
}

export interface RequestContext {
  readonly tenantId: string;
  readonly principalId: string;
  readonly requestId: string;
  readonly traceId: string | null;
  /** SHA-256 of the bearer token; the token itself is never kept. */
  readonly tokenHash: string | null;
  /** The key, or the issuer and the trust rule, by which its sender is believed: once one of them is changed or revoked, by whichever server, no transaction begins for it, but to record the refusal and to clear away, and no decision about a release is made; a record whose transaction had begun may still be written. */
  readonly believedBy: readonly Believed[];
  /** How surely its sender is known. */
  readonly identityFreshness: IdentityFreshness;
  /** When the person behind the token signed in, as its issuer says (`auth_time`); null = it does not say. */
  readonly authenticatedAt: string | null;
  /** What its issuer's sign-in lacks for a signature, such as "acr phr"; null = nothing. */
  readonly signInLacks: string | null;
  /** All that the credential may be used for; null = whatever its account may. */
  readonly permissions: readonly Permission[] | null;
  /** Keyed digest of the client's address: says "the same place" without saying where. */
  readonly ipCommitment: string | null;
  /** Over which connections it is answered. */
  readonly pool: PoolName;
  /** The one transaction for all reads of a GraphQL operation; null = each read has its own. */
  readonly reads: SharedReads | null;
  /** The client's key for the command of this context; null = it has sent none, or this is no command. */
  readonly command: CommandKey | null;
}
