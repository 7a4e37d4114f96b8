-- Step 11: a topic is told from another one of the same name. incarnation: those of one name are counted from 1; 0 is
-- the one that was read before they were, whose records without an id keep their ids. delivered: the last records
-- before the position, "offset,timestamp,checksum" each, to be recognised.
ALTER TABLE kafka_position ADD COLUMN incarnation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE kafka_position ADD COLUMN delivered TEXT NOT NULL DEFAULT '';
-- Where two clusters had a topic of one name, records to come are told apart by their ids.
UPDATE kafka_position SET incarnation = 1 WHERE (source, topic) IN (
  SELECT source, topic FROM kafka_position GROUP BY source, topic HAVING count(DISTINCT cluster) > 1
);
