-- Impact assessments of a system, one of each kind at a time, and findings about it. The gate reads both, so each change raises the system's epoch.
CREATE TABLE impact_assessments (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, kind text NOT NULL CHECK (kind IN ('AI_SYSTEM', 'FRIA', 'DPIA')),
  state text NOT NULL CHECK (state IN ('DRAFT', 'SUBMITTED', 'APPROVED', 'WITHDRAWN')), edition int NOT NULL CHECK (edition > 0),
  answers jsonb NOT NULL, evidence_ids jsonb NOT NULL, submission jsonb, remark text, editions jsonb NOT NULL, valid_until timestamptz(3),
  authored_by uuid NOT NULL, last_edited_by uuid NOT NULL, editors jsonb NOT NULL, drafted_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id)
);
CREATE UNIQUE INDEX impact_assessments_one ON impact_assessments (tenant_id, system_id, kind) WHERE state <> 'WITHDRAWN';
CREATE INDEX impact_assessments_by_system ON impact_assessments (tenant_id, system_id, id);
CREATE INDEX impact_assessments_by_end ON impact_assessments (tenant_id, valid_until, id);

CREATE TABLE findings (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, release_id uuid, risk_id uuid, mitigation_id uuid,
  source text NOT NULL CHECK (source IN ('VALIDATION', 'AUDIT', 'INCIDENT', 'PILOT', 'GATE')),
  severity text NOT NULL CHECK (severity IN ('VERY_LOW', 'LOW', 'MODERATE', 'HIGH', 'VERY_HIGH')), statement text NOT NULL,
  owner_id uuid NOT NULL, state text NOT NULL CHECK (state IN ('OPEN', 'PLANNED', 'DONE', 'CLOSED', 'RISK_ACCEPTED')),
  action text, due timestamptz(3), evidence_ids jsonb NOT NULL,
  acceptance_id uuid CHECK (state <> 'RISK_ACCEPTED' OR acceptance_id IS NOT NULL),
  closed_by uuid CHECK ((state = 'CLOSED') = (closed_by IS NOT NULL) AND closed_by <> owner_id), ending text,
  raised_by uuid NOT NULL, raised_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id),
  FOREIGN KEY (tenant_id, risk_id) REFERENCES risks (tenant_id, id),
  FOREIGN KEY (tenant_id, mitigation_id) REFERENCES mitigations (tenant_id, id),
  FOREIGN KEY (tenant_id, acceptance_id) REFERENCES risk_acceptances (tenant_id, id)
);
CREATE INDEX findings_by_system ON findings (tenant_id, system_id, id);
CREATE INDEX findings_by_owner ON findings (tenant_id, owner_id, id);
CREATE INDEX findings_by_due ON findings (tenant_id, due, id) WHERE state = 'PLANNED';

-- Row-level security in force, the right to insert and update only, and the trigger that demands the entry and raises epochs.
DO $$
DECLARE v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['impact_assessments', 'findings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_table);
    EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant())', v_table);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO countersign_app', v_table);
    EXECUTE format('CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON %I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry(''id'', ''system_id'')', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER demand_entry', v_table);
  END LOOP;
END $$;
