-- The register's first objects. Every table here is governed: written through the door, with an audit entry in the same transaction.
-- Many-valued parts of an aggregate (assessments, grants, components) are jsonb inside their row: an aggregate is one value.

CREATE TABLE principals (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('USER', 'SERVICE')),
  person_id uuid CHECK ((kind = 'USER') = (person_id IS NOT NULL)),
  function text CHECK (function IN ('risk', 'legal', 'privacy', 'security', 'data-governance', 'responsible-AI', 'validation', 'operations', 'product', 'business', 'platform', 'executive', 'open-source')),
  grants jsonb NOT NULL, active boolean NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number)
);
-- Names and subjects of people: kept apart, so that they can be erased while every decision and proof stays.
CREATE TABLE profiles (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL,
  issuer text NOT NULL, subject text NOT NULL, display_name text NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, issuer, subject),
  FOREIGN KEY (tenant_id, id) REFERENCES principals (tenant_id, id)
);
CREATE INDEX profiles_by_subject ON profiles (issuer, subject);

CREATE TABLE environments (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL,
  name text NOT NULL COLLATE "C",
  kind text NOT NULL CHECK (kind IN ('SANDBOX', 'DEVELOPMENT', 'PILOT', 'STAGING', 'CANARY', 'PRODUCTION')),
  previous_id uuid,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, name),
  FOREIGN KEY (tenant_id, previous_id) REFERENCES environments (tenant_id, id)
);

CREATE TABLE risk_criteria (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL,
  name text NOT NULL, likelihood jsonb NOT NULL, consequence jsonb NOT NULL, matrix jsonb NOT NULL, floors jsonb NOT NULL,
  appetite text NOT NULL, tolerance text NOT NULL, authority jsonb NOT NULL, acceptance_days jsonb NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX risk_criteria_one ON risk_criteria (tenant_id);

CREATE TABLE ai_systems (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  name text NOT NULL, intended_purpose text NOT NULL, prohibited_uses jsonb NOT NULL, owner_id uuid NOT NULL, developer_ids jsonb NOT NULL,
  business_unit text, affected_groups jsonb NOT NULL, autonomy text NOT NULL CHECK (autonomy IN ('ASSISTS', 'RECOMMENDS', 'DECIDES_WITH_REVIEW', 'DECIDES')),
  jurisdictions jsonb NOT NULL, state text NOT NULL CHECK (state IN ('ACTIVE', 'SUSPENDED', 'RETIRED')),
  tier_assessments jsonb NOT NULL, authored_by uuid NOT NULL, last_edited_by uuid NOT NULL, editors jsonb NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number)
);

CREATE TABLE releases (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, label text NOT NULL, components jsonb NOT NULL, bundle_digest text NOT NULL COLLATE "C",
  state text NOT NULL CHECK (state IN ('ACTIVE', 'WITHDRAWN')), withdrawn_reason text, authored_by uuid NOT NULL, created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number), UNIQUE (tenant_id, system_id, bundle_digest), UNIQUE (tenant_id, system_id, label),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id)
);
CREATE INDEX releases_by_bundle ON releases (tenant_id, bundle_digest);

CREATE TABLE risks (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, release_id uuid, statement jsonb NOT NULL, affected_parties jsonb NOT NULL, taxonomy jsonb NOT NULL,
  owner_id uuid NOT NULL, state text NOT NULL CHECK (state IN ('DRAFT', 'IDENTIFIED', 'ASSESSED', 'TREATING', 'MONITORED', 'ACCEPTED', 'CLOSED', 'REJECTED')),
  treatment jsonb, assessments jsonb NOT NULL, confirmation jsonb, ending text,
  authored_by uuid NOT NULL, last_edited_by uuid NOT NULL, editors jsonb NOT NULL, logged_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id)
);
CREATE INDEX risks_by_system ON risks (tenant_id, system_id, id);

CREATE TABLE risk_acceptances (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  risk_id uuid NOT NULL, system_id uuid NOT NULL, accepted jsonb NOT NULL, reason text NOT NULL,
  valid_until timestamptz(3) NOT NULL, state text NOT NULL CHECK (state IN ('REQUESTED', 'WITHDRAWN', 'REVOKED')),
  requested_by uuid NOT NULL, grants jsonb NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, risk_id) REFERENCES risks (tenant_id, id),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id)
);
CREATE INDEX risk_acceptances_by_risk ON risk_acceptances (tenant_id, risk_id);
CREATE INDEX risk_acceptances_by_system ON risk_acceptances (tenant_id, system_id);

CREATE TABLE promotions (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, release_id uuid NOT NULL, environment_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('OPEN', 'CANCELLED', 'PROMOTED')),
  reason text NOT NULL, requested_by uuid NOT NULL, opened_at timestamptz(3) NOT NULL, package_digest text NOT NULL, lanes jsonb NOT NULL, ending text,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);
CREATE UNIQUE INDEX promotions_one_open ON promotions (tenant_id, release_id, environment_id) WHERE state = 'OPEN';
CREATE INDEX promotions_by_system ON promotions (tenant_id, system_id);

CREATE TABLE sign_offs (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, subjects jsonb NOT NULL, choice text NOT NULL CHECK (choice IN ('APPROVE', 'REQUEST_CHANGES', 'REJECT')),
  meaning text NOT NULL CHECK (meaning IN ('REVIEWED', 'APPROVED', 'REJECTED')), statement text NOT NULL, attests jsonb NOT NULL,
  signer_id uuid NOT NULL, person_id uuid NOT NULL, challenge_id uuid NOT NULL,
  signed_at timestamptz(3) NOT NULL, valid_until timestamptz(3) NOT NULL, withdrawn jsonb,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number), UNIQUE (tenant_id, challenge_id),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, signer_id) REFERENCES principals (tenant_id, id)
);
CREATE INDEX sign_offs_by_system ON sign_offs (tenant_id, system_id);

CREATE TABLE gate_decisions (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL,
  question jsonb NOT NULL, question_hash text NOT NULL COLLATE "C", caller_id uuid NOT NULL, system_id uuid, release_id uuid, environment_id uuid,
  decision jsonb NOT NULL, facts_digest text NOT NULL, epochs jsonb NOT NULL, decided_at timestamptz(3) NOT NULL, holds_until timestamptz(3),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, caller_id) REFERENCES principals (tenant_id, id),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);
CREATE INDEX gate_decisions_by_question ON gate_decisions (tenant_id, question_hash, decided_at);

CREATE TABLE grants (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL,
  decision_id uuid NOT NULL, system_id uuid NOT NULL, release_id uuid NOT NULL, environment_id uuid NOT NULL, bundle_digest text NOT NULL,
  promotion_id uuid, issued_to uuid NOT NULL, issued_at timestamptz(3) NOT NULL, expires_at timestamptz(3) NOT NULL, redeemed_at timestamptz(3),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, decision_id),
  FOREIGN KEY (tenant_id, decision_id) REFERENCES gate_decisions (tenant_id, id),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id),
  FOREIGN KEY (tenant_id, promotion_id) REFERENCES promotions (tenant_id, id),
  FOREIGN KEY (tenant_id, issued_to) REFERENCES principals (tenant_id, id)
);

CREATE TABLE deployments (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, release_id uuid NOT NULL, environment_id uuid NOT NULL, bundle_digest text NOT NULL,
  grant_id uuid NOT NULL, reported_by uuid NOT NULL, started_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number), UNIQUE (tenant_id, grant_id),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id),
  FOREIGN KEY (tenant_id, grant_id) REFERENCES grants (tenant_id, id),
  FOREIGN KEY (tenant_id, reported_by) REFERENCES principals (tenant_id, id)
);
CREATE INDEX deployments_by_system ON deployments (tenant_id, system_id);

-- Row-level security in force, the right to insert and update only, and the trigger that demands the entry and raises epochs.
DO $$
DECLARE v_table text; v_scopes text;
BEGIN
  FOR v_table, v_scopes IN VALUES
    ('principals', $q$, 'tenant'$q$), ('profiles', ''), ('environments', $q$, 'tenant'$q$), ('risk_criteria', $q$, 'tenant'$q$),
    ('ai_systems', $q$, 'id', 'inventory'$q$), ('releases', $q$, 'system_id', 'inventory'$q$), ('risks', $q$, 'system_id'$q$),
    ('risk_acceptances', $q$, 'system_id'$q$), ('promotions', $q$, 'system_id'$q$), ('sign_offs', $q$, 'system_id'$q$),
    ('gate_decisions', ''), ('grants', ''), ('deployments', $q$, 'system_id'$q$)
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_table);
    EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant())', v_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO countersign_app', v_table);
    EXECUTE format('CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON %I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry(''id''%s)', v_table, v_scopes);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER demand_entry', v_table);
  END LOOP;
END $$;

-- Before the tenant is known, one function answers, one row: who is this subject of this issuer?
GRANT SELECT ON profiles TO countersign_audit;
CREATE POLICY lookup ON profiles FOR SELECT TO countersign_audit USING (true);
SET ROLE countersign_audit;
CREATE FUNCTION audit.find_principal(p_issuer text, p_subject text) RETURNS TABLE (tenant_id uuid, principal_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.tenant_id, p.id FROM public.profiles p WHERE p.issuer = p_issuer AND p.subject = p_subject ORDER BY p.tenant_id LIMIT 1;
$$;
REVOKE ALL ON FUNCTION audit.find_principal(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.find_principal(text, text) TO countersign_app;
RESET ROLE;

-- Operational tables: no governed record, no audit entry.
CREATE TABLE counters (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  prefix text NOT NULL, last int NOT NULL,
  PRIMARY KEY (tenant_id, prefix)
);
CREATE TABLE challenges (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, secret_hash text NOT NULL, principal_id uuid NOT NULL, subjects jsonb NOT NULL, expires_at timestamptz(3) NOT NULL, used boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, secret_hash)
);
CREATE TABLE refusal_counts (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  principal_id uuid NOT NULL, minute timestamptz NOT NULL, refused int NOT NULL,
  PRIMARY KEY (tenant_id, principal_id, minute)
);
DO $$
DECLARE v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['counters', 'challenges', 'refusal_counts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_table);
    EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant())', v_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO countersign_app', v_table);
  END LOOP;
END $$;

-- An index over the components of releases (which never change): so that a digest finds its releases without reading them all.
CREATE TABLE release_components (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  component_digest text NOT NULL COLLATE "C", release_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, component_digest, release_id),
  FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id)
);
ALTER TABLE release_components ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON release_components USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT ON release_components TO countersign_app;
CREATE FUNCTION index_components() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO release_components (component_digest, release_id)
    SELECT DISTINCT component ->> 'digest', NEW.id FROM jsonb_array_elements(NEW.components) AS component;
  RETURN NULL;
END $$;
CREATE TRIGGER index_components AFTER INSERT ON releases FOR EACH ROW EXECUTE FUNCTION index_components();
