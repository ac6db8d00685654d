/**
 * Brings a database to the present schema: the three roles, the database with its owner, and the numbered files of migrations/,
 * each once, in order, in one transaction each. Forward only: a file that was run and then changed stops the start.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { packageRoot } from './package-root.js';
import { checkRole } from './role-check.js';

export const OWNER_ROLE = 'countersign_owner';
export const APP_ROLE = 'countersign_app';

/** The files before this one were written without that rule; one of them goes from organization to organization. */
const UNFILTERED_FROM = '0041';

/** Held to the end of the session: two administrators at once make nothing twice. */
const LOCK = "select pg_advisory_lock(hashtext('countersign roles'))";

/** Makes the roles; may be repeated. Needs a role that may create roles. */
export async function prepareCluster(adminUrl: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await client.query(`DO $$ BEGIN
      PERFORM pg_advisory_xact_lock(hashtext('countersign roles'));
      IF to_regrole('countersign_owner') IS NULL THEN CREATE ROLE countersign_owner LOGIN NOSUPERUSER NOBYPASSRLS; END IF;
      IF to_regrole('countersign_audit') IS NULL THEN CREATE ROLE countersign_audit NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF;
      IF to_regrole('countersign_app') IS NULL THEN CREATE ROLE countersign_app LOGIN NOSUPERUSER NOBYPASSRLS; END IF;
      -- An administrator who is no superuser may make roles, but is not a member of what it makes (from 16 on without SET).
      IF NOT pg_has_role(current_user, 'countersign_audit', 'MEMBER') THEN EXECUTE format('GRANT countersign_audit TO %I', current_user); END IF;
      IF NOT pg_has_role(current_user, 'countersign_owner', 'MEMBER') THEN EXECUTE format('GRANT countersign_owner TO %I', current_user); END IF;
      IF current_setting('server_version_num')::int >= 160000 AND NOT pg_has_role(current_user, 'countersign_owner', 'SET') THEN
        EXECUTE format('GRANT countersign_owner TO %I WITH SET TRUE', current_user);
      END IF;
      GRANT countersign_audit TO countersign_owner;
    END $$`);
  });
}

/** Makes the database, owned by the migrating role; may be repeated. */
export async function prepareDatabase(adminUrl: string, database: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const name = pg.escapeIdentifier(database);
    await client.query(LOCK);
    const found = await client.query('select from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${name} owner ${OWNER_ROLE}`);
    await client.query(`revoke all on database ${name} from public`);
    await client.query(`grant connect on database ${name} to ${APP_ROLE}`);
  });
}

/** Gives roles the passwords that are kept as these verifiers. */
export async function setPasswords(adminUrl: string, verifiers: Readonly<Record<string, string>>): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await client.query(LOCK);
    for (const [role, verifier] of Object.entries(verifiers)) {
      await client.query(`alter role ${pg.escapeIdentifier(role)} password ${pg.escapeLiteral(verifier)}`);
    }
  });
}

export interface MigrationFile { readonly name: string; readonly sql: string; readonly digest: string }

export function migrationFiles(folder: string = join(packageRoot(), 'migrations')): MigrationFile[] {
  return readdirSync(folder).filter((name) => /^\d{4}_.*\.sql$/.test(name)).sort().map((name) => {
    const sql = readFileSync(join(folder, name), 'utf8');
    return { name, sql, digest: createHash('sha256').update(sql).digest('hex') };
  });
}

/** Runs what has not been run yet, one server at a time. Returns the names of the files that it ran. */
export async function migrate(ownerUrl: string, say: (line: string) => void = () => undefined, files: readonly MigrationFile[] = migrationFiles()): Promise<string[]> {
  return withClient(ownerUrl, async (client) => {
    await requireOwner(client);
    await client.query("select pg_advisory_lock(hashtext('countersign migrations'))");
    await client.query('create table if not exists public.schema_migrations (name text primary key, digest text not null, at timestamptz not null default now())');
    await client.query(`grant select on public.schema_migrations to ${APP_ROLE}`);
    const pending = unrun(files, await ranBefore(client));
    for (const file of pending) {
      say(`migrating: ${file.name}`);
      await runOne(client, file);
    }
    return pending.map((file) => file.name);
  });
}

/** The names of the files that still have to run; throws when a file that was run has changed since. */
export async function pendingMigrations(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const known = await client.query("select to_regclass('public.schema_migrations') is not null as known");
    return unrun(migrationFiles(), (known.rows as { known: boolean }[])[0]?.known ? await ranBefore(client) : new Map()).map((file) => file.name);
  });
}

/** Whether the application may come by this URL; throws when it may not. */
export async function checkRoleOf(appUrl: string): Promise<void> {
  await withClient(appUrl, (client) => checkRole(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows));
}

/** Whatever another role makes is its own: an administrator's tables and functions would look past every wall. */
async function requireOwner(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ role: string }>('select current_user as role');
  const role = rows[0]?.role ?? '';
  if (role !== OWNER_ROLE) throw new Error(`the role ${role} must not migrate, since what it makes would belong to it; use the role ${OWNER_ROLE}: "countersign db prepare --urls-to <file>" makes it, and writes the URL to set`);
}

function unrun(files: readonly MigrationFile[], ran: ReadonlyMap<string, string>): MigrationFile[] {
  const newer = [...ran.keys()].filter((name) => !files.some((file) => file.name === name));
  if (newer.length > 0) throw new Error(`the database was migrated by a newer version (${newer.join(', ')}); start that version`);
  return files.filter((file) => {
    const digest = ran.get(file.name);
    if (digest !== undefined && digest !== file.digest) throw new Error(`${file.name} was changed after it had been run; write a new migration instead`);
    return digest === undefined;
  });
}

async function ranBefore(client: pg.Client): Promise<Map<string, string>> {
  const ran = await client.query<{ name: string; digest: string }>('select name, digest from public.schema_migrations');
  return new Map(ran.rows.map((row) => [row.name, row.digest]));
}

/**
 * The walls between organizations bind the owner, too: a statement that they would filter is an error here, where it would otherwise find
 * no rows and say nothing. A file that changes rows takes the force off the table and puts it back.
 */
async function runOne(client: pg.Client, file: MigrationFile): Promise<void> {
  await client.query('begin');
  try {
    // The bodies of functions are judged by that where they run, not where they are written.
    if (file.name >= UNFILTERED_FROM) await client.query('set local row_security = off; set local check_function_bodies = off');
    await client.query(file.sql);
    await requireWalls(client);
    await client.query('insert into public.schema_migrations (name, digest) values ($1, $2)', [file.name, file.digest]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    const { message, hint } = error as Error & { hint?: string };
    throw new Error(`${file.name}: ${message}${hint === undefined ? '' : ` (${hint})`}`, { cause: error });
  }
}

/** Of tables that belong to us: what a neighbour or an extension has in the same database is theirs. */
async function requireWalls(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`select oid::regclass::text as name from pg_class
    where relrowsecurity and not relforcerowsecurity and pg_has_role('${OWNER_ROLE}', relowner, 'MEMBER') order by 1`);
  if (rows.length > 0) throw new Error(`it leaves ${rows.map(({ name }) => name).join(', ')} without FORCE ROW LEVEL SECURITY; put it back at the end of the file`);
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
