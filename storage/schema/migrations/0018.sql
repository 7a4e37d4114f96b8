-- Step 18: a company that a repeat or a revision names first votes for its series there and then. vote_late: whether that
-- was too late for a live alert; NULL: named by an earlier version, which showed the detector nothing of it.
ALTER TABLE document_entity ADD COLUMN vote_late INTEGER;
CREATE INDEX document_entity_by_later_vote ON document_entity (vote_seq) WHERE vote_late IS NOT NULL;
