-- Tokens of an issuer for an audience are those of one organization. Where two claim them (registered before this was refused, or a token that
-- names the audiences of both), they are nobody's: otherwise whoever registered first would take over what the other one's people and jobs do.
SET ROLE countersign_audit;
CREATE OR REPLACE FUNCTION audit.find_issuer(p_issuer text, p_audiences text[]) RETURNS SETOF public.trusted_issuers
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.* FROM public.trusted_issuers i WHERE i.issuer = p_issuer AND i.state = 'ACTIVE'
    AND (SELECT count(DISTINCT o.tenant_id) FROM public.trusted_issuers o WHERE o.issuer = p_issuer AND o.state = 'ACTIVE' AND o.audience = ANY (p_audiences)) <= 1
  ORDER BY (i.audience = ANY (p_audiences)) DESC, i.id LIMIT 1;
$$;
-- Whether another organization believes it already. Asked under a lock of the pair, so that two at once see each other.
CREATE FUNCTION audit.is_believed_elsewhere(p_issuer text, p_audience text) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('issuer ' || p_issuer || ' ' || p_audience, 0));
  RETURN EXISTS (SELECT FROM public.trusted_issuers o WHERE o.issuer = p_issuer AND o.audience = p_audience AND o.state = 'ACTIVE' AND o.tenant_id <> identity.current_tenant());
END $$;
REVOKE ALL ON FUNCTION audit.is_believed_elsewhere(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.is_believed_elsewhere(text, text) TO countersign_app;
RESET ROLE;
