-- Drafts of policies tried on recorded decisions. They decide nothing, so none of them raises an epoch.
CREATE TABLE policy_simulations (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  policy_version_id uuid NOT NULL, decided_from timestamptz(3) NOT NULL, decided_to timestamptz(3) NOT NULL CHECK (decided_from <= decided_to), decisions int NOT NULL CHECK (decisions >= 0),
  started_by uuid NOT NULL, started_at timestamptz(3) NOT NULL, ended_at timestamptz(3), result jsonb, ending text,
  CHECK ((ended_at IS NOT NULL) = (result IS NOT NULL OR ending IS NOT NULL)), CHECK (result IS NULL OR ending IS NULL),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, policy_version_id) REFERENCES policies (tenant_id, id)
);
CREATE INDEX policy_simulations_by_policy ON policy_simulations (tenant_id, policy_version_id, id);
-- One at a time: two at once do not get around the rule.
CREATE UNIQUE INDEX policy_simulations_one_running ON policy_simulations (tenant_id) WHERE ended_at IS NULL;

-- Row-level security in force, the right to insert and update only, and the trigger that demands the entry.
ALTER TABLE policy_simulations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON policy_simulations USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON policy_simulations TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON policy_simulations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id');
ALTER TABLE policy_simulations ENABLE ALWAYS TRIGGER demand_entry;

-- How far each has come: no governed record, written about once a second. While it is touched, the server that runs it is there.
CREATE TABLE simulation_progress (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  simulation_id uuid NOT NULL, looked_at int NOT NULL, ms int NOT NULL, touched_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, simulation_id),
  FOREIGN KEY (tenant_id, simulation_id) REFERENCES policy_simulations (tenant_id, id)
);
ALTER TABLE simulation_progress ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON simulation_progress USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON simulation_progress TO countersign_app;
