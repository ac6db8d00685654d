-- What runs although nobody lets it run any more. So far the list held what the gate let go on in days of grace; now also what it refused to let go on, and what nobody asked about.

-- The answers about what runs, by what they are about: but for refusals of nothing but who asked, which tell about the tool and not about what runs. And those that refuse, by time.
CREATE INDEX gate_decisions_runs ON gate_decisions (tenant_id, release_id, environment_id, decided_at, id)
  WHERE question ->> 'action' = 'run' AND (verdict = 'ALLOW' OR jsonb_path_exists(decision, '$.reasons[*] ? (@.severity == "BLOCK" && @.rule != "CALLER")'));
CREATE INDEX gate_decisions_refused_runs ON gate_decisions (tenant_id, decided_at)
  WHERE question ->> 'action' = 'run' AND verdict <> 'ALLOW' AND jsonb_path_exists(decision, '$.reasons[*] ? (@.severity == "BLOCK" && @.rule != "CALLER")');

-- From the first answer that refuses something that was let in and is there, until one that lets it run again, a baseline does, or something else came in its place. Refusals after it say the same.
-- Each refusal costs some looks into indexes, however much was deployed there: it asks for no row of `population`, which is made of all of them.
CREATE VIEW refused_runs WITH (security_invoker = true) AS
  SELECT r.tenant_id, r.id, r.system_id, r.decided_at, LEAST(
    (SELECT min(d.started_at) FROM deployments d WHERE d.tenant_id = r.tenant_id AND d.environment_id = r.environment_id AND d.system_id = r.system_id AND d.started_at > r.decided_at),
    (SELECT min(b.confirmed_at) FROM baselines b WHERE b.tenant_id = r.tenant_id AND b.release_id = r.release_id AND b.environment_id = r.environment_id AND b.state IN ('CONFIRMED', 'ENDED') AND b.confirmed_at > r.decided_at),
    (SELECT min(later.decided_at) FROM gate_decisions later
      WHERE later.tenant_id = r.tenant_id AND later.release_id = r.release_id AND later.environment_id = r.environment_id AND later.question ->> 'action' = 'run' AND later.verdict = 'ALLOW' AND later.decided_at > r.decided_at)
  )::timestamptz(3) AS ended_at
  FROM gate_decisions r LEFT JOIN LATERAL (
    SELECT earlier.verdict, earlier.decided_at FROM gate_decisions earlier
    WHERE earlier.tenant_id = r.tenant_id AND earlier.release_id = r.release_id AND earlier.environment_id = r.environment_id AND earlier.question ->> 'action' = 'run'
      AND (earlier.verdict = 'ALLOW' OR jsonb_path_exists(earlier.decision, '$.reasons[*] ? (@.severity == "BLOCK" && @.rule != "CALLER")'))
      AND (earlier.decided_at, earlier.id) < (r.decided_at, r.id)
    ORDER BY earlier.decided_at DESC, earlier.id DESC LIMIT 1
  ) AS before ON true LEFT JOIN LATERAL (
    SELECT d.release_id, d.started_at FROM deployments d
    WHERE d.tenant_id = r.tenant_id AND d.environment_id = r.environment_id AND d.system_id = r.system_id AND d.started_at <= r.decided_at
    ORDER BY d.started_at DESC, d.id DESC LIMIT 1
  ) AS last ON true CROSS JOIN LATERAL (
    -- Since when it is there: by the last deployment, or by a baseline with none after it.
    SELECT GREATEST(CASE WHEN last.release_id = r.release_id THEN last.started_at END, (
      SELECT max(b.confirmed_at) FROM baselines b
      WHERE b.tenant_id = r.tenant_id AND b.release_id = r.release_id AND b.environment_id = r.environment_id AND b.state IN ('CONFIRMED', 'ENDED')
        AND b.confirmed_at <= r.decided_at AND b.confirmed_at >= COALESCE(last.started_at, b.confirmed_at)
    )) AS since
  ) AS here
  WHERE r.question ->> 'action' = 'run' AND r.verdict <> 'ALLOW' AND jsonb_path_exists(r.decision, '$.reasons[*] ? (@.severity == "BLOCK" && @.rule != "CALLER")')
    AND (COALESCE(before.verdict, 'ALLOW') = 'ALLOW' OR before.decided_at < here.since)
    AND here.since IS NOT NULL;
GRANT SELECT ON refused_runs TO countersign_app;

-- What was let in by an answer that has run out, and until then nobody had asked whether it may go on: until somebody asks, a baseline lets it run, or something else came in its place.
-- Whether it may run nobody knows. A freeze, or the role of the tool that asked, ends the answer to `promote` and never one to `run`: by those nothing lapses.
CREATE VIEW unasked_runs WITH (security_invoker = true) AS
  SELECT o.tenant_id, o.id, o.number, o.system_id, o.lapsed_at, LEAST(
    o.replaced_at,
    (SELECT min(b.confirmed_at) FROM baselines b WHERE b.tenant_id = o.tenant_id AND b.release_id = o.release_id AND b.environment_id = o.environment_id AND b.state IN ('CONFIRMED', 'ENDED') AND b.confirmed_at > o.lapsed_at),
    (SELECT min(asked.decided_at) FROM gate_decisions asked
      WHERE asked.tenant_id = o.tenant_id AND asked.release_id = o.release_id AND asked.environment_id = o.environment_id AND asked.question ->> 'action' = 'run'
        AND (asked.verdict = 'ALLOW' OR jsonb_path_exists(asked.decision, '$.reasons[*] ? (@.severity == "BLOCK" && @.rule != "CALLER")')) AND asked.decided_at > o.lapsed_at)
  )::timestamptz(3) AS ended_at
  FROM (
    -- A grant may be used for some minutes after its answer has run out.
    SELECT p.*, GREATEST(p.since, g.holds_until)::timestamptz(3) AS lapsed_at FROM population p JOIN gate_decisions g ON g.tenant_id = p.tenant_id AND g.id = p.decision_id
    WHERE g.holds_until <= now() AND g.decision -> 'limitedBy' ->> 'what' IS DISTINCT FROM 'FREEZE'
      AND NOT (g.decision -> 'limitedBy' ->> 'what' IS NOT DISTINCT FROM 'ROLE_GRANT' AND EXISTS (
        SELECT FROM principals tool WHERE tool.tenant_id = g.tenant_id AND tool.id = g.caller_id AND tool.kind = 'SERVICE' AND tool.id::text = g.decision -> 'limitedBy' ->> 'ref'
      ))
  ) AS o
  WHERE (o.replaced_at IS NULL OR o.replaced_at > o.lapsed_at)
    AND NOT EXISTS (
      SELECT FROM gate_decisions asked
      WHERE asked.tenant_id = o.tenant_id AND asked.release_id = o.release_id AND asked.environment_id = o.environment_id AND asked.question ->> 'action' = 'run'
        AND (asked.verdict = 'ALLOW' OR jsonb_path_exists(asked.decision, '$.reasons[*] ? (@.severity == "BLOCK" && @.rule != "CALLER")')) AND asked.decided_at BETWEEN o.since AND o.lapsed_at
    );
GRANT SELECT ON unasked_runs TO countersign_app;

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
  UNION ALL SELECT tenant_id, id, 'UNGOVERNED_DEPLOYMENT', number, system_id, found_at, ended_at FROM ungoverned_spans
  UNION ALL SELECT tenant_id, id, 'LAPSED_BUT_RUNNING', id::text, system_id, decided_at, ended_at FROM refused_runs
  UNION ALL SELECT tenant_id, id, 'LAPSED_BUT_RUNNING', number, system_id, lapsed_at, ended_at FROM unasked_runs;
