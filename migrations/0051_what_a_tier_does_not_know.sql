-- When the data of a system last differed from one release to the next, and which of a release's data came in under another name, and when; of releases that are there it is not known, and nothing follows.
ALTER TABLE releases ADD COLUMN data_changed_at timestamptz, ADD COLUMN sources_added jsonb NOT NULL DEFAULT '[]';

-- What holds of assessment, record and newer answers together, as the rules merge them: beside the flags of the first two, those of answers that no assessment rests on.
CREATE FUNCTION flags_of_system(p_assessments jsonb, p_classifications jsonb, p_answers jsonb) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  SELECT flag FROM public.flags_of_system(p_assessments, p_classifications) AS flag
  UNION SELECT flag FROM jsonb_array_elements(p_answers) WITH ORDINALITY AS given (answer, revision), jsonb_array_elements_text(coalesce(given.answer -> 'flags', '[]')) AS flag
    WHERE given.revision > coalesce((p_assessments -> -1 -> 'restsOn' ->> 'revision')::int, 0);
$$;
CREATE OR REPLACE FUNCTION index_system() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public.system_flags WHERE system_id = NEW.id;
  INSERT INTO public.system_flags (flag, system_id) SELECT flag, NEW.id FROM public.flags_of_system(NEW.tier_assessments, NEW.classifications, NEW.tiering_answers) AS flag;
  INSERT INTO public.system_phases (system_id, phase_rank) VALUES (NEW.id, 0) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
DROP TRIGGER index_changed ON ai_systems;
CREATE TRIGGER index_changed AFTER UPDATE ON ai_systems FOR EACH ROW
  WHEN (OLD.tier_assessments IS DISTINCT FROM NEW.tier_assessments OR OLD.classifications IS DISTINCT FROM NEW.classifications OR OLD.tiering_answers IS DISTINCT FROM NEW.tiering_answers) EXECUTE FUNCTION index_system();
