-- Organizations that are suspended, and erased. For the operator only: the application reads the state at the beginning of every transaction.
ALTER TABLE identity.tenants
  ADD COLUMN state text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'SUSPENDED', 'ERASED')),
  ADD COLUMN reason text CHECK (reason IS NULL OR length(reason) BETWEEN 1 AND 500),
  ADD COLUMN since timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  ADD COLUMN keep_until timestamptz(3);
GRANT SELECT ON identity.tenants TO countersign_audit;

-- CS004 = the organization is suspended; the message says why.
CREATE FUNCTION identity.require_active() RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE v_state text; v_reason text;
BEGIN
  SELECT t.state, t.reason INTO v_state, v_reason FROM identity.tenants t WHERE t.tenant_id = identity.current_tenant();
  IF v_state <> 'ACTIVE' THEN RAISE EXCEPTION '%', coalesce(v_reason, v_state) USING ERRCODE = 'CS004'; END IF;
END $$;

CREATE OR REPLACE FUNCTION identity.enter(p_tenant uuid, p_principal uuid)
RETURNS TABLE (entered_tenant uuid, entered_as uuid, now text, standby boolean, actor jsonb) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_catalog.set_config('app.tenant', p_tenant::text, true);
  PERFORM identity.require_active();
  RETURN QUERY SELECT p_tenant, p_principal, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), pg_is_in_recovery(),
    (SELECT to_jsonb(p) FROM public.principals p WHERE p.id = p_principal);
END $$;

SET ROLE countersign_audit;
-- What was under way when the organization was suspended ends here, under the lock of its log.
CREATE FUNCTION audit.refuse_suspended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF session_user = 'countersign_app' THEN PERFORM identity.require_active(); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER only_active BEFORE INSERT ON audit.entry FOR EACH ROW EXECUTE FUNCTION audit.refuse_suspended();
ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER only_active;
RESET ROLE;

-- The rows of an organization that is being erased go without an entry each: the log says once that they have.
SET ROLE countersign_audit;
CREATE FUNCTION audit.is_erased(p_tenant uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM identity.tenants t WHERE t.tenant_id = p_tenant AND t.state = 'ERASED');
$$;
CREATE OR REPLACE FUNCTION audit.demand_entry() RETURNS trigger LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_row jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
  v_object uuid := (v_row ->> TG_ARGV[0])::uuid;
  v_column text;
BEGIN
  IF (v_row ->> 'tenant_id')::uuid IS DISTINCT FROM identity.current_tenant() THEN
    RAISE EXCEPTION 'row of another tenant' USING ERRCODE = 'CS003';
  END IF;
  IF TG_OP = 'DELETE' AND audit.is_erased(identity.current_tenant()) THEN RETURN NULL; END IF;
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
RESET ROLE;

-- For the owner only, who has marked the organization as erased in this transaction. Tables are emptied in the order that their references allow.
CREATE FUNCTION identity.erase_rows(p_tenant uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_left text[]; v_kept text[]; v_table text;
BEGIN
  IF NOT audit.is_erased(p_tenant) THEN RAISE EXCEPTION 'this organization is not erased' USING ERRCODE = 'insufficient_privilege'; END IF;
  SELECT array_agg(c.oid::regclass::text ORDER BY c.oid DESC) INTO v_left FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace;
  WHILE cardinality(v_left) > 0 LOOP
    v_kept := '{}';
    FOREACH v_table IN ARRAY v_left LOOP
      BEGIN
        EXECUTE format('DELETE FROM %s WHERE tenant_id = $1', v_table) USING p_tenant;
      EXCEPTION WHEN foreign_key_violation THEN v_kept := v_kept || v_table;
      END;
    END LOOP;
    IF cardinality(v_kept) = cardinality(v_left) THEN RAISE EXCEPTION 'these tables refer to each other: %', v_kept; END IF;
    v_left := v_kept;
  END LOOP;
  UPDATE audit.content SET bytes = NULL, tombstone = 'The organization was erased.' WHERE tenant_id = p_tenant AND bytes IS NOT NULL;
END $$;
REVOKE ALL ON FUNCTION identity.erase_rows(uuid) FROM PUBLIC;
