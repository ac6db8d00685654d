/**
 * Bytes that no record names: what is left when a server was killed between keeping a file and writing its record, or could not remove what was refused. They are old, and nobody is about
 * to name them: that is looked at and they are removed under the lock under which an upload notes that it comes.
 */
import type { Digest } from '../../domain/digest.js';
import type { KeptFile, KeptFiles } from './file-keeper.js';

/** The register, as the role that owns it and with the organization pinned by each transaction. */
export interface Books { query(sql: string, parameters?: unknown[]): Promise<{ rows: { readonly digest?: string }[] }> }

export interface Sweeping { readonly tenantId: string; readonly olderThan: Date; readonly write: boolean }

/** Which of these digests no record names, and no upload is about to. */
export const UNNAMED = `select lying.digest from unnest($1::text[]) as lying(digest)
  where not exists (select from evidence_files f where f.content_digest = lying.digest)
    and not exists (select from evidence_arrivals a where a.content_digest = lying.digest and a.ends_at > clock_timestamp())`;

/** So many are looked up at once. */
const PAGE = 500;

/** What nobody names, one by one: with `write`, each as soon as it is removed. */
export async function* sweep(books: Books, keeper: KeptFiles, { tenantId, olderThan, write }: Sweeping): AsyncGenerator<Digest> {
  for await (const page of pagesOf(keeper.list(tenantId), olderThan)) {
    for (const digest of await pinned(books, tenantId, () => unnamed(books, page))) {
      if (!write || await removeUnnamed(books, keeper, { tenantId, digest })) yield digest;
    }
  }
}

async function* pagesOf(files: AsyncIterable<KeptFile>, olderThan: Date): AsyncGenerator<Digest[]> {
  let page: Digest[] = [];
  for await (const { digest, keptAt } of files) {
    if (keptAt < olderThan) page.push(digest);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

async function removeUnnamed(books: Books, keeper: KeptFiles, { tenantId, digest }: { readonly tenantId: string; readonly digest: Digest }): Promise<boolean> {
  return pinned(books, tenantId, async () => {
    await books.query('select lock_evidence_bytes()');
    // A statement of its own: only now is everything in view that was written before the lock.
    if ((await unnamed(books, [digest])).length === 0) return false;
    await keeper.remove(tenantId, digest);
    return true;
  });
}

async function unnamed(books: Books, digests: readonly Digest[]): Promise<Digest[]> {
  const { rows } = await books.query(UNNAMED, [digests]);
  return rows.flatMap(({ digest }) => digest ?? []);
}

async function pinned<T>(books: Books, tenantId: string, work: () => Promise<T>): Promise<T> {
  await books.query('begin');
  try {
    await books.query("select set_config('app.tenant', $1, true)", [tenantId]);
    const done = await work();
    await books.query('commit');
    return done;
  } catch (error) {
    await books.query('rollback');
    throw error;
  }
}
