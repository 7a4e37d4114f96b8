-- Step 6: what the title of a story's first document says, as whoever chooses stories wrote it (ingest/story/); stories
-- from before have none and are found by their key alone. The index finds the stories of the last days at a start.
ALTER TABLE story ADD COLUMN signature BLOB;
-- turned: a correction that says the opposite of what its story's first document said.
ALTER TABLE document ADD COLUMN turned INTEGER NOT NULL DEFAULT 0;
CREATE INDEX story_by_time ON story (first_at) WHERE signature IS NOT NULL;
