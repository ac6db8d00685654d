-- When the built-in issuer is over for an organization is said in one place, and can be asked of the whole register before a server starts.
SET ROLE countersign_audit;
CREATE FUNCTION audit.administers_by_own_issuer(p_tenant uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM public.trusted_issuers i
    JOIN public.profiles f ON f.tenant_id = i.tenant_id AND f.issuer = i.issuer
    JOIN public.principals a ON a.tenant_id = f.tenant_id AND a.id = f.id
    CROSS JOIN LATERAL jsonb_array_elements(a.grants) AS held
    WHERE i.tenant_id = p_tenant AND i.state = 'ACTIVE' AND i.kind = 'PEOPLE' AND a.active AND held ->> 'role' = 'TENANT_ADMIN'
      AND coalesce((held ->> 'validUntil')::timestamptz, 'infinity') > clock_timestamp());
$$;
CREATE OR REPLACE FUNCTION audit.find_principal(p_issuer text, p_subject text) RETURNS TABLE (tenant_id uuid, principal_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT found.tenant_id, found.id FROM (
    SELECT p.tenant_id, p.id FROM public.profiles p WHERE p.issuer = p_issuer AND p.subject = p_subject ORDER BY p.id LIMIT 1) found
  WHERE NOT audit.administers_by_own_issuer(found.tenant_id);
$$;
-- One bit about the whole register: a server with the built-in issuer does not start beside another one.
CREATE FUNCTION audit.is_built_in_over() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (SELECT FROM audit.log l WHERE audit.administers_by_own_issuer(l.tenant_id));
$$;
REVOKE ALL ON FUNCTION audit.administers_by_own_issuer(uuid), audit.is_built_in_over() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.is_built_in_over() TO countersign_app;
RESET ROLE;
