/** Reads the archive of an organization, and erases what it has: both as the owner of the database, each in one transaction. */
import { ArchiveText } from '../domain/tenant-archive.js';
import { eraseTenant, type Tenant } from '../domain/tenant.js';
import { archiveLines } from './archive-lines.js';
import { noteExport, pinTenant, readTenant, turnTenant } from './tenant-acts.js';
import { connectTo } from './tenants.js';

/** The archive as text, piece by piece, all of it as of one instant. That it is taken is the last thing that it says. */
export async function* archiveText(ownerUrl: string, tenantId: string): AsyncGenerator<string> {
  await noteExport(ownerUrl, tenantId);
  const client = await connectTo(ownerUrl);
  const archive = new ArchiveText();
  try {
    await pinTenant(client, tenantId, 'repeatable read');
    const { tenant } = await readTenant(client, tenantId);
    const read = async <Row>(sql: string, parameters: readonly unknown[]): Promise<Row[]> => (await client.query<Row & object>(sql, [...parameters])).rows;
    for await (const line of archiveLines(read, tenant)) yield archive.line(line);
    yield archive.end();
  } finally {
    await client.end();
  }
}

/** Nobody is inside any more, then rows go, stored bytes become tombstones, and the log stays and says so. */
export async function eraseOrganization(ownerUrl: string, tenantId: string, confirmation: string | null): Promise<Tenant> {
  return turnTenant(ownerUrl, tenantId, (tenant, now) => eraseTenant(tenant, { confirmation, now }), { before: 'select pg_advisory_xact_lock(identity.presence($1))', after: 'select identity.erase_rows($1)' });
}
