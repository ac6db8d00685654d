-- Who has taken the archive of the organization in which hour, and how often: everything leaves at once, so it is counted.
CREATE TABLE archive_readings (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  principal_id uuid NOT NULL, hour timestamptz NOT NULL, taken int NOT NULL,
  PRIMARY KEY (tenant_id, principal_id, hour)
);
ALTER TABLE archive_readings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON archive_readings USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE ON archive_readings TO countersign_app;
