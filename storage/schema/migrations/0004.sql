-- Step 4: the full-text index keeps the words of search_words() (storage/text/search_words.hpp) instead of the text as it
-- is, so that it finds names in Chinese, Japanese and Thai, and half and full width alike. 'ascii' splits at the spaces
-- that search_words() puts, and at nothing else. One pass over all documents; FTS5 writes its words out every megabyte.
DROP TABLE document_text;
CREATE VIRTUAL TABLE document_text USING fts5 (title, body, content = '', tokenize = 'ascii');
INSERT INTO document_text (rowid, title, body) SELECT id, search_words(title), search_words(body) FROM document;
