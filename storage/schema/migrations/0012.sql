-- Step 12: what operators do. A silence is never deleted: it ends (ended_at). configured: it stands in the configuration.
-- token: the name of the access token that made it, '' without one.
CREATE TABLE silence (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, configured INTEGER NOT NULL, matches TEXT NOT NULL,
  begins INTEGER NOT NULL, ends INTEGER NOT NULL, author TEXT NOT NULL, comment TEXT NOT NULL, token TEXT NOT NULL,
  created_at INTEGER NOT NULL, ended_at INTEGER, ended_by TEXT
) STRICT;
CREATE INDEX silence_open ON silence (ends) WHERE ended_at IS NULL;
-- The last row of an alert counts; the last verdict (useful, noise, duplicate; NULL: none yet) too.
CREATE TABLE acknowledgement (
  number INTEGER PRIMARY KEY AUTOINCREMENT, alert INTEGER NOT NULL REFERENCES alert (number), at INTEGER NOT NULL,
  author TEXT NOT NULL, comment TEXT NOT NULL, verdict TEXT, token TEXT NOT NULL
) STRICT;
CREATE INDEX acknowledgement_alert ON acknowledgement (alert, number);
-- who: the token's name, '' without tokens. detail: a JSON object, never a secret.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL,
  action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_target ON audit (target, seq);
