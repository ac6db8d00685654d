-- People, their accounts and their delegations.

-- Who is admitted first under a name keeps it: no other organization can take over where somebody signs in.
SET ROLE countersign_audit;
CREATE OR REPLACE FUNCTION audit.find_principal(p_issuer text, p_subject text) RETURNS TABLE (tenant_id uuid, principal_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.tenant_id, p.id FROM public.profiles p WHERE p.issuer = p_issuer AND p.subject = p_subject ORDER BY p.id LIMIT 1;
$$;
RESET ROLE;

-- Somebody who is away lets a colleague sign in their place. The gate reads it for every system, so each change raises the tenant's epoch.
CREATE TABLE delegations (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  from_person_id uuid NOT NULL, to_person_id uuid NOT NULL CHECK (to_person_id <> from_person_id),
  lanes jsonb NOT NULL, system_ids jsonb, reason text NOT NULL,
  valid_from timestamptz(3) NOT NULL, valid_until timestamptz(3) NOT NULL CHECK (valid_until > valid_from AND valid_until <= valid_from + interval '2160 hours'),
  state text NOT NULL CHECK (state IN ('ACTIVE', 'REVOKED')), made_at timestamptz(3) NOT NULL CHECK (made_at <= valid_from),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number)
);
CREATE INDEX delegations_by_lender ON delegations (tenant_id, from_person_id, id);
CREATE INDEX delegations_by_delegate ON delegations (tenant_id, to_person_id, id);
CREATE INDEX delegations_by_end ON delegations (tenant_id, valid_until, id);

-- Row-level security in force, the right to insert and update only, and the trigger that demands the entry and raises epochs.
ALTER TABLE delegations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON delegations USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON delegations TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON delegations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id', 'tenant');
ALTER TABLE delegations ENABLE ALWAYS TRIGGER demand_entry;

-- By which of them a vote was given; null = in the signer's own name.
ALTER TABLE sign_offs ADD COLUMN delegation_id uuid, ADD FOREIGN KEY (tenant_id, delegation_id) REFERENCES delegations (tenant_id, id);
ALTER TABLE challenges ADD COLUMN delegation_id uuid;
