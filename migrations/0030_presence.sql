-- Whoever is inside of an organization: each of its transactions holds its presence until its end, and erasing waits until nobody does. From
-- then on whoever comes is refused at once, so nothing is written into what is being erased, nor after it.
CREATE FUNCTION identity.presence(p_tenant uuid) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN hashtextextended('presence ' || p_tenant::text, 0);

CREATE OR REPLACE FUNCTION identity.enter(p_tenant uuid, p_principal uuid)
RETURNS TABLE (entered_tenant uuid, entered_as uuid, now text, standby boolean, actor jsonb) LANGUAGE plpgsql VOLATILE AS $$
DECLARE v_inside boolean := pg_catalog.pg_try_advisory_xact_lock_shared(identity.presence(p_tenant));
BEGIN
  PERFORM pg_catalog.set_config('app.tenant', p_tenant::text, true);
  PERFORM identity.require_active();
  IF NOT v_inside THEN RAISE EXCEPTION 'It is being erased.' USING ERRCODE = 'CS004'; END IF;
  RETURN QUERY SELECT p_tenant, p_principal, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), pg_is_in_recovery(),
    (SELECT to_jsonb(p) FROM public.principals p WHERE p.id = p_principal);
END $$;

-- Of a suspended organization only its operator writes, by whatever name a server signs in to the database.
SET ROLE countersign_audit;
CREATE OR REPLACE FUNCTION audit.refuse_suspended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT pg_has_role(session_user, 'countersign_owner', 'MEMBER') THEN PERFORM identity.require_active(); END IF;
  RETURN NEW;
END $$;
RESET ROLE;
