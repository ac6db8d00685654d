-- That the step from one release to another is milder than its parts say, with the confirmation. Earlier releases have no claim.
ALTER TABLE releases ADD COLUMN change_claim jsonb;
