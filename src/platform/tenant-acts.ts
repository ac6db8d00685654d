/** What the operator does to an organization, as the owner of the database: one transaction under the lock of its log, with an entry there. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Instant } from '../domain/clock.js';
import type { EventName } from '../domain/events.js';
import { Refusal } from '../domain/refusal.js';
import type { Tenant, TurnedTenant } from '../domain/tenant.js';
import { entryHalves } from './entry-bytes.js';
import { withClient } from './tenants.js';

/** Nobody who signs in: the log says OPERATOR. */
const OPERATOR_ID = '00000000-0000-0000-0000-000000000000';

interface Row { readonly tenant_id: string; readonly name: string; readonly state: Tenant['state']; readonly reason: string | null; readonly since: Date; readonly keep_until: Date | null; readonly now: Date }

/** What comes before the log is locked, and after the state has changed. */
export interface Around { readonly before: string; readonly after: string }

/** Locks the log first: whatever was under way is either in it before, or is refused. What may not be done is refused before anybody waits. */
export async function turnTenant(ownerUrl: string, tenantId: string, decide: (tenant: Tenant, now: Instant) => TurnedTenant, around?: Around): Promise<Tenant> {
  const decided = async (client: pg.Client): Promise<TurnedTenant> => {
    const { tenant, now } = await readTenant(client, tenantId);
    return decide(tenant, now);
  };
  return act(ownerUrl, tenantId, async (client) => {
    await decided(client);
    if (around !== undefined) await client.query(around.before, [tenantId]);
    await client.query('select audit.lock()');
    const { next, event } = await decided(client);
    await client.query('update identity.tenants set name = $2, state = $3, reason = $4, since = $5, keep_until = $6 where tenant_id = $1', [tenantId, next.name, next.state, next.reason, next.since, next.keepUntil]);
    if (around !== undefined) await client.query(around.after, [tenantId]);
    await append(client, tenantId, event);
    return next;
  });
}

/** Writes down that all of it was taken out. */
export async function noteExport(ownerUrl: string, tenantId: string): Promise<void> {
  await act(ownerUrl, tenantId, (client) => append(client, tenantId, 'tenant.exported'));
}

/** One transaction about an organization that exists. */
async function act<T>(ownerUrl: string, tenantId: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return withClient(ownerUrl, async (client) => {
    await pinTenant(client, tenantId, 'read committed');
    await readTenant(client, tenantId);
    const done = await work(client);
    await client.query('commit');
    return done;
  });
}

/** Begins a transaction of this organization; ends with the connection. The owner belongs to the role of the log, which may look further: every statement names the organization besides. */
export async function pinTenant(client: pg.Client, tenantId: string, isolation: 'read committed' | 'repeatable read'): Promise<void> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(tenantId)) throw unknown(tenantId);
  await client.query(`begin transaction isolation level ${isolation}`);
  await client.query("select set_config('app.tenant', $1, true)", [tenantId]);
}

export async function readTenant(client: pg.Client, tenantId: string): Promise<{ tenant: Tenant; now: Instant }> {
  const { rows: [row] } = await client.query<Row>('select *, clock_timestamp() as now from identity.tenants where tenant_id = $1', [tenantId]);
  if (row === undefined) throw unknown(tenantId);
  const { tenant_id: id, name, state, reason, since, keep_until: keepUntil, now } = row;
  return { tenant: { id, name, state, reason, since: since.toISOString(), keepUntil: keepUntil?.toISOString() ?? null }, now: now.toISOString() };
}

/** Every organization, also those that are suspended or erased. */
export async function listTenants(ownerUrl: string): Promise<Tenant[]> {
  return withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<{ tenant_id: string }>('select tenant_id from audit.organizations() order by tenant_id');
    const tenants: Tenant[] = [];
    for (const { tenant_id: id } of rows) {
      await pinTenant(client, id, 'read committed');
      tenants.push((await readTenant(client, id)).tenant);
      await client.query('commit');
    }
    return tenants;
  });
}

async function append(client: pg.Client, tenantId: string, event: EventName): Promise<void> {
  const { rows: [log] } = await client.query<{ origin: string }>('select origin from audit.log where tenant_id = $1', [tenantId]);
  const ctx = { principalId: OPERATOR_ID, tokenHash: null, requestId: randomUUID(), traceId: null, ipCommitment: null, command: null };
  const { head, tail, type, objectId } = entryHalves(log?.origin ?? '', ctx, 'OPERATOR', { action: event, object: { type: 'Tenant', id: tenantId, version: null }, scopeId: null, before: null, after: null, reason: null, outcome: 'DONE', code: null });
  await client.query('select audit.append(array[$1], array[$2], array[$3], array[$4]::uuid[], array[null]::uuid[])', [head, tail, type, objectId]);
}

function unknown(id: string): Refusal {
  return new Refusal('NOT_FOUND', { subject: 'Tenant', id: id.slice(0, 100), message: 'There is no such organization.', next: '"countersign tenant list" names all of them.' });
}
