-- Step 9: documents that must not be seen yet, by the identity that they will have. document: all of it, as JSON.
-- embargo_until NULL: until the source, or an operator, says so.
CREATE TABLE held (
  id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, external_id TEXT NOT NULL, intake TEXT NOT NULL,
  source_revision INTEGER, embargo_until INTEGER, held_at INTEGER NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document)), UNIQUE (source, external_id)
) STRICT;
CREATE INDEX held_due ON held (embargo_until) WHERE embargo_until IS NOT NULL;
