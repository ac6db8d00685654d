-- What ends soon, and what waits for somebody.

-- Everything that permits risk and ends by itself, in one list: each part is an index by its end.
CREATE VIEW lapses WITH (security_invoker = true) AS
  SELECT tenant_id, id, 'SIGN_OFF' AS kind, number, system_id, valid_until AS ends_at FROM sign_offs WHERE withdrawn IS NULL AND choice LIKE 'APPROVE%'
  UNION ALL SELECT tenant_id, id, 'RISK_ACCEPTANCE', number, system_id, valid_until FROM risk_acceptances WHERE state = 'REQUESTED'
  UNION ALL SELECT tenant_id, id, 'WAIVER', number, system_id, valid_until FROM waivers WHERE state = 'REQUESTED'
  UNION ALL SELECT tenant_id, id, 'EVIDENCE', number, system_id, valid_until FROM evidence e WHERE state = 'VERIFIED'
    AND NOT EXISTS (SELECT FROM evidence later WHERE later.tenant_id = e.tenant_id AND later.supersedes_id = e.id AND later.state IN ('VERIFIED', 'REVOKED'))
  UNION ALL SELECT tenant_id, id, 'IMPACT_ASSESSMENT', number, system_id, valid_until FROM impact_assessments WHERE valid_until IS NOT NULL
  UNION ALL SELECT tenant_id, id, 'CONDITION', number, system_id, due FROM conditions WHERE state <> 'CONFIRMED'
  UNION ALL SELECT tenant_id, id, 'DELEGATION', number, NULL, valid_until FROM delegations WHERE state = 'ACTIVE'
  UNION ALL SELECT tenant_id, id, 'BASELINE', number, system_id, until FROM baselines WHERE state = 'CONFIRMED'
  UNION ALL SELECT tenant_id, id, 'BREAK_GLASS_REVIEW', number, system_id, used_at + interval '72 hours' FROM break_glasses WHERE state = 'USED';
GRANT SELECT ON lapses TO countersign_app;

-- What waits for somebody's decision is found by its state.
CREATE INDEX evidence_by_predecessor ON evidence (tenant_id, supersedes_id) WHERE supersedes_id IS NOT NULL;
CREATE INDEX evidence_to_verify ON evidence (tenant_id, valid_until, id) WHERE state = 'SUBMITTED';
CREATE INDEX mitigations_to_verify ON mitigations (tenant_id, due, id) WHERE state = 'IMPLEMENTED';
CREATE INDEX findings_to_close ON findings (tenant_id, due, id) WHERE state = 'DONE';
CREATE INDEX risks_to_confirm ON risks (tenant_id, id) WHERE state IN ('ASSESSED', 'TREATING');
