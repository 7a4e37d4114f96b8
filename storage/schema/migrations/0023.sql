-- Step 23: risk events. event, gravity: which one the present text tells, and how grave it is: 1 minor, 2 serious, 3
-- grave. Both NULL: it tells none, or the model that scored it does not read them. vote_…: what the document told when it
-- arrived, or the revision that brought the company in; revisions never change it.
CREATE TABLE risk_event (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
ALTER TABLE document ADD COLUMN event INTEGER REFERENCES risk_event (key);
ALTER TABLE document ADD COLUMN gravity INTEGER;
ALTER TABLE document ADD COLUMN vote_event INTEGER REFERENCES risk_event (key);
ALTER TABLE document ADD COLUMN vote_gravity INTEGER;
ALTER TABLE document_entity ADD COLUMN event INTEGER REFERENCES risk_event (key);
ALTER TABLE document_entity ADD COLUMN gravity INTEGER;
ALTER TABLE document_entity ADD COLUMN vote_event INTEGER REFERENCES risk_event (key);
ALTER TABLE document_entity ADD COLUMN vote_gravity INTEGER;
ALTER TABLE rescored ADD COLUMN event INTEGER REFERENCES risk_event (key);
ALTER TABLE rescored ADD COLUMN gravity INTEGER;
ALTER TABLE rescored ADD COLUMN vote_event INTEGER REFERENCES risk_event (key);
ALTER TABLE rescored ADD COLUMN vote_gravity INTEGER;
ALTER TABLE rescored_mention ADD COLUMN event INTEGER REFERENCES risk_event (key);
ALTER TABLE rescored_mention ADD COLUMN gravity INTEGER;
ALTER TABLE rescored_mention ADD COLUMN vote_event INTEGER REFERENCES risk_event (key);
ALTER TABLE rescored_mention ADD COLUMN vote_gravity INTEGER;
-- What tells a risk event, which is little, in the order of lists: they are filtered without reading the rows, where
-- these columns lie behind the text.
CREATE INDEX document_by_risk ON document (at, id, gravity, event) WHERE gravity IS NOT NULL;
CREATE INDEX document_entity_by_risk ON document_entity (entity, gravity, event) WHERE gravity IS NOT NULL;

DROP VIEW document_view;
DROP VIEW document_entity_view;
CREATE VIEW document_view AS SELECT d.id, s.id AS source, d.external_id, d.title, d.body, d.url, d.language, strftime('%Y-%m-%dT%H:%M:%S', d.published_at / 1000, 'unixepoch') || printf('.%03dZ', d.published_at % 1000) AS published_at, strftime('%Y-%m-%dT%H:%M:%S', d.received_at / 1000, 'unixepoch') || printf('.%03dZ', d.received_at % 1000) AS received_at, strftime('%Y-%m-%dT%H:%M:%S', d.scored_at / 1000, 'unixepoch') || printf('.%03dZ', d.scored_at % 1000) AS scored_at, strftime('%Y-%m-%dT%H:%M:%S', d.stored_at / 1000, 'unixepoch') || printf('.%03dZ', d.stored_at % 1000) AS stored_at, strftime('%Y-%m-%dT%H:%M:%S', d.revised_at / 1000, 'unixepoch') || printf('.%03dZ', d.revised_at % 1000) AS revised_at, d.at AS at_ms, nullif(t.id, '') AS topic, CASE d.label WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' WHEN 3 THEN 'abstained' ELSE 'unscored' END AS label, d.sentiment / 1e6 AS sentiment, d.positive, d.neutral, d.negative, d.story, d.revision, m.id AS model_version, d.unscored_reason, d.truncated, d.late, d.seq, k.id AS event, CASE d.gravity WHEN 1 THEN 'minor' WHEN 2 THEN 'serious' WHEN 3 THEN 'grave' END AS gravity FROM document d JOIN source s ON s.key = d.source JOIN topic t ON t.key = d.topic JOIN model m ON m.key = d.model LEFT JOIN risk_event k ON k.key = d.event WHERE d.removed IS NULL;
CREATE VIEW document_entity_view AS SELECT d.document, e.id AS entity, e.name, CASE d.label WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' WHEN 3 THEN 'abstained' ELSE 'unscored' END AS label, d.sentiment / 1e6 AS sentiment, d.method, d.start, d.end, k.id AS event, CASE d.gravity WHEN 1 THEN 'minor' WHEN 2 THEN 'serious' WHEN 3 THEN 'grave' END AS gravity FROM document_entity d JOIN entity e ON e.key = d.entity LEFT JOIN risk_event k ON k.key = d.event WHERE d.label IS NOT NULL AND NOT EXISTS (SELECT 1 FROM document r WHERE r.id = d.document AND r.removed IS NOT NULL);
