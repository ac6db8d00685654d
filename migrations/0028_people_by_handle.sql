-- Who is meant by a handle is asked with most commands: found by an index, however many people there are.
CREATE INDEX profiles_by_handle ON profiles (tenant_id, subject);
