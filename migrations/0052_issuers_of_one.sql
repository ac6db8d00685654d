-- What an organization registers never takes from another what that one accepts. A token that names several audiences is one of people, whose issuer is
-- one organization's unless the operator shares it; a job asks for one audience alone. Where two claim it all the same, it is nobody's, as before.
SET ROLE countersign_audit;
CREATE OR REPLACE FUNCTION audit.find_issuer(p_issuer text, p_audiences text[]) RETURNS SETOF public.trusted_issuers
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.* FROM public.trusted_issuers i WHERE i.issuer = p_issuer AND i.state = 'ACTIVE'
    AND (SELECT count(DISTINCT o.tenant_id) FROM public.trusted_issuers o
      WHERE o.issuer = p_issuer AND o.state = 'ACTIVE' AND o.audience = ANY (p_audiences) AND (o.kind = 'PEOPLE' OR cardinality(p_audiences) = 1)) <= 1
  ORDER BY (i.audience = ANY (p_audiences)) DESC, (i.kind = 'PEOPLE') DESC, i.id LIMIT 1;
$$;
-- Whether another organization believes it already: for this audience, or as an issuer of people where this one is to be one, too. Asked under a lock
-- of the issuer, so that two at once see each other. Without a kind only the audience counts: the operator may share an issuer.
DROP FUNCTION audit.is_believed_elsewhere(text, text);
CREATE FUNCTION audit.is_believed_elsewhere(p_issuer text, p_audience text, p_kind text DEFAULT NULL) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('issuer ' || p_issuer, 0));
  RETURN EXISTS (SELECT FROM public.trusted_issuers o WHERE o.issuer = p_issuer AND o.state = 'ACTIVE' AND o.tenant_id <> identity.current_tenant()
    AND (o.audience = p_audience OR (p_kind = 'PEOPLE' AND o.kind = 'PEOPLE')));
END $$;
REVOKE ALL ON FUNCTION audit.is_believed_elsewhere(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.is_believed_elsewhere(text, text, text) TO countersign_app;
RESET ROLE;
