-- What was done under an Idempotency-Key: a repeat is answered with it instead of being done again. No governed record: it ends by itself.
CREATE TABLE idempotency_keys (
  tenant_id uuid NOT NULL DEFAULT identity.current_tenant() REFERENCES identity.tenants,
  principal_id uuid NOT NULL, key_hash text NOT NULL, part text NOT NULL,
  payload text NOT NULL, result text NOT NULL, ends_at timestamptz(3) NOT NULL,
  PRIMARY KEY (tenant_id, principal_id, key_hash, part)
);
CREATE INDEX idempotency_keys_by_end ON idempotency_keys (tenant_id, ends_at);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON idempotency_keys USING (tenant_id = identity.current_tenant()) WITH CHECK (tenant_id = identity.current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO countersign_app;
