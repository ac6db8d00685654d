-- An acceptance may renew an earlier one of the same risk: a new decision, never an extension in place.
ALTER TABLE risk_acceptances ADD COLUMN renews uuid CHECK (renews <> id),
  ADD FOREIGN KEY (tenant_id, renews) REFERENCES risk_acceptances (tenant_id, id);
CREATE INDEX risk_acceptances_by_renewed ON risk_acceptances (tenant_id, renews);

-- Suspensions: what was accepted does not count until somebody lifts them. The gate reads them, so each change raises the system's epoch.
CREATE TABLE suspensions (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, risk_id uuid, cause text NOT NULL CHECK (cause IN ('INCIDENT', 'INDICATOR', 'FINDING', 'OTHER')), reason text NOT NULL,
  since timestamptz(3) NOT NULL, imposed_by uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('OPEN', 'LIFTED')), lifted jsonb, CHECK ((state = 'LIFTED') = (lifted IS NOT NULL)),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, risk_id) REFERENCES risks (tenant_id, id)
);
CREATE INDEX suspensions_by_system ON suspensions (tenant_id, system_id, id);
CREATE INDEX suspensions_by_risk ON suspensions (tenant_id, risk_id, id);

ALTER TABLE suspensions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON suspensions USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON suspensions TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON suspensions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id', 'system_id');
ALTER TABLE suspensions ENABLE ALWAYS TRIGGER demand_entry;
