/** Opens an organization in an empty register: its tenant and log as the owner of the database, everything else through the public services. */
import { randomUUID } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import pg from 'pg';
import type { NewPrincipal } from '../identity/people.service.js';
import { PeopleService } from '../identity/people.service.js';
import type { RequestContext } from '../platform/request-context.js';

/** A context for work that no request asked for: the first start, tests. */
export function contextOf(tenantId: string, principalId: string, requestId: string): RequestContext {
  return { tenantId, principalId, requestId, traceId: null, tokenHash: null, ipCommitment: null };
}

/** How many organizations there are, as the owner sees them. */
export async function countOrganizations(ownerUrl: string): Promise<number> {
  return withOwner(ownerUrl, async (client) => {
    // The owner is bound by row-level security too: an organization is counted by its log's origin, through the function that opens it.
    const rows = await client.query<{ count: string }>('select count(*) from audit.organizations()');
    return Number(rows.rows[0]?.count ?? 0);
  });
}

/** Creates the tenant with its log. Its first account is then admitted by itself, everybody else by that account. */
export async function openOrganization(app: INestApplicationContext, ownerUrl: string, input: { name: string; origin: string; administrator: NewPrincipal }): Promise<{ tenantId: string; administrator: RequestContext }> {
  const tenantId = randomUUID();
  await withOwner(ownerUrl, async (client) => {
    await client.query('begin');
    await client.query('select identity.create_tenant($1, $2, $3)', [tenantId, input.name, `${input.origin}/${tenantId}`]);
    await client.query('commit');
  });
  const founded = await app.get(PeopleService).admit(contextOf(tenantId, randomUUID(), 'founding'), input.administrator);
  return { tenantId, administrator: contextOf(tenantId, founded.id, 'founding') };
}

async function withOwner<T>(ownerUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
