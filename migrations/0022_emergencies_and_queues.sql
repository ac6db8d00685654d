-- What is kept with a break-glass: the team when it was invoked, who used it, and when its review is due. Where that is not kept, the policy gave 72 hours.
ALTER TABLE break_glasses
  ADD COLUMN team jsonb CHECK (NOT team ? (review ->> 'by')),
  ADD COLUMN used_by uuid CHECK (used_by IS NULL OR used_at IS NOT NULL) CHECK (review ->> 'by' <> used_by::text),
  ADD COLUMN review_due timestamptz(3) CHECK (review_due > used_at);

CREATE OR REPLACE VIEW lapses WITH (security_invoker = true) AS
  SELECT tenant_id, id, 'SIGN_OFF' AS kind, number, system_id, valid_until AS ends_at FROM sign_offs WHERE withdrawn IS NULL AND choice LIKE 'APPROVE%'
  UNION ALL SELECT tenant_id, id, 'RISK_ACCEPTANCE', number, system_id, valid_until FROM risk_acceptances WHERE state = 'REQUESTED'
  UNION ALL SELECT tenant_id, id, 'WAIVER', number, system_id, valid_until FROM waivers WHERE state = 'REQUESTED'
  UNION ALL SELECT tenant_id, id, 'EVIDENCE', number, system_id, valid_until FROM evidence e WHERE state = 'VERIFIED'
    AND NOT EXISTS (SELECT FROM evidence later WHERE later.tenant_id = e.tenant_id AND later.supersedes_id = e.id AND later.state IN ('VERIFIED', 'REVOKED'))
  UNION ALL SELECT tenant_id, id, 'IMPACT_ASSESSMENT', number, system_id, valid_until FROM impact_assessments WHERE valid_until IS NOT NULL
  UNION ALL SELECT tenant_id, id, 'CONDITION', number, system_id, due FROM conditions WHERE state <> 'CONFIRMED'
  UNION ALL SELECT tenant_id, id, 'DELEGATION', number, NULL, valid_until FROM delegations WHERE state = 'ACTIVE'
  UNION ALL SELECT tenant_id, id, 'BASELINE', number, system_id, until FROM baselines WHERE state = 'CONFIRMED'
  UNION ALL SELECT tenant_id, id, 'BREAK_GLASS_REVIEW', number, system_id, coalesce(review_due, used_at + interval '72 hours') FROM break_glasses WHERE state = 'USED';
GRANT SELECT ON lapses TO countersign_app;

-- What waits for somebody's decision is found by its state.
CREATE INDEX break_glasses_to_open ON break_glasses (tenant_id, valid_until, id) WHERE state = 'INVOKED';
CREATE INDEX break_glasses_to_review ON break_glasses (tenant_id, used_at, id) WHERE state = 'USED';
CREATE INDEX baselines_to_confirm ON baselines (tenant_id, until, id) WHERE state = 'PROPOSED';
CREATE INDEX releases_to_judge ON releases (tenant_id, id) WHERE state = 'ACTIVE' AND change_claim IS NOT NULL AND change_claim ->> 'confirmed' IS NULL;
CREATE INDEX conditions_to_confirm ON conditions (tenant_id, due, id) WHERE state = 'FULFILLED';
