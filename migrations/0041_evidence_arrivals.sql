-- Files on their way into the store, noted before their bytes get there and forgotten once their record is written. They keep a place within the
-- quota, and keep a sweep of what no record names from taking away what one is about to name. Whatever a killed server has left ends by itself.
CREATE TABLE evidence_arrivals (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, content_digest text NOT NULL CHECK (content_digest ~ '^sha256:[0-9a-f]{64}$'), size int NOT NULL CHECK (size > 0), ends_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
ALTER TABLE evidence_arrivals ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON evidence_arrivals USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, DELETE ON evidence_arrivals TO countersign_app;
-- Held while an arrival is noted, and while a file that nobody names is removed: one of both sees what the other has done. It ends with the transaction.
CREATE FUNCTION lock_evidence_bytes() RETURNS void LANGUAGE sql VOLATILE AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('evidence bytes ' || identity.current_tenant()::text, 0));
$$;
REVOKE ALL ON FUNCTION lock_evidence_bytes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lock_evidence_bytes() TO countersign_app;
