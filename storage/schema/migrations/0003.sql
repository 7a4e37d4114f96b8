-- Step 3: the votes of entities that only a revision brought in.
-- Of an entity that a revision brought in: the revision's seq and the topic it gave the document, where the story votes.
-- NULL: it was named on arrival, and its vote is the document's.
ALTER TABLE document_entity ADD COLUMN vote_seq INTEGER;
ALTER TABLE document_entity ADD COLUMN vote_topic INTEGER REFERENCES topic (key);
