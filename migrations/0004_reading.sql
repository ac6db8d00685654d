-- Reading: how a transaction begins, and the keys and indexes by which every list is narrowed and sorted.

-- Pins the tenant for this transaction, and tells the time, whether this is a standby, and who the caller is now: one statement.
CREATE FUNCTION identity.enter(p_tenant uuid, p_principal uuid)
RETURNS TABLE (entered_tenant uuid, entered_as uuid, now text, standby boolean, actor jsonb) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_catalog.set_config('app.tenant', p_tenant::text, true);
  RETURN QUERY SELECT p_tenant, p_principal, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), pg_is_in_recovery(),
    (SELECT to_jsonb(p) FROM public.principals p WHERE p.id = p_principal);
END $$;
-- The same for the subject of a verified token; no row = nobody here.
CREATE FUNCTION identity.enter_as(p_issuer text, p_subject text)
RETURNS TABLE (entered_tenant uuid, entered_as uuid, now text, standby boolean, actor jsonb) LANGUAGE plpgsql VOLATILE AS $$
DECLARE v_tenant uuid; v_principal uuid;
BEGIN
  SELECT f.tenant_id, f.principal_id INTO v_tenant, v_principal FROM audit.find_principal(p_issuer, p_subject) f;
  IF v_principal IS NOT NULL THEN RETURN QUERY SELECT * FROM identity.enter(v_tenant, v_principal); END IF;
END $$;
REVOKE ALL ON FUNCTION identity.enter(uuid, uuid), identity.enter_as(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.enter(uuid, uuid), identity.enter_as(text, text) TO countersign_app;
