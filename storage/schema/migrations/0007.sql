-- Step 7: event time that a wrong clock moved is put right. A row of the sequence with which event time was anchored
-- anew; since: the rows after it were gone through again.
CREATE TABLE reanchoring (
  seq INTEGER PRIMARY KEY, from_time INTEGER NOT NULL, to_time INTEGER NOT NULL, since INTEGER NOT NULL
) STRICT;
-- held: the seq of the re-anchoring that took the row from the detector, whose event time lies before the row's.
ALTER TABLE tick ADD COLUMN held INTEGER;
ALTER TABLE document ADD COLUMN held INTEGER;
CREATE INDEX document_held ON document (at) WHERE held IS NOT NULL;
-- The times of a document as it arrived, where a re-anchoring (seq) has corrected them.
CREATE TABLE restamped (
  document INTEGER PRIMARY KEY REFERENCES document (id), seq INTEGER NOT NULL, at INTEGER NOT NULL,
  published_at INTEGER NOT NULL, received_at INTEGER NOT NULL
) STRICT;
-- Where event time leapt, and the detector's state before the leap: of the parts that have changed since then what they
-- were, NULL where they did not exist. event_time: before it, NULL at the first row.
CREATE TABLE detector_mark (
  seq INTEGER PRIMARY KEY, event_time INTEGER, leapt_to INTEGER NOT NULL, definition TEXT NOT NULL
) STRICT;
CREATE TABLE detector_before (
  mark INTEGER NOT NULL REFERENCES detector_mark (seq), rule TEXT NOT NULL, key TEXT NOT NULL, blob BLOB,
  PRIMARY KEY (mark, rule, key)
) STRICT, WITHOUT ROWID;
