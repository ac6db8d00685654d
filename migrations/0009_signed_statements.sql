-- The statement that was signed stands in its sign-off, in the envelope that anyone can verify. Earlier sign-offs have none.
ALTER TABLE sign_offs ADD COLUMN signed jsonb;
