-- Step 21: scores of stored documents under other versions of the model than those that scored them as they came.
-- revision: of the document, whose text the scores are of; vote_…: of the text with which it gave its story's vote;
-- mentions: whether the companies that it names have scores too.
CREATE TABLE rescored (
  document INTEGER NOT NULL REFERENCES document (id), model INTEGER NOT NULL REFERENCES model (key),
  revision INTEGER NOT NULL, mentions INTEGER NOT NULL, scored_at INTEGER NOT NULL,
  topic INTEGER NOT NULL REFERENCES topic (key), label INTEGER NOT NULL, sentiment INTEGER,
  positive REAL, neutral REAL, negative REAL,
  vote_topic INTEGER NOT NULL REFERENCES topic (key), vote_label INTEGER NOT NULL, vote_sentiment INTEGER,
  vote_negative REAL,
  PRIMARY KEY (document, model)
) STRICT, WITHOUT ROWID;
-- label: nothing where the revision does not name the company.
CREATE TABLE rescored_mention (
  document INTEGER NOT NULL REFERENCES document (id), model INTEGER NOT NULL REFERENCES model (key),
  entity INTEGER NOT NULL REFERENCES entity (key), label INTEGER, sentiment INTEGER, method TEXT NOT NULL,
  vote_topic INTEGER NOT NULL REFERENCES topic (key), vote_label INTEGER NOT NULL, vote_sentiment INTEGER,
  PRIMARY KEY (document, model, entity)
) STRICT, WITHOUT ROWID;

-- What is to be added to the rows of a version in rollup_topic and rollup_entity, for the roll-ups that it would have
-- written had it scored these documents as they came: some of it is negative, where an earlier document votes in place
-- of a later one.
CREATE TABLE rescored_topic (
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
CREATE TABLE rescored_entity (
  entity INTEGER NOT NULL, minute INTEGER NOT NULL, topic INTEGER NOT NULL, source INTEGER NOT NULL,
  model INTEGER NOT NULL,
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
  PRIMARY KEY (entity, minute, topic, source, model)
) STRICT, WITHOUT ROWID;
CREATE INDEX rescored_topic_by_topic ON rescored_topic (topic, minute);
CREATE INDEX rescored_entity_by_minute ON rescored_entity (minute);

-- The times of the documents that have been scored again under a version.
ALTER TABLE model ADD COLUMN rescored_first_at INTEGER;
ALTER TABLE model ADD COLUMN rescored_last_at INTEGER;
