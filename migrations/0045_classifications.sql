-- What reviewers of LEGAL have signed about the class of a system under the EU AI Act. Earlier systems have nothing of it.
ALTER TABLE ai_systems
  ADD COLUMN classifications jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(classifications) = 'array'),
  DROP COLUMN tier_rank, DROP COLUMN eu_class;

-- What holds of assessment and record together, as the rules merge them: the stricter class, the higher tier, every flag that one of them states.
CREATE FUNCTION strictness_of_class(p_class text) RETURNS int LANGUAGE sql IMMUTABLE
  RETURN array_position(ARRAY['PROHIBITED', 'UNCLASSIFIED', 'HIGH_RISK_ANNEX_I', 'HIGH_RISK_ANNEX_III', 'GPAI_SYSTEMIC_PROVIDER', 'ANNEX_III_EXEMPT', 'GPAI_PROVIDER', 'LIMITED', 'MINIMAL'], p_class);
CREATE FUNCTION rank_of_tier(p_tier text) RETURNS int LANGUAGE sql IMMUTABLE
  RETURN array_position(ARRAY['MINIMAL', 'MODERATE', 'HIGH', 'CRITICAL'], p_tier);
ALTER TABLE ai_systems
  -- 1 = MINIMAL … 4 = CRITICAL; one that nobody assessed counts as CRITICAL and UNCLASSIFIED.
  ADD COLUMN tier_rank int NOT NULL GENERATED ALWAYS AS (
    greatest(rank_of_tier(coalesce(tier_assessments -> -1 ->> 'tier', 'CRITICAL')), rank_of_tier(classifications -> -1 ->> 'tierFloor'))) STORED,
  ADD COLUMN eu_class text COLLATE "C" NOT NULL GENERATED ALWAYS AS (
    CASE WHEN strictness_of_class(classifications -> -1 ->> 'euClass') < strictness_of_class(coalesce(tier_assessments -> -1 ->> 'euClass', 'UNCLASSIFIED'))
      THEN classifications -> -1 ->> 'euClass' ELSE coalesce(tier_assessments -> -1 ->> 'euClass', 'UNCLASSIFIED') END) STORED;
CREATE INDEX ai_systems_by_tier ON ai_systems (tenant_id, tier_rank, id);
CREATE INDEX ai_systems_by_class ON ai_systems (tenant_id, eu_class, id);

-- A flag that a record leaves open (null) is as the assessment says; where there is none, it applies.
CREATE FUNCTION flags_of_system(p_assessments jsonb, p_classifications jsonb) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  SELECT flag FROM jsonb_array_elements_text(coalesce(p_assessments -> -1 -> 'flags', '[]')) AS flag
  UNION SELECT key FROM jsonb_each(coalesce(p_classifications -> -1 -> 'flags', '{}')) WHERE value = 'true' OR (value = 'null' AND p_assessments = '[]');
$$;
CREATE OR REPLACE FUNCTION index_system() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public.system_flags WHERE system_id = NEW.id;
  INSERT INTO public.system_flags (flag, system_id) SELECT flag, NEW.id FROM public.flags_of_system(NEW.tier_assessments, NEW.classifications) AS flag;
  INSERT INTO public.system_phases (system_id, phase_rank) VALUES (NEW.id, 0) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
DROP TRIGGER index_changed ON ai_systems;
CREATE TRIGGER index_changed AFTER UPDATE ON ai_systems FOR EACH ROW
  WHEN (OLD.tier_assessments IS DISTINCT FROM NEW.tier_assessments OR OLD.classifications IS DISTINCT FROM NEW.classifications) EXECUTE FUNCTION index_system();
