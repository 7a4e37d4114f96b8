-- Step 14: what a document's source says beside its text, such as the form of a filing or the speaker of a speech.
CREATE TABLE document_metadata (
  document INTEGER NOT NULL REFERENCES document (id), name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (document, name, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_metadata_by_value ON document_metadata (name, value, document);
CREATE VIEW document_metadata_view AS SELECT document, name, value FROM document_metadata;
-- tombstone: the record of a dead letter had no value at all, which is something else than an empty one.
ALTER TABLE dead_letter ADD COLUMN tombstone INTEGER NOT NULL DEFAULT 0;
