-- What a piece of evidence found, as values that policies ask about.
ALTER TABLE evidence ADD COLUMN payload jsonb CHECK (jsonb_typeof(payload) = 'object');

-- Policies of an organization: what was drafted never changes, and one version of each is in force. The gate decides by them, so each change raises the tenant's epoch.
CREATE TABLE policies (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL, number text NOT NULL,
  policy_id text NOT NULL COLLATE "C", label text NOT NULL COLLATE "C", title text NOT NULL, source_digest text NOT NULL, document jsonb NOT NULL, document_digest text NOT NULL, cases_digest text NOT NULL, note text NOT NULL,
  state text NOT NULL CHECK (state IN ('DRAFT', 'TESTED', 'IN_REVIEW', 'ACTIVE', 'SUPERSEDED', 'WITHDRAWN')),
  drafted_by uuid NOT NULL, drafted_at timestamptz(3) NOT NULL, tested jsonb, approvals jsonb NOT NULL,
  activated_at timestamptz(3), superseded_at timestamptz(3), ending text,
  CHECK ((activated_at IS NOT NULL) = (state IN ('ACTIVE', 'SUPERSEDED'))), CHECK ((superseded_at IS NOT NULL) = (state = 'SUPERSEDED')), CHECK ((ending IS NOT NULL) = (state = 'WITHDRAWN')),
  CHECK (tested IS NOT NULL OR state IN ('DRAFT', 'WITHDRAWN')),
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number)
);
-- One version of a policy is in force, and a label names one version that was not taken back: two at once do not get around the rule.
CREATE UNIQUE INDEX policies_in_force ON policies (tenant_id, policy_id) WHERE state = 'ACTIVE';
CREATE UNIQUE INDEX policies_one_label ON policies (tenant_id, policy_id, label) WHERE state <> 'WITHDRAWN';
CREATE INDEX policies_by_policy ON policies (tenant_id, policy_id, id);

-- Row-level security in force, the right to insert and update only, and the trigger that demands the entry and raises epochs.
ALTER TABLE policies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON policies USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON policies TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON policies DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id', 'tenant');
ALTER TABLE policies ENABLE ALWAYS TRIGGER demand_entry;

-- What was drafted never changes, whoever asks.
CREATE FUNCTION audit.keep_policy_text() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF (NEW.policy_id, NEW.label, NEW.source_digest, NEW.document_digest, NEW.cases_digest, NEW.drafted_by) IS DISTINCT FROM (OLD.policy_id, OLD.label, OLD.source_digest, OLD.document_digest, OLD.cases_digest, OLD.drafted_by)
     OR NEW.document IS DISTINCT FROM OLD.document THEN
    RAISE EXCEPTION 'the text of a policy never changes' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_policy_text BEFORE UPDATE ON policies FOR EACH ROW EXECUTE FUNCTION audit.keep_policy_text();
