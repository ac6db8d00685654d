-- Reading: how a transaction begins, and the keys and indexes by which every list is narrowed and sorted.

-- Pins the tenant for this transaction, and tells the time, whether this is a standby, and who the caller is now: one statement.
CREATE FUNCTION identity.enter(p_tenant uuid, p_principal uuid)
RETURNS TABLE (entered_tenant uuid, entered_as uuid, now text, standby boolean, actor jsonb) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_catalog.set_config('app.tenant', p_tenant::text, true);
  RETURN QUERY SELECT p_tenant, p_principal, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), pg_is_in_recovery(),
    (SELECT to_jsonb(p) FROM public.principals p WHERE p.id = p_principal);
END $$;
-- The same for the subject of a verified token; no row = nobody here.
CREATE FUNCTION identity.enter_as(p_issuer text, p_subject text)
RETURNS TABLE (entered_tenant uuid, entered_as uuid, now text, standby boolean, actor jsonb) LANGUAGE plpgsql VOLATILE AS $$
DECLARE v_tenant uuid; v_principal uuid;
BEGIN
  SELECT f.tenant_id, f.principal_id INTO v_tenant, v_principal FROM audit.find_principal(p_issuer, p_subject) f;
  IF v_principal IS NOT NULL THEN RETURN QUERY SELECT * FROM identity.enter(v_tenant, v_principal); END IF;
END $$;
REVOKE ALL ON FUNCTION identity.enter(uuid, uuid), identity.enter_as(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity.enter(uuid, uuid), identity.enter_as(text, text) TO countersign_app;

-- Sort keys and filters that follow from a record alone are stored columns, computed by the database; nothing else writes them.
CREATE FUNCTION worst_consequence(p_rating jsonb) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT max((consequence ->> 'value')::int) FROM jsonb_array_elements(p_rating -> 'consequences') AS consequence;
$$;
ALTER TABLE risks
  -- 1 = VERY_LOW … 5 = VERY_HIGH, 0 = never assessed.
  ADD COLUMN level_rank int NOT NULL GENERATED ALWAYS AS (
    coalesce(array_position(ARRAY['VERY_LOW', 'LOW', 'MODERATE', 'HIGH', 'VERY_HIGH'], assessments -> -1 -> 'current' ->> 'level'), 0)) STORED,
  ADD COLUMN inherent_rank int NOT NULL GENERATED ALWAYS AS (
    coalesce(array_position(ARRAY['VERY_LOW', 'LOW', 'MODERATE', 'HIGH', 'VERY_HIGH'], assessments -> -1 -> 'inherent' ->> 'level'), 0)) STORED,
  ADD COLUMN current_likelihood int GENERATED ALWAYS AS ((assessments -> -1 -> 'current' ->> 'likelihood')::int) STORED,
  ADD COLUMN current_consequence int GENERATED ALWAYS AS (worst_consequence(assessments -> -1 -> 'current')) STORED,
  ADD COLUMN inherent_likelihood int GENERATED ALWAYS AS ((assessments -> -1 -> 'inherent' ->> 'likelihood')::int) STORED,
  ADD COLUMN inherent_consequence int GENERATED ALWAYS AS (worst_consequence(assessments -> -1 -> 'inherent')) STORED,
  -- The last assessment or confirmation; null while no review is due. Instants in UTC with milliseconds sort as text.
  ADD COLUMN reviewed_at text COLLATE "C" GENERATED ALWAYS AS (
    CASE WHEN state IN ('ASSESSED', 'TREATING', 'MONITORED', 'ACCEPTED') THEN greatest(assessments -> -1 ->> 'at', confirmation ->> 'at') END) STORED,
  ADD COLUMN words tsvector NOT NULL GENERATED ALWAYS AS (
    to_tsvector('pg_catalog.simple', (statement ->> 'source') || ' ' || (statement ->> 'event') || ' ' || (statement ->> 'consequence'))) STORED;
CREATE INDEX risks_by_level ON risks (tenant_id, level_rank, id);
CREATE INDEX risks_by_inherent ON risks (tenant_id, inherent_rank, id);
CREATE INDEX risks_by_state ON risks (tenant_id, state, id);
CREATE INDEX risks_by_owner ON risks (tenant_id, owner_id, id);
CREATE INDEX risks_by_review ON risks (tenant_id, level_rank, reviewed_at, id) WHERE reviewed_at IS NOT NULL;
CREATE INDEX risks_without_review ON risks (tenant_id, id) WHERE reviewed_at IS NULL;
CREATE INDEX risks_by_words ON risks USING gin (words);

ALTER TABLE ai_systems
  -- 1 = MINIMAL … 4 = CRITICAL; one that nobody assessed counts as CRITICAL and UNCLASSIFIED.
  ADD COLUMN tier_rank int NOT NULL GENERATED ALWAYS AS (
    array_position(ARRAY['MINIMAL', 'MODERATE', 'HIGH', 'CRITICAL'], coalesce(tier_assessments -> -1 ->> 'tier', 'CRITICAL'))) STORED,
  ADD COLUMN eu_class text COLLATE "C" NOT NULL GENERATED ALWAYS AS (coalesce(tier_assessments -> -1 ->> 'euClass', 'UNCLASSIFIED')) STORED,
  ADD COLUMN words tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('pg_catalog.simple', name)) STORED;
CREATE INDEX ai_systems_by_tier ON ai_systems (tenant_id, tier_rank, id);
CREATE INDEX ai_systems_by_class ON ai_systems (tenant_id, eu_class, id);
CREATE INDEX ai_systems_by_owner ON ai_systems (tenant_id, owner_id, id);
CREATE INDEX ai_systems_by_state ON ai_systems (tenant_id, state, id);
CREATE INDEX ai_systems_by_words ON ai_systems USING gin (words);

-- The lists of one parent, in the order of their making.
CREATE INDEX releases_by_system ON releases (tenant_id, system_id, id);
CREATE INDEX promotions_by_release ON promotions (tenant_id, release_id, id);
DROP INDEX promotions_by_system, sign_offs_by_system, risk_acceptances_by_risk;
CREATE INDEX promotions_by_system ON promotions (tenant_id, system_id, id);
CREATE INDEX sign_offs_by_system ON sign_offs (tenant_id, system_id, id);
CREATE INDEX risk_acceptances_by_risk ON risk_acceptances (tenant_id, risk_id, id);
CREATE INDEX principals_by_person ON principals (tenant_id, person_id);

-- Many-valued keys: indexes that happen to be tables. Triggers fill them; the application reads them only.
-- What a risk is filed under: each taxonomy reference, its catalogue (what stands before the #), and each kind of harm of its present estimate.
CREATE TABLE risk_terms (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  term text NOT NULL COLLATE "C", risk_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, term, risk_id),
  FOREIGN KEY (tenant_id, risk_id) REFERENCES risks (tenant_id, id)
);
CREATE INDEX risk_terms_by_risk ON risk_terms (tenant_id, risk_id);
CREATE TABLE system_flags (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  flag text NOT NULL COLLATE "C", system_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, flag, system_id),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id)
);
CREATE INDEX system_flags_by_system ON system_flags (tenant_id, system_id);
-- How near to real use each system has come: 0 = never deployed, else the highest rank of an environment that a deployment was reported into.
CREATE TABLE system_phases (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant(),
  system_id uuid NOT NULL, phase_rank int NOT NULL CHECK (phase_rank BETWEEN 0 AND 6),
  PRIMARY KEY (tenant_id, system_id),
  FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id)
);
CREATE INDEX system_phases_by_rank ON system_phases (tenant_id, phase_rank, system_id);
DO $$
DECLARE v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['risk_terms', 'system_flags', 'system_phases'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', v_table);
    EXECUTE format('CREATE POLICY tenant ON %I USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant())', v_table);
    EXECUTE format('GRANT SELECT ON %I TO countersign_app', v_table);
  END LOOP;
END $$;

CREATE FUNCTION terms_of_risk(p_taxonomy jsonb, p_assessments jsonb) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  SELECT reference FROM jsonb_array_elements_text(p_taxonomy) AS reference
  UNION SELECT split_part(reference, '#', 1) FROM jsonb_array_elements_text(p_taxonomy) AS reference
  UNION SELECT consequence ->> 'class' FROM jsonb_array_elements(p_assessments -> -1 -> 'current' -> 'consequences') AS consequence;
$$;
CREATE FUNCTION index_risk() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public.risk_terms WHERE risk_id = NEW.id AND term NOT IN (SELECT public.terms_of_risk(NEW.taxonomy, NEW.assessments));
  INSERT INTO public.risk_terms (term, risk_id) SELECT term, NEW.id FROM public.terms_of_risk(NEW.taxonomy, NEW.assessments) AS term ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER index_logged AFTER INSERT ON risks FOR EACH ROW EXECUTE FUNCTION index_risk();
CREATE TRIGGER index_changed AFTER UPDATE ON risks FOR EACH ROW
  WHEN (OLD.taxonomy IS DISTINCT FROM NEW.taxonomy OR OLD.assessments IS DISTINCT FROM NEW.assessments) EXECUTE FUNCTION index_risk();

CREATE FUNCTION index_system() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public.system_flags WHERE system_id = NEW.id;
  INSERT INTO public.system_flags (flag, system_id) SELECT DISTINCT flag, NEW.id FROM jsonb_array_elements_text(coalesce(NEW.tier_assessments -> -1 -> 'flags', '[]')) AS flag;
  INSERT INTO public.system_phases (system_id, phase_rank) VALUES (NEW.id, 0) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER index_registered AFTER INSERT ON ai_systems FOR EACH ROW EXECUTE FUNCTION index_system();
CREATE TRIGGER index_changed AFTER UPDATE ON ai_systems FOR EACH ROW WHEN (OLD.tier_assessments IS DISTINCT FROM NEW.tier_assessments) EXECUTE FUNCTION index_system();

CREATE FUNCTION kind_rank(p_kind text) RETURNS int LANGUAGE sql IMMUTABLE
  RETURN array_position(ARRAY['SANDBOX', 'DEVELOPMENT', 'PILOT', 'STAGING', 'CANARY', 'PRODUCTION'], p_kind);
CREATE FUNCTION index_deployment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.system_phases p SET phase_rank = public.kind_rank(e.kind) FROM public.environments e
    WHERE p.system_id = NEW.system_id AND e.id = NEW.environment_id AND p.phase_rank < public.kind_rank(e.kind);
  RETURN NULL;
END $$;
CREATE TRIGGER index_deployment AFTER INSERT ON deployments FOR EACH ROW EXECUTE FUNCTION index_deployment();
REVOKE ALL ON FUNCTION index_risk(), index_system(), index_deployment() FROM PUBLIC;

-- What is there already. The owner is bound by row-level security as well: one tenant after the other.
DO $$
DECLARE v_tenant uuid;
BEGIN
  FOR v_tenant IN SELECT tenant_id FROM audit.organizations() LOOP
    PERFORM set_config('app.tenant', v_tenant::text, true);
    INSERT INTO risk_terms (term, risk_id) SELECT term, id FROM risks, terms_of_risk(taxonomy, assessments) AS term;
    INSERT INTO system_flags (flag, system_id) SELECT DISTINCT flag, id FROM ai_systems, jsonb_array_elements_text(coalesce(tier_assessments -> -1 -> 'flags', '[]')) AS flag;
    INSERT INTO system_phases (system_id, phase_rank) SELECT s.id, coalesce(
      (SELECT max(kind_rank(e.kind)) FROM deployments d JOIN environments e ON e.id = d.environment_id WHERE d.system_id = s.id), 0) FROM ai_systems s;
  END LOOP;
  PERFORM set_config('app.tenant', '', true);
END $$;

-- Words are found by one function each, which adds the tenant itself: behind a policy no index of words is used. The newest thousand are enough.
GRANT SELECT (tenant_id, id, words) ON risks, ai_systems TO countersign_audit;
CREATE POLICY search ON risks FOR SELECT TO countersign_audit USING (true);
CREATE POLICY search ON ai_systems FOR SELECT TO countersign_audit USING (true);
SET ROLE countersign_audit;
CREATE FUNCTION audit.search_risks(p_words text) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT id FROM public.risks WHERE tenant_id = identity.current_tenant() AND words @@ websearch_to_tsquery('simple', p_words) ORDER BY id DESC LIMIT 1000;
$$;
CREATE FUNCTION audit.search_systems(p_words text) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT id FROM public.ai_systems WHERE tenant_id = identity.current_tenant() AND words @@ websearch_to_tsquery('simple', p_words) ORDER BY id DESC LIMIT 1000;
$$;
REVOKE ALL ON FUNCTION audit.search_risks(text), audit.search_systems(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.search_risks(text), audit.search_systems(text) TO countersign_app;
RESET ROLE;

-- How often a risk of each level is looked at again, in days.
ALTER TABLE risk_criteria ADD COLUMN review_days jsonb NOT NULL DEFAULT '{"VERY_LOW": 365, "LOW": 365, "MODERATE": 180, "HIGH": 90, "VERY_HIGH": 30}';
