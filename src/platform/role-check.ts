/** Refuses a server that is too old, and a role for which the separation of tenants would not hold. Light, so that a start is refused before anything is loaded. */
import { DatabaseUnusable } from './database-unusable.js';

interface Found { readonly version: number; readonly role: string; readonly strong: boolean; readonly owns: boolean }

export async function checkRole(query: (sql: string) => Promise<readonly unknown[]>): Promise<void> {
  const [found] = await query(`
    select current_setting('server_version_num')::int as version, session_user as role,
      exists (select from pg_roles s where (s.rolsuper or s.rolbypassrls or s.rolcreaterole) and pg_has_role(r.oid, s.oid, 'MEMBER')) as strong,
      exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'audit', 'gate', 'identity') and c.relkind = 'r' and pg_has_role(r.oid, c.relowner, 'MEMBER')) as owns
    from pg_roles r where rolname = session_user`) as readonly (Found | undefined)[];
  if (found === undefined) throw new DatabaseUnusable('DATABASE_URL: the role could not be read');
  if (found.version < 150_000) throw new DatabaseUnusable(`DATABASE_URL: PostgreSQL 15 or newer is needed, the server is ${String(Math.floor(found.version / 10_000))}`);
  if (found.strong || found.owns) {
    throw new DatabaseUnusable(`DATABASE_URL: the role ${found.role} could bypass the separation of tenants (superuser, BYPASSRLS, CREATEROLE or owner of tables); use the role countersign_app: "countersign db prepare --urls-to <file>" makes it, and writes the URL to set`);
  }
}
