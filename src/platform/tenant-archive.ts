/** Reads the archive of an organization, and erases what it has: both as the owner of the database, each in one transaction. */
import pg from 'pg';
import { rootOf } from '../domain/audit-tree.js';
import { ArchiveText, type ArchiveLine } from '../domain/tenant-archive.js';
import { eraseTenant, type Tenant } from '../domain/tenant.js';
import { snake } from './columns.table.js';
import { noteExport, pinTenant, readTenant, turnTenant } from './tenant-acts.js';
import { connectTo } from './tenants.js';

/** So many rows are read at once: each may be megabytes. */
const PAGE = 50;

/** Governed tables: those whose rows name the digest of their version. */
const GOVERNED = "select quote_ident(c.relname) as name from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'demand_entry' order by 1";

/** Stored bytes, and the row whose present version they are. */
interface Kept { readonly digest: string; readonly text: string | null; readonly tombstone: string | null; readonly row: Row | null }
type Row = Readonly<Record<string, unknown>>;

/** The archive as text, piece by piece. That it is taken is the last thing that it says. */
export async function* archiveText(ownerUrl: string, tenantId: string): AsyncGenerator<string> {
  await noteExport(ownerUrl, tenantId);
  const archive = new ArchiveText();
  for await (const line of archiveLines(ownerUrl, tenantId)) yield archive.line(line);
  yield archive.end();
}

/** Line by line, all of it as of one instant. */
async function* archiveLines(ownerUrl: string, tenantId: string): AsyncGenerator<ArchiveLine> {
  const client = await connectTo(ownerUrl);
  try {
    await pinTenant(client, tenantId, 'repeatable read');
    const { tenant } = await readTenant(client, tenantId);
    yield await headOf(client, tenant);
    for await (const kept of rowsOf<Kept>(client, tenantId, await keptSql(client))) yield* linesOf(kept);
    yield* rowsOf<ArchiveLine>(client, tenantId, "select 'entry' as kind, seq::float8 as seq, convert_from(entry, 'UTF8') as entry from audit.entry join audit.log l using (log_id) where l.tenant_id = $1 order by seq");
  } finally {
    await client.end();
  }
}

async function headOf(client: pg.Client, { id, name }: Tenant): Promise<ArchiveLine> {
  const { rows: [head] } = await client.query<{ origin: string; size: string; frontier: Buffer[] }>('select l.origin, h.size, h.frontier from audit.head h join audit.log l using (log_id) where l.tenant_id = $1', [id]);
  return { kind: 'archive', v: 1, organization: { id, name }, origin: head?.origin ?? '', size: Number(head?.size ?? 0), root: Buffer.from(rootOf(head?.frontier ?? [])).toString('hex') };
}

async function keptSql(client: pg.Client): Promise<string> {
  const { rows: tables } = await client.query<{ name: string }>(GOVERNED);
  const present = tables.map(({ name }) => `select digest, to_jsonb(t) as row from ${name} t where tenant_id = $1`).join(' union all ');
  return `select digest, convert_from(c.bytes, 'UTF8') as text, c.tombstone, r.row from (select digest, bytes, tombstone from audit.content where tenant_id = $1) c full join (${present}) r using (digest) order by digest`;
}

function* linesOf({ digest, text, tombstone, row }: Kept): Generator<ArchiveLine> {
  if (row !== null) {
    const { type, value } = JSON.parse(text ?? '{}') as { type?: string; value?: Row };
    yield { kind: 'record', type: type ?? '', digest, value: heldOf(row, value ?? {}) };
  }
  yield { kind: 'content', digest, text, tombstone };
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

/** The rows of one statement about this organization, page by page. */
async function* rowsOf<T extends object>(client: pg.Client, tenantId: string, sql: string): AsyncGenerator<T> {
  await client.query(`declare archived cursor for ${sql.replaceAll('$1', pg.escapeLiteral(tenantId))}`);
  for (let isLast = false; !isLast;) {
    const { rows } = await client.query<T>(`fetch ${String(PAGE)} from archived`);
    yield* rows;
    isLast = rows.length < PAGE;
  }
  await client.query('close archived');
}

/** Nobody is inside any more, then rows go, stored bytes become tombstones, and the log stays and says so. */
export async function eraseOrganization(ownerUrl: string, tenantId: string, confirmation: string | null): Promise<Tenant> {
  return turnTenant(ownerUrl, tenantId, (tenant, now) => eraseTenant(tenant, { confirmation, now }), { before: 'select pg_advisory_xact_lock(identity.presence($1))', after: 'select identity.erase_rows($1)' });
}
