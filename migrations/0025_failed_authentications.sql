-- Failed authentications, minute by minute and for all servers together. Whose they are is not known, so they belong to no tenant; what they
-- are counted by are digests. After a crash counting begins again.
SET ROLE countersign_audit;
CREATE UNLOGGED TABLE audit.failed_authentications (
  minute timestamptz NOT NULL, bucket text NOT NULL, failures int NOT NULL,
  PRIMARY KEY (minute, bucket)
);
-- Counts one more for each bucket, and tells how many there are this minute, in the order given, and in how many seconds it is over.
CREATE FUNCTION audit.count_failures(p_buckets text[]) RETURNS TABLE (failures int[], seconds int)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE v_now timestamptz := clock_timestamp(); v_minute timestamptz := date_trunc('minute', v_now); v_bucket text; v_count int;
BEGIN
  failures := '{}';
  FOREACH v_bucket IN ARRAY p_buckets LOOP
    INSERT INTO audit.failed_authentications AS f (minute, bucket, failures) VALUES (v_minute, v_bucket, 1)
      ON CONFLICT (minute, bucket) DO UPDATE SET failures = f.failures + 1 RETURNING f.failures INTO v_count;
    failures := failures || v_count;
  END LOOP;
  IF 1 = ANY (failures) THEN DELETE FROM audit.failed_authentications f WHERE f.minute < v_minute - interval '5 minutes'; END IF;
  seconds := ceil(extract(epoch FROM v_minute + interval '1 minute' - v_now));
  RETURN NEXT;
END $$;
REVOKE ALL ON FUNCTION audit.count_failures(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.count_failures(text[]) TO countersign_app;
RESET ROLE;
