-- Reviews as records of their own, decisions by what they say, and who has read the log.
-- Columns with constant defaults only: no trigger fires, no entry is owed. The indexes beside the governed tables are filled for what is
-- there already; the owner is bound by row-level security like everybody, so it is not forced while that is done.

ALTER TABLE promotions ADD COLUMN claims jsonb NOT NULL DEFAULT '[]', ADD COLUMN due timestamptz(3);

-- One row for each lane of each promotion, kept by a trigger in the statement that writes the promotion: an index that happens to be a
-- table. It decides nothing and is not governed. No due date is written as the end of time, so that a list can be sorted by it.
CREATE TABLE promotion_reviews (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  id uuid NOT NULL, promotion_id uuid NOT NULL, promotion_number text NOT NULL,
  lane text NOT NULL COLLATE "C" CHECK (lane IN ('RISK', 'LEGAL', 'PRIVACY', 'SECURITY', 'DATA', 'FAIRNESS', 'VALIDATION', 'OVERSIGHT', 'FRIA', 'BUSINESS', 'OPS', 'TRANSPARENCY', 'PROVENANCE', 'EXEC')),
  level text NOT NULL CHECK (level IN ('SELF', 'INDEPENDENT', 'FOUR_EYES')),
  system_id uuid NOT NULL, release_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('REQUESTED', 'CLAIMED', 'WITHDRAWN')),
  open boolean NOT NULL, opened_at timestamptz(3) NOT NULL, due timestamptz(3) NOT NULL,
  assignee_id uuid, claimed_until timestamptz(3), CHECK ((assignee_id IS NULL) = (claimed_until IS NULL)),
  PRIMARY KEY (tenant_id, promotion_id, lane), UNIQUE (tenant_id, id),
  FOREIGN KEY (tenant_id, promotion_id) REFERENCES promotions (tenant_id, id)
);
CREATE INDEX promotion_reviews_by_due ON promotion_reviews (tenant_id, open, due, id);
CREATE INDEX promotion_reviews_by_lane ON promotion_reviews (tenant_id, lane, open, due, id);
CREATE INDEX promotion_reviews_by_system ON promotion_reviews (tenant_id, system_id, open, due, id);
CREATE INDEX promotion_reviews_by_assignee ON promotion_reviews (tenant_id, assignee_id, due, id);
CREATE INDEX promotion_reviews_in_due_order ON promotion_reviews (tenant_id, due, id);
CREATE INDEX promotion_reviews_in_order ON promotion_reviews (tenant_id, opened_at, id);

CREATE FUNCTION reviews_of(p promotions) RETURNS SETOF promotion_reviews LANGUAGE sql STABLE AS $$
  SELECT p.tenant_id, md5(p.id::text || '/' || (asked ->> 'lane'))::uuid, p.id, p.number, asked ->> 'lane', asked ->> 'level', p.system_id, p.release_id,
    CASE WHEN p.state = 'CANCELLED' THEN 'WITHDRAWN' WHEN claim IS NULL THEN 'REQUESTED' ELSE 'CLAIMED' END,
    p.state = 'OPEN', p.opened_at, coalesce(p.due, '9999-12-31T00:00:00Z'), (claim ->> 'personId')::uuid, (claim ->> 'until')::timestamptz
  FROM jsonb_array_elements(p.lanes) AS asked LEFT JOIN jsonb_array_elements(p.claims) AS claim ON claim ->> 'lane' = asked ->> 'lane'
$$;
CREATE FUNCTION index_reviews() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO promotion_reviews AS r SELECT * FROM reviews_of(NEW)
    ON CONFLICT (tenant_id, promotion_id, lane) DO UPDATE SET state = excluded.state, open = excluded.open, due = excluded.due, assignee_id = excluded.assignee_id, claimed_until = excluded.claimed_until;
  RETURN NULL;
END $$;
CREATE TRIGGER index_reviews AFTER INSERT OR UPDATE ON promotions FOR EACH ROW EXECUTE FUNCTION index_reviews();

ALTER TABLE promotions NO FORCE ROW LEVEL SECURITY;
INSERT INTO promotion_reviews SELECT r.* FROM promotions p, reviews_of(p) r;
ALTER TABLE promotions FORCE ROW LEVEL SECURITY;

-- Decisions by verdict, and by the codes of their reasons.
ALTER TABLE gate_decisions ADD COLUMN verdict text NOT NULL COLLATE "C" GENERATED ALWAYS AS (decision ->> 'verdict') STORED;
CREATE INDEX gate_decisions_in_order ON gate_decisions (tenant_id, decided_at, id);
CREATE INDEX gate_decisions_by_verdict ON gate_decisions (tenant_id, verdict, decided_at, id);
CREATE INDEX gate_decisions_by_system ON gate_decisions (tenant_id, system_id, decided_at, id);
CREATE INDEX gate_decisions_by_release ON gate_decisions (tenant_id, release_id, decided_at, id);
CREATE INDEX gate_decisions_by_environment ON gate_decisions (tenant_id, environment_id, decided_at, id);
CREATE INDEX gate_decisions_by_caller ON gate_decisions (tenant_id, caller_id, decided_at, id);

CREATE TABLE gate_decision_reasons (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  code text NOT NULL COLLATE "C", decision_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, code, decision_id),
  FOREIGN KEY (tenant_id, decision_id) REFERENCES gate_decisions (tenant_id, id)
);
CREATE FUNCTION index_reasons() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO gate_decision_reasons (tenant_id, code, decision_id) SELECT DISTINCT NEW.tenant_id, reason ->> 'code', NEW.id FROM jsonb_array_elements(NEW.decision -> 'reasons') AS reason;
  RETURN NULL;
END $$;
CREATE TRIGGER index_reasons AFTER INSERT ON gate_decisions FOR EACH ROW EXECUTE FUNCTION index_reasons();

ALTER TABLE gate_decisions NO FORCE ROW LEVEL SECURITY;
INSERT INTO gate_decision_reasons (tenant_id, code, decision_id)
  SELECT DISTINCT d.tenant_id, reason ->> 'code', d.id FROM gate_decisions d, jsonb_array_elements(d.decision -> 'reasons') AS reason;
ALTER TABLE gate_decisions FORCE ROW LEVEL SECURITY;

-- What ends soon, and what stands open.
CREATE INDEX sign_offs_by_end ON sign_offs (tenant_id, valid_until, id);
CREATE INDEX sign_offs_by_system_and_end ON sign_offs (tenant_id, system_id, valid_until, id);
CREATE INDEX sign_offs_by_person ON sign_offs (tenant_id, person_id, valid_until, id);
CREATE INDEX risk_acceptances_by_end ON risk_acceptances (tenant_id, valid_until, id);
CREATE INDEX risk_acceptances_by_system_and_end ON risk_acceptances (tenant_id, system_id, valid_until, id);
CREATE INDEX promotions_by_state ON promotions (tenant_id, state, id);
CREATE INDEX promotions_by_environment ON promotions (tenant_id, environment_id, id);

-- Who has read the log in which hour: the first reading of an hour is an entry of its own.
CREATE TABLE log_readings (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  principal_id uuid NOT NULL, hour timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, principal_id, hour)
);

DO $$
DECLARE v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['promotion_reviews', 'gate_decision_reasons', 'log_readings'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_table);
    EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant())', v_table);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO countersign_app', v_table);
  END LOOP;
END $$;
GRANT UPDATE ON promotion_reviews TO countersign_app;
