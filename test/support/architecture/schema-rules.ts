// What every table, key, policy, function and role of a migrated database must have, each rule as one query over the
// catalogues of PostgreSQL that returns its findings as text. New schemas and tables are judged without being named here.

export interface SchemaRule {
  readonly name: string;
  /** Returns rows with one column, `finding`; none = the rule holds. */
  readonly sql: string;
}

const APP = "'countersign_app'";

/** Not owned by a tenant: what was run on this database, and what failed before any tenant was known. */
const NO_TENANT = "('public.schema_migrations'), ('audit.failed_authentications')";
/** Owned by a tenant through their log: `log_id` stands where other tables have `tenant_id`. */
const KEYED_BY_LOG = "('audit.head'), ('audit.entry')";
/** Unique beyond the tenant, because the identity of a log is known outside; the application cannot write that table. */
const GLOBAL_KEYS = "('audit.log', 'log_pkey'), ('audit.log', 'log_origin_key')";
/** Has a digest and is no governed record: it stores the bytes that the digests of governed records name. */
const NOT_GOVERNED = "('audit.content'), ('public.schema_migrations')";
/** What the application may run with the rights of another role: the log, the confirmation, one look-up and one count before the tenant is known, and the search for words. */
const DEFINER_FUNCTIONS = "('audit.lock'), ('audit.append'), ('audit.find_principal'), ('audit.find_issuer'), ('audit.find_api_key'), ('audit.is_built_in_over'), ('audit.is_believed_elsewhere'), ('audit.count_failures'), ('gate.confirm'), ('audit.search_risks'), ('audit.search_systems')";
/** Rights on single columns count as much as rights on the table; DELETE has none on columns. */
const MAY_WRITE = `(has_table_privilege(${APP}, oid, privilege) or (privilege <> 'DELETE' and has_any_column_privilege(${APP}, oid, privilege)))`;

const tables = (condition: string): string => `
  with everything as (
    select c.oid, n.nspname, n.nspname || '.' || c.relname as name, c.relrowsecurity, c.relforcerowsecurity, c.relkind, c.reloptions
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'),
  tables as (select * from everything where relkind in ('r', 'p', 'f', 'm')),
  no_tenant(name) as (values ${NO_TENANT}), keyed_by_log(name) as (values ${KEYED_BY_LOG}),
  global_keys(name, key) as (values ${GLOBAL_KEYS}), not_governed(name) as (values ${NOT_GOVERNED}),
  owned as (select * from tables where name not in (select name from no_tenant)),
  keyed as (select *, case when name in (select name from keyed_by_log) then 'log_id' else 'tenant_id' end as owner_column from owned),
  governed as (select t.* from tables t where name not in (select name from not_governed)
    and exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'digest'))
  ${condition}`;

export const SCHEMA_RULES: readonly SchemaRule[] = [
  { name: 'every row belongs to a tenant', sql: tables(`
    select name || ' has no ' || owner_column || ' uuid not null' as finding from keyed
    where not exists (select from pg_attribute a where a.attrelid = keyed.oid and a.attname = owner_column and a.attnotnull and a.atttypid = 'uuid'::regtype)`) },

  { name: 'row-level security is forced on every table of a tenant', sql: tables(`
    select name || ' does not force row-level security' as finding from owned where not (relrowsecurity and relforcerowsecurity)`) },

  { name: 'every policy that binds the application pins the tenant', sql: tables(`,
    bound as (
      select k.name, p.polname, p.polcmd, k.owner_column,
        pg_get_expr(p.polqual, p.polrelid) as using_expression, coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid)) as check_expression,
        format('(%s = %s)', k.owner_column, case k.owner_column when 'log_id' then 'audit.current_log()' else 'identity.current_tenant()' end) as wanted
      from keyed k join pg_policy p on p.polrelid = k.oid
      where p.polpermissive and (0 = any (p.polroles) or ${APP}::regrole = any (p.polroles)))
    select name || ' policy ' || polname || ' is not ' || wanted as finding from bound
      where using_expression is distinct from wanted or check_expression is distinct from wanted
    union all select name || ' has no policy for every command' from keyed k
      where not exists (select from bound b where b.name = k.name and b.polcmd = '*')`) },

  { name: 'every key of a table contains the tenant', sql: tables(`
    select k.name || ' key ' || i.indexrelid::regclass || ' lacks ' || k.owner_column as finding
    from keyed k join pg_index i on i.indrelid = k.oid join pg_class c on c.oid = i.indexrelid
    where i.indisunique and (k.name, c.relname) not in (select name, key from global_keys)
      and not exists (select from pg_attribute a where a.attrelid = k.oid and a.attname = k.owner_column and a.attnum = any (i.indkey))
    union all select k.name || ' has no primary key' from keyed k where not exists (select from pg_index i where i.indrelid = k.oid and i.indisprimary)`) },

  { name: 'every foreign key carries the tenant', sql: tables(`
    select k.name || ' ' || f.conname || ' does not carry ' || k.owner_column as finding
    from keyed k join pg_constraint f on f.conrelid = k.oid and f.contype = 'f'
    where not exists (
      select from unnest(f.conkey, f.confkey) as pair(here, there)
      join pg_attribute a on a.attrelid = f.conrelid and a.attnum = pair.here join pg_attribute b on b.attrelid = f.confrelid and b.attnum = pair.there
      where a.attname = k.owner_column and b.attname = k.owner_column)`) },

  { name: 'every governed table demands its entry in the log', sql: tables(`,
    demanding as (
      select t.tgrelid, (string_to_array(encode(t.tgargs, 'escape'), '\\000'))[1 : t.tgnargs] as arguments
      from pg_trigger t join pg_constraint c on c.oid = t.tgconstraint
      where t.tgfoid = 'audit.demand_entry'::regproc and t.tgenabled = 'A' and t.tgdeferrable and t.tginitdeferred
        and t.tgtype = 1 + 4 + 8 + 16 and t.tgqual is null and t.tgattr = '')
    select name || ' has no deferred trigger for the entry' as finding from governed g
      where not exists (select from demanding d where d.tgrelid = g.oid and d.arguments[1] = 'id')
    union all select g.name || ' names no column ' || argument from governed g join demanding d on d.tgrelid = g.oid, unnest(d.arguments) as argument
      where argument not in ('tenant', 'inventory') and not exists (select from pg_attribute a where a.attrelid = g.oid and a.attname = argument)
    union all select 'no table is governed' where not exists (select from governed)`) },

  { name: 'the application role has no power of its own', sql: `
    select 'the application role has ' || power as finding from pg_roles, lateral (values
      ('SUPERUSER', rolsuper), ('BYPASSRLS', rolbypassrls), ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb), ('REPLICATION', rolreplication)) as powers(power, given)
      where rolname = ${APP} and given
    union all select 'the application role is a member of ' || roleid::regrole from pg_auth_members where member = ${APP}::regrole
    union all select 'the application role may create in ' || nspname from pg_namespace where has_schema_privilege(${APP}, oid, 'CREATE')
    union all select 'the application role may ' || privilege || ' in the database' from unnest(array['CREATE', 'TEMPORARY']) as privilege
      where has_database_privilege(${APP}, current_database(), privilege)
    union all select 'there is no application role' where to_regrole(${APP}) is null` },

  { name: 'the application role owns nothing', sql: `
    select 'the application role owns ' || thing as finding from (
      select relowner, oid::regclass::text from pg_class union all select proowner, oid::regprocedure::text from pg_proc
      union all select nspowner, nspname::text from pg_namespace union all select datdba, datname::text from pg_database
      union all select typowner, oid::regtype::text from pg_type) as things(owner, thing)
    where owner = to_regrole(${APP})` },

  { name: 'the application truncates nothing and deletes no governed record', sql: tables(`
    select 'the application may ' || privilege || ' ' || name as finding from tables, unnest(array['TRUNCATE', 'TRIGGER', 'REFERENCES']) as privilege
      where has_table_privilege(${APP}, oid, privilege)
    union all select 'the application may DELETE ' || name from governed where has_table_privilege(${APP}, oid, 'DELETE')`) },

  { name: 'the application only reads the log', sql: tables(`
    select 'the application may ' || privilege || ' ' || name as finding from tables, unnest(array['INSERT', 'UPDATE', 'DELETE']) as privilege
      where nspname in ('audit', 'gate') and ${MAY_WRITE} and (name, privilege) <> ('audit.content', 'INSERT')`) },

  { name: 'the log refuses changes to whoever asks', sql: `
    select table_name || ' is not guarded always against ' || what as finding
    from (values ('audit.entry', 'UPDATE', 16), ('audit.entry', 'DELETE', 8), ('audit.entry', 'TRUNCATE', 32), ('audit.log', 'UPDATE', 16), ('audit.log', 'DELETE', 8),
      ('audit.log', 'TRUNCATE', 32), ('audit.head', 'DELETE', 8), ('audit.head', 'TRUNCATE', 32), ('audit.content', 'DELETE', 8), ('audit.content', 'TRUNCATE', 32)) as guards(table_name, what, bit)
    where not exists (select from pg_trigger t where t.tgrelid = to_regclass(table_name) and t.tgfoid = 'audit.refuse'::regproc
      and t.tgenabled = 'A' and t.tgtype & bit = bit and t.tgtype & 2 = 2 and t.tgqual is null)` },

  { name: 'only the listed functions lend the application another role', sql: `
    with definers as (
      select p.oid, n.nspname || '.' || p.proname as name, p.proconfig from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where p.prosecdef and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'),
    listed(name) as (values ${DEFINER_FUNCTIONS})
    select name || ' has no fixed search_path' as finding from definers where not coalesce(proconfig @> array['search_path=pg_catalog, pg_temp'], false)
    union all select name || ' may be run by the application' from definers where has_function_privilege(${APP}, oid, 'EXECUTE') and name not in (select name from listed)
    union all select name || ' is listed and does not exist' from listed where name not in (select name from definers)` },

  { name: 'every view reads with the rights of its reader', sql: tables(`
    select name || ' does not set security_invoker' as finding from everything where relkind = 'v' and not coalesce(reloptions && array['security_invoker=true', 'security_invoker=on'], false)
    union all select name || ' is a materialized view or foreign table, which no policy protects' from tables where relkind in ('m', 'f')`) },

  { name: 'the exemptions are true', sql: tables(`
    select name || ' is exempt and does not exist' as finding from (table no_tenant union table keyed_by_log union select name from global_keys union table not_governed) as exempt where to_regclass(name) is null
    union all select name || ' is exempt and has a tenant' from (table no_tenant union table keyed_by_log) as exempt join tables using (name) join pg_attribute a on a.attrelid = oid and a.attname = 'tenant_id'
    union all select name || ' is exempt and may be changed by the application' from (table no_tenant union table keyed_by_log union select name from global_keys union table not_governed) as exempt
      join tables using (name), unnest(array['INSERT', 'UPDATE', 'DELETE']) as privilege
      where ${MAY_WRITE} and (name, privilege) <> ('audit.content', 'INSERT')
    union all select key || ' is exempt and does not exist' from global_keys where not exists (select from pg_class where relname = key)
    union all select name || ' is keyed by a log that it does not refer to' from keyed_by_log
      where not exists (select from pg_constraint f where f.conrelid = to_regclass(name) and f.contype = 'f' and f.confrelid = 'audit.log'::regclass)`) },
];
