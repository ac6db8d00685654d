-- Exceptions until they end, and not until they were due to: an emergency that nobody judged goes on, and a lapse that was cured does not. And each in a place of its own.

-- What the gate let go on although a requirement had lapsed: until the first of them is due, however much earlier the answer itself runs out, or until the next answer about it, which says anew how it is. A refusal of nothing but who asked is none.
-- It ends as well when another release of its system comes in its place, or a baseline of its own is confirmed there. Each lapse costs some looks into indexes, however often was asked.
CREATE VIEW lapsed_runs WITH (security_invoker = true) AS
  SELECT r.tenant_id, r.id, r.system_id, r.decided_at, ended.ended_at
  FROM gate_decisions r CROSS JOIN LATERAL (
    SELECT LEAST((SELECT min(due::timestamptz(3)) FROM jsonb_array_elements_text(jsonb_path_query_array(r.decision, '$.reasons[*].params.dueBy')) AS due), (
      SELECT later.decided_at FROM gate_decisions later
      WHERE later.tenant_id = r.tenant_id AND later.release_id = r.release_id AND later.environment_id = r.environment_id AND later.question ->> 'action' = 'run'
        AND (later.verdict = 'ALLOW' OR jsonb_path_exists(later.decision, '$.reasons[*] ? (@.severity == "BLOCK" && @.rule != "CALLER")'))
        AND (later.decided_at, later.id) > (r.decided_at, r.id)
      ORDER BY later.decided_at, later.id LIMIT 1
    )) AS until OFFSET 0
  ) AS told CROSS JOIN LATERAL (
    SELECT LEAST(
      told.until,
      (SELECT d.started_at FROM deployments d
        WHERE d.tenant_id = r.tenant_id AND d.environment_id = r.environment_id AND d.system_id = r.system_id AND d.release_id <> r.release_id AND d.started_at > r.decided_at AND d.started_at < told.until
        ORDER BY d.started_at LIMIT 1),
      (SELECT min(b.confirmed_at) FROM baselines b WHERE b.tenant_id = r.tenant_id AND b.release_id = r.release_id AND b.environment_id = r.environment_id AND b.state IN ('CONFIRMED', 'ENDED') AND b.confirmed_at > r.decided_at)
    )::timestamptz(3) AS ended_at OFFSET 0
  ) AS ended
  WHERE r.question ->> 'action' = 'run' AND r.decision ->> 'verdict' = 'ALLOW' AND jsonb_path_exists(r.decision, '$.reasons[*].params.dueBy');
GRANT SELECT ON lapsed_runs TO countersign_app;

-- What went another way than the rules say, each with its end: an emergency is due to be judged at one, and lasts until it was. The id is of the row and gives it its place in the list,
-- since one decision can be there in two ways; the record is named beside it.
CREATE OR REPLACE VIEW exceptions WITH (security_invoker = true) AS
  SELECT tenant_id, id, 'WAIVER' AS kind, number AS reference, system_id, since AS happened_at, ends_at, id AS record_id, ends_at AS lasts_until FROM waivers_in_force
  UNION ALL SELECT tenant_id, id, 'BREAK_GLASS', number, system_id, used_at, COALESCE((review ->> 'at')::timestamptz(3), review_due, used_at + interval '72 hours')::timestamptz(3), id, (review ->> 'at')::timestamptz(3)
    FROM break_glasses WHERE used_at IS NOT NULL
  UNION ALL SELECT tenant_id, id, 'BASELINE', number, system_id, confirmed_at, LEAST(until, ended_at)::timestamptz(3), id, LEAST(until, ended_at)::timestamptz(3) FROM baselines WHERE confirmed_at IS NOT NULL
  UNION ALL SELECT tenant_id, id, 'POLICY_CHANGE', number, NULL, activated_at, superseded_at, id, superseded_at FROM policies WHERE activated_at IS NOT NULL
  UNION ALL SELECT e.tenant_id, e.id, 'POLICY_CHANGE', e.number, NULL, e.recorded_at, (SELECT min(n.recorded_at) FROM policy_editions n WHERE n.tenant_id = e.tenant_id AND n.recorded_at > e.recorded_at)::timestamptz(3), e.id, NULL
    FROM policy_editions e WHERE e.replaces IS NOT NULL
  UNION ALL SELECT tenant_id, id, 'SELF_ATTESTED', number, system_id, signed_at, ends_at, id, ends_at FROM self_attestations
  UNION ALL SELECT tenant_id, id, 'LAPSED_BUT_RUNNING', id::text, system_id, decided_at, ended_at, id, ended_at FROM lapsed_runs
  UNION ALL SELECT tenant_id, md5('NOT_ENFORCED ' || id)::uuid, 'NOT_ENFORCED', id::text, system_id, decided_at, holds_until, id, holds_until FROM gate_decisions
    WHERE decision ->> 'verdict' = 'ALLOW' AND decision ->> 'enforcedVerdict' <> 'ALLOW'
  UNION ALL SELECT tenant_id, id, 'UNGOVERNED_DEPLOYMENT', number, system_id, found_at, ended_at, id, ended_at FROM ungoverned_spans
  UNION ALL SELECT tenant_id, id, 'LAPSED_BUT_RUNNING', id::text, system_id, decided_at, ended_at, id, ended_at FROM refused_runs
  UNION ALL SELECT tenant_id, id, 'LAPSED_BUT_RUNNING', number, system_id, lapsed_at, ended_at, id, ended_at FROM unasked_runs;
