/**
 * The lines of an organization's archive, read page by page behind the last key, so that no page costs more than the first one and no more than
 * a page is held. The size of the log is read first, and what records name is read after them: the lines verify also where each page is read by
 * itself, while others write.
 */
import pg from 'pg';
import { rootOf } from '../domain/audit-tree.js';
import type { ArchivedContent, ArchivedEntry, ArchivedRecord, ArchiveHead, ArchiveLine } from '../domain/tenant-archive.js';

/** A reading statement with its parameters. */
export type Read = <Row>(sql: string, parameters: readonly unknown[]) => Promise<Row[]>;

const PAGE = 100;
/** A page of stored bytes ends where so many are reached. */
const PAGE_BYTES = 4_194_304;

/** Governed tables: those whose rows name the digest of their version. */
const GOVERNED = "select c.relname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'demand_entry' order by 1";
const CONTENTS = `select 'content' as kind, digest, convert_from(bytes, 'UTF8') as text, tombstone from (
  select *, coalesce(sum(octet_length(bytes)) over (order by digest rows between unbounded preceding and 1 preceding), 0) as before
  from (select digest, bytes, tombstone from audit.content where tenant_id = $1 and digest > $2 order by digest limit ${String(PAGE)}) page) sized where before < ${String(PAGE_BYTES)} order by digest`;
const ENTRIES = `select 'entry' as kind, seq::float8 as seq, convert_from(entry, 'UTF8') as entry from audit.entry join audit.log l using (log_id)
  where l.tenant_id = $1 and seq > $2 and seq < $3 order by seq limit ${String(PAGE)}`;

export async function* archiveLines(read: Read, { id, name }: ArchiveHead['organization']): AsyncGenerator<ArchiveLine> {
  const head = await headOf(read, { id, name });
  yield head;
  for (const table of await read<{ name: string }>(GOVERNED, [])) yield* records(read, id, table.name);
  yield* pages<ArchivedContent>((after) => read(CONTENTS, [id, after]), '', ({ digest }) => digest);
  yield* pages<ArchivedEntry>((after) => read(ENTRIES, [id, after, head.size]), -1, ({ seq }) => seq);
}

async function headOf(read: Read, organization: ArchiveHead['organization']): Promise<ArchiveHead> {
  const [head] = await read<{ origin: string; size: string; frontier: Buffer[] }>('select l.origin, h.size, h.frontier from audit.head h join audit.log l using (log_id) where l.tenant_id = $1', [organization.id]);
  return { kind: 'archive', v: 1, organization, origin: head?.origin ?? '', size: Number(head?.size ?? 0), root: Buffer.from(rootOf(head?.frontier ?? [])).toString('hex') };
}

function records(read: Read, tenantId: string, table: string): AsyncGenerator<ArchivedRecord> {
  const sql = `select 'record' as kind, ${pg.escapeLiteral(table)} as table, to_jsonb(t) as row from ${pg.escapeIdentifier(table)} t where tenant_id = $1 and id > $2 order by id limit ${String(PAGE)}`;
  return pages<ArchivedRecord>((after) => read(sql, [tenantId, after]), '00000000-0000-0000-0000-000000000000', ({ row }) => row['id'] as string);
}

async function* pages<Row>(page: (after: string | number) => Promise<Row[]>, first: string | number, keyOf: (row: Row) => string | number): AsyncGenerator<Row> {
  for (let rows = await page(first); rows.length > 0; rows = await page(keyOf(rows.at(-1) as Row))) yield* rows;
}
