-- Answers to the questionnaire by which systems are tiered, and when what a tier is judged by last changed. Earlier systems have neither.
ALTER TABLE ai_systems
  ADD COLUMN tiering_answers jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(tiering_answers) = 'array'),
  ADD COLUMN profile_changed_at timestamptz(3);
