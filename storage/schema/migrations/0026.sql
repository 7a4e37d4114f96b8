-- Step 26: what was known when, in the row. backfill: documents (their ids, which are their places in the sequence) that
-- came as history, by `import` or `replay`: consecutive ones in one row, so that a document costs nothing. Of documents up
-- to the mark `backfill_unknown` it has not been kept.
CREATE TABLE backfill (first_id INTEGER PRIMARY KEY, last_id INTEGER NOT NULL) STRICT;
INSERT INTO mark (name, value) SELECT 'backfill_unknown', seq FROM clock WHERE EXISTS (SELECT 1 FROM document);
-- The times whose news has been read for a company, half open; NULL: without that bound. seq, noted_at: when that began to
-- be so. filled: by reading stored documents again; else because the company was on the watch list.
CREATE TABLE watch_span (
  number INTEGER PRIMARY KEY, entity TEXT NOT NULL, from_ms INTEGER, to_ms INTEGER, seq INTEGER NOT NULL,
  noted_at INTEGER NOT NULL, filled INTEGER NOT NULL
) STRICT;
CREATE INDEX watch_span_by_entity ON watch_span (entity);
CREATE INDEX watch_span_by_seq ON watch_span (seq);

DROP VIEW sentiment_minute;
DROP VIEW sentiment_hour;
DROP VIEW sentiment_day;
DROP VIEW sentiment_entity_minute;
DROP VIEW sentiment_entity_hour;
DROP VIEW sentiment_entity_day;
DROP VIEW document_view;

-- grain_minutes: how long the row's interval is; minutes that have been folded are quarter hours. The means are named
-- apart: of documents, and of the stories of the row's own series.
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
    THEN max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) END, '') AS model_version,
  CASE WHEN r.minute < (SELECT value FROM mark WHERE name = 'folded_before') THEN 15 ELSE 1 END AS grain_minutes,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS document_mean,
  sum(r.story_sum_topic_source) / 1e6 / nullif(sum(r.scored_stories_topic_source), 0) AS story_mean,
  sum(r.scored_stories_topic_source) AS scored_stories, sum(r.story_sum_topic_source) / 1e6 AS story_sum,
  sum(r.scored_stories_topic) AS scored_stories_topic, sum(r.story_sum_topic) / 1e6 AS story_sum_topic,
  sum(r.scored_stories_source) AS scored_stories_source, sum(r.story_sum_source) / 1e6 AS story_sum_source,
  sum(r.scored_stories_all) AS scored_stories_all, sum(r.story_sum_all) / 1e6 AS story_sum_all
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
    THEN max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) END, '') AS model_version,
  60 AS grain_minutes,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS document_mean,
  sum(r.story_sum_topic_source) / 1e6 / nullif(sum(r.scored_stories_topic_source), 0) AS story_mean,
  sum(r.scored_stories_topic_source) AS scored_stories, sum(r.story_sum_topic_source) / 1e6 AS story_sum,
  sum(r.scored_stories_topic) AS scored_stories_topic, sum(r.story_sum_topic) / 1e6 AS story_sum_topic,
  sum(r.scored_stories_source) AS scored_stories_source, sum(r.story_sum_source) / 1e6 AS story_sum_source,
  sum(r.scored_stories_all) AS scored_stories_all, sum(r.story_sum_all) / 1e6 AS story_sum_all
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
    THEN max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) END, '') AS model_version,
  1440 AS grain_minutes,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS document_mean,
  sum(r.story_sum_topic_source) / 1e6 / nullif(sum(r.scored_stories_topic_source), 0) AS story_mean,
  sum(r.scored_stories_topic_source) AS scored_stories, sum(r.story_sum_topic_source) / 1e6 AS story_sum,
  sum(r.scored_stories_topic) AS scored_stories_topic, sum(r.story_sum_topic) / 1e6 AS story_sum_topic,
  sum(r.scored_stories_source) AS scored_stories_source, sum(r.story_sum_source) / 1e6 AS story_sum_source,
  sum(r.scored_stories_all) AS scored_stories_all, sum(r.story_sum_all) / 1e6 AS story_sum_all
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
    THEN max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) END, '') AS model_version,
  CASE WHEN r.minute < (SELECT value FROM mark WHERE name = 'folded_before') THEN 15 ELSE 1 END AS grain_minutes,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS document_mean,
  sum(r.story_sum_topic_source) / 1e6 / nullif(sum(r.scored_stories_topic_source), 0) AS story_mean,
  sum(r.scored_stories_topic_source) AS scored_stories, sum(r.story_sum_topic_source) / 1e6 AS story_sum,
  sum(r.scored_stories_topic) AS scored_stories_topic, sum(r.story_sum_topic) / 1e6 AS story_sum_topic,
  sum(r.scored_stories_source) AS scored_stories_source, sum(r.story_sum_source) / 1e6 AS story_sum_source,
  sum(r.scored_stories_all) AS scored_stories_all, sum(r.story_sum_all) / 1e6 AS story_sum_all
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
    THEN max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) END, '') AS model_version,
  60 AS grain_minutes,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS document_mean,
  sum(r.story_sum_topic_source) / 1e6 / nullif(sum(r.scored_stories_topic_source), 0) AS story_mean,
  sum(r.scored_stories_topic_source) AS scored_stories, sum(r.story_sum_topic_source) / 1e6 AS story_sum,
  sum(r.scored_stories_topic) AS scored_stories_topic, sum(r.story_sum_topic) / 1e6 AS story_sum_topic,
  sum(r.scored_stories_source) AS scored_stories_source, sum(r.story_sum_source) / 1e6 AS story_sum_source,
  sum(r.scored_stories_all) AS scored_stories_all, sum(r.story_sum_all) / 1e6 AS story_sum_all
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
    THEN max(coalesce(m.id, '')) FILTER (WHERE r.documents <> 0 OR r.stories_topic_source <> 0) END, '') AS model_version,
  1440 AS grain_minutes,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS document_mean,
  sum(r.story_sum_topic_source) / 1e6 / nullif(sum(r.scored_stories_topic_source), 0) AS story_mean,
  sum(r.scored_stories_topic_source) AS scored_stories, sum(r.story_sum_topic_source) / 1e6 AS story_sum,
  sum(r.scored_stories_topic) AS scored_stories_topic, sum(r.story_sum_topic) / 1e6 AS story_sum_topic,
  sum(r.scored_stories_source) AS scored_stories_source, sum(r.story_sum_source) / 1e6 AS story_sum_source,
  sum(r.scored_stories_all) AS scored_stories_all, sum(r.story_sum_all) / 1e6 AS story_sum_all
FROM rollup_entity r
  JOIN topic t ON t.key = r.topic
  JOIN source s ON s.key = r.source
  JOIN entity e ON e.key = r.entity
  LEFT JOIN model m ON m.key = r.model
GROUP BY r.minute / 1440, r.entity, r.topic, r.source;
CREATE VIEW document_view AS SELECT d.id, s.id AS source, d.external_id, d.title, d.body, d.url, d.language, strftime('%Y-%m-%dT%H:%M:%S', d.published_at / 1000, 'unixepoch') || printf('.%03dZ', d.published_at % 1000) AS published_at, strftime('%Y-%m-%dT%H:%M:%S', d.received_at / 1000, 'unixepoch') || printf('.%03dZ', d.received_at % 1000) AS received_at, strftime('%Y-%m-%dT%H:%M:%S', d.scored_at / 1000, 'unixepoch') || printf('.%03dZ', d.scored_at % 1000) AS scored_at, strftime('%Y-%m-%dT%H:%M:%S', d.stored_at / 1000, 'unixepoch') || printf('.%03dZ', d.stored_at % 1000) AS stored_at, strftime('%Y-%m-%dT%H:%M:%S', d.revised_at / 1000, 'unixepoch') || printf('.%03dZ', d.revised_at % 1000) AS revised_at, d.at AS at_ms, nullif(t.id, '') AS topic, CASE d.label WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' WHEN 3 THEN 'abstained' ELSE 'unscored' END AS label, d.sentiment / 1e6 AS sentiment, d.positive, d.neutral, d.negative, d.story, d.revision, m.id AS model_version, d.unscored_reason, d.truncated, d.late, d.seq, k.id AS event, CASE d.gravity WHEN 1 THEN 'minor' WHEN 2 THEN 'serious' WHEN 3 THEN 'grave' END AS gravity,
  CASE WHEN d.id > coalesce((SELECT value FROM mark WHERE name = 'backfill_unknown'), 0)
    THEN coalesce((SELECT b.last_id >= d.id FROM backfill b WHERE b.first_id <= d.id ORDER BY b.first_id DESC LIMIT 1), 0)
  END AS backfilled
FROM document d JOIN source s ON s.key = d.source JOIN topic t ON t.key = d.topic JOIN model m ON m.key = d.model LEFT JOIN risk_event k ON k.key = d.event WHERE d.removed IS NULL;
