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

/**
 * Runs the work that fills an empty register, once: whoever comes second waits, then finds it filled. Work that was interrupted is told
 * apart by the missing mark; `false` = the register is only half filled and must be made anew.
 */
export async function fillOnce(ownerUrl: string, work: () => Promise<void>): Promise<boolean> {
  return withOwner(ownerUrl, async (client) => {
    await client.query("select pg_advisory_lock(hashtext('countersign first fill'))");
    if (await isFilled(client)) return true;
    if (await count(client) > 0) return false;
    await work();
    await client.query("do $$ begin execute format('comment on database %I is %L', current_database(), 'countersign: filled'); end $$");
    return true;
  });
}

/** Whether a first fill was interrupted. */
export async function isHalfFilled(ownerUrl: string): Promise<boolean> {
  return withOwner(ownerUrl, async (client) => !(await isFilled(client)) && await count(client) > 0);
}

/** Drops a database in which nothing but an interrupted first fill stands. */
export async function dropDatabase(adminUrl: string, database: string): Promise<void> {
  await withOwner(adminUrl, async (client) => { await client.query(`drop database ${pg.escapeIdentifier(database)} with (force)`); });
}

async function isFilled(client: pg.Client): Promise<boolean> {
  const mark = await client.query<{ mark: string | null }>("select shobj_description(oid, 'pg_database') as mark from pg_database where datname = current_database()");
  return mark.rows[0]?.mark === 'countersign: filled';
}

/** How many tenants have a log. The owner is bound by row-level security too, so one named function counts. */
async function count(client: pg.Client): Promise<number> {
  const counted = await client.query<{ count: string }>('select count(*) from audit.organizations()');
  return Number(counted.rows[0]?.count ?? 0);
}

/** Work on a connection of the owning role. */
export async function withOwner<T>(ownerUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connectOwner(ownerUrl);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function connectOwner(ownerUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5000 });
  await client.connect();
  return client;
}
