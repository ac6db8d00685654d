/** Refuses a server that is too old, and a role for which the separation of tenants would not hold. Light, so that a start is refused before anything is loaded. */
import { DatabaseUnusable } from './database-unusable.js';

/** Roles that PostgreSQL comes with, and whose members reach past every table, every row or every other session. */
const PAST_THE_WALLS = [
  'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_read_all_data', 'pg_write_all_data', 'pg_maintain', 'pg_signal_backend', 'pg_signal_autovacuum_worker', 'pg_monitor',
  'pg_read_all_stats', 'pg_stat_scan_tables', 'pg_checkpoint', 'pg_create_subscription', 'pg_database_owner',
];

interface Found { readonly role: string; readonly strong: boolean; readonly owns: boolean; readonly members: readonly string[]; readonly unguarded: boolean }

export async function checkRole(query: (sql: string) => Promise<readonly unknown[]>): Promise<void> {
  const [{ version } = { version: 0 }] = await query("select current_setting('server_version_num')::int as version") as readonly { version: number }[];
  if (version < 150_000) throw new DatabaseUnusable(`DATABASE_URL: PostgreSQL 15 or newer is needed, the server is ${String(Math.floor(version / 10_000))}`);
  const [found] = await query(`
    select session_user as role,
      exists (select from pg_roles s where (s.rolsuper or s.rolbypassrls or s.rolcreaterole) and pg_has_role(r.oid, s.oid, 'MEMBER')) as strong,
      exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'audit', 'gate', 'identity') and c.relkind = 'r' and pg_has_role(r.oid, c.relowner, 'MEMBER')) as owns,
      array(select s.rolname::text from pg_roles s where s.rolname in (${PAST_THE_WALLS.map((name) => `'${name}'`).join(', ')}) and pg_has_role(r.oid, s.oid, 'MEMBER') order by 1) as members,
      has_parameter_privilege(r.oid, 'session_replication_role', 'SET') as unguarded
    from pg_roles r where rolname = session_user`) as readonly (Found | undefined)[];
  if (found === undefined) throw new DatabaseUnusable('DATABASE_URL: the role could not be read');
  const trouble = troubleOf(found);
  if (trouble !== null) throw new DatabaseUnusable(`DATABASE_URL: the role ${found.role} ${trouble}; use the role countersign_app: "countersign db prepare --urls-to <file>" makes it, and writes the URL to set`);
}

function troubleOf({ strong, owns, members, unguarded }: Found): string | null {
  if (strong || owns) return 'could bypass the separation of tenants (superuser, BYPASSRLS, CREATEROLE or owner of tables)';
  if (members.length > 0) return `is a member of ${members.join(', ')}, by which it reaches past the separation of tenants`;
  return unguarded ? 'may set session_replication_role, which switches off what guards the log' : null;
}
