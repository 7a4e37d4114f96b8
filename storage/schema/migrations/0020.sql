-- Step 20: roll-ups tell the versions of the model apart. A document counts under the version that scored it, a story's
-- vote under the one that it was given with. vote_model: that one, where a later revision changed `model`, or brought the
-- company in.
ALTER TABLE document ADD COLUMN vote_model INTEGER REFERENCES model (key);
ALTER TABLE document_entity ADD COLUMN vote_model INTEGER REFERENCES model (key);
UPDATE document SET vote_model = r.model FROM document_revision r
WHERE r.document = document.id AND r.revision = 1 AND r.model <> document.model;
UPDATE document_entity SET vote_model = coalesce(
  (SELECT r.model FROM document_revision r WHERE r.document = document_entity.document AND r.seq = vote_seq),
  (SELECT d.model FROM document d WHERE d.id = document_entity.document)
) WHERE vote_seq IS NOT NULL;

-- The minutes, in stretches of whole quarter hours, with the number of versions that have scored documents in them.
CREATE TEMP TABLE model_span AS
SELECT key AS model, first_at / 900000 * 15 AS since, (last_at / 900000 + 1) * 15 AS until FROM model
WHERE first_at IS NOT NULL;
CREATE TEMP TABLE stretch AS
SELECT t.since, t.until, count(s.model) AS versions, max(s.model) AS model FROM (
  SELECT since, lead(since, 1, 9000000000000) OVER (ORDER BY since) AS until FROM (
    SELECT since FROM model_span UNION SELECT until FROM model_span UNION SELECT -9000000000000
  )
) t LEFT JOIN model_span s ON s.since <= t.since AND s.until > t.since GROUP BY t.since, t.until;

DROP VIEW sentiment_minute;
DROP VIEW sentiment_hour;
DROP VIEW sentiment_day;
DROP VIEW sentiment_entity_minute;
DROP VIEW sentiment_entity_hour;
DROP VIEW sentiment_entity_day;
DROP INDEX rollup_by_topic;
DROP INDEX rollup_entity_by_minute;
ALTER TABLE rollup_topic RENAME TO rollup_topic_before;
ALTER TABLE rollup_entity RENAME TO rollup_entity_before;
CREATE TABLE rollup_topic (
  minute INTEGER NOT NULL, topic INTEGER NOT NULL, source INTEGER NOT NULL, model INTEGER NOT NULL,
  documents INTEGER NOT NULL, positive INTEGER NOT NULL, neutral INTEGER NOT NULL, negative INTEGER NOT NULL,
  abstained INTEGER NOT NULL, unscored INTEGER NOT NULL, sum INTEGER NOT NULL, sum_squares INTEGER NOT NULL,
  stories_all INTEGER NOT NULL, negative_stories_all INTEGER NOT NULL, scored_stories_all INTEGER NOT NULL,
  story_sum_all INTEGER NOT NULL, story_sum_squares_all INTEGER NOT NULL, stories_topic INTEGER NOT NULL,
  negative_stories_topic INTEGER NOT NULL, scored_stories_topic INTEGER NOT NULL, story_sum_topic INTEGER NOT NULL,
  story_sum_squares_topic INTEGER NOT NULL, stories_source INTEGER NOT NULL, negative_stories_source INTEGER NOT NULL,
  scored_stories_source INTEGER NOT NULL, story_sum_source INTEGER NOT NULL,
  story_sum_squares_source INTEGER NOT NULL, stories_topic_source INTEGER NOT NULL,
  negative_stories_topic_source INTEGER NOT NULL, scored_stories_topic_source INTEGER NOT NULL,
  story_sum_topic_source INTEGER NOT NULL, story_sum_squares_topic_source INTEGER NOT NULL,
  PRIMARY KEY (minute, topic, source, model)
) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_entity (
  entity INTEGER NOT NULL, minute INTEGER NOT NULL, topic INTEGER NOT NULL, source INTEGER NOT NULL,
  model INTEGER NOT NULL, documents INTEGER NOT NULL, positive INTEGER NOT NULL, neutral INTEGER NOT NULL,
  negative INTEGER NOT NULL, abstained INTEGER NOT NULL, unscored INTEGER NOT NULL, sum INTEGER NOT NULL,
  sum_squares INTEGER NOT NULL, stories_all INTEGER NOT NULL, negative_stories_all INTEGER NOT NULL,
  scored_stories_all INTEGER NOT NULL, story_sum_all INTEGER NOT NULL, story_sum_squares_all INTEGER NOT NULL,
  stories_topic INTEGER NOT NULL, negative_stories_topic INTEGER NOT NULL, scored_stories_topic INTEGER NOT NULL,
  story_sum_topic INTEGER NOT NULL, story_sum_squares_topic INTEGER NOT NULL, stories_source INTEGER NOT NULL,
  negative_stories_source INTEGER NOT NULL, scored_stories_source INTEGER NOT NULL, story_sum_source INTEGER NOT NULL,
  story_sum_squares_source INTEGER NOT NULL, stories_topic_source INTEGER NOT NULL,
  negative_stories_topic_source INTEGER NOT NULL, scored_stories_topic_source INTEGER NOT NULL,
  story_sum_topic_source INTEGER NOT NULL, story_sum_squares_topic_source INTEGER NOT NULL,
  PRIMARY KEY (entity, minute, topic, source, model)
) STRICT, WITHOUT ROWID;

-- Where one version has scored, it is that one's.
INSERT INTO rollup_topic SELECT counted(r.minute), r.topic, r.source, t.model,
  r.documents, r.positive, r.neutral, r.negative, r.abstained, r.unscored, r.sum, r.sum_squares, r.stories_all,
  r.negative_stories_all, r.scored_stories_all, r.story_sum_all, r.story_sum_squares_all, r.stories_topic,
  r.negative_stories_topic, r.scored_stories_topic, r.story_sum_topic, r.story_sum_squares_topic, r.stories_source,
  r.negative_stories_source, r.scored_stories_source, r.story_sum_source, r.story_sum_squares_source,
  r.stories_topic_source, r.negative_stories_topic_source, r.scored_stories_topic_source, r.story_sum_topic_source,
  r.story_sum_squares_topic_source
FROM rollup_topic_before r CROSS JOIN stretch t ON r.minute >= t.since AND r.minute < t.until WHERE t.versions = 1;
INSERT INTO rollup_entity SELECT r.entity, counted(r.minute), r.topic, r.source, t.model,
  r.documents, r.positive, r.neutral, r.negative, r.abstained, r.unscored, r.sum, r.sum_squares, r.stories_all,
  r.negative_stories_all, r.scored_stories_all, r.story_sum_all, r.story_sum_squares_all, r.stories_topic,
  r.negative_stories_topic, r.scored_stories_topic, r.story_sum_topic, r.story_sum_squares_topic, r.stories_source,
  r.negative_stories_source, r.scored_stories_source, r.story_sum_source, r.story_sum_squares_source,
  r.stories_topic_source, r.negative_stories_topic_source, r.scored_stories_topic_source, r.story_sum_topic_source,
  r.story_sum_squares_topic_source
FROM rollup_entity_before r CROSS JOIN stretch t ON r.minute >= t.since AND r.minute < t.until WHERE t.versions = 1;

-- Elsewhere the documents tell. What they do not (retention has deleted them) is of several versions: model 0.
DELETE FROM stretch WHERE versions = 1;
CREATE TEMP TABLE part (
  entity INTEGER, minute INTEGER, topic INTEGER, source INTEGER, model INTEGER, documents INTEGER DEFAULT 0,
  positive INTEGER DEFAULT 0, neutral INTEGER DEFAULT 0, negative INTEGER DEFAULT 0, abstained INTEGER DEFAULT 0,
  unscored INTEGER DEFAULT 0, sum INTEGER DEFAULT 0, sum_squares INTEGER DEFAULT 0, stories_all INTEGER DEFAULT 0,
  negative_stories_all INTEGER DEFAULT 0, scored_stories_all INTEGER DEFAULT 0, story_sum_all INTEGER DEFAULT 0,
  story_sum_squares_all INTEGER DEFAULT 0, stories_topic INTEGER DEFAULT 0, negative_stories_topic INTEGER DEFAULT 0,
  scored_stories_topic INTEGER DEFAULT 0, story_sum_topic INTEGER DEFAULT 0,
  story_sum_squares_topic INTEGER DEFAULT 0, stories_source INTEGER DEFAULT 0,
  negative_stories_source INTEGER DEFAULT 0, scored_stories_source INTEGER DEFAULT 0,
  story_sum_source INTEGER DEFAULT 0, story_sum_squares_source INTEGER DEFAULT 0,
  stories_topic_source INTEGER DEFAULT 0, negative_stories_topic_source INTEGER DEFAULT 0,
  scored_stories_topic_source INTEGER DEFAULT 0, story_sum_topic_source INTEGER DEFAULT 0,
  story_sum_squares_topic_source INTEGER DEFAULT 0
);
CREATE TEMP VIEW folded AS SELECT coalesce((SELECT value FROM mark WHERE name = 'folded_before'), -9000000000000) AS minute;
CREATE TEMP TABLE vote (
  entity INTEGER, minute INTEGER, topic INTEGER, source INTEGER, model INTEGER, label INTEGER, sentiment INTEGER,
  in_all INTEGER, in_topic INTEGER, in_source INTEGER, in_topic_source INTEGER
);

INSERT INTO part (entity, minute, topic, source, model, documents, positive, neutral, negative, abstained, unscored, sum, sum_squares)
SELECT 0, iif(d.at / 60000 < f.minute, d.at / 900000 * 15, d.at / 60000), d.topic, d.source, d.model,
  count(*), sum(d.label = 0), sum(d.label = 1), sum(d.label = 2), sum(d.label = 3), sum(d.label = 4),
  coalesce(sum(CASE WHEN d.label <= 2 THEN d.sentiment END), 0),
  coalesce(sum(CASE WHEN d.label <= 2 THEN (d.sentiment * d.sentiment + 500) / 1000 END), 0)
FROM stretch t CROSS JOIN folded f CROSS JOIN document d ON d.at >= t.since * 60000 AND d.at < t.until * 60000
WHERE d.removed IS NULL GROUP BY 1, 2, 3, 4, 5;
INSERT INTO vote
SELECT 0, iif(d.at / 60000 < f.minute, d.at / 900000 * 15, d.at / 60000), d.vote_topic, d.source, coalesce(d.vote_model, d.model),
  d.vote_label, d.vote_sentiment,
  NOT EXISTS (SELECT 1 FROM document p WHERE p.story = d.story AND p.removed IS NULL AND p.id < d.id),
  NOT EXISTS (SELECT 1 FROM document p WHERE p.story = d.story AND p.removed IS NULL AND p.id < d.id AND p.vote_topic = d.vote_topic),
  NOT EXISTS (SELECT 1 FROM document p WHERE p.story = d.story AND p.removed IS NULL AND p.id < d.id AND p.source = d.source),
  NOT EXISTS (SELECT 1 FROM document p WHERE p.story = d.story AND p.removed IS NULL AND p.id < d.id AND p.vote_topic = d.vote_topic AND p.source = d.source)
FROM stretch t CROSS JOIN folded f CROSS JOIN document d ON d.at >= t.since * 60000 AND d.at < t.until * 60000
  JOIN story s ON s.id = d.story WHERE d.removed IS NULL AND s.pruned = 0;
INSERT INTO part (entity, minute, topic, source, model,
  stories_all, negative_stories_all, scored_stories_all, story_sum_all, story_sum_squares_all, stories_topic,
  negative_stories_topic, scored_stories_topic, story_sum_topic, story_sum_squares_topic, stories_source,
  negative_stories_source, scored_stories_source, story_sum_source, story_sum_squares_source, stories_topic_source,
  negative_stories_topic_source, scored_stories_topic_source, story_sum_topic_source, story_sum_squares_topic_source
)
SELECT entity, minute, topic, source, model,
  sum(in_all), sum(in_all AND label = 2), sum(in_all AND label <= 2),
  coalesce(sum(CASE WHEN in_all AND label <= 2 THEN sentiment END), 0),
  coalesce(sum(CASE WHEN in_all AND label <= 2 THEN (sentiment * sentiment + 500) / 1000 END), 0), sum(in_topic),
  sum(in_topic AND label = 2), sum(in_topic AND label <= 2),
  coalesce(sum(CASE WHEN in_topic AND label <= 2 THEN sentiment END), 0),
  coalesce(sum(CASE WHEN in_topic AND label <= 2 THEN (sentiment * sentiment + 500) / 1000 END), 0), sum(in_source),
  sum(in_source AND label = 2), sum(in_source AND label <= 2),
  coalesce(sum(CASE WHEN in_source AND label <= 2 THEN sentiment END), 0),
  coalesce(sum(CASE WHEN in_source AND label <= 2 THEN (sentiment * sentiment + 500) / 1000 END), 0),
  sum(in_topic_source), sum(in_topic_source AND label = 2), sum(in_topic_source AND label <= 2),
  coalesce(sum(CASE WHEN in_topic_source AND label <= 2 THEN sentiment END), 0),
  coalesce(sum(CASE WHEN in_topic_source AND label <= 2 THEN (sentiment * sentiment + 500) / 1000 END), 0)
FROM vote GROUP BY 1, 2, 3, 4, 5;
DELETE FROM vote;
INSERT INTO part SELECT entity, minute, topic, source, 0,
  -documents, -positive, -neutral, -negative, -abstained, -unscored, -sum, -sum_squares, -stories_all,
  -negative_stories_all, -scored_stories_all, -story_sum_all, -story_sum_squares_all, -stories_topic,
  -negative_stories_topic, -scored_stories_topic, -story_sum_topic, -story_sum_squares_topic, -stories_source,
  -negative_stories_source, -scored_stories_source, -story_sum_source, -story_sum_squares_source,
  -stories_topic_source, -negative_stories_topic_source, -scored_stories_topic_source, -story_sum_topic_source,
  -story_sum_squares_topic_source
FROM part;
INSERT INTO part SELECT 0, counted(r.minute), r.topic, r.source, 0,
  r.documents, r.positive, r.neutral, r.negative, r.abstained, r.unscored, r.sum, r.sum_squares, r.stories_all,
  r.negative_stories_all, r.scored_stories_all, r.story_sum_all, r.story_sum_squares_all, r.stories_topic,
  r.negative_stories_topic, r.scored_stories_topic, r.story_sum_topic, r.story_sum_squares_topic, r.stories_source,
  r.negative_stories_source, r.scored_stories_source, r.story_sum_source, r.story_sum_squares_source,
  r.stories_topic_source, r.negative_stories_topic_source, r.scored_stories_topic_source, r.story_sum_topic_source,
  r.story_sum_squares_topic_source
FROM stretch t CROSS JOIN rollup_topic_before r ON r.minute >= t.since AND r.minute < t.until;
INSERT INTO rollup_topic SELECT minute, topic, source, model,
  sum(documents), sum(positive), sum(neutral), sum(negative), sum(abstained), sum(unscored), sum(sum),
  sum(sum_squares), sum(stories_all), sum(negative_stories_all), sum(scored_stories_all), sum(story_sum_all),
  sum(story_sum_squares_all), sum(stories_topic), sum(negative_stories_topic), sum(scored_stories_topic),
  sum(story_sum_topic), sum(story_sum_squares_topic), sum(stories_source), sum(negative_stories_source),
  sum(scored_stories_source), sum(story_sum_source), sum(story_sum_squares_source), sum(stories_topic_source),
  sum(negative_stories_topic_source), sum(scored_stories_topic_source), sum(story_sum_topic_source),
  sum(story_sum_squares_topic_source)
FROM part GROUP BY minute, topic, source, model
HAVING sum(documents) <> 0 OR sum(positive) <> 0 OR sum(neutral) <> 0 OR sum(negative) <> 0 OR sum(abstained) <> 0 OR
  sum(unscored) <> 0 OR sum(sum) <> 0 OR sum(sum_squares) <> 0 OR sum(stories_all) <> 0 OR sum(negative_stories_all) <> 0 OR
  sum(scored_stories_all) <> 0 OR sum(story_sum_all) <> 0 OR sum(story_sum_squares_all) <> 0 OR sum(stories_topic) <> 0 OR
  sum(negative_stories_topic) <> 0 OR sum(scored_stories_topic) <> 0 OR sum(story_sum_topic) <> 0 OR
  sum(story_sum_squares_topic) <> 0 OR sum(stories_source) <> 0 OR sum(negative_stories_source) <> 0 OR
  sum(scored_stories_source) <> 0 OR sum(story_sum_source) <> 0 OR sum(story_sum_squares_source) <> 0 OR
  sum(stories_topic_source) <> 0 OR sum(negative_stories_topic_source) <> 0 OR sum(scored_stories_topic_source) <> 0 OR
  sum(story_sum_topic_source) <> 0 OR sum(story_sum_squares_topic_source) <> 0;
DELETE FROM part;

INSERT INTO part (entity, minute, topic, source, model, documents, positive, neutral, negative, abstained, unscored, sum, sum_squares)
SELECT e.entity, iif(d.at / 60000 < f.minute, d.at / 900000 * 15, d.at / 60000), d.topic, d.source, d.model,
  count(*), sum(e.label = 0), sum(e.label = 1), sum(e.label = 2), sum(e.label = 3), sum(e.label = 4),
  coalesce(sum(CASE WHEN e.label <= 2 THEN e.sentiment END), 0),
  coalesce(sum(CASE WHEN e.label <= 2 THEN (e.sentiment * e.sentiment + 500) / 1000 END), 0)
FROM stretch t CROSS JOIN folded f CROSS JOIN document d ON d.at >= t.since * 60000 AND d.at < t.until * 60000
  CROSS JOIN document_entity e ON e.document = d.id AND e.label IS NOT NULL
WHERE d.removed IS NULL GROUP BY 1, 2, 3, 4, 5;
INSERT INTO vote
SELECT e.entity, iif(d.at / 60000 < f.minute, d.at / 900000 * 15, d.at / 60000), coalesce(e.vote_topic, d.vote_topic), d.source,
  coalesce(e.vote_model, d.vote_model, d.model), e.vote_label, e.vote_sentiment,
  NOT EXISTS (SELECT 1 FROM document p CROSS JOIN document_entity o ON o.document = p.id AND o.entity = e.entity
    WHERE p.story = d.story AND p.removed IS NULL AND o.vote_label IS NOT NULL
    AND coalesce(o.vote_seq, p.id) < coalesce(e.vote_seq, d.id)),
  NOT EXISTS (SELECT 1 FROM document p CROSS JOIN document_entity o ON o.document = p.id AND o.entity = e.entity
    WHERE p.story = d.story AND p.removed IS NULL AND o.vote_label IS NOT NULL
    AND coalesce(o.vote_seq, p.id) < coalesce(e.vote_seq, d.id) AND coalesce(o.vote_topic, p.vote_topic) = coalesce(e.vote_topic, d.vote_topic)),
  NOT EXISTS (SELECT 1 FROM document p CROSS JOIN document_entity o ON o.document = p.id AND o.entity = e.entity
    WHERE p.story = d.story AND p.removed IS NULL AND o.vote_label IS NOT NULL
    AND coalesce(o.vote_seq, p.id) < coalesce(e.vote_seq, d.id) AND p.source = d.source),
  NOT EXISTS (SELECT 1 FROM document p CROSS JOIN document_entity o ON o.document = p.id AND o.entity = e.entity
    WHERE p.story = d.story AND p.removed IS NULL AND o.vote_label IS NOT NULL
    AND coalesce(o.vote_seq, p.id) < coalesce(e.vote_seq, d.id) AND coalesce(o.vote_topic, p.vote_topic) = coalesce(e.vote_topic, d.vote_topic) AND p.source = d.source)
FROM stretch t CROSS JOIN folded f CROSS JOIN document d ON d.at >= t.since * 60000 AND d.at < t.until * 60000
  CROSS JOIN document_entity e ON e.document = d.id AND e.vote_label IS NOT NULL
  JOIN story s ON s.id = d.story WHERE d.removed IS NULL AND s.pruned = 0;
INSERT INTO part (entity, minute, topic, source, model,
  stories_all, negative_stories_all, scored_stories_all, story_sum_all, story_sum_squares_all, stories_topic,
  negative_stories_topic, scored_stories_topic, story_sum_topic, story_sum_squares_topic, stories_source,
  negative_stories_source, scored_stories_source, story_sum_source, story_sum_squares_source, stories_topic_source,
  negative_stories_topic_source, scored_stories_topic_source, story_sum_topic_source, story_sum_squares_topic_source
)
SELECT entity, minute, topic, source, model,
  sum(in_all), sum(in_all AND label = 2), sum(in_all AND label <= 2),
  coalesce(sum(CASE WHEN in_all AND label <= 2 THEN sentiment END), 0),
  coalesce(sum(CASE WHEN in_all AND label <= 2 THEN (sentiment * sentiment + 500) / 1000 END), 0), sum(in_topic),
  sum(in_topic AND label = 2), sum(in_topic AND label <= 2),
  coalesce(sum(CASE WHEN in_topic AND label <= 2 THEN sentiment END), 0),
  coalesce(sum(CASE WHEN in_topic AND label <= 2 THEN (sentiment * sentiment + 500) / 1000 END), 0), sum(in_source),
  sum(in_source AND label = 2), sum(in_source AND label <= 2),
  coalesce(sum(CASE WHEN in_source AND label <= 2 THEN sentiment END), 0),
  coalesce(sum(CASE WHEN in_source AND label <= 2 THEN (sentiment * sentiment + 500) / 1000 END), 0),
  sum(in_topic_source), sum(in_topic_source AND label = 2), sum(in_topic_source AND label <= 2),
  coalesce(sum(CASE WHEN in_topic_source AND label <= 2 THEN sentiment END), 0),
  coalesce(sum(CASE WHEN in_topic_source AND label <= 2 THEN (sentiment * sentiment + 500) / 1000 END), 0)
FROM vote GROUP BY 1, 2, 3, 4, 5;
DELETE FROM vote;
INSERT INTO part SELECT entity, minute, topic, source, 0,
  -documents, -positive, -neutral, -negative, -abstained, -unscored, -sum, -sum_squares, -stories_all,
  -negative_stories_all, -scored_stories_all, -story_sum_all, -story_sum_squares_all, -stories_topic,
  -negative_stories_topic, -scored_stories_topic, -story_sum_topic, -story_sum_squares_topic, -stories_source,
  -negative_stories_source, -scored_stories_source, -story_sum_source, -story_sum_squares_source,
  -stories_topic_source, -negative_stories_topic_source, -scored_stories_topic_source, -story_sum_topic_source,
  -story_sum_squares_topic_source
FROM part;
INSERT INTO part SELECT r.entity, counted(r.minute), r.topic, r.source, 0,
  r.documents, r.positive, r.neutral, r.negative, r.abstained, r.unscored, r.sum, r.sum_squares, r.stories_all,
  r.negative_stories_all, r.scored_stories_all, r.story_sum_all, r.story_sum_squares_all, r.stories_topic,
  r.negative_stories_topic, r.scored_stories_topic, r.story_sum_topic, r.story_sum_squares_topic, r.stories_source,
  r.negative_stories_source, r.scored_stories_source, r.story_sum_source, r.story_sum_squares_source,
  r.stories_topic_source, r.negative_stories_topic_source, r.scored_stories_topic_source, r.story_sum_topic_source,
  r.story_sum_squares_topic_source
FROM stretch t CROSS JOIN rollup_entity_before r ON r.minute >= t.since AND r.minute < t.until;
INSERT INTO rollup_entity SELECT entity, minute, topic, source, model,
  sum(documents), sum(positive), sum(neutral), sum(negative), sum(abstained), sum(unscored), sum(sum),
  sum(sum_squares), sum(stories_all), sum(negative_stories_all), sum(scored_stories_all), sum(story_sum_all),
  sum(story_sum_squares_all), sum(stories_topic), sum(negative_stories_topic), sum(scored_stories_topic),
  sum(story_sum_topic), sum(story_sum_squares_topic), sum(stories_source), sum(negative_stories_source),
  sum(scored_stories_source), sum(story_sum_source), sum(story_sum_squares_source), sum(stories_topic_source),
  sum(negative_stories_topic_source), sum(scored_stories_topic_source), sum(story_sum_topic_source),
  sum(story_sum_squares_topic_source)
FROM part GROUP BY entity, minute, topic, source, model
HAVING sum(documents) <> 0 OR sum(positive) <> 0 OR sum(neutral) <> 0 OR sum(negative) <> 0 OR sum(abstained) <> 0 OR
  sum(unscored) <> 0 OR sum(sum) <> 0 OR sum(sum_squares) <> 0 OR sum(stories_all) <> 0 OR sum(negative_stories_all) <> 0 OR
  sum(scored_stories_all) <> 0 OR sum(story_sum_all) <> 0 OR sum(story_sum_squares_all) <> 0 OR sum(stories_topic) <> 0 OR
  sum(negative_stories_topic) <> 0 OR sum(scored_stories_topic) <> 0 OR sum(story_sum_topic) <> 0 OR
  sum(story_sum_squares_topic) <> 0 OR sum(stories_source) <> 0 OR sum(negative_stories_source) <> 0 OR
  sum(scored_stories_source) <> 0 OR sum(story_sum_source) <> 0 OR sum(story_sum_squares_source) <> 0 OR
  sum(stories_topic_source) <> 0 OR sum(negative_stories_topic_source) <> 0 OR sum(scored_stories_topic_source) <> 0 OR
  sum(story_sum_topic_source) <> 0 OR sum(story_sum_squares_topic_source) <> 0;
DELETE FROM part;

DROP TABLE rollup_topic_before;
DROP TABLE rollup_entity_before;
DROP TABLE vote;
DROP VIEW folded;
DROP TABLE part;
DROP TABLE stretch;
DROP TABLE model_span;
CREATE INDEX rollup_by_topic ON rollup_topic (topic, minute);
CREATE INDEX rollup_entity_by_minute ON rollup_entity (minute);

-- model_version: of all that a row counts, where it is one.
CREATE VIEW sentiment_minute AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1 * 1 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1 * 1 * 60000) % 1000) AS t,
  (r.minute / 1 * 1 * 60000) AS t_ms, nullif(t.id, '') AS topic, s.id AS source,
  sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral,
  sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored,
  sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean,
  sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories,
  sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic,
  sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source,
  sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all,
  nullif(CASE WHEN min(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) = max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0)
    THEN max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) END, '') AS model_version
FROM rollup_topic r
  JOIN topic t ON t.key = r.topic
  JOIN source s ON s.key = r.source
  LEFT JOIN model m ON m.key = r.model
GROUP BY r.minute / 1, r.topic, r.source;
CREATE VIEW sentiment_hour AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 60 * 60 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 60 * 60 * 60000) % 1000) AS t,
  (r.minute / 60 * 60 * 60000) AS t_ms, nullif(t.id, '') AS topic, s.id AS source,
  sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral,
  sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored,
  sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean,
  sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories,
  sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic,
  sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source,
  sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all,
  nullif(CASE WHEN min(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) = max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0)
    THEN max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) END, '') AS model_version
FROM rollup_topic r
  JOIN topic t ON t.key = r.topic
  JOIN source s ON s.key = r.source
  LEFT JOIN model m ON m.key = r.model
GROUP BY r.minute / 60, r.topic, r.source;
CREATE VIEW sentiment_day AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1440 * 1440 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1440 * 1440 * 60000) % 1000) AS t,
  (r.minute / 1440 * 1440 * 60000) AS t_ms, nullif(t.id, '') AS topic, s.id AS source,
  sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral,
  sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored,
  sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean,
  sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories,
  sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic,
  sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source,
  sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all,
  nullif(CASE WHEN min(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) = max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0)
    THEN max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) END, '') AS model_version
FROM rollup_topic r
  JOIN topic t ON t.key = r.topic
  JOIN source s ON s.key = r.source
  LEFT JOIN model m ON m.key = r.model
GROUP BY r.minute / 1440, r.topic, r.source;
CREATE VIEW sentiment_entity_minute AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1 * 1 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1 * 1 * 60000) % 1000) AS t,
  (r.minute / 1 * 1 * 60000) AS t_ms, e.id AS entity, nullif(t.id, '') AS topic, s.id AS source,
  sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral,
  sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored,
  sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean,
  sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories,
  sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic,
  sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source,
  sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all,
  nullif(CASE WHEN min(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) = max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0)
    THEN max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) END, '') AS model_version
FROM rollup_entity r
  JOIN topic t ON t.key = r.topic
  JOIN source s ON s.key = r.source
  JOIN entity e ON e.key = r.entity
  LEFT JOIN model m ON m.key = r.model
GROUP BY r.minute / 1, r.entity, r.topic, r.source;
CREATE VIEW sentiment_entity_hour AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 60 * 60 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 60 * 60 * 60000) % 1000) AS t,
  (r.minute / 60 * 60 * 60000) AS t_ms, e.id AS entity, nullif(t.id, '') AS topic, s.id AS source,
  sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral,
  sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored,
  sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean,
  sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories,
  sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic,
  sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source,
  sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all,
  nullif(CASE WHEN min(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) = max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0)
    THEN max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) END, '') AS model_version
FROM rollup_entity r
  JOIN topic t ON t.key = r.topic
  JOIN source s ON s.key = r.source
  JOIN entity e ON e.key = r.entity
  LEFT JOIN model m ON m.key = r.model
GROUP BY r.minute / 60, r.entity, r.topic, r.source;
CREATE VIEW sentiment_entity_day AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1440 * 1440 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1440 * 1440 * 60000) % 1000) AS t,
  (r.minute / 1440 * 1440 * 60000) AS t_ms, e.id AS entity, nullif(t.id, '') AS topic, s.id AS source,
  sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral,
  sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored,
  sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean,
  sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories,
  sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic,
  sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source,
  sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all,
  nullif(CASE WHEN min(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) = max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0)
    THEN max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) END, '') AS model_version
FROM rollup_entity r
  JOIN topic t ON t.key = r.topic
  JOIN source s ON s.key = r.source
  JOIN entity e ON e.key = r.entity
  LEFT JOIN model m ON m.key = r.model
GROUP BY r.minute / 1440, r.entity, r.topic, r.source;
