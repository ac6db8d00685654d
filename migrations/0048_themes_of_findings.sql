-- Under which heading of the way to production a finding belongs, such as scaling; those that are there belong under none.
ALTER TABLE findings ADD COLUMN theme text;
