// One planted violation (or more) of each rule of the schema: what is done to the database, and what must then be found.

export interface SchemaPlant {
  readonly rule: string;
  readonly sql: string;
  readonly finding: string;
}

const table = (name: string, columns: string): string => `create table ${name} (${columns})`;
const sound = (name: string): string => `${table(name, 'tenant_id uuid not null, id uuid not null, primary key (tenant_id, id)')};
  alter table ${name} enable row level security, force row level security;
  create policy tenant on ${name} using (tenant_id = identity.current_tenant()) with check (tenant_id = identity.current_tenant())`;

export const SCHEMA_PLANTS: readonly SchemaPlant[] = [
  { rule: 'every row belongs to a tenant', sql: table('public.loose', 'id uuid primary key'), finding: 'public.loose has no tenant_id uuid not null' },
  { rule: 'every row belongs to a tenant', sql: `create schema more; ${table('more.loose', 'tenant_id uuid')}`, finding: 'more.loose has no tenant_id uuid not null' },

  { rule: 'row-level security is forced on every table of a tenant', sql: 'alter table risks no force row level security', finding: 'public.risks does not force row-level security' },
  { rule: 'row-level security is forced on every table of a tenant', sql: 'alter table audit.head disable row level security', finding: 'audit.head does not force row-level security' },

  { rule: 'every policy that binds the application pins the tenant', sql: 'create policy open on risks for select using (true)', finding: 'public.risks policy open is not (tenant_id = identity.current_tenant())' },
  { rule: 'every policy that binds the application pins the tenant', sql: 'alter policy tenant on risks with check (true)', finding: 'public.risks policy tenant is not (tenant_id = identity.current_tenant())' },
  { rule: 'every policy that binds the application pins the tenant', sql: 'drop policy tenant on audit.entry', finding: 'audit.entry has no policy for every command' },

  { rule: 'every key of a table contains the tenant', sql: 'create unique index loose_key on risks (number)', finding: 'public.risks key loose_key lacks tenant_id' },
  { rule: 'every key of a table contains the tenant', sql: 'alter table audit.entry add constraint loose_key unique (seq, xid)', finding: 'audit.entry key audit.loose_key lacks log_id' },
  { rule: 'every key of a table contains the tenant', sql: table('public.keyless', 'tenant_id uuid not null'), finding: 'public.keyless has no primary key' },

  { rule: 'every foreign key carries the tenant',
    sql: `${sound('public.child')}; create unique index loose_key on risks (id); alter table public.child add constraint loose foreign key (id) references risks (id)`,
    finding: 'public.child loose does not carry tenant_id' },
  { rule: 'every foreign key carries the tenant',
    sql: `${sound('public.child')}; alter table public.child add constraint crossed foreign key (id, tenant_id) references risks (tenant_id, id)`,
    finding: 'public.child crossed does not carry tenant_id' },

  { rule: 'every governed table demands its entry in the log', sql: `${sound('public.forgotten')}; alter table public.forgotten add digest text`, finding: 'public.forgotten has no deferred trigger for the entry' },
  { rule: 'every governed table demands its entry in the log', sql: 'alter table risks disable trigger demand_entry', finding: 'public.risks has no deferred trigger for the entry' },
  { rule: 'every governed table demands its entry in the log', sql: 'alter table risks enable trigger demand_entry', finding: 'public.risks has no deferred trigger for the entry' },
  { rule: 'every governed table demands its entry in the log', sql: 'alter table risks rename system_id to about_id', finding: 'public.risks names no column system_id' },

  { rule: 'the application role has no power of its own', sql: 'alter role countersign_app bypassrls', finding: 'the application role has BYPASSRLS' },
  { rule: 'the application role has no power of its own', sql: 'alter role countersign_app superuser', finding: 'the application role has SUPERUSER' },
  { rule: 'the application role has no power of its own', sql: 'grant countersign_audit to countersign_app', finding: 'the application role is a member of countersign_audit' },
  { rule: 'the application role has no power of its own', sql: 'grant create on schema public to public', finding: 'the application role may create in public' },
  { rule: 'the application role owns nothing', sql: 'alter table risks owner to countersign_app', finding: 'the application role owns risks' },

  { rule: 'the application truncates nothing and deletes no governed record', sql: 'grant truncate on counters to countersign_app', finding: 'the application may TRUNCATE public.counters' },
  { rule: 'the application truncates nothing and deletes no governed record', sql: 'grant delete on risks to public', finding: 'the application may DELETE public.risks' },

  { rule: 'the application only reads the log', sql: 'grant insert on audit.entry to countersign_app', finding: 'the application may INSERT audit.entry' },
  { rule: 'the application only reads the log', sql: 'grant update (bytes) on audit.content to countersign_app', finding: 'the application may UPDATE audit.content' },
  { rule: 'the application only reads the log', sql: 'grant update on gate.epochs to countersign_app', finding: 'the application may UPDATE gate.epochs' },

  { rule: 'the log refuses changes to whoever asks', sql: 'alter table audit.entry enable trigger append_only', finding: 'audit.entry is not guarded always against UPDATE' },
  { rule: 'the log refuses changes to whoever asks', sql: 'drop trigger no_truncate on audit.head', finding: 'audit.head is not guarded always against TRUNCATE' },

  { rule: 'only the listed functions lend the application another role', sql: 'grant execute on function gate.raise_epoch(uuid) to countersign_app', finding: 'gate.raise_epoch may be run by the application' },
  { rule: 'only the listed functions lend the application another role', sql: 'alter function audit.lock() reset search_path', finding: 'audit.lock has no fixed search_path' },
  { rule: 'only the listed functions lend the application another role', sql: 'drop function audit.find_principal', finding: 'audit.find_principal is listed and does not exist' },

  { rule: 'every view reads with the rights of its reader', sql: 'create view public.all_risks as select * from risks', finding: 'public.all_risks does not set security_invoker' },
  { rule: 'every view reads with the rights of its reader', sql: 'create materialized view public.kept_risks as select * from risks', finding: 'public.kept_risks is a materialized view or foreign table, which no policy protects' },

  { rule: 'the exemptions are true', sql: 'grant insert on schema_migrations to countersign_app', finding: 'public.schema_migrations is exempt and may be changed by the application' },
  { rule: 'the exemptions are true', sql: 'alter table schema_migrations add tenant_id uuid', finding: 'public.schema_migrations is exempt and has a tenant' },
  { rule: 'the exemptions are true', sql: 'alter table audit.log rename constraint log_origin_key to other_key', finding: 'log_origin_key is exempt and does not exist' },
];
