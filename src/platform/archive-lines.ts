/**
 * The lines of an organization's archive, read page by page behind the last key, so that no page costs more than the first one and no more than
 * a page is held. It is as of the size of the log, which is read first: the lines verify also where each page is read by itself, while others
 * write.
 */
import pg from 'pg';
import { rootOf } from '../domain/audit-tree.js';
import type { ArchivedContent, ArchivedEntry, ArchiveHead, ArchiveLine } from '../domain/tenant-archive.js';
import { snake } from './columns.table.js';

/** A reading statement with its parameters. */
export type Read = <Row>(sql: string, parameters: readonly unknown[]) => Promise<Row[]>;

type Row = Readonly<Record<string, unknown>>;
/** What stored bytes say, where they are a version of a record. */
interface Said { readonly type: string; readonly value: Row & { readonly id: string } }
/** What the log says of an object: its version as of the size, and whether it was changed after that. */
interface Left { readonly object_type: string; readonly object_id: string; readonly after: string | null; readonly changed: boolean }

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
const LEFT = `select k.object_type, k.object_id::text, (
    select convert_from(e.entry, 'UTF8')::jsonb ->> 'after' from audit.entry e join audit.log l using (log_id)
    where l.tenant_id = $1 and e.object_type = k.object_type and e.object_id = k.object_id and e.seq < $2 and convert_from(e.entry, 'UTF8')::jsonb ->> 'after' is not null order by e.seq desc limit 1) as after,
  exists (select from audit.entry e join audit.log l using (log_id) where l.tenant_id = $1 and e.object_type = k.object_type and e.object_id = k.object_id and e.seq >= $2) as changed
  from unnest($3::text[], $4::uuid[]) as k(object_type, object_id)`;

export async function* archiveLines(read: Read, { id, name }: ArchiveHead['organization']): AsyncGenerator<ArchiveLine> {
  const head = await headOf(read, { id, name });
  yield head;
  const tables = (await read<{ name: string }>(GOVERNED, [])).map((table) => table.name);
  for (let page = await read<ArchivedContent>(CONTENTS, [id, '']); page.length > 0; page = await read<ArchivedContent>(CONTENTS, [id, page.at(-1)?.digest])) yield* contentLines(read, { id, tables, size: head.size }, page);
  for (let page = await read<ArchivedEntry>(ENTRIES, [id, -1, head.size]); page.length > 0; page = await read<ArchivedEntry>(ENTRIES, [id, page.at(-1)?.seq, head.size])) yield* page;
}

async function headOf(read: Read, organization: ArchiveHead['organization']): Promise<ArchiveHead> {
  const [head] = await read<{ origin: string; size: string; frontier: Buffer[] }>('select l.origin, h.size, h.frontier from audit.head h join audit.log l using (log_id) where l.tenant_id = $1', [organization.id]);
  return { kind: 'archive', v: 1, organization, origin: head?.origin ?? '', size: Number(head?.size ?? 0), root: Buffer.from(rootOf(head?.frontier ?? [])).toString('hex') };
}

interface Archived { readonly id: string; readonly tables: readonly string[]; readonly size: number }

/** Stored bytes, each after the record whose present version they are, as of the size. */
async function* contentLines(read: Read, archived: Archived, page: readonly ArchivedContent[]): AsyncGenerator<ArchiveLine> {
  const said = new Map(page.map(({ digest, text }) => [digest, saidBy(text)]));
  const versions = [...said].flatMap(([digest, version]) => (version === null ? [] : [{ digest, ...version }]));
  const left = versions.length === 0 ? [] : await read<Left>(LEFT, [archived.id, archived.size, versions.map(({ type }) => type), versions.map(({ value }) => value.id)]);
  const rows = versions.length === 0 ? new Map<string, Row>() : await rowsOf(read, archived, versions.map(({ digest }) => digest));
  for (const content of page) {
    const version = said.get(content.digest) ?? null;
    const value = version === null ? null : heldBy(version, rows.get(content.digest), left.find((one) => one.object_type === version.type && one.object_id === version.value.id && one.after === content.digest));
    if (version !== null && value !== null) yield { kind: 'record', type: version.type, digest: content.digest, value };
    yield content;
  }
}

/** Null = bytes of something else, such as what was signed, or of a version that was replaced. */
function saidBy(text: string | null): Said | null {
  if (!(text?.startsWith('{"salt":') ?? false)) return null;
  const { type, value } = JSON.parse(text ?? '') as Partial<Said>;
  return typeof type === 'string' && typeof value?.id === 'string' ? { type, value } : null;
}

/** What the table holds of it; a record that was changed after the size is as its bytes say. Null = it is not the present version of anything. */
function heldBy({ value }: Said, row: Row | undefined, left: Left | undefined): Row | null {
  if (left === undefined) return null;
  if (row !== undefined) return heldOf(row, value);
  return left.changed ? value : null;
}

async function rowsOf(read: Read, { id, tables }: Archived, digests: readonly string[]): Promise<Map<string, Row>> {
  const sql = tables.map((table) => `select digest, to_jsonb(t) as row from ${pg.escapeIdentifier(table)} t where tenant_id = $1 and digest = any($2)`).join(' union all ');
  return new Map((await read<{ digest: string; row: Row }>(sql, [id, digests])).map(({ digest, row }) => [digest, row]));
}

/** What the row holds of what the bytes say: columns that came later, or that follow from others, say nothing of their own. */
function heldOf(row: Row, said: Row): Row {
  return Object.fromEntries(Object.entries(said).map(([field, value]) => {
    const held = row[snake(field)] ?? null;
    return [field, isSameInstant(held, value) ? value : held];
  }));
}

/** The database writes them in another way. */
function isSameInstant(held: unknown, said: unknown): boolean {
  return typeof held === 'string' && typeof said === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(said) && Date.parse(held) === Date.parse(said);
}
