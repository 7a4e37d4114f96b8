-- Step 19: the seq of the revision that first said the opposite of what the document said when it arrived; the detector
-- is shown it again in its place.
ALTER TABLE document ADD COLUMN turned_seq INTEGER;
CREATE INDEX document_turned ON document (turned_seq) WHERE turned_seq IS NOT NULL;
