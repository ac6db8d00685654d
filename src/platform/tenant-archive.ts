/** Reads the archive of an organization, and erases what it has: both as the owner of the database, each in one transaction. */
import { ArchiveText } from '../domain/tenant-archive.js';
import { eraseTenant, type Tenant } from '../domain/tenant.js';
import { archiveLines } from './archive-lines.js';
import { pinTenant, readTenant, turnTenant } from './tenant-acts.js';
import { connectTo } from './tenants.js';

/** The archive as text, piece by piece, all of it as of one instant. */
export async function* archiveText(ownerUrl: string, tenantId: string): AsyncGenerator<string> {
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

/** Rows go, stored bytes become tombstones, the log stays and says so. */
export async function eraseOrganization(ownerUrl: string, tenantId: string, confirmation: string | null): Promise<Tenant> {
  return turnTenant(ownerUrl, tenantId, (tenant, now) => eraseTenant(tenant, { confirmation, now }), (client) => client.query('select identity.erase_rows($1)', [tenantId]));
}
