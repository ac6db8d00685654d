-- Editions of the policy that ships with the product, each written down with the first decision by it. They change nothing about what the gate answers, so none of them raises an epoch.
CREATE TABLE policy_editions (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, version int NOT NULL CHECK (version = 1), digest text NOT NULL, number text NOT NULL,
  policy_id text NOT NULL COLLATE "C", label text NOT NULL, title text NOT NULL, document jsonb NOT NULL, document_digest text NOT NULL, replaces text CHECK (replaces <> document_digest), recorded_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number)
);
CREATE INDEX policy_editions_by_time ON policy_editions (tenant_id, recorded_at, id);

-- Row-level security in force, the right to insert only, and the trigger that demands the entry.
ALTER TABLE policy_editions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON policy_editions USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT ON policy_editions TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON policy_editions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id');
ALTER TABLE policy_editions ENABLE ALWAYS TRIGGER demand_entry;

-- A product that decides by another edition than before is a change of the rules as well: from the first decision by it until the first one by the next.
CREATE OR REPLACE VIEW exceptions WITH (security_invoker = true) AS
  SELECT tenant_id, id, 'WAIVER' AS kind, number AS reference, system_id, (grants -> -1 ->> 'at')::timestamptz(3) AS happened_at, valid_until AS ends_at FROM waivers WHERE jsonb_array_length(grants) > 0
  UNION ALL SELECT tenant_id, id, 'BREAK_GLASS', number, system_id, used_at, review_due FROM break_glasses WHERE used_at IS NOT NULL
  UNION ALL SELECT tenant_id, id, 'BASELINE', number, system_id, confirmed_at, until FROM baselines WHERE confirmed_at IS NOT NULL
  UNION ALL SELECT tenant_id, id, 'POLICY_CHANGE', number, NULL, activated_at, superseded_at FROM policies WHERE activated_at IS NOT NULL
  UNION ALL SELECT e.tenant_id, e.id, 'POLICY_CHANGE', e.number, NULL, e.recorded_at, (SELECT min(n.recorded_at) FROM policy_editions n WHERE n.tenant_id = e.tenant_id AND n.recorded_at > e.recorded_at)::timestamptz(3)
    FROM policy_editions e WHERE e.replaces IS NOT NULL
  UNION ALL SELECT s.tenant_id, s.id, 'SELF_ATTESTED', s.number, s.system_id, s.signed_at, s.valid_until FROM sign_offs s
    WHERE s.choice LIKE 'APPROVE%' AND EXISTS (
      SELECT FROM jsonb_array_elements(s.subjects) AS subject JOIN promotions p ON p.tenant_id = s.tenant_id AND p.id = (subject ->> 'promotionId')::uuid, jsonb_array_elements(p.lanes) AS asked
      WHERE asked ->> 'level' = 'SELF' AND subject -> 'lanes' ? (asked ->> 'lane'))
  UNION ALL SELECT tenant_id, id, 'LAPSED_BUT_RUNNING', id::text, system_id, decided_at, holds_until FROM gate_decisions
    WHERE question ->> 'action' = 'run' AND decision ->> 'verdict' = 'ALLOW' AND jsonb_path_exists(decision, '$.reasons[*].params.dueBy')
  UNION ALL SELECT tenant_id, id, 'NOT_ENFORCED', id::text, system_id, decided_at, holds_until FROM gate_decisions WHERE decision ->> 'verdict' = 'ALLOW' AND decision ->> 'enforcedVerdict' <> 'ALLOW';
