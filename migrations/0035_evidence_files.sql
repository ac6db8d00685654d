-- Files behind evidence, by their digests: the bytes lie in the store. They decide nothing, so none of them raises an epoch.
CREATE TABLE evidence_files (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  id uuid NOT NULL, version int NOT NULL CHECK (version > 0), digest text NOT NULL,
  system_id uuid NOT NULL, content_digest text NOT NULL CHECK (content_digest ~ '^sha256:[0-9a-f]{64}$'), size int NOT NULL CHECK (size > 0), media_type text NOT NULL, name text CHECK (octet_length(name) BETWEEN 1 AND 255),
  stored_by uuid NOT NULL, stored_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, id), FOREIGN KEY (tenant_id, system_id) REFERENCES ai_systems (tenant_id, id)
);
-- The same bytes are recorded once a system, also when two send them at once.
CREATE UNIQUE INDEX evidence_files_one ON evidence_files (tenant_id, content_digest, system_id);

-- Row-level security in force, the right to insert only, and the trigger that demands the entry.
ALTER TABLE evidence_files ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON evidence_files USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT ON evidence_files TO countersign_app;
CREATE CONSTRAINT TRIGGER demand_entry AFTER INSERT OR UPDATE OR DELETE ON evidence_files DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit.demand_entry('id');
ALTER TABLE evidence_files ENABLE ALWAYS TRIGGER demand_entry;
