-- Step 10: dead letters keep the key, the headers and the time of their record. refused: why the dead-letter topic will
-- never take the letter; forwarded_at is set only for those that it took.
ALTER TABLE dead_letter ADD COLUMN key BLOB;
ALTER TABLE dead_letter ADD COLUMN record_at INTEGER;
ALTER TABLE dead_letter ADD COLUMN refused TEXT;
DROP INDEX dead_letter_pending;
CREATE INDEX dead_letter_pending ON dead_letter (source, id) WHERE forwarded_at IS NULL AND refused IS NULL;
CREATE TABLE dead_letter_header (
  letter INTEGER NOT NULL REFERENCES dead_letter (id), place INTEGER NOT NULL, name BLOB NOT NULL, value BLOB,
  PRIMARY KEY (letter, place)
) STRICT, WITHOUT ROWID;
