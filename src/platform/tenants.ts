/** Tenants come into being and are counted as the owner of the database: the application's own role can do neither. */
import pg from 'pg';

/** Creates the tenant together with its audit log. */
export async function createTenant(ownerUrl: string, tenant: { id: string; name: string; origin: string }): Promise<void> {
  await withOwner(ownerUrl, async (client) => {
    await client.query('begin');
    await client.query('select identity.create_tenant($1, $2, $3)', [tenant.id, tenant.name, tenant.origin]);
    await client.query('commit');
  });
}

/** How many tenants have a log. The owner is bound by row-level security too, so one named function counts. */
export async function countTenants(ownerUrl: string): Promise<number> {
  return withOwner(ownerUrl, async (client) => {
    const counted = await client.query<{ count: string }>('select count(*) from audit.organizations()');
    return Number(counted.rows[0]?.count ?? 0);
  });
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
