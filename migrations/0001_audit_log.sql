-- The tenants, and one tamper-evident log for each: an RFC 6962 Merkle tree of which the application can only append leaves.
-- Roles exist already (see src/platform/migrate.ts): countersign_owner migrates, countersign_audit owns the log, countersign_app serves.

CREATE SCHEMA identity;
CREATE SCHEMA audit AUTHORIZATION countersign_audit;
CREATE SCHEMA gate AUTHORIZATION countersign_audit;
GRANT USAGE ON SCHEMA identity, audit, gate TO countersign_app;
GRANT USAGE ON SCHEMA identity, public TO countersign_audit;

-- The tenant of this transaction; null when none is pinned (a setting that was set and rolled back reads '').
CREATE FUNCTION identity.current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.tenant', true), '')::uuid;

CREATE TABLE identity.tenants (
  tenant_id uuid PRIMARY KEY,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE identity.tenants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON identity.tenants USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT ON identity.tenants TO countersign_app;

SET ROLE countersign_audit;

CREATE TABLE audit.log (
  log_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL UNIQUE,
  origin text NOT NULL UNIQUE
);
-- The compact range: the roots of the perfect subtrees, largest first; at most 63 hashes.
CREATE TABLE audit.head (
  log_id uuid PRIMARY KEY REFERENCES audit.log,
  size bigint NOT NULL,
  frontier bytea[] NOT NULL,
  last_at timestamptz(6) NOT NULL
);
CREATE TABLE audit.entry (
  log_id uuid NOT NULL REFERENCES audit.log,
  seq bigint NOT NULL,
  entry bytea NOT NULL CHECK (octet_length(entry) BETWEEN 1 AND 65535),
  leaf bytea NOT NULL CHECK (leaf = sha256('\x00'::bytea || entry)),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at timestamptz(6) NOT NULL,
  object_type text NOT NULL,
  object_id uuid NOT NULL,
  scope_id uuid,
  PRIMARY KEY (log_id, seq)
);
CREATE INDEX entry_by_object ON audit.entry (log_id, object_id, seq);
CREATE INDEX entry_by_scope ON audit.entry (log_id, scope_id, object_type, seq);

-- What every version of every governed record looked like, by digest. A tombstone keeps the digest when the bytes are erased.
CREATE TABLE audit.content (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  digest text NOT NULL CHECK (digest ~ '^sha256:[0-9a-f]{64}$'),
  bytes bytea CHECK (bytes IS NULL OR (octet_length(bytes) <= 4194304 AND digest = 'sha256:' || encode(sha256(bytes), 'hex'))),
  tombstone text CHECK ((bytes IS NULL) = (tombstone IS NOT NULL)),
  PRIMARY KEY (tenant_id, digest)
);

-- When the facts of a scope last changed. A scope is a system, the whole tenant, or the tenant's inventory of releases.
CREATE TABLE gate.epochs (
  tenant_id uuid NOT NULL,
  scope_id uuid NOT NULL,
  changed_seq bigint NOT NULL,
  last_xid xid8 NOT NULL,
  PRIMARY KEY (tenant_id, scope_id)
);

CREATE FUNCTION audit.current_log() RETURNS uuid LANGUAGE sql STABLE
  RETURN (SELECT log_id FROM audit.log WHERE tenant_id = identity.current_tenant());

ALTER TABLE audit.log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.head ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.content ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE gate.epochs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit.log USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
CREATE POLICY tenant ON audit.head USING (log_id = audit.current_log()) WITH CHECK (log_id = audit.current_log());
CREATE POLICY tenant ON audit.entry USING (log_id = audit.current_log()) WITH CHECK (log_id = audit.current_log());
CREATE POLICY tenant ON audit.content USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
CREATE POLICY tenant ON gate.epochs USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());

-- Append-only, for the owner too: ENABLE ALWAYS fires under session_replication_role = replica as well.
CREATE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only: % on %.% is refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.entry FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER keep_row BEFORE DELETE ON audit.head FOR EACH ROW EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.head FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER keep_row BEFORE UPDATE OR DELETE ON audit.log FOR EACH ROW EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.log FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER keep_row BEFORE DELETE ON audit.content FOR EACH ROW EXECUTE FUNCTION audit.refuse();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit.content FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();
ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER no_truncate;
ALTER TABLE audit.head ENABLE ALWAYS TRIGGER keep_row;
ALTER TABLE audit.head ENABLE ALWAYS TRIGGER no_truncate;
ALTER TABLE audit.log ENABLE ALWAYS TRIGGER keep_row;
ALTER TABLE audit.log ENABLE ALWAYS TRIGGER no_truncate;
ALTER TABLE audit.content ENABLE ALWAYS TRIGGER keep_row;
ALTER TABLE audit.content ENABLE ALWAYS TRIGGER no_truncate;

-- One writer of a tenant's log at a time, first come first served. Held to the end of the transaction.
CREATE FUNCTION audit.lock() RETURNS uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_log uuid := audit.current_log();
BEGIN
  IF v_log IS NULL THEN RAISE EXCEPTION 'no audit log for this tenant' USING ERRCODE = 'CS002'; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended(v_log::text, 0));
  RETURN v_log;
END $$;

-- Appends entries, each given as the canonical bytes before and after the value of "at": the time is only known under the lock.
-- Returns the position of the last one. Nothing may run between this and COMMIT.
CREATE FUNCTION audit.append(p_heads text[], p_tails text[], p_types text[], p_objects uuid[], p_scopes uuid[])
RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_log uuid := audit.lock();
  v_head audit.head%ROWTYPE;
  v_entry bytea; v_said jsonb; v_leaf bytea; v_node bytea; v_rest bigint; v_at timestamptz;
BEGIN
  SELECT * INTO STRICT v_head FROM audit.head WHERE log_id = v_log FOR UPDATE;
  v_at := greatest(clock_timestamp(), v_head.last_at);
  FOR i IN 1 .. cardinality(p_heads) LOOP
    v_entry := convert_to(p_heads[i] || to_char(v_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || p_tails[i], 'UTF8');
    v_said := convert_from(v_entry, 'UTF8')::jsonb;
    IF (v_said #>> '{object,id}')::uuid IS DISTINCT FROM p_objects[i] OR v_said #>> '{object,type}' IS DISTINCT FROM p_types[i] OR (v_said ->> 'at')::timestamptz IS DISTINCT FROM v_at THEN
      RAISE EXCEPTION 'an entry is about the object that it is filed under' USING ERRCODE = 'CS003';
    END IF;
    v_leaf := sha256('\x00'::bytea || v_entry);
    INSERT INTO audit.entry (log_id, seq, entry, leaf, at, object_type, object_id, scope_id)
      VALUES (v_log, v_head.size, v_entry, v_leaf, v_at, p_types[i], p_objects[i], p_scopes[i]);
    v_node := v_leaf; v_rest := v_head.size;
    WHILE v_rest & 1 = 1 LOOP
      v_node := sha256('\x01'::bytea || v_head.frontier[cardinality(v_head.frontier)] || v_node);
      v_head.frontier := trim_array(v_head.frontier, 1);
      v_rest := v_rest >> 1;
    END LOOP;
    v_head.frontier := v_head.frontier || v_node;
    v_head.size := v_head.size + 1;
  END LOOP;
  UPDATE audit.head SET size = v_head.size, frontier = v_head.frontier, last_at = v_at WHERE log_id = v_log;
  RETURN v_head.size - 1;
END $$;

-- Confirms that nothing the caller read has changed since, and appends: lock first, compare in a later statement (a fresh
-- snapshot), then append. CS001 = stale: begin again from the facts.
CREATE FUNCTION gate.confirm(p_seen_scopes uuid[], p_seen bigint[], p_computed_at timestamptz, p_holds_until timestamptz,
  p_heads text[], p_tails text[], p_types text[], p_objects uuid[], p_scopes uuid[])
RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_now timestamptz;
BEGIN
  PERFORM audit.lock();
  IF EXISTS (
    SELECT FROM unnest(p_seen_scopes, p_seen) AS seen(scope_id, seq)
    LEFT JOIN gate.epochs e ON e.tenant_id = identity.current_tenant() AND e.scope_id = seen.scope_id
    WHERE coalesce(e.changed_seq, -1) <> seen.seq) THEN
    RAISE EXCEPTION 'a fact has changed since it was read' USING ERRCODE = 'CS001';
  END IF;
  v_now := clock_timestamp();
  IF v_now < p_computed_at OR v_now >= p_holds_until THEN
    RAISE EXCEPTION 'the time for which this holds is over' USING ERRCODE = 'CS001';
  END IF;
  RETURN audit.append(p_heads, p_tails, p_types, p_objects, p_scopes);
END $$;

-- The scope that changes when a release comes into being: asked by questions whose target is not known yet.
CREATE FUNCTION gate.inventory_scope() RETURNS uuid LANGUAGE sql STABLE
  RETURN md5('inventory:' || identity.current_tenant()::text)::uuid;

CREATE FUNCTION gate.raise_epoch(p_scope uuid) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO gate.epochs AS e (tenant_id, scope_id, changed_seq, last_xid)
    VALUES (identity.current_tenant(), p_scope, (SELECT size - 1 FROM audit.head WHERE log_id = audit.current_log()), pg_current_xact_id())
    ON CONFLICT (tenant_id, scope_id) DO UPDATE SET changed_seq = excluded.changed_seq, last_xid = excluded.last_xid
      WHERE e.last_xid <> excluded.last_xid;
$$;

-- Runs at COMMIT for every changed row of a governed table: demands an entry of this transaction about this very object that names the
-- digest of this very version, refuses a record that moves to another id or scope, then raises the epochs of its scopes. Arguments: the id column, then scopes: a column name, 'tenant' or 'inventory'; none = decides nothing.
CREATE FUNCTION audit.demand_entry() RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_row jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
  v_object uuid := (v_row ->> TG_ARGV[0])::uuid;
  v_column text;
BEGIN
  IF (v_row ->> 'tenant_id')::uuid IS DISTINCT FROM identity.current_tenant() THEN
    RAISE EXCEPTION 'row of another tenant' USING ERRCODE = 'CS003';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    FOREACH v_column IN ARRAY TG_ARGV LOOP
      IF v_column NOT IN ('tenant', 'inventory') AND to_jsonb(OLD) ->> v_column IS DISTINCT FROM v_row ->> v_column THEN
        RAISE EXCEPTION 'the % of a record does not change', v_column USING ERRCODE = 'CS003';
      END IF;
    END LOOP;
  END IF;
  IF NOT EXISTS (
    SELECT FROM audit.entry WHERE log_id = audit.current_log() AND object_id = v_object AND xid = pg_current_xact_id()
      AND convert_from(entry, 'UTF8')::jsonb ->> 'after' = v_row ->> 'digest') THEN
    RAISE EXCEPTION 'no audit entry about % % in this transaction', TG_TABLE_NAME, v_object USING ERRCODE = 'CS003';
  END IF;
  FOR i IN 1 .. TG_NARGS - 1 LOOP
    PERFORM gate.raise_epoch(CASE TG_ARGV[i]
      WHEN 'tenant' THEN identity.current_tenant()
      WHEN 'inventory' THEN gate.inventory_scope()
      ELSE coalesce((v_row ->> TG_ARGV[i])::uuid, identity.current_tenant()) END);
  END LOOP;
  RETURN NULL;
END $$;

-- What the application sees of the log: reading, through its own rights and the tenant's policy.
CREATE VIEW audit.entries WITH (security_invoker = true) AS
  SELECT e.log_id, e.seq, e.entry, e.leaf, e.at, e.object_type, e.object_id, e.scope_id FROM audit.entry e;
CREATE VIEW audit.heads WITH (security_invoker = true) AS
  SELECT h.log_id, l.origin, h.size, h.frontier, h.last_at FROM audit.head h JOIN audit.log l USING (log_id);

-- Opens the log of a new tenant. For the owner only.
CREATE FUNCTION audit.open_log(p_tenant uuid, p_origin text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_log uuid := gen_random_uuid();
BEGIN
  INSERT INTO audit.log (log_id, tenant_id, origin) VALUES (v_log, p_tenant, p_origin);
  INSERT INTO audit.head (log_id, size, frontier, last_at) VALUES (v_log, 0, '{}', clock_timestamp());
END $$;

-- Which organizations exist, by their tenants: for the owner only, who is bound by row-level security like everybody else.
CREATE POLICY listing ON audit.log FOR SELECT TO countersign_audit USING (true);
CREATE FUNCTION audit.organizations() RETURNS TABLE (tenant_id uuid, origin text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS $$ SELECT l.tenant_id, l.origin FROM audit.log l $$;

REVOKE ALL ON FUNCTION audit.organizations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.organizations() TO countersign_owner;
REVOKE ALL ON FUNCTION audit.lock(), audit.append(text[], text[], text[], uuid[], uuid[]), audit.open_log(uuid, text), audit.demand_entry(), gate.raise_epoch(uuid),
  gate.confirm(uuid[], bigint[], timestamptz, timestamptz, text[], text[], text[], uuid[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.lock(), audit.append(text[], text[], text[], uuid[], uuid[]),
  gate.confirm(uuid[], bigint[], timestamptz, timestamptz, text[], text[], text[], uuid[], uuid[]) TO countersign_app;
GRANT EXECUTE ON FUNCTION audit.open_log(uuid, text), audit.demand_entry() TO countersign_owner;
GRANT SELECT ON audit.log, audit.head, audit.entry, audit.content, audit.entries, audit.heads, gate.epochs TO countersign_app;
GRANT INSERT (digest, bytes) ON audit.content TO countersign_app;

RESET ROLE;

-- A tenant comes into being with its log. For the owner only; its people and records then come through the door.
CREATE FUNCTION identity.create_tenant(p_tenant uuid, p_name text, p_origin text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.tenant', p_tenant::text, true);
  INSERT INTO identity.tenants (tenant_id, name) VALUES (p_tenant, p_name);
  PERFORM audit.open_log(p_tenant, p_origin);
END $$;
REVOKE ALL ON FUNCTION identity.create_tenant(uuid, text, text) FROM PUBLIC;
