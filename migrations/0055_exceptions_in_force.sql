-- Exceptions from the moment at which they count, until they end, however they do.

-- Of a waiver: how many had to grant it as it was counted last, the grant that was enough, and when it was taken back. Of a vote: the lanes that the team approved by itself.
ALTER TABLE waivers ADD COLUMN grants_needed int CHECK (grants_needed > 1), ADD COLUMN in_force_since timestamptz(3) CHECK (in_force_since IS NULL OR grants_needed IS NOT NULL),
  ADD COLUMN ended_at timestamptz(3) CHECK (ended_at IS NULL OR state IN ('WITHDRAWN', 'REVOKED'));
ALTER TABLE sign_offs ADD COLUMN self_attested jsonb;
CREATE INDEX sign_offs_self_attested ON sign_offs (tenant_id, signed_at) WHERE self_attested IS NULL OR self_attested <> '[]';

-- Each waiver that enough people granted, from the grant that was enough. Of those of before, by what is kept of them: the package that was shown says how many it took
-- (who spoke for the lane is not known any more), and the log when it was taken back.
CREATE VIEW waivers_in_force WITH (security_invoker = true) AS
  SELECT w.tenant_id, w.id, w.number, w.system_id, granted.since, LEAST(w.valid_until, w.ended_at, CASE WHEN w.ended_at IS NULL AND w.state IN ('WITHDRAWN', 'REVOKED') THEN (
    SELECT max(e.at) FROM audit.entries e WHERE e.object_id = w.id
      AND (convert_from(e.entry, 'UTF8')::json ->> 'action') IN ('waiver.withdrawn', 'waiver.revoked') AND convert_from(e.entry, 'UTF8')::json ->> 'outcome' = 'DONE'
  ) END)::timestamptz(3) AS ends_at
  FROM waivers w CROSS JOIN LATERAL (
    SELECT (CASE WHEN w.grants_needed IS NULL THEN (
      SELECT GREATEST((array_agg(g.at ORDER BY g.at))[needed.persons], min(g.at) FILTER (WHERE g.role = 'HEAD_OF_RISK'))
      FROM jsonb_to_recordset(w.grants) AS g (role text, at timestamptz(3)), LATERAL (
        SELECT CASE WHEN EXISTS (
          SELECT FROM audit.content c, json_array_elements(convert_from(c.bytes, 'UTF8')::json -> 'lanes') AS asked
          WHERE c.tenant_id = w.tenant_id AND c.digest = w.package_digest AND w.requirement = 'R5/' || (asked ->> 'lane') AND asked ->> 'level' = 'FOUR_EYES'
        ) THEN 3 ELSE 2 END AS persons
      ) AS needed
      GROUP BY needed.persons HAVING count(*) >= needed.persons AND bool_or(g.role = 'HEAD_OF_RISK')
    ) ELSE w.in_force_since END)::timestamptz(3) AS since OFFSET 0
  ) AS granted
  WHERE granted.since IS NOT NULL;
GRANT SELECT ON waivers_in_force TO countersign_app;

-- Each vote by which the team approved a lane by itself. Of those of before, by the package that was signed: its level of the lane, and who made the system.
CREATE VIEW self_attestations WITH (security_invoker = true) AS
  SELECT s.tenant_id, s.id, s.number, s.system_id, s.signed_at, LEAST(s.valid_until, (s.withdrawn ->> 'at')::timestamptz(3))::timestamptz(3) AS ends_at
  FROM sign_offs s
  WHERE s.choice LIKE 'APPROVE%' AND (s.self_attested IS NULL OR s.self_attested <> '[]') AND (s.self_attested IS NOT NULL OR EXISTS (
    SELECT FROM jsonb_array_elements(s.subjects) AS subject
      JOIN audit.content c ON c.tenant_id = s.tenant_id AND c.digest = subject ->> 'packageDigest'
      CROSS JOIN LATERAL (SELECT convert_from(c.bytes, 'UTF8')::json AS pkg OFFSET 0) AS shown
      CROSS JOIN json_array_elements(shown.pkg -> 'lanes') AS asked
    WHERE asked ->> 'level' = 'SELF' AND subject -> 'lanes' ? (asked ->> 'lane')
      AND (shown.pkg -> 'system' ->> 'ownerId' = s.person_id::text OR (shown.pkg -> 'system' -> 'developerIds')::jsonb ? s.person_id::text)
  ));
GRANT SELECT ON self_attestations TO countersign_app;

-- As before, but since when it is there and when it ended are found once for each refusal, the end only of the first ones: what began before a span is asked for its end, too.
CREATE OR REPLACE VIEW refused_runs WITH (security_invoker = true) AS
  SELECT r.tenant_id, r.id, r.system_id, r.decided_at, ended.ended_at
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
    )) AS since OFFSET 0
  ) AS here CROSS JOIN LATERAL (
    -- Asked of the first refusals alone.
    SELECT LEAST(
      (SELECT min(d.started_at) FROM deployments d WHERE d.tenant_id = r.tenant_id AND d.environment_id = r.environment_id AND d.system_id = r.system_id AND d.started_at > r.decided_at),
      (SELECT min(b.confirmed_at) FROM baselines b WHERE b.tenant_id = r.tenant_id AND b.release_id = r.release_id AND b.environment_id = r.environment_id AND b.state IN ('CONFIRMED', 'ENDED') AND b.confirmed_at > r.decided_at),
      (SELECT min(later.decided_at) FROM gate_decisions later
        WHERE later.tenant_id = r.tenant_id AND later.release_id = r.release_id AND later.environment_id = r.environment_id AND later.question ->> 'action' = 'run' AND later.verdict = 'ALLOW' AND later.decided_at > r.decided_at)
    )::timestamptz(3) AS ended_at OFFSET 0
  ) AS ended
  WHERE r.question ->> 'action' = 'run' AND r.verdict <> 'ALLOW' AND jsonb_path_exists(r.decision, '$.reasons[*] ? (@.severity == "BLOCK" && @.rule != "CALLER")')
    AND (COALESCE(before.verdict, 'ALLOW') = 'ALLOW' OR before.decided_at < here.since)
    AND here.since IS NOT NULL;

-- What went another way than the rules say, each with its end: an emergency ends when it was judged, and is due to be until then.
CREATE OR REPLACE VIEW exceptions WITH (security_invoker = true) AS
  SELECT tenant_id, id, 'WAIVER' AS kind, number AS reference, system_id, since AS happened_at, ends_at FROM waivers_in_force
  UNION ALL SELECT tenant_id, id, 'BREAK_GLASS', number, system_id, used_at, COALESCE((review ->> 'at')::timestamptz(3), review_due, used_at + interval '72 hours')::timestamptz(3) FROM break_glasses WHERE used_at IS NOT NULL
  UNION ALL SELECT tenant_id, id, 'BASELINE', number, system_id, confirmed_at, LEAST(until, ended_at)::timestamptz(3) FROM baselines WHERE confirmed_at IS NOT NULL
  UNION ALL SELECT tenant_id, id, 'POLICY_CHANGE', number, NULL, activated_at, superseded_at FROM policies WHERE activated_at IS NOT NULL
  UNION ALL SELECT e.tenant_id, e.id, 'POLICY_CHANGE', e.number, NULL, e.recorded_at, (SELECT min(n.recorded_at) FROM policy_editions n WHERE n.tenant_id = e.tenant_id AND n.recorded_at > e.recorded_at)::timestamptz(3)
    FROM policy_editions e WHERE e.replaces IS NOT NULL
  UNION ALL SELECT tenant_id, id, 'SELF_ATTESTED', number, system_id, signed_at, ends_at FROM self_attestations
  UNION ALL SELECT tenant_id, id, 'LAPSED_BUT_RUNNING', id::text, system_id, decided_at, holds_until FROM gate_decisions
    WHERE question ->> 'action' = 'run' AND decision ->> 'verdict' = 'ALLOW' AND jsonb_path_exists(decision, '$.reasons[*].params.dueBy')
  UNION ALL SELECT tenant_id, id, 'NOT_ENFORCED', id::text, system_id, decided_at, holds_until FROM gate_decisions WHERE decision ->> 'verdict' = 'ALLOW' AND decision ->> 'enforcedVerdict' <> 'ALLOW'
  UNION ALL SELECT tenant_id, id, 'UNGOVERNED_DEPLOYMENT', number, system_id, found_at, ended_at FROM ungoverned_spans
  UNION ALL SELECT tenant_id, id, 'LAPSED_BUT_RUNNING', id::text, system_id, decided_at, ended_at FROM refused_runs
  UNION ALL SELECT tenant_id, id, 'LAPSED_BUT_RUNNING', number, system_id, lapsed_at, ended_at FROM unasked_runs;
