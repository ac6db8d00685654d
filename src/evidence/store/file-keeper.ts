/** What keeps files for good: a folder, or a bucket. Each organization has a place of its own there, and each file lies under its digest. */
import type { Digest } from '../../domain/digest.js';
import type { Spooled } from './spool.js';

export interface KeptFile { readonly digest: Digest; readonly keptAt: Date }

/** What is kept, as whoever only looks after it needs it. */
export interface KeptFiles {
  /** All files of an organization. */
  list(tenantId: string): AsyncIterable<KeptFile>;
  /** Gives up within seconds: uploads of the organization wait for it. */
  remove(tenantId: string, digest: Digest): Promise<void>;
  /** Removes all that an organization has. */
  erase(tenantId: string): Promise<void>;
}

export interface FileKeeper extends KeptFiles {
  /** Where files pass through while they come in. */
  readonly passing: string;
  /** Gives the spooled bytes their place; the same bytes a second time change nothing but the time at which they were kept. */
  keep(tenantId: string, spooled: Pick<Spooled, 'path' | 'digest' | 'size'>): Promise<void>;
  /** The bytes as they lie there; null = there are none. */
  read(tenantId: string, digest: Digest): Promise<AsyncIterable<Uint8Array> | null>;
}

export function organizationPart(tenantId: string): string {
  return checked(tenantId, /^[0-9a-f-]{36}$/);
}

export function hexOf(digest: Digest): string {
  return checked(digest, /^sha256:[0-9a-f]{64}$/).slice('sha256:'.length);
}

/** The digest that a name says; null = it is none of ours. */
export function digestIn(name: string): Digest | null {
  return /^[0-9a-f]{64}$/.test(name) ? `sha256:${name}` : null;
}

/** Nothing else ever becomes part of a path. */
function checked(part: string, form: RegExp): string {
  if (!form.test(part)) throw new Error('no part of a path of the store');
  return part;
}
