-- When the data of a system last differed from one release to the next, and when data of another name came in; of releases that are there it is not known, and nothing follows.
ALTER TABLE releases ADD COLUMN data_changed_at timestamptz, ADD COLUMN source_added_at timestamptz;
