-- Step 29: outputs, which publish the table event. event: the last one that is surely published, or that was before an output
-- began. Of the events behind it as many as max_backlog are kept, whatever the bound of the table is.
CREATE TABLE output (name TEXT PRIMARY KEY, event INTEGER NOT NULL, max_backlog INTEGER NOT NULL) STRICT, WITHOUT ROWID;
