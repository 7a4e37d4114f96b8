-- Step 2: what coverage needs beside the spans.
-- Times in which a source was not configured: it is not missed then. An absence that lasts has the latest `until`.
CREATE TABLE source_absence (
  source TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (source, since)
) STRICT, WITHOUT ROWID;
-- Documents may name a source of their own; it is heard when the configured source that brings them is.
CREATE TABLE source_carrier (
  source TEXT NOT NULL, carrier TEXT NOT NULL, PRIMARY KEY (source, carrier)
) STRICT, WITHOUT ROWID;
