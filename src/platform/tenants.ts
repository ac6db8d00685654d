/** Tenants come into being and are counted as the owner of the database: the application's own role can do neither. */
import pg from 'pg';

/** Creates the tenant together with its audit log. */
export async function createTenant(ownerUrl: string, tenant: { id: string; name: string; origin: string }): Promise<void> {
  await withClient(ownerUrl, async (client) => {
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
  return withClient(ownerUrl, async (client) => {
    await client.query("select pg_advisory_lock(hashtext('countersign first fill'))");
    if (await isFilled(client)) return true;
    if (await count(client) > 0) return false;
    await work();
    await markFilled(client);
    return true;
  });
}

/** An organization as far as its opening has come: its first account, and the first issuer that it trusts. */
export interface Standing {
  readonly tenantId: string;
  readonly origin: string;
  readonly name: string;
  readonly isErased: boolean;
  readonly founder: { readonly id: string; readonly number: string; readonly issuer: string; readonly subject: string; readonly displayName: string } | null;
  readonly issuer: { readonly number: string; readonly issuer: string; readonly audience: string; readonly jwksUrl: string | null; readonly algorithms: readonly string[]; readonly tokenType: string | null } | null;
  /** Whose tokens, and for which audience, it believes now. */
  readonly believed: readonly { readonly issuer: string; readonly audience: string }[];
}

/** Runs the work that opens an organization, told which ones stand there; whoever comes at the same time waits. */
export async function openAlone<T>(ownerUrl: string, work: (known: readonly Standing[]) => Promise<T>): Promise<T> {
  return withClient(ownerUrl, async (client) => {
    await client.query("select pg_advisory_lock(hashtext('countersign first fill'))");
    const organizations = await client.query<{ tenant_id: string; origin: string }>('select tenant_id, origin from audit.organizations()');
    const known: Standing[] = [];
    for (const { tenant_id: tenantId, origin } of organizations.rows) known.push(await standingOf(client, tenantId, origin));
    const done = await work(known);
    await markFilled(client);
    return done;
  });
}

/** The owner is a member of the role that looks people up in all organizations: row-level security leaves the choice to the statement. */
async function standingOf(client: pg.Client, tenantId: string, origin: string): Promise<Standing> {
  await client.query("select set_config('app.tenant', $1, false)", [tenantId]);
  const [tenant] = (await client.query<{ name: string; state: string }>('select name, state from identity.tenants where tenant_id = $1', [tenantId])).rows;
  const [founder] = (await client.query<NonNullable<Standing['founder']>>('select a.id, a.number, f.issuer, f.subject, f.display_name as "displayName" from principals a join profiles f on f.tenant_id = a.tenant_id and f.id = a.id where a.tenant_id = $1 order by a.id limit 1', [tenantId])).rows;
  const [issuer] = (await client.query<NonNullable<Standing['issuer']>>('select number, issuer, audience, jwks_url as "jwksUrl", algorithms, token_type as "tokenType" from trusted_issuers where tenant_id = $1 order by id limit 1', [tenantId])).rows;
  const { rows: believed } = await client.query<Standing['believed'][number]>("select issuer, audience from trusted_issuers where tenant_id = $1 and state = 'ACTIVE' order by id", [tenantId]);
  return { tenantId, origin, name: tenant?.name ?? '', isErased: tenant?.state === 'ERASED', founder: founder ?? null, issuer: issuer ?? null, believed };
}

async function markFilled(client: pg.Client): Promise<void> {
  await client.query("do $$ begin execute format('comment on database %I is %L', current_database(), 'countersign: filled'); end $$");
}

/** Whether a first fill was interrupted. */
export async function isHalfFilled(ownerUrl: string): Promise<boolean> {
  return withClient(ownerUrl, async (client) => !(await isFilled(client)) && await count(client) > 0);
}

/** Whether an organization signs in by an issuer of its own, and the built-in issuer no longer serves it. */
export async function isBuiltInOver(appUrl: string): Promise<boolean> {
  return withClient(appUrl, async (client) => {
    const found = await client.query<{ over: boolean }>('select audit.is_built_in_over() as over');
    return found.rows[0]?.over === true;
  });
}

/** Drops a database in which nothing but an interrupted first fill stands. */
export async function dropDatabase(adminUrl: string, database: string): Promise<void> {
  await withClient(adminUrl, async (client) => { await client.query(`drop database ${pg.escapeIdentifier(database)} with (force)`); });
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

/** Work on a connection of its own. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connectTo(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function connectTo(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  return client;
}
