/** The release of a system that is named by its bytes. */
import { parseDigest } from '../domain/digest.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import type { Release } from '../domain/release.js';
import type { Tx } from '../platform/transaction.js';
import { ReleaseTable } from '../systems/system.table.js';

/** Under its lock, so that two commands about it at once see each other. */
export async function lockNamedRelease(tx: Tx, systemId: string, digest: string, field: string): Promise<Stored<Release>> {
  return tx.lock(ReleaseTable, (await namedRelease(tx, systemId, digest, field)).id);
}

/** Several, each under its lock, in the order in which they are named; locked in that of their ids, as everybody does. */
export async function lockNamedReleases(tx: Tx, systemId: string, digests: readonly string[], field: string): Promise<Stored<Release>[]> {
  const named: Stored<Release>[] = [];
  for (const [i, digest] of digests.entries()) named.push(await namedRelease(tx, systemId, digest, `${field}.${String(i)}`));
  const locked = new Map<string, Stored<Release>>();
  for (const id of named.map((release) => release.id).sort()) locked.set(id, await tx.lock(ReleaseTable, id));
  return named.map((release) => locked.get(release.id) ?? release);
}

async function namedRelease(tx: Tx, systemId: string, digest: string, field: string): Promise<Stored<Release>> {
  const bundleDigest = parseDigest(digest, field);
  const [found] = await tx.all(ReleaseTable, { systemId, bundleDigest });
  if (found === undefined) throw new Refusal('NOT_FOUND', { field, message: 'The system has no release with this digest.', actual: bundleDigest, next: 'Register what runs: createRelease.' });
  return found;
}
