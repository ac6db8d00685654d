-- Evidence about systems and their releases, and what is done about risks. Governed like everything before: see 0002.

CREATE TABLE evidence (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, type text NOT NULL COLLATE "C" CHECK (type ~ '^[a-z][a-z0-9_]{2,39}$'), title text NOT NULL,
  content_digest text NOT NULL COLLATE "C", subject_digest text COLLATE "C", location text,
  source text NOT NULL CHECK (source IN ('HUMAN', 'CI', 'MONITOR')), submitted_by uuid NOT NULL, submitted_at timestamptz(3) NOT NULL,
  collected_at timestamptz(3) NOT NULL, valid_until timestamptz(3) NOT NULL, supersedes_id uuid,
  state text NOT NULL CHECK (state IN ('SUBMITTED', 'VERIFIED', 'REJECTED', 'REVOKED')), verification jsonb, ending text,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  CHECK (valid_until > collected_at), CHECK ((state IN ('VERIFIED', 'REVOKED')) = (verification IS NOT NULL)),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, supersedes_id) REFERENCES evidence (tenant_id, id)
);
CREATE INDEX evidence_by_system ON evidence (tenant_id, system_id, id);
CREATE INDEX evidence_by_end ON evidence (tenant_id, valid_until, id);

CREATE TABLE mitigations (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  risk_id uuid NOT NULL, system_id uuid NOT NULL, title text NOT NULL, description text NOT NULL, owner_id uuid NOT NULL, due timestamptz(3) NOT NULL,
  effect text NOT NULL CHECK (effect IN ('LIKELIHOOD', 'CONSEQUENCE', 'BOTH')), reduces int NOT NULL CHECK (reduces BETWEEN 1 AND 4),
  required_from text CHECK (required_from IN ('PILOT', 'STAGING', 'CANARY', 'PRODUCTION')), control text,
  state text NOT NULL CHECK (state IN ('PROPOSED', 'IN_PROGRESS', 'IMPLEMENTED', 'VERIFIED', 'INEFFECTIVE', 'CANCELLED')),
  evidence_ids jsonb NOT NULL, verification jsonb, cancellation jsonb, ending text,
  authored_by uuid NOT NULL, last_edited_by uuid NOT NULL, editors jsonb NOT NULL, proposed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, risk_id) REFERENCES risks (tenant_id, id),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id)
);
CREATE INDEX mitigations_by_risk ON mitigations (tenant_id, risk_id, id);
CREATE INDEX mitigations_by_system ON mitigations (tenant_id, system_id, id);
CREATE INDEX mitigations_by_owner ON mitigations (tenant_id, owner_id, id);
CREATE INDEX mitigations_by_due ON mitigations (tenant_id, due, id);

DO $$
DECLARE v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['evidence', 'mitigations'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_table);
    EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant())', v_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO countersign_app', v_table);
    EXECUTE format('CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON %I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry(''id'', ''system_id'')', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER demand_entry', v_table);
  END LOOP;
END $$;
