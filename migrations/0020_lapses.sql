-- Everything that permits risk and ends by itself, in one list: each part is an index by its end.
CREATE VIEW lapses WITH (security_invoker = true) AS
  SELECT tenant_id, id, 'SIGN_OFF' AS kind, number, system_id, valid_until AS ends_at FROM sign_offs WHERE withdrawn IS NULL AND choice LIKE 'APPROVE%'
  UNION ALL SELECT tenant_id, id, 'RISK_ACCEPTANCE', number, system_id, valid_until FROM risk_acceptances WHERE state = 'REQUESTED'
  UNION ALL SELECT tenant_id, id, 'WAIVER', number, system_id, valid_until FROM waivers WHERE state = 'REQUESTED'
  UNION ALL SELECT tenant_id, id, 'EVIDENCE', number, system_id, valid_until FROM evidence WHERE state = 'VERIFIED'
  UNION ALL SELECT tenant_id, id, 'IMPACT_ASSESSMENT', number, system_id, valid_until FROM impact_assessments WHERE valid_until IS NOT NULL;
GRANT SELECT ON lapses TO countersign_app;
