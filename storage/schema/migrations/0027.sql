-- Step 27: the same facts in fewer bytes.
-- story.title_hash: 64 bits of the hash of its title's words instead of 32 letters, which its index held once more.
ALTER TABLE story ADD COLUMN title_hash INTEGER;
UPDATE story SET title_hash = title_hash(key);
DROP INDEX story_by_key;
ALTER TABLE story DROP COLUMN key;
CREATE INDEX story_by_title ON story (title_hash);
-- A story's signature goes when nothing can join it any more: rows of their own give their space back.
CREATE TABLE story_signature (story INTEGER PRIMARY KEY REFERENCES story (id), signature BLOB NOT NULL) STRICT;
INSERT INTO story_signature SELECT id, signature FROM story WHERE signature IS NOT NULL;
DROP INDEX story_by_time;
ALTER TABLE story DROP COLUMN signature;
-- document.topics: two bytes for each topic (storage/document/topic_probabilities.hpp); rows from before stay as they are.
-- document.vote_negative: NULL where it is `negative`, which it is until a revision.

-- What the documents' sums exceed those of the votes by: a vote mostly counts where its document does. The roll-ups as
-- they are read are views.
CREATE TABLE topic_sums (
  minute INTEGER NOT NULL, topic INTEGER NOT NULL, source INTEGER NOT NULL, model INTEGER NOT NULL,
  documents INTEGER NOT NULL, positive INTEGER NOT NULL, neutral INTEGER NOT NULL, negative INTEGER NOT NULL,
  abstained INTEGER NOT NULL, unscored INTEGER NOT NULL, sum INTEGER NOT NULL, sum_squares INTEGER NOT NULL,
  repeats_all INTEGER NOT NULL, negative_repeats_all INTEGER NOT NULL, scored_repeats_all INTEGER NOT NULL,
  repeat_sum_all INTEGER NOT NULL, repeat_sum_squares_all INTEGER NOT NULL, repeats_topic INTEGER NOT NULL,
  negative_repeats_topic INTEGER NOT NULL, scored_repeats_topic INTEGER NOT NULL, repeat_sum_topic INTEGER NOT NULL,
  repeat_sum_squares_topic INTEGER NOT NULL, repeats_source INTEGER NOT NULL,
  negative_repeats_source INTEGER NOT NULL, scored_repeats_source INTEGER NOT NULL,
  repeat_sum_source INTEGER NOT NULL, repeat_sum_squares_source INTEGER NOT NULL,
  repeats_topic_source INTEGER NOT NULL, negative_repeats_topic_source INTEGER NOT NULL,
  scored_repeats_topic_source INTEGER NOT NULL, repeat_sum_topic_source INTEGER NOT NULL,
  repeat_sum_squares_topic_source INTEGER NOT NULL,
  PRIMARY KEY (minute, topic, source, model)
) STRICT, WITHOUT ROWID;
INSERT INTO topic_sums SELECT
  counted(minute), topic, source, model, documents, positive, neutral, negative, abstained, unscored, sum,
  sum_squares, documents - stories_all, negative - negative_stories_all,
  positive + neutral + negative - scored_stories_all, sum - story_sum_all, sum_squares - story_sum_squares_all,
  documents - stories_topic, negative - negative_stories_topic, positive + neutral + negative - scored_stories_topic,
  sum - story_sum_topic, sum_squares - story_sum_squares_topic, documents - stories_source,
  negative - negative_stories_source, positive + neutral + negative - scored_stories_source, sum - story_sum_source,
  sum_squares - story_sum_squares_source, documents - stories_topic_source, negative - negative_stories_topic_source,
  positive + neutral + negative - scored_stories_topic_source, sum - story_sum_topic_source,
  sum_squares - story_sum_squares_topic_source
FROM rollup_topic;
DROP TABLE rollup_topic;
CREATE INDEX topic_sums_by_topic ON topic_sums (topic, minute);
CREATE VIEW rollup_topic AS SELECT
  minute, topic, source, model, documents, positive, neutral, negative, abstained, unscored, sum, sum_squares,
  documents - repeats_all AS stories_all, negative - negative_repeats_all AS negative_stories_all,
  positive + neutral + negative - scored_repeats_all AS scored_stories_all, sum - repeat_sum_all AS story_sum_all,
  sum_squares - repeat_sum_squares_all AS story_sum_squares_all, documents - repeats_topic AS stories_topic,
  negative - negative_repeats_topic AS negative_stories_topic,
  positive + neutral + negative - scored_repeats_topic AS scored_stories_topic,
  sum - repeat_sum_topic AS story_sum_topic, sum_squares - repeat_sum_squares_topic AS story_sum_squares_topic,
  documents - repeats_source AS stories_source, negative - negative_repeats_source AS negative_stories_source,
  positive + neutral + negative - scored_repeats_source AS scored_stories_source,
  sum - repeat_sum_source AS story_sum_source, sum_squares - repeat_sum_squares_source AS story_sum_squares_source,
  documents - repeats_topic_source AS stories_topic_source,
  negative - negative_repeats_topic_source AS negative_stories_topic_source,
  positive + neutral + negative - scored_repeats_topic_source AS scored_stories_topic_source,
  sum - repeat_sum_topic_source AS story_sum_topic_source,
  sum_squares - repeat_sum_squares_topic_source AS story_sum_squares_topic_source
FROM topic_sums;
CREATE TABLE entity_sums (
  entity INTEGER NOT NULL, minute INTEGER NOT NULL, topic INTEGER NOT NULL, source INTEGER NOT NULL,
  model INTEGER NOT NULL, documents INTEGER NOT NULL, positive INTEGER NOT NULL, neutral INTEGER NOT NULL,
  negative INTEGER NOT NULL, abstained INTEGER NOT NULL, unscored INTEGER NOT NULL, sum INTEGER NOT NULL,
  sum_squares INTEGER NOT NULL, repeats_all INTEGER NOT NULL, negative_repeats_all INTEGER NOT NULL,
  scored_repeats_all INTEGER NOT NULL, repeat_sum_all INTEGER NOT NULL, repeat_sum_squares_all INTEGER NOT NULL,
  repeats_topic INTEGER NOT NULL, negative_repeats_topic INTEGER NOT NULL, scored_repeats_topic INTEGER NOT NULL,
  repeat_sum_topic INTEGER NOT NULL, repeat_sum_squares_topic INTEGER NOT NULL, repeats_source INTEGER NOT NULL,
  negative_repeats_source INTEGER NOT NULL, scored_repeats_source INTEGER NOT NULL,
  repeat_sum_source INTEGER NOT NULL, repeat_sum_squares_source INTEGER NOT NULL,
  repeats_topic_source INTEGER NOT NULL, negative_repeats_topic_source INTEGER NOT NULL,
  scored_repeats_topic_source INTEGER NOT NULL, repeat_sum_topic_source INTEGER NOT NULL,
  repeat_sum_squares_topic_source INTEGER NOT NULL,
  PRIMARY KEY (entity, minute, topic, source, model)
) STRICT, WITHOUT ROWID;
INSERT INTO entity_sums SELECT
  entity, counted(minute), topic, source, model, documents, positive, neutral, negative, abstained, unscored, sum,
  sum_squares, documents - stories_all, negative - negative_stories_all,
  positive + neutral + negative - scored_stories_all, sum - story_sum_all, sum_squares - story_sum_squares_all,
  documents - stories_topic, negative - negative_stories_topic, positive + neutral + negative - scored_stories_topic,
  sum - story_sum_topic, sum_squares - story_sum_squares_topic, documents - stories_source,
  negative - negative_stories_source, positive + neutral + negative - scored_stories_source, sum - story_sum_source,
  sum_squares - story_sum_squares_source, documents - stories_topic_source, negative - negative_stories_topic_source,
  positive + neutral + negative - scored_stories_topic_source, sum - story_sum_topic_source,
  sum_squares - story_sum_squares_topic_source
FROM rollup_entity;
DROP TABLE rollup_entity;
CREATE INDEX entity_sums_by_minute ON entity_sums (minute);
CREATE VIEW rollup_entity AS SELECT
  entity, minute, topic, source, model, documents, positive, neutral, negative, abstained, unscored, sum, sum_squares,
  documents - repeats_all AS stories_all, negative - negative_repeats_all AS negative_stories_all,
  positive + neutral + negative - scored_repeats_all AS scored_stories_all, sum - repeat_sum_all AS story_sum_all,
  sum_squares - repeat_sum_squares_all AS story_sum_squares_all, documents - repeats_topic AS stories_topic,
  negative - negative_repeats_topic AS negative_stories_topic,
  positive + neutral + negative - scored_repeats_topic AS scored_stories_topic,
  sum - repeat_sum_topic AS story_sum_topic, sum_squares - repeat_sum_squares_topic AS story_sum_squares_topic,
  documents - repeats_source AS stories_source, negative - negative_repeats_source AS negative_stories_source,
  positive + neutral + negative - scored_repeats_source AS scored_stories_source,
  sum - repeat_sum_source AS story_sum_source, sum_squares - repeat_sum_squares_source AS story_sum_squares_source,
  documents - repeats_topic_source AS stories_topic_source,
  negative - negative_repeats_topic_source AS negative_stories_topic_source,
  positive + neutral + negative - scored_repeats_topic_source AS scored_stories_topic_source,
  sum - repeat_sum_topic_source AS story_sum_topic_source,
  sum_squares - repeat_sum_squares_topic_source AS story_sum_squares_topic_source
FROM entity_sums;
