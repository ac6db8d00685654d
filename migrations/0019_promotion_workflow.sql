-- Requests that a veto has ended or another one has taken the place of, and what is said about them.
ALTER TABLE promotions DROP CONSTRAINT promotions_state_check, ADD CONSTRAINT promotions_state_check CHECK (state IN ('OPEN', 'CANCELLED', 'REJECTED', 'SUPERSEDED', 'PROMOTED')),
  ADD COLUMN predecessor_id uuid CHECK (predecessor_id <> id), ADD FOREIGN KEY (tenant_id, predecessor_id) REFERENCES promotions (tenant_id, id);
CREATE INDEX promotions_by_predecessor ON promotions (tenant_id, predecessor_id) WHERE predecessor_id IS NOT NULL;

CREATE OR REPLACE FUNCTION reviews_of(p promotions) RETURNS SETOF promotion_reviews LANGUAGE sql STABLE AS $$
  SELECT p.tenant_id, md5(p.id::text || '/' || (asked ->> 'lane'))::uuid, p.id, p.number, asked ->> 'lane', asked ->> 'level', p.system_id, p.release_id,
    CASE WHEN p.state IN ('CANCELLED', 'SUPERSEDED') THEN 'WITHDRAWN' WHEN claim IS NULL THEN 'REQUESTED' ELSE 'CLAIMED' END,
    p.state = 'OPEN', p.opened_at, coalesce(p.due, '9999-12-31T00:00:00Z'), (claim ->> 'personId')::uuid, (claim ->> 'until')::timestamptz
  FROM jsonb_array_elements(p.lanes) AS asked LEFT JOIN jsonb_array_elements(p.claims) AS claim ON claim ->> 'lane' = asked ->> 'lane'
$$;

-- Written once; nothing is decided from it, so it raises no epoch.
CREATE TABLE promotion_comments (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, version int NOT NULL CHECK (version = 1), digest text NOT NULL,
  system_id uuid NOT NULL, promotion_id uuid NOT NULL, lane text, text text NOT NULL, author_id uuid NOT NULL, written_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id),
  FOREIGN KEY (tenant_id, promotion_id) REFERENCES promotions (tenant_id, id)
);
CREATE INDEX promotion_comments_in_order ON promotion_comments (tenant_id, promotion_id, written_at, id);
ALTER TABLE promotion_comments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON promotion_comments USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT ON promotion_comments TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON promotion_comments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id');
ALTER TABLE promotion_comments ENABLE ALWAYS TRIGGER demand_entry;
