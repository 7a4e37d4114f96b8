PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL,
  event_time INTEGER
) STRICT;
INSERT INTO clock VALUES(1,7,1772535600000);
CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO mark VALUES('folded_before',29801325);
CREATE TABLE tick (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
CREATE TABLE topic (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, documents INTEGER NOT NULL DEFAULT 0, last_seen INTEGER
) STRICT;
INSERT INTO topic VALUES(1,'financials',2,1772442120000);
INSERT INTO topic VALUES(2,'dividend',1,1772443200000);
INSERT INTO topic VALUES(3,'stock-commentary',2,1772445900000);
INSERT INTO topic VALUES(4,'legal-regulation',1,1772535600000);
CREATE TABLE source (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, documents INTEGER NOT NULL DEFAULT 0, last_seen INTEGER
) STRICT;
INSERT INTO source VALUES(1,'wire',5,1772535600000);
INSERT INTO source VALUES(2,'herald',1,1772442120000);
CREATE TABLE entity (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL DEFAULT '',
  documents INTEGER NOT NULL DEFAULT 0, last_seen INTEGER
) STRICT;
INSERT INTO entity VALUES(1,'acme','Acme',3,1772443200000);
INSERT INTO entity VALUES(2,'bolt','Bolt',3,1772535600000);
CREATE TABLE model (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, first_at INTEGER, last_at INTEGER) STRICT;
INSERT INTO model VALUES(1,'tapewatch-minilm+452c75e0',1772442000000,1772535600000);
CREATE TABLE story (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, first_at INTEGER NOT NULL, documents INTEGER NOT NULL,
  pruned INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO story VALUES(1,'83f64be9de346d6fe005201e3ad840b1',1772442000000,2,0);
INSERT INTO story VALUES(2,'215bf92e8a88f71026a1a00eb7ec1f2b',1772443200000,1,0);
INSERT INTO story VALUES(3,'2cb50b56f637342a71ebc72772592b59',1772445660000,1,0);
INSERT INTO story VALUES(4,'7a7a0f609a8bb03e4e7174d715c6bfaf',1772445900000,1,0);
INSERT INTO story VALUES(5,'7fef714fd7ab095af2fce750f75c2e2a',1772535600000,1,0);
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
INSERT INTO document VALUES(1,1,'1',7,2,0,1772442000000,1772442000000,1795856117510,1795856117558,1795856117558,1795856117564,'source',0,0,'Acme profit falls 12% short of forecasts, Bolt gains','','','en',1,1,2,-710070,0.13181273639202117919,0.026304982602596282958,0.84188228845596313476,X'26218b3cd6bca93a28d8d33c567f303c7446c53c5634443da186b53be069f43e3e51b73a5454083df667193bdbdf6c3bcbf9153bb9e7353cb11fd03c7f03023c9f76083cffdad63b8e76903ea598bd3b','',1,0,1,2,-985051,0.99036633968353271484);
INSERT INTO document VALUES(2,2,'2',2,1,0,1772442120000,1772442120000,1795856117510,1795856117558,1795856117564,NULL,'source',0,0,'Acme profit falls short of forecasts','','','en',1,1,2,-985051,0.0053158365190029144287,0.0043178694322705268859,0.99036633968353271484,X'b921503b6716923ac32e303ba75f9a3b380b833c9890d13ccc0a3c3abf1b623ffae4973958b7ea3b89f087397525213af1eabe393ccf903ccf82d43a8358b63a076a7b3ad903ab3b6d10d83cfd8e5d3a','',1,0,1,2,-985051,0.99036633968353271484);
INSERT INTO document VALUES(3,1,'3',3,1,0,1772443200000,1772443200000,1795856117510,1795856117558,1795856117564,NULL,'source',0,0,'Bolt raises its dividend after a record quarter','Café closes in Zürich; Acme looks on.','','en',2,2,0,912667,0.92853564023971557617,0.055595461279153823852,0.01586896553635597229,X'f6396939610e2c395ea5333a06067c3f06a9ce3934f2c3394c8d133ab193ae3abee316399a94703996f4113a8013323a9b4e733905659a360f4e783995f2c7397325e839afbff439c6e8fb3ba637413a','',1,0,2,0,912667,0.01586896553635597229);
INSERT INTO document VALUES(4,1,'4',4,1,0,1772445660000,1772445660000,1795856117510,1795856117558,1795856117564,NULL,'source',0,0,'中国人民银行下调利率','','','',3,3,1,2283,0.032965421676635742187,0.93635207414627075195,0.030682561919093132019,X'ed67083991df443d7cf67c3ba269993cd777ca3adc532e3c1f79763b4dff923abfdb253ef42e6a3b2d93df3ab1d3203bf2bfc13b0a62903d0377893cbffc003ba1c7db3b59f4223f9322833a0b0d473b','',1,0,3,1,2283,0.030682561919093132019);
INSERT INTO document VALUES(5,1,'5',5,1,0,1772445900000,1772445900000,1795856117510,1795856117558,1795856117564,NULL,'source',0,0,'ＮＴＴドコモ、減益','','','',4,3,1,22078,0.03541284799575805664,0.95125222206115722656,0.013334977440536022186,X'581d6c387ca7303cab68bf3a82b0313b9874c83a5da8a53a16b4443a23b5453958b9153e1a07683ab3772a3a57350a3a7a69253ba29a373a25d90c3b6f7d313a514d823a3c0b533f7e4cdd39283a933a','',1,0,3,1,22078,0.013334977440536022186);
INSERT INTO document VALUES(6,1,'6',6,1,0,1772535600000,1772535600000,1795856117510,1795856117558,1795856117564,NULL,'source',0,0,'Regulator fines Bolt for fraud','','','en',5,4,2,-646868,0.13965331017971038818,0.073825612664222717285,0.78652113676071166992,X'5da212386d1c33371824a937eb3eab38879fec386c2d5e367c8e92397526d5397acf1a392cc65038a3cf1139b0937f3f807e4637ec434838ea1c2c371e00e2373203a1383c64803664b621398d6f1338','',1,0,4,2,-646868,0.78652113676071166992);
CREATE TABLE document_entity (
  document INTEGER NOT NULL REFERENCES document (id),
  entity INTEGER NOT NULL REFERENCES entity (key),
  label INTEGER,
  sentiment INTEGER,
  method TEXT NOT NULL,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  vote_label INTEGER,
  vote_sentiment INTEGER, vote_seq INTEGER, vote_topic INTEGER REFERENCES topic (key),
  PRIMARY KEY (document, entity)
) STRICT, WITHOUT ROWID;
INSERT INTO document_entity VALUES(1,1,2,-933395,'attention',0,4,2,-958994,NULL,NULL);
INSERT INTO document_entity VALUES(1,2,0,891637,'attention',42,46,0,891637,7,1);
INSERT INTO document_entity VALUES(2,1,2,-958994,'attention',0,4,2,-958994,NULL,NULL);
INSERT INTO document_entity VALUES(3,1,0,389104,'attention',73,77,0,389104,NULL,NULL);
INSERT INTO document_entity VALUES(3,2,0,780884,'attention',0,4,0,780884,NULL,NULL);
INSERT INTO document_entity VALUES(6,2,2,-207195,'attention',16,20,2,-207195,NULL,NULL);
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
INSERT INTO document_revision VALUES(1,1,1,1795856117558,1772442000000,'Acme profit falls short of forecasts','',1,2,-985051,1);
CREATE TABLE remembered (
  source INTEGER NOT NULL REFERENCES source (key), external_id TEXT NOT NULL, document INTEGER NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (source, external_id)
) STRICT, WITHOUT ROWID;
PRAGMA writable_schema=ON;
INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','document_text','document_text',0,'CREATE VIRTUAL TABLE document_text USING fts5 (
  title, body, content = ''document'', content_rowid = ''id'', tokenize = "unicode61 remove_diacritics 2"
)');
CREATE TABLE IF NOT EXISTS 'document_text_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO document_text_data VALUES(1,X'061f07');
INSERT INTO document_text_data VALUES(10,X'000000000103030003010101020101030101');
INSERT INTO document_text_data VALUES(137438953473,X'00000040053061636d65010202010566616c6c7301020402086f7265636173747301020701026f66010206010670726f666974010203010573686f727401020504090a0d070b');
INSERT INTO document_text_data VALUES(274877906945,X'0000013d0230610302070203636d6502020201060101060204667465720302060104626f6c74030202030204010463616665030601010202056c6f736573030601010301086469766964656e64030205010566616c6c730202040204696e657306020302026f7206020504066563617374730202070204726175640602060102696e03060101040202747303020401056c6f6f6b73030601010701026f6602020602016e0306010108010670726f6669740202030107717561727465720302090106726169736573030203020565636f7264030208030767756c61746f72060202010573686f727402020501067a75726963680306010105011ee4b8ade59bbde4babae6b091e993b6e8a18ce4b88be8b083e588a9e78e870402020106e6b89be79b8a0502030112efbd8eefbd94efbd94e38389e382b3e383a205020204060d090c0b0c0d0a09070b0909070c07080b0c0b0a0c0a0d230b');
INSERT INTO document_text_data VALUES(412316860417,X'0000005a03303132010205010461636d650103020104626f6c74010209010566616c6c7301030402086f7265636173747301030801056761696e7301020a01026f66010307010670726f666974010303010573686f7274010306040709090a0d0a070b');
CREATE TABLE IF NOT EXISTS 'document_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO document_text_idx VALUES(1,X'',2);
INSERT INTO document_text_idx VALUES(2,X'',2);
INSERT INTO document_text_idx VALUES(3,X'',2);
CREATE TABLE IF NOT EXISTS 'document_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
INSERT INTO document_text_docsize VALUES(1,X'0900');
INSERT INTO document_text_docsize VALUES(2,X'0600');
INSERT INTO document_text_docsize VALUES(3,X'0807');
INSERT INTO document_text_docsize VALUES(4,X'0100');
INSERT INTO document_text_docsize VALUES(5,X'0200');
INSERT INTO document_text_docsize VALUES(6,X'0500');
CREATE TABLE IF NOT EXISTS 'document_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO document_text_config VALUES('version',4);
CREATE TABLE rollup_topic (minute INTEGER NOT NULL, topic INTEGER NOT NULL, source INTEGER NOT NULL, documents INTEGER NOT NULL, positive INTEGER NOT NULL, neutral INTEGER NOT NULL, negative INTEGER NOT NULL, abstained INTEGER NOT NULL, unscored INTEGER NOT NULL, sum INTEGER NOT NULL, sum_squares INTEGER NOT NULL, stories_all INTEGER NOT NULL, negative_stories_all INTEGER NOT NULL, scored_stories_all INTEGER NOT NULL, story_sum_all INTEGER NOT NULL, story_sum_squares_all INTEGER NOT NULL, stories_topic INTEGER NOT NULL, negative_stories_topic INTEGER NOT NULL, scored_stories_topic INTEGER NOT NULL, story_sum_topic INTEGER NOT NULL, story_sum_squares_topic INTEGER NOT NULL, stories_source INTEGER NOT NULL, negative_stories_source INTEGER NOT NULL, scored_stories_source INTEGER NOT NULL, story_sum_source INTEGER NOT NULL, story_sum_squares_source INTEGER NOT NULL, stories_topic_source INTEGER NOT NULL, negative_stories_topic_source INTEGER NOT NULL, scored_stories_topic_source INTEGER NOT NULL, story_sum_topic_source INTEGER NOT NULL, story_sum_squares_topic_source INTEGER NOT NULL, PRIMARY KEY (minute,topic,source)) STRICT, WITHOUT ROWID;
INSERT INTO rollup_topic VALUES(29540700,1,1,1,0,0,1,0,0,-710070,504199405,1,1,1,-985051,970325473,1,1,1,-985051,970325473,1,1,1,-985051,970325473,1,1,1,-985051,970325473);
INSERT INTO rollup_topic VALUES(29540700,1,2,1,0,0,1,0,0,-985051,970325473,0,0,0,0,0,0,0,0,0,0,1,1,1,-985051,970325473,1,1,1,-985051,970325473);
INSERT INTO rollup_topic VALUES(29540715,2,1,1,1,0,0,0,0,912667,832961053,1,0,1,912667,832961053,1,0,1,912667,832961053,1,0,1,912667,832961053,1,0,1,912667,832961053);
INSERT INTO rollup_topic VALUES(29540760,3,1,2,0,2,0,0,0,24361,492650,2,0,2,24361,492650,2,0,2,24361,492650,2,0,2,24361,492650,2,0,2,24361,492650);
INSERT INTO rollup_topic VALUES(29542260,4,1,1,0,0,1,0,0,-646868,418438209,1,1,1,-646868,418438209,1,1,1,-646868,418438209,1,1,1,-646868,418438209,1,1,1,-646868,418438209);
CREATE TABLE rollup_entity (entity INTEGER NOT NULL, minute INTEGER NOT NULL, topic INTEGER NOT NULL, source INTEGER NOT NULL, documents INTEGER NOT NULL, positive INTEGER NOT NULL, neutral INTEGER NOT NULL, negative INTEGER NOT NULL, abstained INTEGER NOT NULL, unscored INTEGER NOT NULL, sum INTEGER NOT NULL, sum_squares INTEGER NOT NULL, stories_all INTEGER NOT NULL, negative_stories_all INTEGER NOT NULL, scored_stories_all INTEGER NOT NULL, story_sum_all INTEGER NOT NULL, story_sum_squares_all INTEGER NOT NULL, stories_topic INTEGER NOT NULL, negative_stories_topic INTEGER NOT NULL, scored_stories_topic INTEGER NOT NULL, story_sum_topic INTEGER NOT NULL, story_sum_squares_topic INTEGER NOT NULL, stories_source INTEGER NOT NULL, negative_stories_source INTEGER NOT NULL, scored_stories_source INTEGER NOT NULL, story_sum_source INTEGER NOT NULL, story_sum_squares_source INTEGER NOT NULL, stories_topic_source INTEGER NOT NULL, negative_stories_topic_source INTEGER NOT NULL, scored_stories_topic_source INTEGER NOT NULL, story_sum_topic_source INTEGER NOT NULL, story_sum_squares_topic_source INTEGER NOT NULL, PRIMARY KEY (entity,minute,topic,source)) STRICT, WITHOUT ROWID;
INSERT INTO rollup_entity VALUES(1,29540700,1,1,1,0,0,1,0,0,-933395,871226226,1,1,1,-958994,919669492,1,1,1,-958994,919669492,1,1,1,-958994,919669492,1,1,1,-958994,919669492);
INSERT INTO rollup_entity VALUES(1,29540700,1,2,1,0,0,1,0,0,-958994,919669492,0,0,0,0,0,0,0,0,0,0,1,1,1,-958994,919669492,1,1,1,-958994,919669492);
INSERT INTO rollup_entity VALUES(1,29540715,2,1,1,1,0,0,0,0,389104,151401923,1,0,1,389104,151401923,1,0,1,389104,151401923,1,0,1,389104,151401923,1,0,1,389104,151401923);
INSERT INTO rollup_entity VALUES(2,29540700,1,1,1,1,0,0,0,0,891637,795016540,1,0,1,891637,795016540,1,0,1,891637,795016540,1,0,1,891637,795016540,1,0,1,891637,795016540);
INSERT INTO rollup_entity VALUES(2,29540715,2,1,1,1,0,0,0,0,780884,609779821,1,0,1,780884,609779821,1,0,1,780884,609779821,1,0,1,780884,609779821,1,0,1,780884,609779821);
INSERT INTO rollup_entity VALUES(2,29542260,4,1,1,0,0,1,0,0,-207195,42929768,1,1,1,-207195,42929768,1,1,1,-207195,42929768,1,1,1,-207195,42929768,1,1,1,-207195,42929768);
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, json TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
INSERT INTO event VALUES(1,'document','{"id":"1","seq":1,"revision":1,"source":"wire","title":"Acme profit falls short of forecasts","url":"https://news.example/1","language":"en","published_at":"2026-03-02T09:00:00.000Z","sentiment":-0.985051,"label":"negative","probabilities":{"positive":0.0053158365,"neutral":0.0043178694,"negative":0.99036634},"topic":"financials","entities":[{"id":"acme","name":"Acme","sentiment":-0.958994,"label":"negative"}],"story":"1","late":false,"model":"tapewatch-minilm+452c75e0"}',1795856117558);
INSERT INTO event VALUES(2,'document','{"id":"2","seq":2,"revision":1,"source":"herald","title":"Acme profit falls short of forecasts","url":"","language":"en","published_at":"2026-03-02T09:02:00.000Z","sentiment":-0.985051,"label":"negative","probabilities":{"positive":0.0053158365,"neutral":0.0043178694,"negative":0.99036634},"topic":"financials","entities":[{"id":"acme","name":"Acme","sentiment":-0.958994,"label":"negative"}],"story":"1","late":false,"model":"tapewatch-minilm+452c75e0"}',1795856117564);
INSERT INTO event VALUES(3,'document','{"id":"3","seq":3,"revision":1,"source":"wire","title":"Bolt raises its dividend after a record quarter","url":"","language":"en","published_at":"2026-03-02T09:20:00.000Z","sentiment":0.912667,"label":"positive","probabilities":{"positive":0.92853564,"neutral":0.05559546,"negative":0.015868966},"topic":"dividend","entities":[{"id":"bolt","name":"Bolt","sentiment":0.780884,"label":"positive"},{"id":"acme","name":"Acme","sentiment":0.389104,"label":"positive"}],"story":"2","late":false,"model":"tapewatch-minilm+452c75e0"}',1795856117564);
INSERT INTO event VALUES(4,'document','{"id":"4","seq":4,"revision":1,"source":"wire","title":"中国人民银行下调利率","url":"","language":"","published_at":"2026-03-02T10:01:00.000Z","sentiment":0.002283,"label":"neutral","probabilities":{"positive":0.03296542,"neutral":0.9363521,"negative":0.030682562},"topic":"stock-commentary","entities":[],"story":"3","late":false,"model":"tapewatch-minilm+452c75e0"}',1795856117564);
INSERT INTO event VALUES(5,'document','{"id":"5","seq":5,"revision":1,"source":"wire","title":"ＮＴＴドコモ、減益","url":"","language":"","published_at":"2026-03-02T10:05:00.000Z","sentiment":0.022078,"label":"neutral","probabilities":{"positive":0.035412848,"neutral":0.9512522,"negative":0.013334977},"topic":"stock-commentary","entities":[],"story":"4","late":false,"model":"tapewatch-minilm+452c75e0"}',1795856117564);
INSERT INTO event VALUES(6,'document','{"id":"6","seq":6,"revision":1,"source":"wire","title":"Regulator fines Bolt for fraud","url":"","language":"en","published_at":"2026-03-03T11:00:00.000Z","sentiment":-0.646868,"label":"negative","probabilities":{"positive":0.13965331,"neutral":0.07382561,"negative":0.78652114},"topic":"legal-regulation","entities":[{"id":"bolt","name":"Bolt","sentiment":-0.207195,"label":"negative"}],"story":"5","late":false,"model":"tapewatch-minilm+452c75e0"}',1795856117564);
INSERT INTO event VALUES(7,'document','{"id":"1","seq":7,"revision":2,"source":"wire","title":"Acme profit falls 12% short of forecasts, Bolt gains","url":"","language":"en","published_at":"2026-03-02T09:00:00.000Z","sentiment":-0.71007,"label":"negative","probabilities":{"positive":0.13181274,"neutral":0.026304983,"negative":0.8418823},"topic":"financials","entities":[{"id":"acme","name":"Acme","sentiment":-0.933395,"label":"negative"},{"id":"bolt","name":"Bolt","sentiment":0.891637,"label":"positive"}],"story":"1","late":true,"model":"tapewatch-minilm+452c75e0"}',1795856117564);
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
INSERT INTO detector_state VALUES('negative-burst','',X'0149000000320a6e656761746976655f73746f726965730a67726f75705f627909746f7069630a746f7069630a656e746974790a7461670a736f757263650a77696e646f7773093509313509363080d35ab39c01000008000000637269746963616c0000000000000000190000007461706577617463682d6d696e696c6d2b34353263373565304500000001000000000000f03f00840c2400000000050000000000000040771b00000000000000000000000000a0bb0d000000000008000000637269746963616c00000000000000000000000000000000809ac6ad9c0100005183070000000000010000003a830700000000005383070000000000');
INSERT INTO detector_state VALUES('negative-burst','{"topic":"financials"}',X'010100000005000000746f7069630a00000066696e616e6369616c730a00000046696e616e6369616c73190000007461706577617463682d6d696e696c6d2b3435326337356530000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000f03f000000000000f03f000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000039830700000000005ec1c201000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO detector_state VALUES('negative-burst','{"topic":"financials"}#h57',X'0139830700000000000100000001000000000000000200000080');
INSERT INTO detector_state VALUES('negative-burst','{"topic":"financials"}#r',X'010100000001000000000000005cc1c201000000002400000041636d652070726f6669742066616c6c732073686f7274206f6620666f726563617374731600000068747470733a2f2f6e6577732e6578616d706c652f31000000a08885efbf04000000776972650200000000000000');
INSERT INTO detector_state VALUES('negative-burst','{"topic":"dividend"}',X'010100000005000000746f706963080000006469766964656e64080000004469766964656e64190000007461706577617463682d6d696e696c6d2b3435326337356530000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000f03f000000000000f03f0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000398307000000000070c1c201000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO detector_state VALUES('negative-burst','{"topic":"dividend"}#h57',X'0139830700000000000100000002000000000000000100000014');
INSERT INTO detector_state VALUES('negative-burst','{"topic":"legal-regulation"}',X'010100000005000000746f706963100000006c6567616c2d726567756c6174696f6e100000004c6567616c20526567756c6174696f6e190000007461706577617463682d6d696e696c6d2b3435326337356530000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000f03f000000000000f03f0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000538307000000000074c7c201000000000000000000003a40000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO detector_state VALUES('negative-burst','{"topic":"legal-regulation"}#h83',X'0153830700000000000100000005000000000000000100000080');
INSERT INTO detector_state VALUES('negative-burst','{"topic":"legal-regulation"}#r',X'0101000000050000000000000074c7c201000000001e000000526567756c61746f722066696e657320426f6c7420666f72206672617564000000000000002024b3e4bf04000000776972650100000000000000');
INSERT INTO detector_state VALUES('negative-burst','{"topic":"stock-commentary"}',X'010100000005000000746f7069631000000073746f636b2d636f6d6d656e746172791000000053746f636b20436f6d6d656e74617279190000007461706577617463682d6d696e696c6d2b3435326337356530000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000f03f000000000000f03f00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003a830700000000009dc1c20100000000000000000000f03f000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO detector_state VALUES('negative-burst','{"topic":"stock-commentary"}#h58',X'013a83070000000000020000000300000000000000010000000104000000000000000100000005');
CREATE TABLE kafka_position (
  source TEXT NOT NULL, cluster TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL,
  next_offset INTEGER NOT NULL, PRIMARY KEY (source, cluster, topic, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE feed_state (source TEXT PRIMARY KEY, json TEXT NOT NULL CHECK (json_valid(json))) STRICT;
CREATE TABLE source_status (
  source TEXT PRIMARY KEY, last_success INTEGER, last_error_at INTEGER, last_error TEXT NOT NULL DEFAULT '',
  successes INTEGER NOT NULL DEFAULT 0, errors INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE source_span (
  source TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (source, since)
) STRICT, WITHOUT ROWID;
CREATE TABLE dead_letter (
  id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, pointer TEXT NOT NULL, reason TEXT NOT NULL,
  payload BLOB NOT NULL, payload_bytes INTEGER NOT NULL, position TEXT NOT NULL, at INTEGER NOT NULL,
  forwarded_at INTEGER
) STRICT;
CREATE TABLE source_absence (
  source TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (source, since)
) STRICT, WITHOUT ROWID;
CREATE TABLE source_carrier (
  source TEXT NOT NULL, carrier TEXT NOT NULL, PRIMARY KEY (source, carrier)
) STRICT, WITHOUT ROWID;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('event',7);
CREATE INDEX story_by_key ON story (key, first_at);
CREATE UNIQUE INDEX document_identity ON document (source, external_id);
CREATE INDEX document_by_time ON document (at);
CREATE INDEX document_by_topic ON document (topic, at);
CREATE INDEX document_by_story ON document (story, source, vote_topic);
CREATE INDEX document_revised ON document (seq) WHERE revision > 1;
CREATE INDEX document_entity_by_entity ON document_entity (entity, document);
CREATE INDEX remembered_by_time ON remembered (at);
CREATE INDEX rollup_by_topic ON rollup_topic (topic, minute);
CREATE INDEX rollup_entity_by_minute ON rollup_entity (minute);
CREATE INDEX alert_by_start ON alert (started_at);
CREATE INDEX alert_by_state ON alert (rule, state);
CREATE INDEX outbox_due ON outbox (webhook, next_attempt_at) WHERE state = 'pending';
CREATE INDEX outbox_order ON outbox (alert_id, webhook, number);
CREATE INDEX dead_letter_pending ON dead_letter (source, id) WHERE forwarded_at IS NULL;
CREATE VIEW document_view AS SELECT d.id, s.id AS source, d.external_id, d.title, d.body, d.url, d.language, strftime('%Y-%m-%dT%H:%M:%S', d.published_at / 1000, 'unixepoch') || printf('.%03dZ', d.published_at % 1000) AS published_at, strftime('%Y-%m-%dT%H:%M:%S', d.received_at / 1000, 'unixepoch') || printf('.%03dZ', d.received_at % 1000) AS received_at, strftime('%Y-%m-%dT%H:%M:%S', d.scored_at / 1000, 'unixepoch') || printf('.%03dZ', d.scored_at % 1000) AS scored_at, strftime('%Y-%m-%dT%H:%M:%S', d.stored_at / 1000, 'unixepoch') || printf('.%03dZ', d.stored_at % 1000) AS stored_at, strftime('%Y-%m-%dT%H:%M:%S', d.revised_at / 1000, 'unixepoch') || printf('.%03dZ', d.revised_at % 1000) AS revised_at, d.at AS at_ms, nullif(t.id, '') AS topic, CASE d.label WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' WHEN 3 THEN 'abstained' ELSE 'unscored' END AS label, d.sentiment / 1e6 AS sentiment, d.positive, d.neutral, d.negative, d.story, d.revision, m.id AS model_version, d.unscored_reason, d.truncated, d.late, d.seq FROM document d JOIN source s ON s.key = d.source JOIN topic t ON t.key = d.topic JOIN model m ON m.key = d.model;
CREATE VIEW document_entity_view AS SELECT d.document, e.id AS entity, e.name, CASE d.label WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' WHEN 3 THEN 'abstained' ELSE 'unscored' END AS label, d.sentiment / 1e6 AS sentiment, d.method, d.start, d.end FROM document_entity d JOIN entity e ON e.key = d.entity WHERE d.label IS NOT NULL;
CREATE VIEW sentiment_minute AS SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1 * 1 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1 * 1 * 60000) % 1000) AS t, (r.minute / 1 * 1 * 60000) AS t_ms, nullif(t.id, '') AS topic, s.id AS source, sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all FROM rollup_topic r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source GROUP BY r.minute / 1, r.topic, r.source;
CREATE VIEW sentiment_hour AS SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 60 * 60 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 60 * 60 * 60000) % 1000) AS t, (r.minute / 60 * 60 * 60000) AS t_ms, nullif(t.id, '') AS topic, s.id AS source, sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all FROM rollup_topic r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source GROUP BY r.minute / 60, r.topic, r.source;
CREATE VIEW sentiment_day AS SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1440 * 1440 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1440 * 1440 * 60000) % 1000) AS t, (r.minute / 1440 * 1440 * 60000) AS t_ms, nullif(t.id, '') AS topic, s.id AS source, sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all FROM rollup_topic r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source GROUP BY r.minute / 1440, r.topic, r.source;
CREATE VIEW sentiment_entity_minute AS SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1 * 1 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1 * 1 * 60000) % 1000) AS t, (r.minute / 1 * 1 * 60000) AS t_ms, e.id AS entity, nullif(t.id, '') AS topic, s.id AS source, sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all FROM rollup_entity r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source JOIN entity e ON e.key = r.entity GROUP BY r.minute / 1, r.entity, r.topic, r.source;
CREATE VIEW alert_view AS SELECT id, rule, severity, state, key, measure, strftime('%Y-%m-%dT%H:%M:%S', started_at / 1000, 'unixepoch') || printf('.%03dZ', started_at % 1000) AS started_at, strftime('%Y-%m-%dT%H:%M:%S', updated_at / 1000, 'unixepoch') || printf('.%03dZ', updated_at % 1000) AS updated_at, strftime('%Y-%m-%dT%H:%M:%S', ended_at / 1000, 'unixepoch') || printf('.%03dZ', ended_at % 1000) AS ended_at, sequence, late, reason, json_extract(evidence, '$.observed') AS observed, json_extract(evidence, '$.expected') AS expected, json_extract(evidence, '$.p_value') AS p_value, evidence, labels, model_version, config_version, seq FROM alert;
PRAGMA writable_schema=OFF;
COMMIT;
PRAGMA application_id=1413566533;
PRAGMA user_version=3;
