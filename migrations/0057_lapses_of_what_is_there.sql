-- Lapses of what is there, found at the cost of looks into indexes.

-- What the gate let go on although a requirement had lapsed, of what was there when it was asked: by the last deployment, or by a baseline with none after it.
-- It ends as before, and when the same release was let in again by every requirement. The days in which it is due are looked for only where the next answer does not come before it runs out,
-- which it does by the first of them at the latest.
CREATE OR REPLACE VIEW lapsed_runs WITH (security_invoker = true) AS
  SELECT r.tenant_id, r.id, r.system_id, r.decided_at, ended.ended_at
  FROM gate_decisions r LEFT JOIN LATERAL (
    SELECT d.release_id, d.started_at FROM deployments d
    WHERE d.tenant_id = r.tenant_id AND d.environment_id = r.environment_id AND d.system_id = r.system_id AND d.started_at <= r.decided_at
    ORDER BY d.started_at DESC, d.id DESC LIMIT 1
  ) AS last ON true LEFT JOIN LATERAL (
    SELECT later.decided_at FROM gate_decisions later
    WHERE later.tenant_id = r.tenant_id AND later.release_id = r.release_id AND later.environment_id = r.environment_id AND later.question ->> 'action' = 'run'
      AND (later.verdict = 'ALLOW' OR jsonb_path_exists(later.decision, '$.reasons[*] ? (@.severity == "BLOCK" && @.rule != "CALLER")'))
      AND (later.decided_at, later.id) > (r.decided_at, r.id)
    ORDER BY later.decided_at, later.id LIMIT 1
  ) AS next ON true CROSS JOIN LATERAL (
    SELECT CASE WHEN next.decided_at <= r.holds_until THEN next.decided_at
      ELSE LEAST((SELECT min(due::timestamptz(3)) FROM jsonb_array_elements_text(jsonb_path_query_array(r.decision, '$.reasons[*].params.dueBy')) AS due), next.decided_at) END AS until OFFSET 0
  ) AS told CROSS JOIN LATERAL (
    SELECT LEAST(
      told.until,
      (SELECT d.started_at FROM deployments d JOIN grants g ON g.tenant_id = d.tenant_id AND g.id = d.grant_id
        WHERE d.tenant_id = r.tenant_id AND d.environment_id = r.environment_id AND d.system_id = r.system_id AND d.started_at > r.decided_at AND d.started_at < told.until
          AND (d.release_id <> r.release_id OR g.action = 'promote' AND g.break_glass_id IS NULL)
        ORDER BY d.started_at LIMIT 1),
      (SELECT min(b.confirmed_at) FROM baselines b WHERE b.tenant_id = r.tenant_id AND b.release_id = r.release_id AND b.environment_id = r.environment_id AND b.state IN ('CONFIRMED', 'ENDED') AND b.confirmed_at > r.decided_at)
    )::timestamptz(3) AS ended_at OFFSET 0
  ) AS ended
  WHERE r.question ->> 'action' = 'run' AND r.decision ->> 'verdict' = 'ALLOW' AND jsonb_path_exists(r.decision, '$.reasons[*].params.dueBy')
    AND (last.release_id = r.release_id OR EXISTS (
      SELECT FROM baselines b
      WHERE b.tenant_id = r.tenant_id AND b.release_id = r.release_id AND b.environment_id = r.environment_id AND b.state IN ('CONFIRMED', 'ENDED')
        AND b.confirmed_at <= r.decided_at AND b.confirmed_at >= COALESCE(last.started_at, b.confirmed_at)
    ));
