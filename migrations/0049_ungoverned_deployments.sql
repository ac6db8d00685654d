-- Bundles that were found running without a permit. They are no deployments: nothing that reads those finds these.
CREATE TABLE ungoverned_deployments (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, version int NOT NULL CHECK (version = 1), digest text NOT NULL, number text NOT NULL,
  system_id uuid NOT NULL, release_id uuid NOT NULL, environment_id uuid NOT NULL, bundle_digest text NOT NULL,
  reason text NOT NULL, reported_by uuid NOT NULL, found_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id), FOREIGN KEY (tenant_id, release_id) REFERENCES releases (tenant_id, id),
  FOREIGN KEY (tenant_id, environment_id) REFERENCES environments (tenant_id, id)
);
CREATE INDEX ungoverned_deployments_by_time ON ungoverned_deployments (tenant_id, found_at, id);
CREATE INDEX ungoverned_deployments_by_place ON ungoverned_deployments (tenant_id, environment_id, system_id, found_at, id);

-- Row-level security in force, the right to insert only, and the trigger that demands the entry: no answer of the gate depends on them, so no epoch rises.
ALTER TABLE ungoverned_deployments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON ungoverned_deployments USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT ON ungoverned_deployments TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON ungoverned_deployments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id');
ALTER TABLE ungoverned_deployments ENABLE ALWAYS TRIGGER demand_entry;

-- Each find until something of its system was let in there after it, or its release by a baseline. It takes the place of nothing: who found it does not know what else is there.
CREATE VIEW ungoverned_spans WITH (security_invoker = true) AS
  SELECT u.*, (SELECT min(later.at) FROM (
    SELECT d.started_at AS at FROM deployments d WHERE d.tenant_id = u.tenant_id AND d.system_id = u.system_id AND d.environment_id = u.environment_id AND d.started_at > u.found_at
    UNION ALL SELECT b.confirmed_at FROM baselines b WHERE b.tenant_id = u.tenant_id AND b.release_id = u.release_id AND b.environment_id = u.environment_id AND b.confirmed_at > u.found_at) AS later)::timestamptz(3) AS ended_at
  FROM ungoverned_deployments u;
GRANT SELECT ON ungoverned_spans TO countersign_app;

-- What went another way than the rules say: with what was found without a permit.
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
  UNION ALL SELECT tenant_id, id, 'NOT_ENFORCED', id::text, system_id, decided_at, holds_until FROM gate_decisions WHERE decision ->> 'verdict' = 'ALLOW' AND decision ->> 'enforcedVerdict' <> 'ALLOW'
  UNION ALL SELECT tenant_id, id, 'UNGOVERNED_DEPLOYMENT', number, system_id, found_at, ended_at FROM ungoverned_spans;

-- What is or was in an environment: with what was found there.
CREATE OR REPLACE VIEW population WITH (security_invoker = true) AS
  SELECT d.tenant_id, d.id, d.number, CASE WHEN g.break_glass_id IS NULL THEN 'GOVERNED' ELSE 'EMERGENCY' END AS kind, d.system_id, d.release_id, d.environment_id, d.bundle_digest, g.decision_id, d.started_at AS since, NULL::timestamptz(3) AS covered_until,
    lead(d.started_at) OVER (PARTITION BY d.tenant_id, d.system_id, d.environment_id ORDER BY d.started_at, d.id) AS replaced_at
  FROM deployments d JOIN grants g ON g.tenant_id = d.tenant_id AND g.id = d.grant_id
  UNION ALL SELECT b.tenant_id, b.id, b.number, 'BASELINE', b.system_id, b.release_id, b.environment_id, b.bundle_digest, NULL, b.confirmed_at, CASE b.state WHEN 'CONFIRMED' THEN b.until ELSE b.ended_at END,
    (SELECT min(d.started_at) FROM deployments d WHERE d.tenant_id = b.tenant_id AND d.system_id = b.system_id AND d.environment_id = b.environment_id AND d.started_at > b.confirmed_at)
  FROM baselines b WHERE b.state IN ('CONFIRMED', 'ENDED')
  UNION ALL SELECT tenant_id, id, number, 'UNGOVERNED', system_id, release_id, environment_id, bundle_digest, NULL, found_at, NULL::timestamptz(3), ended_at FROM ungoverned_spans;
