-- The keys of an issuer, written down where they cannot be fetched: one way or the other, never both.
ALTER TABLE trusted_issuers
  ALTER COLUMN jwks_url DROP NOT NULL,
  ADD COLUMN jwks text CHECK (octet_length(jwks) <= 16384),
  ADD CONSTRAINT trusted_issuers_keys CHECK ((jwks_url IS NULL) <> (jwks IS NULL));

-- How surely the caller of a decision was known: unknown for those of before.
ALTER TABLE gate_decisions ADD COLUMN identity_freshness text CHECK (identity_freshness IN ('FRESH', 'STALE'));
