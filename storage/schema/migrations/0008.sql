-- Step 8: documents that their sources take back. A removal is a row of the sequence. source_revision: revisions up to
-- it stay away, NULL: all of them until the source inserts the document again. document: NULL where none was stored.
-- counted: its raw row had been deleted by retention, its roll-ups still hold it. at: the document's, else event time.
CREATE TABLE removal (
  seq INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source (key), external_id TEXT NOT NULL,
  source_revision INTEGER, document INTEGER, counted INTEGER NOT NULL, at INTEGER NOT NULL, removed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX removal_by_identity ON removal (source, external_id, seq);
-- removed: the seq of the removal. The row keeps its times and scores, without text, title and URL; an identity has any
-- number of removed rows beside the present one.
ALTER TABLE document ADD COLUMN removed INTEGER;
DROP INDEX document_identity;
CREATE UNIQUE INDEX document_identity ON document (source, external_id, coalesce(removed, 0));
CREATE INDEX document_removed ON document (removed) WHERE removed IS NOT NULL;
-- The document that an event tells of, so that its text can be erased.
ALTER TABLE event ADD COLUMN document INTEGER;
UPDATE event SET document = CAST(json_extract(json, '$.id') AS INTEGER) WHERE type = 'document';
CREATE INDEX event_by_document ON event (document) WHERE document IS NOT NULL;
DROP VIEW document_view;
DROP VIEW document_entity_view;
CREATE VIEW document_view AS SELECT d.id, s.id AS source, d.external_id, d.title, d.body, d.url, d.language, strftime('%Y-%m-%dT%H:%M:%S', d.published_at / 1000, 'unixepoch') || printf('.%03dZ', d.published_at % 1000) AS published_at, strftime('%Y-%m-%dT%H:%M:%S', d.received_at / 1000, 'unixepoch') || printf('.%03dZ', d.received_at % 1000) AS received_at, strftime('%Y-%m-%dT%H:%M:%S', d.scored_at / 1000, 'unixepoch') || printf('.%03dZ', d.scored_at % 1000) AS scored_at, strftime('%Y-%m-%dT%H:%M:%S', d.stored_at / 1000, 'unixepoch') || printf('.%03dZ', d.stored_at % 1000) AS stored_at, strftime('%Y-%m-%dT%H:%M:%S', d.revised_at / 1000, 'unixepoch') || printf('.%03dZ', d.revised_at % 1000) AS revised_at, d.at AS at_ms, nullif(t.id, '') AS topic, CASE d.label WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' WHEN 3 THEN 'abstained' ELSE 'unscored' END AS label, d.sentiment / 1e6 AS sentiment, d.positive, d.neutral, d.negative, d.story, d.revision, m.id AS model_version, d.unscored_reason, d.truncated, d.late, d.seq FROM document d JOIN source s ON s.key = d.source JOIN topic t ON t.key = d.topic JOIN model m ON m.key = d.model WHERE d.removed IS NULL;
CREATE VIEW document_entity_view AS SELECT d.document, e.id AS entity, e.name, CASE d.label WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' WHEN 3 THEN 'abstained' ELSE 'unscored' END AS label, d.sentiment / 1e6 AS sentiment, d.method, d.start, d.end FROM document_entity d JOIN entity e ON e.key = d.entity WHERE d.label IS NOT NULL AND NOT EXISTS (SELECT 1 FROM document r WHERE r.id = d.document AND r.removed IS NOT NULL);
