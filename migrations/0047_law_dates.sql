-- Dates of law that somebody of the organization has confirmed. They belong to the organization as a whole.
CREATE TABLE law_date_confirmations (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  reference text NOT NULL, day text NOT NULL CHECK (day ~ '^\d{4}-\d{2}-\d{2}$'), source text NOT NULL, note text NOT NULL,
  state text NOT NULL CHECK (state IN ('CONFIRMED', 'REVOKED')),
  confirmed_by uuid NOT NULL, confirmed_at timestamptz(3) NOT NULL,
  revoked_by uuid CHECK ((revoked_by IS NULL) = (state = 'CONFIRMED')), revoked_at timestamptz(3) CHECK ((revoked_at IS NULL) = (state = 'CONFIRMED')),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number)
);
-- One in force for each article and day.
CREATE UNIQUE INDEX law_date_confirmations_one ON law_date_confirmations (tenant_id, reference, day) WHERE state = 'CONFIRMED';

-- Row-level security in force, the right to insert and update only, and the trigger that demands the entry: no answer of the gate depends on them.
ALTER TABLE law_date_confirmations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON law_date_confirmations USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON law_date_confirmations TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON law_date_confirmations DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id');
ALTER TABLE law_date_confirmations ENABLE ALWAYS TRIGGER demand_entry;
