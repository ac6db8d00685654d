-- Whom an organization believes when somebody signs in: issuers of tokens. Whatever a caller may do follows from them, so each change raises the tenant's epoch.
CREATE TABLE trusted_issuers (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('PEOPLE', 'GITHUB', 'GITLAB', 'KUBERNETES')),
  issuer text NOT NULL COLLATE "C", audience text NOT NULL COLLATE "C", jwks_url text NOT NULL, algorithms jsonb NOT NULL, token_type text, max_token_age_minutes int NOT NULL CHECK (max_token_age_minutes BETWEEN 1 AND 1440),
  groups_claim text, group_roles jsonb NOT NULL, group_roles_days int NOT NULL CHECK (group_roles_days BETWEEN 1 AND 90), admits_newcomers boolean NOT NULL, sign_off_acr jsonb NOT NULL, sign_off_amr jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('ACTIVE', 'RETIRED')), registered_by uuid NOT NULL, registered_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number)
);
CREATE UNIQUE INDEX trusted_issuers_one ON trusted_issuers (tenant_id, issuer, audience) WHERE state = 'ACTIVE';
CREATE INDEX trusted_issuers_by_name ON trusted_issuers (issuer, id) WHERE state = 'ACTIVE';

-- Row-level security in force, the right to insert and update only, and the trigger that demands the entry and raises epochs.
ALTER TABLE trusted_issuers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trusted_issuers USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON trusted_issuers TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON trusted_issuers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id', 'tenant');
ALTER TABLE trusted_issuers ENABLE ALWAYS TRIGGER demand_entry;

-- Before the tenant is known: one row. Among organizations that believe the same issuer the audience decides, and then who registered first.
GRANT SELECT ON trusted_issuers, principals TO countersign_audit;
CREATE POLICY lookup ON trusted_issuers FOR SELECT TO countersign_audit USING (true);
CREATE POLICY lookup ON principals FOR SELECT TO countersign_audit USING (true);
SET ROLE countersign_audit;
CREATE FUNCTION audit.find_issuer(p_issuer text, p_audiences text[]) RETURNS SETOF public.trusted_issuers
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.* FROM public.trusted_issuers i WHERE i.issuer = p_issuer AND i.state = 'ACTIVE' ORDER BY (i.audience = ANY (p_audiences)) DESC, i.id LIMIT 1;
$$;
-- The built-in issuer serves an organization until an administrator of it can sign in through an issuer of its own: never both for long, never neither.
CREATE OR REPLACE FUNCTION audit.find_principal(p_issuer text, p_subject text) RETURNS TABLE (tenant_id uuid, principal_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT found.tenant_id, found.id FROM (
    SELECT p.tenant_id, p.id FROM public.profiles p WHERE p.issuer = p_issuer AND p.subject = p_subject ORDER BY p.id LIMIT 1) found
  WHERE NOT EXISTS (
    SELECT FROM public.trusted_issuers i
    JOIN public.profiles f ON f.tenant_id = i.tenant_id AND f.issuer = i.issuer
    JOIN public.principals a ON a.tenant_id = f.tenant_id AND a.id = f.id
    CROSS JOIN LATERAL jsonb_array_elements(a.grants) AS held
    WHERE i.tenant_id = found.tenant_id AND i.state = 'ACTIVE' AND i.kind = 'PEOPLE' AND a.active AND held ->> 'role' = 'TENANT_ADMIN'
      AND coalesce((held ->> 'validUntil')::timestamptz, 'infinity') > clock_timestamp());
$$;
REVOKE ALL ON FUNCTION audit.find_issuer(text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.find_issuer(text, text[]) TO countersign_app;
RESET ROLE;

-- Begins a transaction as the subject of a verified token, within the organization that believes its issuer; no row = nobody there.
CREATE FUNCTION identity.enter_in(p_tenant uuid, p_issuer text, p_subject text)
RETURNS TABLE (entered_tenant uuid, entered_as uuid, now text, standby boolean, actor jsonb) LANGUAGE plpgsql VOLATILE AS $$
DECLARE v_principal uuid;
BEGIN
  PERFORM pg_catalog.set_config('app.tenant', p_tenant::text, true);
  SELECT f.id INTO v_principal FROM public.profiles f WHERE f.issuer = p_issuer AND f.subject = p_subject;
  IF v_principal IS NOT NULL THEN RETURN QUERY SELECT * FROM identity.enter(p_tenant, v_principal); END IF;
END $$;
REVOKE ALL ON FUNCTION identity.enter_in(uuid, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.enter_in(uuid, text, text) TO countersign_app;

-- Which jobs and pods may ask, each rule by a service of its own; and keys for machines that have no token. Both are found before anybody is known.
CREATE TABLE trust_rules (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  name text NOT NULL, issuer_id uuid NOT NULL, conditions jsonb NOT NULL, bound_id text NOT NULL COLLATE "C" CHECK (bound_id <> ''), account_id uuid NOT NULL,
  valid_until timestamptz(3) NOT NULL CHECK (valid_until > created_at), state text NOT NULL CHECK (state IN ('ACTIVE', 'RETIRED')), created_by uuid NOT NULL, created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number), UNIQUE (tenant_id, account_id),
  FOREIGN KEY (tenant_id, issuer_id) REFERENCES trusted_issuers (tenant_id, id),
  FOREIGN KEY (tenant_id, account_id) REFERENCES principals (tenant_id, id)
);
CREATE INDEX trust_rules_by_issuer ON trust_rules (tenant_id, issuer_id, bound_id);
CREATE TABLE api_keys (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  name text NOT NULL, account_id uuid NOT NULL, secret_hash text NOT NULL COLLATE "C" CHECK (secret_hash ~ '^sha256:[0-9a-f]{64}$'), permissions jsonb,
  valid_until timestamptz(3) NOT NULL CHECK (valid_until > issued_at), state text NOT NULL CHECK (state IN ('ACTIVE', 'REVOKED')), issued_by uuid NOT NULL, issued_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number), UNIQUE (tenant_id, secret_hash),
  FOREIGN KEY (tenant_id, account_id) REFERENCES principals (tenant_id, id)
);
CREATE INDEX api_keys_by_secret ON api_keys (secret_hash);
CREATE INDEX api_keys_by_account ON api_keys (tenant_id, account_id, id);
DO $$
DECLARE v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['trust_rules', 'api_keys'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_table);
    EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant())', v_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO countersign_app', v_table);
    EXECUTE format('CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON %I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry(''id'', ''tenant'')', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER demand_entry', v_table);
  END LOOP;
END $$;

-- The active rules about this id, once its issuer and so the organization is known.
CREATE FUNCTION identity.rules_of(p_tenant uuid, p_issuer uuid, p_bound text) RETURNS SETOF public.trust_rules LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_catalog.set_config('app.tenant', p_tenant::text, true);
  RETURN QUERY SELECT * FROM public.trust_rules r WHERE r.issuer_id = p_issuer AND r.bound_id = p_bound AND r.state = 'ACTIVE' AND r.valid_until > clock_timestamp();
END $$;
REVOKE ALL ON FUNCTION identity.rules_of(uuid, uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.rules_of(uuid, uuid, text) TO countersign_app;

-- Before the tenant is known: the key with this digest.
GRANT SELECT ON api_keys TO countersign_audit;
CREATE POLICY lookup ON api_keys FOR SELECT TO countersign_audit USING (true);
SET ROLE countersign_audit;
CREATE FUNCTION audit.find_api_key(p_hash text) RETURNS SETOF public.api_keys
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.* FROM public.api_keys k WHERE k.secret_hash = p_hash ORDER BY k.id LIMIT 1;
$$;
REVOKE ALL ON FUNCTION audit.find_api_key(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.find_api_key(text) TO countersign_app;
RESET ROLE;

-- When each key was used last, to the minute: no governed record, no entry.
CREATE TABLE api_key_uses (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  key_id uuid NOT NULL, used_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, key_id), FOREIGN KEY (tenant_id, key_id) REFERENCES api_keys (tenant_id, id)
);
ALTER TABLE api_key_uses ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON api_key_uses USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON api_key_uses TO countersign_app;
