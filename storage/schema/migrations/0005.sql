-- Step 5: the sentiment towards companies by hours and days, beside the minutes.
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
  sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all
FROM rollup_entity r
  JOIN topic t ON t.key = r.topic
  JOIN source s ON s.key = r.source
  JOIN entity e ON e.key = r.entity
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
  sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all
FROM rollup_entity r
  JOIN topic t ON t.key = r.topic
  JOIN source s ON s.key = r.source
  JOIN entity e ON e.key = r.entity
GROUP BY r.minute / 1440, r.entity, r.topic, r.source;
