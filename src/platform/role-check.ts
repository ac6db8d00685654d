/** Refuses a server that is too old, and a role for which the separation of tenants would not hold. Light, so that a start is refused before anything is loaded. */
import { DatabaseUnusable } from './database-unusable.js';

/** Roles that PostgreSQL comes with, and whose members reach past every table, every row or every other session. */
const PAST_THE_WALLS = [
  'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_read_all_data', 'pg_write_all_data', 'pg_maintain', 'pg_signal_backend', 'pg_signal_autovacuum_worker', 'pg_monitor',
  'pg_read_all_stats', 'pg_stat_scan_tables', 'pg_checkpoint', 'pg_create_subscription', 'pg_database_owner',
];

const OURS = "('public', 'audit', 'gate', 'identity')";

/** One row for each thing that is wrong, with the statement that mends it. A member may become whatever it is a member of, inherited or not. */
const CAUSES = `
  with me as (select oid, rolname from pg_roles where rolname = session_user),
  reached as (
    select s.*, (select string_agg(distinct format('revoke %s from %I', m.roleid::regrole, me.rolname), '; ') from pg_auth_members m
      where s.oid <> me.oid and m.member = me.oid and pg_has_role(m.roleid, s.oid, 'MEMBER')) as leaving
    from me, pg_roles s where pg_has_role(me.oid, s.oid, 'MEMBER')),
  ours as (select c.*, format('%I.%I', n.nspname, c.relname) as named from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ${OURS}),
  granted as (
    select lower(a.privilege_type) as what, o.named, a.grantee from ours o, aclexplode(o.relacl) a where a.privilege_type in ('TRUNCATE', 'TRIGGER', 'REFERENCES')
    union all select format('references (%I)', c.attname), o.named, a.grantee from ours o join pg_attribute c on c.attrelid = o.oid, aclexplode(c.attacl) a where a.privilege_type = 'REFERENCES'
    union all select 'set', 'parameter session_replication_role', a.grantee from pg_parameter_acl p, aclexplode(p.paracl) a where p.parname = 'session_replication_role' and a.privilege_type = 'SET')
  select * from (select 'strong' as kind, rolname::text as what, coalesce(leaving, format('alter role %I nosuperuser nobypassrls nocreaterole noreplication', rolname)) as mend
    from reached where rolsuper or rolbypassrls or rolcreaterole or rolreplication
  union all select 'owner', o.type || ' ' || o.identity,
      coalesce(leaving, format('alter %s %s owner to %s', o.type, o.identity, case when coalesce(o.schema, o.name) in ('audit', 'gate') then 'countersign_audit' else 'countersign_owner' end))
    from reached r join pg_shdepend d on d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'o', pg_database here, pg_identify_object(d.classid, d.objid, d.objsubid) o
    where here.datname = current_database() and (d.classid = 'pg_database'::regclass and d.objid = here.oid
      or d.dbid = here.oid and (o.schema in ${OURS} or o.type = 'schema' and o.name in ${OURS}))
  union all select 'member', rolname::text, coalesce(leaving, '') from reached where rolname in (${PAST_THE_WALLS.map((name) => `'${name}'`).join(', ')})
  union all select case when what = 'set' then 'unguarded' else 'granted' end, format('%s on %s', string_agg(what, ', ' order by what), named),
      format('revoke %s on %s from %s', string_agg(what, ', ' order by what), named, case grantee when 0 then 'public' else grantee::regrole::text end)
    from granted where grantee = 0 or grantee in (select oid from reached) group by named, grantee, what = 'set') cause
  -- What an owned table carries along follows it: sequences come last.
  order by kind, what like 'sequence %', what`;

interface Cause { readonly kind: 'strong' | 'owner' | 'member' | 'granted' | 'unguarded'; readonly what: string; readonly mend: string }

/** Of several kinds the one that comes first is told: it is the cause of those after it, or weighs more. */
const TROUBLE: Readonly<Record<Cause['kind'], (what: string) => string>> = {
  strong: () => 'could bypass the separation of tenants (superuser, BYPASSRLS, CREATEROLE or REPLICATION)',
  owner: (what) => `could bypass the separation of tenants (owner of ${what})`,
  member: (what) => `is a member of ${what}, by which it reaches past the separation of tenants`,
  granted: (what) => `has ${what}, by which it reaches past the separation of tenants`,
  unguarded: () => 'may set session_replication_role, which switches off what guards the log',
};

export async function checkRole(query: (sql: string) => Promise<readonly unknown[]>): Promise<void> {
  const [{ version } = { version: 0 }] = await query("select current_setting('server_version_num')::int as version") as readonly { version: number }[];
  if (version < 150_000) throw new DatabaseUnusable(`DATABASE_URL: PostgreSQL 15 or newer is needed, the server is ${String(Math.floor(version / 10_000))}`);
  const [me] = await query('select session_user::text as role') as readonly { role: string }[];
  if (me === undefined) throw new DatabaseUnusable('DATABASE_URL: the role could not be read');
  const causes = await query(CAUSES) as readonly Cause[];
  for (const kind of Object.keys(TROUBLE) as Cause['kind'][]) {
    const found = causes.filter((cause) => cause.kind === kind);
    if (found.length > 0) throw new DatabaseUnusable(`DATABASE_URL: the role ${me.role} ${TROUBLE[kind](shortened(found.map(({ what }) => what)))}; ${wayOut(me.role, found)}`);
  }
}

function shortened(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${String(names.length - 4)} more`;
}

/** A role that was not made for this is left as it is. */
function wayOut(role: string, found: readonly Cause[]): string {
  if (role !== 'countersign_app') return 'use the role countersign_app: "countersign db prepare --urls-to <file>" makes it, and writes the URL to set';
  return `as an administrator of PostgreSQL, in this database: ${[...new Set(found.map(({ mend }) => mend))].join('; ')}`;
}
