-- Step 28: companies by the hour, whatever the topic and the source: a year of a hundred companies is read from a tenth of
-- the rows. Follows entity_sums by itself. minute: the first one of the hour.
CREATE TABLE entity_hours (
  entity INTEGER NOT NULL, minute INTEGER NOT NULL, model INTEGER NOT NULL, documents INTEGER NOT NULL,
  positive INTEGER NOT NULL, neutral INTEGER NOT NULL, negative INTEGER NOT NULL, abstained INTEGER NOT NULL,
  unscored INTEGER NOT NULL, sum INTEGER NOT NULL, sum_squares INTEGER NOT NULL, repeats_all INTEGER NOT NULL,
  negative_repeats_all INTEGER NOT NULL, scored_repeats_all INTEGER NOT NULL, repeat_sum_all INTEGER NOT NULL,
  repeat_sum_squares_all INTEGER NOT NULL, PRIMARY KEY (entity, minute, model)
) STRICT, WITHOUT ROWID;
INSERT INTO entity_hours SELECT
  entity, minute - (minute % 60 + 60) % 60 AS hour, model, sum(counted(documents)), sum(positive), sum(neutral),
  sum(negative), sum(abstained), sum(unscored), sum(sum), sum(sum_squares), sum(repeats_all),
  sum(negative_repeats_all), sum(scored_repeats_all), sum(repeat_sum_all), sum(repeat_sum_squares_all)
FROM entity_sums GROUP BY 1, 2, 3;
CREATE TRIGGER entity_hours_insert AFTER INSERT ON entity_sums BEGIN
  INSERT INTO entity_hours VALUES (
    new.entity, new.minute - (new.minute % 60 + 60) % 60, new.model, new.documents, new.positive, new.neutral,
    new.negative, new.abstained, new.unscored, new.sum, new.sum_squares, new.repeats_all, new.negative_repeats_all,
    new.scored_repeats_all, new.repeat_sum_all, new.repeat_sum_squares_all
  ) ON CONFLICT DO UPDATE SET
    documents = documents + excluded.documents, positive = positive + excluded.positive,
    neutral = neutral + excluded.neutral, negative = negative + excluded.negative,
    abstained = abstained + excluded.abstained, unscored = unscored + excluded.unscored, sum = sum + excluded.sum,
    sum_squares = sum_squares + excluded.sum_squares, repeats_all = repeats_all + excluded.repeats_all,
    negative_repeats_all = negative_repeats_all + excluded.negative_repeats_all,
    scored_repeats_all = scored_repeats_all + excluded.scored_repeats_all,
    repeat_sum_all = repeat_sum_all + excluded.repeat_sum_all,
    repeat_sum_squares_all = repeat_sum_squares_all + excluded.repeat_sum_squares_all;
END;
CREATE TRIGGER entity_hours_update AFTER UPDATE ON entity_sums BEGIN
  UPDATE entity_hours SET
    documents = documents + new.documents - old.documents, positive = positive + new.positive - old.positive,
    neutral = neutral + new.neutral - old.neutral, negative = negative + new.negative - old.negative,
    abstained = abstained + new.abstained - old.abstained, unscored = unscored + new.unscored - old.unscored,
    sum = sum + new.sum - old.sum, sum_squares = sum_squares + new.sum_squares - old.sum_squares,
    repeats_all = repeats_all + new.repeats_all - old.repeats_all,
    negative_repeats_all = negative_repeats_all + new.negative_repeats_all - old.negative_repeats_all,
    scored_repeats_all = scored_repeats_all + new.scored_repeats_all - old.scored_repeats_all,
    repeat_sum_all = repeat_sum_all + new.repeat_sum_all - old.repeat_sum_all,
    repeat_sum_squares_all = repeat_sum_squares_all + new.repeat_sum_squares_all - old.repeat_sum_squares_all
  WHERE entity = new.entity AND minute = new.minute - (new.minute % 60 + 60) % 60 AND model = new.model;
END;
CREATE TRIGGER entity_hours_delete AFTER DELETE ON entity_sums BEGIN
  UPDATE entity_hours SET
    documents = documents - old.documents, positive = positive - old.positive, neutral = neutral - old.neutral,
    negative = negative - old.negative, abstained = abstained - old.abstained, unscored = unscored - old.unscored,
    sum = sum - old.sum, sum_squares = sum_squares - old.sum_squares, repeats_all = repeats_all - old.repeats_all,
    negative_repeats_all = negative_repeats_all - old.negative_repeats_all,
    scored_repeats_all = scored_repeats_all - old.scored_repeats_all,
    repeat_sum_all = repeat_sum_all - old.repeat_sum_all,
    repeat_sum_squares_all = repeat_sum_squares_all - old.repeat_sum_squares_all
  WHERE entity = old.entity AND minute = old.minute - (old.minute % 60 + 60) % 60 AND model = old.model;
  DELETE FROM entity_hours
  WHERE entity = old.entity AND minute = old.minute - (old.minute % 60 + 60) % 60 AND model = old.model AND NOT EXISTS (
    SELECT 1 FROM entity_sums s
    WHERE s.entity = entity_hours.entity AND s.minute >= entity_hours.minute AND s.minute < entity_hours.minute + 60
      AND s.model = entity_hours.model);
END;
