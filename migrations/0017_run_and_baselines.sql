-- What a grant was for; those that are there were all for bringing something in. The gate reads grants when it is asked what may run, so each change raises the system's epoch.
ALTER TABLE grants ADD COLUMN action text NOT NULL DEFAULT 'promote' CHECK (action IN ('promote', 'rollback'));
CREATE INDEX grants_by_place ON grants (tenant_id, system_id, environment_id, id);
DROP TRIGGER demand_entry ON grants;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON grants DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id', 'system_id');
ALTER TABLE grants ENABLE ALWAYS TRIGGER demand_entry;

-- Baselines: what ran in an environment before the gate was asked, let run for a while by two people.
CREATE TABLE baselines (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, release_id uuid NOT NULL, environment_id uuid NOT NULL, bundle_digest text NOT NULL,
  until timestamptz(3) NOT NULL CHECK (until > proposed_at AND until <= proposed_at + interval '180 days'), reason text NOT NULL,
  state text NOT NULL CHECK (state IN ('PROPOSED', 'CONFIRMED', 'WITHDRAWN', 'ENDED')),
  proposed_by uuid NOT NULL, proposed_at timestamptz(3) NOT NULL,
  confirmed_by uuid CHECK (confirmed_by <> proposed_by), confirmed_at timestamptz(3),
  CHECK ((state IN ('CONFIRMED', 'ENDED')) = (confirmed_by IS NOT NULL) AND (confirmed_by IS NULL) = (confirmed_at IS NULL)),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);
-- One for each release and environment: a baseline is for the beginning.
CREATE UNIQUE INDEX baselines_one ON baselines (tenant_id, release_id, environment_id) WHERE state <> 'WITHDRAWN';
CREATE INDEX baselines_by_system ON baselines (tenant_id, system_id, id);
CREATE INDEX baselines_by_environment ON baselines (tenant_id, environment_id, id);
CREATE INDEX baselines_by_end ON baselines (tenant_id, until, id);

-- Row-level security in force, the right to insert and update only, and the trigger that demands the entry and raises epochs.
ALTER TABLE baselines ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON baselines USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON baselines TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON baselines DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id', 'system_id');
ALTER TABLE baselines ENABLE ALWAYS TRIGGER demand_entry;
