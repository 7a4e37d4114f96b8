-- Step 24: what was known when. mentions: how many companies the revision named, which document_entity_revision then
-- holds; NULL: it was replaced before this step, and only what its document's companies voted on arrival is known.
ALTER TABLE document_revision ADD COLUMN mentions INTEGER;
CREATE INDEX document_revision_by_seq ON document_revision (seq);
CREATE TABLE document_entity_revision (
  document INTEGER NOT NULL REFERENCES document (id), revision INTEGER NOT NULL,
  entity INTEGER NOT NULL REFERENCES entity (key), label INTEGER NOT NULL, sentiment INTEGER,
  PRIMARY KEY (document, revision, entity)
) STRICT, WITHOUT ROWID;
-- revised_seq: of a removed document, the seq of the revision that was removed.
ALTER TABLE document ADD COLUMN revised_seq INTEGER;
CREATE INDEX document_revised_seq ON document (revised_seq) WHERE revised_seq IS NOT NULL;
CREATE INDEX document_by_received ON document (received_at);
