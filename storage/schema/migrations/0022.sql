-- Step 22: what an operator has asked to be scored by the present model, until it is: one row or none. Half open, by the
-- time that documents count at; nothing: without that bound. mentions: the companies that documents name, too.
CREATE TABLE rescoring (
  id INTEGER PRIMARY KEY CHECK (id = 1), from_time INTEGER, to_time INTEGER, mentions INTEGER NOT NULL
) STRICT;
