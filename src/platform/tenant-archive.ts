/** Reads the archive of an organization, and erases what it has: both as the owner of the database, each in one transaction. */
import pg from 'pg';
import { rootOf } from '../domain/audit-tree.js';
import { ArchiveText, type ArchiveLine } from '../domain/tenant-archive.js';
import { eraseTenant, type Tenant } from '../domain/tenant.js';
import { pinTenant, readTenant, turnTenant } from './tenant-acts.js';
import { connectTo } from './tenants.js';

/** So many rows are read at once. */
const PAGE = 500;

/** Governed tables: those whose rows name the digest of their version. */
const GOVERNED = "select c.relname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgname = 'demand_entry' order by 1";

/** The archive as text, piece by piece. */
export async function* archiveText(ownerUrl: string, tenantId: string): AsyncGenerator<string> {
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
    const tables = await client.query<{ name: string }>(GOVERNED);
    for (const { name } of tables.rows) yield* rowsOf(client, tenantId, `select 'record' as kind, '${name}' as table, to_jsonb(t) as row from ${pg.escapeIdentifier(name)} t where tenant_id = $1 order by id`);
    yield* rowsOf(client, tenantId, "select 'content' as kind, digest, convert_from(bytes, 'UTF8') as text, tombstone from audit.content where tenant_id = $1 order by digest");
    yield* rowsOf(client, tenantId, "select 'entry' as kind, seq::float8 as seq, convert_from(entry, 'UTF8') as entry from audit.entry join audit.log l using (log_id) where l.tenant_id = $1 order by seq");
  } finally {
    await client.end();
  }
}

async function headOf(client: pg.Client, { id, name }: Tenant): Promise<ArchiveLine> {
  const { rows: [head] } = await client.query<{ origin: string; size: string; frontier: Buffer[] }>('select l.origin, h.size, h.frontier from audit.head h join audit.log l using (log_id) where l.tenant_id = $1', [id]);
  return { kind: 'archive', v: 1, organization: { id, name }, origin: head?.origin ?? '', size: Number(head?.size ?? 0), root: Buffer.from(rootOf(head?.frontier ?? [])).toString('hex') };
}

/** The rows of one statement about this organization, page by page. */
async function* rowsOf(client: pg.Client, tenantId: string, sql: string): AsyncGenerator<never> {
  await client.query(`declare archived cursor for ${sql.replace('$1', pg.escapeLiteral(tenantId))}`);
  for (let isLast = false; !isLast;) {
    const { rows } = await client.query<never>(`fetch ${String(PAGE)} from archived`);
    yield* rows;
    isLast = rows.length < PAGE;
  }
  await client.query('close archived');
}

/** Rows go, stored bytes become tombstones, the log stays and says so. */
export async function eraseOrganization(ownerUrl: string, tenantId: string, confirmation: string | null): Promise<Tenant> {
  return turnTenant(ownerUrl, tenantId, (tenant, now) => eraseTenant(tenant, { confirmation, now }), (client) => client.query('select identity.erase_rows($1)', [tenantId]));
}
