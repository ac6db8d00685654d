-- Break-glass: one bundle goes into one environment in an emergency, for hours, once, and others judge it afterwards. The gate reads it, so each change raises the system's epoch.
CREATE TABLE break_glasses (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, release_id uuid NOT NULL, environment_id uuid NOT NULL, bundle_digest text NOT NULL,
  emergency text NOT NULL CHECK (emergency IN ('OUTAGE', 'SECURITY', 'HARM', 'LEGAL_ORDER')), incident text NOT NULL,
  valid_until timestamptz(3) NOT NULL CHECK (valid_until > invoked_at AND valid_until <= invoked_at + interval '24 hours'),
  state text NOT NULL CHECK (state IN ('INVOKED', 'USED', 'RATIFIED', 'CONDEMNED')),
  invoked_by uuid NOT NULL, invoked_at timestamptz(3) NOT NULL,
  second_key jsonb CHECK (second_key ->> 'personId' <> invoked_by::text),
  used_at timestamptz(3) CHECK ((used_at IS NULL) = (state = 'INVOKED') AND used_at < valid_until),
  review jsonb CHECK ((review IS NULL) = (state IN ('INVOKED', 'USED')) AND review ->> 'by' <> invoked_by::text AND (second_key IS NULL OR review ->> 'by' <> second_key ->> 'personId')),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);
CREATE INDEX break_glasses_by_system ON break_glasses (tenant_id, system_id, id);
CREATE INDEX break_glasses_by_release ON break_glasses (tenant_id, release_id, id);
CREATE INDEX break_glasses_by_environment ON break_glasses (tenant_id, environment_id, id);

-- By which break-glass a grant was given; those that are there were given by none.
ALTER TABLE grants ADD COLUMN break_glass_id uuid, ADD FOREIGN KEY (tenant_id, break_glass_id) REFERENCES break_glasses (tenant_id, id);
CREATE UNIQUE INDEX grants_by_break_glass ON grants (tenant_id, break_glass_id) WHERE break_glass_id IS NOT NULL;

-- Row-level security in force, the right to insert and update only, and the trigger that demands the entry and raises epochs.
ALTER TABLE break_glasses ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON break_glasses USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON break_glasses TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON break_glasses DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id', 'system_id');
ALTER TABLE break_glasses ENABLE ALWAYS TRIGGER demand_entry;
