-- Waivers: one requirement of the gate, for one release in one environment, waived by several people for a while. The gate reads them, so each change raises the system's epoch.
CREATE TABLE waivers (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, release_id uuid NOT NULL, environment_id uuid NOT NULL, requirement text NOT NULL,
  reason text NOT NULL, compensating_control text NOT NULL, valid_until timestamptz(3) NOT NULL CHECK (valid_until > requested_at),
  state text NOT NULL CHECK (state IN ('REQUESTED', 'WITHDRAWN', 'REVOKED')),
  requested_by uuid NOT NULL, requested_at timestamptz(3) NOT NULL, renews uuid CHECK (renews <> id),
  package_digest text NOT NULL, lane text NOT NULL, grants jsonb NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id),
  FOREIGN KEY (tenant_id, renews) REFERENCES waivers (tenant_id, id)
);
-- One waiver of a requirement in a scope, and one that renews it: the rule says so, and two at once do not get around it.
CREATE UNIQUE INDEX waivers_one ON waivers (tenant_id, release_id, environment_id, requirement, (renews IS NULL)) WHERE state <> 'WITHDRAWN';
CREATE INDEX waivers_by_system ON waivers (tenant_id, system_id, id);
CREATE INDEX waivers_by_release ON waivers (tenant_id, release_id, id);
CREATE INDEX waivers_by_environment ON waivers (tenant_id, environment_id, id);
CREATE INDEX waivers_by_end ON waivers (tenant_id, valid_until, id);

-- Row-level security in force, the right to insert and update only, and the trigger that demands the entry and raises epochs.
ALTER TABLE waivers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON waivers USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON waivers TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON waivers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id', 'system_id');
ALTER TABLE waivers ENABLE ALWAYS TRIGGER demand_entry;
