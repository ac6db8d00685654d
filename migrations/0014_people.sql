-- People, their accounts and their delegations.

-- Who is admitted first under a name keeps it: no other organization can take over where somebody signs in.
SET ROLE countersign_audit;
CREATE OR REPLACE FUNCTION audit.find_principal(p_issuer text, p_subject text) RETURNS TABLE (tenant_id uuid, principal_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.tenant_id, p.id FROM public.profiles p WHERE p.issuer = p_issuer AND p.subject = p_subject ORDER BY p.id LIMIT 1;
$$;
RESET ROLE;
