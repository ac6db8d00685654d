-- Rows of other registers: what they call a risk, so that the same row finds the same risk again.
-- A column with a constant default: no trigger fires, and no entry is owed.
ALTER TABLE risks ADD COLUMN external_id text COLLATE "C";

CREATE UNIQUE INDEX risks_by_external_id ON risks (tenant_id, system_id, external_id) WHERE external_id IS NOT NULL;
