-- Conditions: what has to be done after a yes. The gate reads them, so each change raises the system's epoch.
ALTER TABLE sign_offs
  DROP CONSTRAINT sign_offs_choice_check, ADD CONSTRAINT sign_offs_choice_check CHECK (choice IN ('APPROVE', 'APPROVE_WITH_CONDITIONS', 'REQUEST_CHANGES', 'REJECT', 'ABSTAIN', 'RECUSE')),
  DROP CONSTRAINT sign_offs_meaning_check, ADD CONSTRAINT sign_offs_meaning_check CHECK (meaning IN ('REVIEWED', 'APPROVED', 'APPROVED_WITH_CONDITIONS', 'REJECTED', 'ABSTAINED', 'RECUSED'));

CREATE TABLE conditions (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, sign_off_id uuid, acceptance_id uuid, lanes jsonb NOT NULL,
  text text NOT NULL, evidence text NOT NULL, due timestamptz(3) NOT NULL CHECK (due > imposed_at), owner_id uuid NOT NULL, effect text NOT NULL CHECK (effect IN ('BLOCK', 'LAPSE')),
  imposed_by uuid NOT NULL, imposed_at timestamptz(3) NOT NULL,
  state text NOT NULL CHECK (state IN ('OPEN', 'FULFILLED', 'CONFIRMED')), evidence_ids jsonb NOT NULL, confirmation jsonb,
  CHECK (num_nonnulls(sign_off_id, acceptance_id) = 1), CHECK ((state = 'CONFIRMED') = (confirmation IS NOT NULL)),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, sign_off_id) REFERENCES sign_offs (tenant_id, id),
  FOREIGN KEY (tenant_id, acceptance_id) REFERENCES risk_acceptances (tenant_id, id)
);
CREATE INDEX conditions_by_system ON conditions (tenant_id, system_id, id);
CREATE INDEX conditions_by_sign_off ON conditions (tenant_id, sign_off_id, id);
CREATE INDEX conditions_by_acceptance ON conditions (tenant_id, acceptance_id, id);
CREATE INDEX conditions_by_owner ON conditions (tenant_id, owner_id, id);
CREATE INDEX conditions_by_due ON conditions (tenant_id, due, id);

-- Row-level security in force, the right to insert and update only, and the trigger that demands the entry and raises epochs.
ALTER TABLE conditions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON conditions USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON conditions TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON conditions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id', 'system_id');
ALTER TABLE conditions ENABLE ALWAYS TRIGGER demand_entry;
