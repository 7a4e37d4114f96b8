-- Step 1: from an empty file. A released step is frozen: its statements are the schema of every database that was ever
-- made with it. All tables are STRICT; times are milliseconds since 1970 (UTC), sentiments integers of 1e-6, squares of
-- 1e-9, so that sums are exact and come out the same in any order.

-- One row: the commit sequence that documents, revisions, ticks and alert transitions share, and the event time T.
CREATE TABLE clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL,
  event_time INTEGER
) STRICT;
INSERT INTO clock VALUES (1, 0, NULL);

-- Facts about the whole database: folded_before (minute; roll-ups before it are quarter hours), swept_before (ms; raw
-- documents before it are gone).
CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE tick (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;

-- Names are stored once. The counters are of documents in their latest revision, ever stored.
CREATE TABLE topic (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, documents INTEGER NOT NULL DEFAULT 0, last_seen INTEGER
) STRICT;
CREATE TABLE source (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, documents INTEGER NOT NULL DEFAULT 0, last_seen INTEGER
) STRICT;
CREATE TABLE entity (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL DEFAULT '',
  documents INTEGER NOT NULL DEFAULT 0, last_seen INTEGER
) STRICT;
CREATE TABLE model (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, first_at INTEGER, last_at INTEGER) STRICT;

-- Documents that tell the same thing. first_at: `at` of the first one to arrive; pruned: retention has taken some.
CREATE TABLE story (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, first_at INTEGER NOT NULL, documents INTEGER NOT NULL,
  pruned INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX story_by_key ON story (key, first_at);

-- id is the seq of the arrival: never used twice, and ordered as the documents came. seq is that of the last change.
-- at = min(published, received) of the first revision, the bucket it counts in for good. label: 0 positive, 1 neutral,
-- 2 negative, 3 abstained, 4 unscored. The vote_ columns keep topic, label and sentiment of the arrival: stories vote
-- with them, and revisions never change a vote.
CREATE TABLE document (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES source (key),
  external_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  source_revision INTEGER NOT NULL,
  at INTEGER NOT NULL,
  published_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  scored_at INTEGER NOT NULL,
  stored_at INTEGER NOT NULL,
  revised_at INTEGER,
  published_from TEXT NOT NULL,
  published_clamped INTEGER NOT NULL,
  late INTEGER NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  url TEXT NOT NULL,
  language TEXT NOT NULL,
  story INTEGER NOT NULL REFERENCES story (id),
  topic INTEGER NOT NULL REFERENCES topic (key),
  label INTEGER NOT NULL,
  sentiment INTEGER,
  positive REAL,
  neutral REAL,
  negative REAL,
  topics BLOB NOT NULL,
  unscored_reason TEXT NOT NULL,
  model INTEGER NOT NULL REFERENCES model (key),
  truncated INTEGER NOT NULL,
  vote_topic INTEGER NOT NULL REFERENCES topic (key),
  vote_label INTEGER NOT NULL,
  vote_sentiment INTEGER,
  vote_negative REAL
) STRICT;
CREATE UNIQUE INDEX document_identity ON document (source, external_id);
CREATE INDEX document_by_time ON document (at);
CREATE INDEX document_by_topic ON document (topic, at);
CREATE INDEX document_by_story ON document (story, source, vote_topic);
CREATE INDEX document_revised ON document (seq) WHERE revision > 1;

-- What a document says about an entity. label NULL: an earlier revision named it, the present one does not;
-- vote_label NULL: it never voted.
CREATE TABLE document_entity (
  document INTEGER NOT NULL REFERENCES document (id),
  entity INTEGER NOT NULL REFERENCES entity (key),
  label INTEGER,
  sentiment INTEGER,
  method TEXT NOT NULL,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  vote_label INTEGER,
  vote_sentiment INTEGER,
  PRIMARY KEY (document, entity)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_entity_by_entity ON document_entity (entity, document);

-- What a document was before its present revision.
CREATE TABLE document_revision (
  document INTEGER NOT NULL REFERENCES document (id),
  revision INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  stored_at INTEGER NOT NULL,
  published_at INTEGER NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  topic INTEGER NOT NULL REFERENCES topic (key),
  label INTEGER NOT NULL,
  sentiment INTEGER,
  model INTEGER NOT NULL REFERENCES model (key),
  UNIQUE (document, revision)
) STRICT;

-- Identities whose raw rows retention has deleted: the same document again is still a repeat.
CREATE TABLE remembered (
  source INTEGER NOT NULL REFERENCES source (key), external_id TEXT NOT NULL, document INTEGER NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (source, external_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX remembered_by_time ON remembered (at);

CREATE VIRTUAL TABLE document_text USING fts5 (
  title, body, content = 'document', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2"
);
-- minute = at / 60,000. The story columns are per grain: the story's vote in the series of everything, of the topic, of
-- the source, of topic and source (in rollup_entity: of those within the entity). Each vote is counted in exactly one
-- row, so that a series' votes are the sum of its grain's column over its rows.
CREATE TABLE rollup_topic (minute INTEGER NOT NULL, topic INTEGER NOT NULL, source INTEGER NOT NULL, documents INTEGER NOT NULL, positive INTEGER NOT NULL, neutral INTEGER NOT NULL, negative INTEGER NOT NULL, abstained INTEGER NOT NULL, unscored INTEGER NOT NULL, sum INTEGER NOT NULL, sum_squares INTEGER NOT NULL, stories_all INTEGER NOT NULL, negative_stories_all INTEGER NOT NULL, scored_stories_all INTEGER NOT NULL, story_sum_all INTEGER NOT NULL, story_sum_squares_all INTEGER NOT NULL, stories_topic INTEGER NOT NULL, negative_stories_topic INTEGER NOT NULL, scored_stories_topic INTEGER NOT NULL, story_sum_topic INTEGER NOT NULL, story_sum_squares_topic INTEGER NOT NULL, stories_source INTEGER NOT NULL, negative_stories_source INTEGER NOT NULL, scored_stories_source INTEGER NOT NULL, story_sum_source INTEGER NOT NULL, story_sum_squares_source INTEGER NOT NULL, stories_topic_source INTEGER NOT NULL, negative_stories_topic_source INTEGER NOT NULL, scored_stories_topic_source INTEGER NOT NULL, story_sum_topic_source INTEGER NOT NULL, story_sum_squares_topic_source INTEGER NOT NULL, PRIMARY KEY (minute,topic,source)) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_entity (entity INTEGER NOT NULL, minute INTEGER NOT NULL, topic INTEGER NOT NULL, source INTEGER NOT NULL, documents INTEGER NOT NULL, positive INTEGER NOT NULL, neutral INTEGER NOT NULL, negative INTEGER NOT NULL, abstained INTEGER NOT NULL, unscored INTEGER NOT NULL, sum INTEGER NOT NULL, sum_squares INTEGER NOT NULL, stories_all INTEGER NOT NULL, negative_stories_all INTEGER NOT NULL, scored_stories_all INTEGER NOT NULL, story_sum_all INTEGER NOT NULL, story_sum_squares_all INTEGER NOT NULL, stories_topic INTEGER NOT NULL, negative_stories_topic INTEGER NOT NULL, scored_stories_topic INTEGER NOT NULL, story_sum_topic INTEGER NOT NULL, story_sum_squares_topic INTEGER NOT NULL, stories_source INTEGER NOT NULL, negative_stories_source INTEGER NOT NULL, scored_stories_source INTEGER NOT NULL, story_sum_source INTEGER NOT NULL, story_sum_squares_source INTEGER NOT NULL, stories_topic_source INTEGER NOT NULL, negative_stories_topic_source INTEGER NOT NULL, scored_stories_topic_source INTEGER NOT NULL, story_sum_topic_source INTEGER NOT NULL, story_sum_squares_topic_source INTEGER NOT NULL, PRIMARY KEY (entity,minute,topic,source)) STRICT, WITHOUT ROWID;
CREATE INDEX rollup_by_topic ON rollup_topic (topic, minute);
CREATE INDEX rollup_entity_by_minute ON rollup_entity (minute);

CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, json TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;

CREATE TABLE alert (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  rule TEXT NOT NULL,
  severity TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'firing', 'resolved')),
  key TEXT NOT NULL CHECK (json_valid(key)),
  measure TEXT NOT NULL,
  evidence TEXT NOT NULL CHECK (json_valid(evidence)),
  labels TEXT NOT NULL CHECK (json_valid(labels)),
  started_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  ended_at INTEGER,
  sequence INTEGER NOT NULL,
  late INTEGER NOT NULL,
  type TEXT NOT NULL,
  reason TEXT NOT NULL,
  runbook_url TEXT NOT NULL,
  model_version TEXT NOT NULL,
  config_version TEXT NOT NULL,
  opened_seq INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  stored_at INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_by_start ON alert (started_at);
CREATE INDEX alert_by_state ON alert (rule, state);

CREATE TABLE alert_transition (
  alert INTEGER NOT NULL REFERENCES alert (number),
  sequence INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  type TEXT NOT NULL,
  state TEXT NOT NULL,
  severity TEXT NOT NULL,
  evidence TEXT NOT NULL CHECK (json_valid(evidence)),
  reason TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  ended_at INTEGER,
  late INTEGER NOT NULL,
  model_version TEXT NOT NULL,
  config_version TEXT NOT NULL,
  stored_at INTEGER NOT NULL,
  UNIQUE (alert, sequence)
) STRICT;

-- Messages to webhooks. message_id is the webhook-id header, the same for every attempt.
CREATE TABLE outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL,
  webhook TEXT NOT NULL,
  type TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'exhausted', 'disabled', 'superseded')),
  created_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  first_attempt_at INTEGER,
  last_attempt_at INTEGER,
  next_attempt_at INTEGER NOT NULL,
  last_status INTEGER NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  UNIQUE (webhook, message_id)
) STRICT;
CREATE INDEX outbox_due ON outbox (webhook, next_attempt_at) WHERE state = 'pending';
CREATE INDEX outbox_order ON outbox (alert_id, webhook, number);

CREATE TABLE delivery_attempt (
  outbox INTEGER NOT NULL REFERENCES outbox (number),
  attempt INTEGER NOT NULL,
  at INTEGER NOT NULL,
  status INTEGER NOT NULL,
  error TEXT NOT NULL,
  outcome TEXT NOT NULL,
  next_attempt_at INTEGER,
  duration_ms INTEGER NOT NULL,
  PRIMARY KEY (outbox, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_off (
  webhook TEXT PRIMARY KEY, at INTEGER NOT NULL, reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE detector_state (
  rule TEXT NOT NULL, key TEXT NOT NULL, blob BLOB NOT NULL, UNIQUE (rule, key)
) STRICT;

CREATE TABLE kafka_position (
  source TEXT NOT NULL, cluster TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL,
  next_offset INTEGER NOT NULL, PRIMARY KEY (source, cluster, topic, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_state (source TEXT PRIMARY KEY, json TEXT NOT NULL CHECK (json_valid(json))) STRICT;

CREATE TABLE source_status (
  source TEXT PRIMARY KEY, last_success INTEGER, last_error_at INTEGER, last_error TEXT NOT NULL DEFAULT '',
  successes INTEGER NOT NULL DEFAULT 0, errors INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
-- Spans in which a source is known to have been heard.
CREATE TABLE source_span (
  source TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (source, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letter (
  id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, pointer TEXT NOT NULL, reason TEXT NOT NULL,
  payload BLOB NOT NULL, payload_bytes INTEGER NOT NULL, position TEXT NOT NULL, at INTEGER NOT NULL,
  forwarded_at INTEGER
) STRICT;
CREATE INDEX dead_letter_pending ON dead_letter (source, id) WHERE forwarded_at IS NULL;

-- For users: storage/schema/views.md says what each column means.
CREATE VIEW document_view AS SELECT d.id, s.id AS source, d.external_id, d.title, d.body, d.url, d.language, strftime('%Y-%m-%dT%H:%M:%S', d.published_at / 1000, 'unixepoch') || printf('.%03dZ', d.published_at % 1000) AS published_at, strftime('%Y-%m-%dT%H:%M:%S', d.received_at / 1000, 'unixepoch') || printf('.%03dZ', d.received_at % 1000) AS received_at, strftime('%Y-%m-%dT%H:%M:%S', d.scored_at / 1000, 'unixepoch') || printf('.%03dZ', d.scored_at % 1000) AS scored_at, strftime('%Y-%m-%dT%H:%M:%S', d.stored_at / 1000, 'unixepoch') || printf('.%03dZ', d.stored_at % 1000) AS stored_at, strftime('%Y-%m-%dT%H:%M:%S', d.revised_at / 1000, 'unixepoch') || printf('.%03dZ', d.revised_at % 1000) AS revised_at, d.at AS at_ms, nullif(t.id, '') AS topic, CASE d.label WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' WHEN 3 THEN 'abstained' ELSE 'unscored' END AS label, d.sentiment / 1e6 AS sentiment, d.positive, d.neutral, d.negative, d.story, d.revision, m.id AS model_version, d.unscored_reason, d.truncated, d.late, d.seq FROM document d JOIN source s ON s.key = d.source JOIN topic t ON t.key = d.topic JOIN model m ON m.key = d.model;
CREATE VIEW document_entity_view AS SELECT d.document, e.id AS entity, e.name, CASE d.label WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' WHEN 3 THEN 'abstained' ELSE 'unscored' END AS label, d.sentiment / 1e6 AS sentiment, d.method, d.start, d.end FROM document_entity d JOIN entity e ON e.key = d.entity WHERE d.label IS NOT NULL;
CREATE VIEW sentiment_minute AS SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1 * 1 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1 * 1 * 60000) % 1000) AS t, (r.minute / 1 * 1 * 60000) AS t_ms, nullif(t.id, '') AS topic, s.id AS source, sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all FROM rollup_topic r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source GROUP BY r.minute / 1, r.topic, r.source;
CREATE VIEW sentiment_hour AS SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 60 * 60 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 60 * 60 * 60000) % 1000) AS t, (r.minute / 60 * 60 * 60000) AS t_ms, nullif(t.id, '') AS topic, s.id AS source, sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all FROM rollup_topic r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source GROUP BY r.minute / 60, r.topic, r.source;
CREATE VIEW sentiment_day AS SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1440 * 1440 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1440 * 1440 * 60000) % 1000) AS t, (r.minute / 1440 * 1440 * 60000) AS t_ms, nullif(t.id, '') AS topic, s.id AS source, sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all FROM rollup_topic r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source GROUP BY r.minute / 1440, r.topic, r.source;
CREATE VIEW sentiment_entity_minute AS SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1 * 1 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1 * 1 * 60000) % 1000) AS t, (r.minute / 1 * 1 * 60000) AS t_ms, e.id AS entity, nullif(t.id, '') AS topic, s.id AS source, sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all FROM rollup_entity r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source JOIN entity e ON e.key = r.entity GROUP BY r.minute / 1, r.entity, r.topic, r.source;
CREATE VIEW alert_view AS SELECT id, rule, severity, state, key, measure, strftime('%Y-%m-%dT%H:%M:%S', started_at / 1000, 'unixepoch') || printf('.%03dZ', started_at % 1000) AS started_at, strftime('%Y-%m-%dT%H:%M:%S', updated_at / 1000, 'unixepoch') || printf('.%03dZ', updated_at % 1000) AS updated_at, strftime('%Y-%m-%dT%H:%M:%S', ended_at / 1000, 'unixepoch') || printf('.%03dZ', ended_at % 1000) AS ended_at, sequence, late, reason, json_extract(evidence, '$.observed') AS observed, json_extract(evidence, '$.expected') AS expected, json_extract(evidence, '$.p_value') AS p_value, evidence, labels, model_version, config_version, seq FROM alert;
