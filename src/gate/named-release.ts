/** The release of a system that is named by its bytes. */
import { parseDigest } from '../domain/digest.js';
import type { Stored } from '../domain/package.js';
import { Refusal } from '../domain/refusal.js';
import type { Release } from '../domain/release.js';
import type { Tx } from '../platform/transaction.js';
import { ReleaseTable } from '../systems/system.table.js';

/** Under its lock, so that two commands about it at once see each other. */
export async function lockNamedRelease(tx: Tx, systemId: string, digest: string, field: string): Promise<Stored<Release>> {
  const bundleDigest = parseDigest(digest, field);
  const [found] = await tx.all(ReleaseTable, { systemId, bundleDigest });
  if (found === undefined) throw new Refusal('NOT_FOUND', { field, message: 'The system has no release with this digest.', actual: bundleDigest, next: 'Register what runs: createRelease.' });
  return tx.lock(ReleaseTable, found.id);
}
