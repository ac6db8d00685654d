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

-- What went another way than the rules say, or was changed about them, in one list: for auditors. Each part is an index by its instant.
CREATE VIEW exceptions WITH (security_invoker = true) AS
  SELECT tenant_id, id, 'WAIVER' AS kind, number AS reference, system_id, (grants -> -1 ->> 'at')::timestamptz(3) AS happened_at, valid_until AS ends_at FROM waivers WHERE jsonb_array_length(grants) > 0
  UNION ALL SELECT tenant_id, id, 'BREAK_GLASS', number, system_id, used_at, review_due FROM break_glasses WHERE used_at IS NOT NULL
  UNION ALL SELECT tenant_id, id, 'BASELINE', number, system_id, confirmed_at, until FROM baselines WHERE confirmed_at IS NOT NULL
  UNION ALL SELECT tenant_id, id, 'POLICY_CHANGE', number, NULL, activated_at, superseded_at FROM policies WHERE activated_at IS NOT NULL
  UNION ALL SELECT s.tenant_id, s.id, 'SELF_ATTESTED', s.number, s.system_id, s.signed_at, s.valid_until FROM sign_offs s
    WHERE s.choice LIKE 'APPROVE%' AND EXISTS (
      SELECT FROM jsonb_array_elements(s.subjects) AS subject JOIN promotions p ON p.tenant_id = s.tenant_id AND p.id = (subject ->> 'promotionId')::uuid, jsonb_array_elements(p.lanes) AS asked
      WHERE asked ->> 'level' = 'SELF' AND subject -> 'lanes' ? (asked ->> 'lane'))
  UNION ALL SELECT tenant_id, id, 'LAPSED_BUT_RUNNING', id::text, system_id, decided_at, holds_until FROM gate_decisions
    WHERE question ->> 'action' = 'run' AND decision ->> 'verdict' = 'ALLOW' AND jsonb_path_exists(decision, '$.reasons[*].params.dueBy')
  UNION ALL SELECT tenant_id, id, 'NOT_ENFORCED', id::text, system_id, decided_at, holds_until FROM gate_decisions WHERE decision ->> 'verdict' = 'ALLOW' AND decision ->> 'enforcedVerdict' <> 'ALLOW';
GRANT SELECT ON exceptions TO countersign_app;
CREATE INDEX gate_decisions_lapsed ON gate_decisions (tenant_id, decided_at) WHERE question ->> 'action' = 'run' AND decision ->> 'verdict' = 'ALLOW' AND jsonb_path_exists(decision, '$.reasons[*].params.dueBy');
CREATE INDEX gate_decisions_not_enforced ON gate_decisions (tenant_id, decided_at) WHERE decision ->> 'verdict' = 'ALLOW' AND decision ->> 'enforcedVerdict' <> 'ALLOW';

-- When a baseline was ended before its time, or its proposal taken back; unknown for those of before.
ALTER TABLE baselines ADD COLUMN ended_at timestamptz(3) CHECK (ended_at IS NULL OR state IN ('ENDED', 'WITHDRAWN'));

-- What is or was in an environment, by what it was let in, and until something else of the same system came.
CREATE INDEX deployments_by_place ON deployments (tenant_id, environment_id, system_id, started_at, id);
CREATE VIEW population WITH (security_invoker = true) AS
  SELECT d.tenant_id, d.id, d.number, CASE WHEN g.break_glass_id IS NULL THEN 'GOVERNED' ELSE 'EMERGENCY' END AS kind, d.system_id, d.release_id, d.environment_id, d.bundle_digest, g.decision_id, d.started_at AS since, NULL::timestamptz(3) AS covered_until,
    lead(d.started_at) OVER (PARTITION BY d.tenant_id, d.system_id, d.environment_id ORDER BY d.started_at, d.id) AS replaced_at
  FROM deployments d JOIN grants g ON g.tenant_id = d.tenant_id AND g.id = d.grant_id
  UNION ALL SELECT b.tenant_id, b.id, b.number, 'BASELINE', b.system_id, b.release_id, b.environment_id, b.bundle_digest, NULL, b.confirmed_at, CASE b.state WHEN 'CONFIRMED' THEN b.until ELSE b.ended_at END,
    (SELECT min(d.started_at) FROM deployments d WHERE d.tenant_id = b.tenant_id AND d.system_id = b.system_id AND d.environment_id = b.environment_id AND d.started_at > b.confirmed_at)
  FROM baselines b WHERE b.state IN ('CONFIRMED', 'ENDED');
GRANT SELECT ON population TO countersign_app;
