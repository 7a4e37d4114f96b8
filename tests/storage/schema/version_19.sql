PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL,
  event_time INTEGER
) STRICT;
INSERT INTO clock VALUES(1,12,1772532000000);
CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tick (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, held INTEGER) STRICT;
CREATE TABLE topic (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, documents INTEGER NOT NULL DEFAULT 0, last_seen INTEGER
) STRICT;
INSERT INTO topic VALUES(1,'earnings',6,1772532000000);
INSERT INTO topic VALUES(2,'mergers',2,1772454300000);
INSERT INTO topic VALUES(3,'',1,1772502000000);
CREATE TABLE source (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, documents INTEGER NOT NULL DEFAULT 0, last_seen INTEGER
) STRICT;
INSERT INTO source VALUES(1,'wire',5,1772502000000);
INSERT INTO source VALUES(2,'herald',4,1772532000000);
CREATE TABLE entity (
  key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL DEFAULT '',
  documents INTEGER NOT NULL DEFAULT 0, last_seen INTEGER
) STRICT;
INSERT INTO entity VALUES(1,'acme','The acme',4,1772454000000);
INSERT INTO entity VALUES(2,'bolt','The bolt',4,1772532000000);
CREATE TABLE model (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, first_at INTEGER, last_at INTEGER) STRICT;
INSERT INTO model VALUES(1,'first-1',1772442000000,1772454060000);
INSERT INTO model VALUES(2,'second-2',1772442420000,1772532000000);
CREATE TABLE story (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, first_at INTEGER NOT NULL, documents INTEGER NOT NULL,
  pruned INTEGER NOT NULL DEFAULT 0
, signature BLOB) STRICT;
INSERT INTO story VALUES(1,'Acme profit falls',1772442000000,2,0,NULL);
INSERT INTO story VALUES(2,'Bolt is calm',1772442420000,2,0,NULL);
INSERT INTO story VALUES(3,'A merger',1772454000000,2,0,NULL);
INSERT INTO story VALUES(4,'Withdrawn soon',1772454060000,1,0,NULL);
INSERT INTO story VALUES(5,'Acme sells a branch',1772454000000,1,0,NULL);
INSERT INTO story VALUES(6,'Umsatz',1772502000000,1,0,NULL);
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
, turned INTEGER NOT NULL DEFAULT 0, held INTEGER, removed INTEGER, turned_seq INTEGER) STRICT;
INSERT INTO document VALUES(1,1,'1',1,1,0,1772442000000,1772442000000,1772442000000,1772442000000,1772442000000,NULL,'source',0,0,'Acme profit falls','','https://news.example/1','en',1,1,2,-600000,0.10000000149011611938,0.20000000298023223876,0.69999998807907104492,X'0000803e0000403f','',1,0,1,2,-600000,0.69999998807907104492,0,NULL,NULL,NULL);
INSERT INTO document VALUES(2,1,'2',8,2,0,1772442420000,1772442420000,1772442420000,1772442420000,1772442420000,1772442420000,'source',0,0,'Bolt is calm no more','','https://news.example/2','en',2,1,2,-600000,0.10000000149011611938,0.20000000298023223876,0.69999998807907104492,X'0000803e0000403f','',2,0,1,1,100000,0.10000000149011611938,0,NULL,NULL,NULL);
INSERT INTO document VALUES(3,2,'3',3,1,0,1772454000000,1772454000000,1772454000000,1772454000000,1772454000000,NULL,'source',0,0,'Acme profit falls','','https://news.example/3','en',1,1,2,-600000,0.10000000149011611938,0.20000000298023223876,0.69999998807907104492,X'0000803e0000403f','',1,0,1,2,-600000,0.69999998807907104492,0,NULL,NULL,NULL);
INSERT INTO document VALUES(4,1,'4',4,1,0,1772454000000,1772454000000,1772454000000,1772454000000,1772454000000,NULL,'source',0,0,'A merger','','https://news.example/4','en',3,2,0,750000,0.80000001192092895507,0.15000000596046447753,0.050000000745058059692,X'0000803e0000403f','',1,0,2,0,750000,0.050000000745058059692,0,NULL,NULL,NULL);
INSERT INTO document VALUES(5,1,'5',12,1,0,1772454060000,1772454060000,1772454060000,1772454060000,1772454060000,NULL,'source',0,0,'','','','en',4,1,2,-600000,0.10000000149011611938,0.20000000298023223876,0.69999998807907104492,X'0000803e0000403f','',1,0,1,2,-600000,0.69999998807907104492,0,NULL,12,NULL);
INSERT INTO document VALUES(6,1,'6',6,1,0,1772454000000,1772454000000,1772454000000,1772454000000,1772454000000,NULL,'source',0,0,'Acme sells a branch','','https://news.example/6','en',5,1,2,-600000,0.10000000149011611938,0.20000000298023223876,0.69999998807907104492,X'0000803e0000403f','',2,0,1,2,-600000,0.69999998807907104492,0,NULL,NULL,NULL);
INSERT INTO document VALUES(7,2,'7',7,1,0,1772454060000,1772454060000,1772454060000,1772454060000,1772454060000,NULL,'source',0,0,'Withdrawn soon','','https://news.example/7','en',4,1,1,100000,0.20000000298023223876,0.69999998807907104492,0.10000000149011611938,X'0000803e0000403f','',2,0,1,1,100000,0.10000000149011611938,0,NULL,NULL,NULL);
INSERT INTO document VALUES(9,1,'8',9,1,0,1772502000000,1772502000000,1772502000000,1772502000000,1772502000000,NULL,'source',0,0,'Umsatz','','https://news.example/8','en',6,3,4,NULL,NULL,NULL,NULL,X'','language',2,0,3,4,NULL,NULL,0,NULL,NULL,NULL);
INSERT INTO document VALUES(10,2,'9',10,1,0,1772532000000,1772532000000,1772532000000,1772532000000,1772532000000,NULL,'source',0,0,'Bolt is calm','','https://news.example/9','en',2,1,1,100000,0.20000000298023223876,0.69999998807907104492,0.10000000149011611938,X'0000803e0000403f','',2,0,1,1,100000,0.10000000149011611938,0,NULL,NULL,NULL);
INSERT INTO document VALUES(11,2,'10',11,1,0,1772454300000,1772454300000,1772454300000,1772454300000,1772454300000,NULL,'source',0,1,'A merger','','https://news.example/10','en',3,2,0,750000,0.80000001192092895507,0.15000000596046447753,0.050000000745058059692,X'0000803e0000403f','',2,0,2,0,750000,0.050000000745058059692,0,NULL,NULL,NULL);
CREATE TABLE document_entity (
  document INTEGER NOT NULL REFERENCES document (id),
  entity INTEGER NOT NULL REFERENCES entity (key),
  label INTEGER,
  sentiment INTEGER,
  method TEXT NOT NULL,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL,
  vote_label INTEGER,
  vote_sentiment INTEGER, vote_seq INTEGER, vote_topic INTEGER REFERENCES topic (key), vote_late INTEGER,
  PRIMARY KEY (document, entity)
) STRICT, WITHOUT ROWID;
INSERT INTO document_entity VALUES(1,1,2,-600000,'document',0,4,2,-600000,NULL,NULL,NULL);
INSERT INTO document_entity VALUES(2,1,2,-200000,'document',0,4,2,-200000,8,1,1);
INSERT INTO document_entity VALUES(2,2,2,-600000,'document',0,4,1,100000,NULL,NULL,NULL);
INSERT INTO document_entity VALUES(3,1,2,-400000,'document',0,4,2,-400000,NULL,NULL,NULL);
INSERT INTO document_entity VALUES(5,2,2,-600000,'document',0,4,2,-600000,NULL,NULL,NULL);
INSERT INTO document_entity VALUES(6,1,2,-900000,'document',0,4,2,-900000,NULL,NULL,NULL);
INSERT INTO document_entity VALUES(6,2,4,NULL,'document',0,4,4,NULL,NULL,NULL,NULL);
INSERT INTO document_entity VALUES(7,2,1,0,'document',0,4,1,0,NULL,NULL,NULL);
INSERT INTO document_entity VALUES(10,2,1,200000,'document',0,4,1,200000,NULL,NULL,NULL);
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
INSERT INTO document_revision VALUES(2,1,2,1772442420000,1772442420000,'Bolt is calm','',1,1,100000,1);
CREATE TABLE remembered (
  source INTEGER NOT NULL REFERENCES source (key), external_id TEXT NOT NULL, document INTEGER NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (source, external_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_topic (minute INTEGER NOT NULL, topic INTEGER NOT NULL, source INTEGER NOT NULL, documents INTEGER NOT NULL, positive INTEGER NOT NULL, neutral INTEGER NOT NULL, negative INTEGER NOT NULL, abstained INTEGER NOT NULL, unscored INTEGER NOT NULL, sum INTEGER NOT NULL, sum_squares INTEGER NOT NULL, stories_all INTEGER NOT NULL, negative_stories_all INTEGER NOT NULL, scored_stories_all INTEGER NOT NULL, story_sum_all INTEGER NOT NULL, story_sum_squares_all INTEGER NOT NULL, stories_topic INTEGER NOT NULL, negative_stories_topic INTEGER NOT NULL, scored_stories_topic INTEGER NOT NULL, story_sum_topic INTEGER NOT NULL, story_sum_squares_topic INTEGER NOT NULL, stories_source INTEGER NOT NULL, negative_stories_source INTEGER NOT NULL, scored_stories_source INTEGER NOT NULL, story_sum_source INTEGER NOT NULL, story_sum_squares_source INTEGER NOT NULL, stories_topic_source INTEGER NOT NULL, negative_stories_topic_source INTEGER NOT NULL, scored_stories_topic_source INTEGER NOT NULL, story_sum_topic_source INTEGER NOT NULL, story_sum_squares_topic_source INTEGER NOT NULL, PRIMARY KEY (minute,topic,source)) STRICT, WITHOUT ROWID;
INSERT INTO rollup_topic VALUES(29540700,1,1,1,0,0,1,0,0,-600000,360000000,1,1,1,-600000,360000000,1,1,1,-600000,360000000,1,1,1,-600000,360000000,1,1,1,-600000,360000000);
INSERT INTO rollup_topic VALUES(29540707,1,1,1,0,0,1,0,0,-600000,360000000,1,0,1,100000,10000000,1,0,1,100000,10000000,1,0,1,100000,10000000,1,0,1,100000,10000000);
INSERT INTO rollup_topic VALUES(29540900,1,1,1,0,0,1,0,0,-600000,360000000,1,1,1,-600000,360000000,1,1,1,-600000,360000000,1,1,1,-600000,360000000,1,1,1,-600000,360000000);
INSERT INTO rollup_topic VALUES(29540900,1,2,1,0,0,1,0,0,-600000,360000000,0,0,0,0,0,0,0,0,0,0,1,1,1,-600000,360000000,1,1,1,-600000,360000000);
INSERT INTO rollup_topic VALUES(29540900,2,1,1,1,0,0,0,0,750000,562500000,1,0,1,750000,562500000,1,0,1,750000,562500000,1,0,1,750000,562500000,1,0,1,750000,562500000);
INSERT INTO rollup_topic VALUES(29540901,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO rollup_topic VALUES(29540901,1,2,1,0,1,0,0,0,100000,10000000,1,0,1,100000,10000000,1,0,1,100000,10000000,1,0,1,100000,10000000,1,0,1,100000,10000000);
INSERT INTO rollup_topic VALUES(29540905,2,2,1,1,0,0,0,0,750000,562500000,0,0,0,0,0,0,0,0,0,0,1,0,1,750000,562500000,1,0,1,750000,562500000);
INSERT INTO rollup_topic VALUES(29541700,3,1,1,0,0,0,0,1,0,0,1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1,0,0,0,0);
INSERT INTO rollup_topic VALUES(29542200,1,2,1,0,1,0,0,0,100000,10000000,0,0,0,0,0,0,0,0,0,0,1,0,1,100000,10000000,1,0,1,100000,10000000);
CREATE TABLE rollup_entity (entity INTEGER NOT NULL, minute INTEGER NOT NULL, topic INTEGER NOT NULL, source INTEGER NOT NULL, documents INTEGER NOT NULL, positive INTEGER NOT NULL, neutral INTEGER NOT NULL, negative INTEGER NOT NULL, abstained INTEGER NOT NULL, unscored INTEGER NOT NULL, sum INTEGER NOT NULL, sum_squares INTEGER NOT NULL, stories_all INTEGER NOT NULL, negative_stories_all INTEGER NOT NULL, scored_stories_all INTEGER NOT NULL, story_sum_all INTEGER NOT NULL, story_sum_squares_all INTEGER NOT NULL, stories_topic INTEGER NOT NULL, negative_stories_topic INTEGER NOT NULL, scored_stories_topic INTEGER NOT NULL, story_sum_topic INTEGER NOT NULL, story_sum_squares_topic INTEGER NOT NULL, stories_source INTEGER NOT NULL, negative_stories_source INTEGER NOT NULL, scored_stories_source INTEGER NOT NULL, story_sum_source INTEGER NOT NULL, story_sum_squares_source INTEGER NOT NULL, stories_topic_source INTEGER NOT NULL, negative_stories_topic_source INTEGER NOT NULL, scored_stories_topic_source INTEGER NOT NULL, story_sum_topic_source INTEGER NOT NULL, story_sum_squares_topic_source INTEGER NOT NULL, PRIMARY KEY (entity,minute,topic,source)) STRICT, WITHOUT ROWID;
INSERT INTO rollup_entity VALUES(1,29540700,1,1,1,0,0,1,0,0,-600000,360000000,1,1,1,-600000,360000000,1,1,1,-600000,360000000,1,1,1,-600000,360000000,1,1,1,-600000,360000000);
INSERT INTO rollup_entity VALUES(1,29540707,1,1,1,0,0,1,0,0,-200000,40000000,1,1,1,-200000,40000000,1,1,1,-200000,40000000,1,1,1,-200000,40000000,1,1,1,-200000,40000000);
INSERT INTO rollup_entity VALUES(1,29540900,1,1,1,0,0,1,0,0,-900000,810000000,1,1,1,-900000,810000000,1,1,1,-900000,810000000,1,1,1,-900000,810000000,1,1,1,-900000,810000000);
INSERT INTO rollup_entity VALUES(1,29540900,1,2,1,0,0,1,0,0,-400000,160000000,0,0,0,0,0,0,0,0,0,0,1,1,1,-400000,160000000,1,1,1,-400000,160000000);
INSERT INTO rollup_entity VALUES(2,29540707,1,1,1,0,0,1,0,0,-600000,360000000,1,0,1,100000,10000000,1,0,1,100000,10000000,1,0,1,100000,10000000,1,0,1,100000,10000000);
INSERT INTO rollup_entity VALUES(2,29540900,1,1,1,0,0,0,0,1,0,0,1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1,0,0,0,0);
INSERT INTO rollup_entity VALUES(2,29540901,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0);
INSERT INTO rollup_entity VALUES(2,29540901,1,2,1,0,1,0,0,0,0,0,1,0,1,0,0,1,0,1,0,0,1,0,1,0,0,1,0,1,0,0);
INSERT INTO rollup_entity VALUES(2,29542200,1,2,1,0,1,0,0,0,200000,40000000,0,0,0,0,0,0,0,0,0,0,1,0,1,200000,40000000,1,0,1,200000,40000000);
CREATE TABLE event (
  id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, json TEXT NOT NULL, at INTEGER NOT NULL
, document INTEGER) STRICT;
INSERT INTO event VALUES(1,'document','{"id":"1","seq":1,"revision":1,"source":"wire","title":"Acme profit falls","url":"https://news.example/1","language":"en","published_at":"2026-03-02T09:00:00.000Z","sentiment":-0.6,"label":"negative","probabilities":{"positive":0.1,"neutral":0.2,"negative":0.7},"topic":"earnings","entities":[{"id":"acme","name":"The acme","sentiment":-0.6,"label":"negative"}],"story":"1","late":false,"model":"first-1"}',1772442000000,1);
INSERT INTO event VALUES(2,'document','{"id":"2","seq":2,"revision":1,"source":"wire","title":"Bolt is calm","url":"https://news.example/2","language":"en","published_at":"2026-03-02T09:07:00.000Z","sentiment":0.1,"label":"neutral","probabilities":{"positive":0.2,"neutral":0.7,"negative":0.1},"topic":"earnings","entities":[{"id":"bolt","name":"The bolt","sentiment":0.1,"label":"neutral"}],"story":"2","late":false,"model":"first-1"}',1772442420000,2);
INSERT INTO event VALUES(3,'document','{"id":"3","seq":3,"revision":1,"source":"herald","title":"Acme profit falls","url":"https://news.example/3","language":"en","published_at":"2026-03-02T12:20:00.000Z","sentiment":-0.6,"label":"negative","probabilities":{"positive":0.1,"neutral":0.2,"negative":0.7},"topic":"earnings","entities":[{"id":"acme","name":"The acme","sentiment":-0.4,"label":"negative"}],"story":"1","late":false,"model":"first-1"}',1772454000000,3);
INSERT INTO event VALUES(4,'document','{"id":"4","seq":4,"revision":1,"source":"wire","title":"A merger","url":"https://news.example/4","language":"en","published_at":"2026-03-02T12:20:00.000Z","sentiment":0.75,"label":"positive","probabilities":{"positive":0.8,"neutral":0.15,"negative":0.05},"topic":"mergers","entities":[],"story":"3","late":false,"model":"first-1"}',1772454000000,4);
INSERT INTO event VALUES(5,'document','{"id":"5","seq":5,"revision":1,"source":"wire","title":"","url":"","language":"en","published_at":"2026-03-02T12:21:00.000Z","sentiment":-0.6,"label":"negative","probabilities":{"positive":0.1,"neutral":0.2,"negative":0.7},"topic":"earnings","entities":[{"id":"bolt","name":"The bolt","sentiment":-0.6,"label":"negative"}],"story":"4","late":false,"model":"first-1"}',1772454060000,5);
INSERT INTO event VALUES(6,'document','{"id":"6","seq":6,"revision":1,"source":"wire","title":"Acme sells a branch","url":"https://news.example/6","language":"en","published_at":"2026-03-02T12:20:00.000Z","sentiment":-0.6,"label":"negative","probabilities":{"positive":0.1,"neutral":0.2,"negative":0.7},"topic":"earnings","entities":[{"id":"acme","name":"The acme","sentiment":-0.9,"label":"negative"},{"id":"bolt","name":"The bolt","sentiment":null,"label":"unscored"}],"story":"5","late":false,"model":"second-2"}',1772454000000,6);
INSERT INTO event VALUES(7,'document','{"id":"7","seq":7,"revision":1,"source":"herald","title":"Withdrawn soon","url":"https://news.example/7","language":"en","published_at":"2026-03-02T12:21:00.000Z","sentiment":0.1,"label":"neutral","probabilities":{"positive":0.2,"neutral":0.7,"negative":0.1},"topic":"earnings","entities":[{"id":"bolt","name":"The bolt","sentiment":0,"label":"neutral"}],"story":"4","late":false,"model":"second-2"}',1772454060000,7);
INSERT INTO event VALUES(8,'document','{"id":"2","seq":8,"revision":2,"source":"wire","title":"Bolt is calm no more","url":"https://news.example/2","language":"en","published_at":"2026-03-02T09:07:00.000Z","sentiment":-0.6,"label":"negative","probabilities":{"positive":0.1,"neutral":0.2,"negative":0.7},"topic":"earnings","entities":[{"id":"bolt","name":"The bolt","sentiment":-0.6,"label":"negative"},{"id":"acme","name":"The acme","sentiment":-0.2,"label":"negative"}],"story":"2","late":true,"model":"second-2"}',1772442420000,2);
INSERT INTO event VALUES(9,'document','{"id":"9","seq":9,"revision":1,"source":"wire","title":"Umsatz","url":"https://news.example/8","language":"en","published_at":"2026-03-03T01:40:00.000Z","sentiment":null,"label":"unscored","probabilities":null,"topic":null,"entities":[],"story":"6","late":false,"model":"second-2"}',1772502000000,9);
INSERT INTO event VALUES(10,'document','{"id":"10","seq":10,"revision":1,"source":"herald","title":"Bolt is calm","url":"https://news.example/9","language":"en","published_at":"2026-03-03T10:00:00.000Z","sentiment":0.1,"label":"neutral","probabilities":{"positive":0.2,"neutral":0.7,"negative":0.1},"topic":"earnings","entities":[{"id":"bolt","name":"The bolt","sentiment":0.2,"label":"neutral"}],"story":"2","late":false,"model":"second-2"}',1772532000000,10);
INSERT INTO event VALUES(11,'document','{"id":"11","seq":11,"revision":1,"source":"herald","title":"A merger","url":"https://news.example/10","language":"en","published_at":"2026-03-02T12:25:00.000Z","sentiment":0.75,"label":"positive","probabilities":{"positive":0.8,"neutral":0.15,"negative":0.05},"topic":"mergers","entities":[],"story":"3","late":true,"model":"second-2"}',1772454300000,11);
INSERT INTO event VALUES(12,'document','{"id":"5","seq":12,"change":"removal","source":"wire","source_id":"5","removed_at":"2026-03-03T10:01:00.000Z","counted":false}',1772532060000,5);
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
, suppressed_by TEXT NOT NULL DEFAULT '') STRICT;
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
  stored_at INTEGER NOT NULL, suppressed_by TEXT NOT NULL DEFAULT '',
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
  last_error TEXT NOT NULL DEFAULT '', instead_of TEXT NOT NULL DEFAULT '', blocked INTEGER NOT NULL DEFAULT 0,
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
, fallback TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE detector_state (
  rule TEXT NOT NULL, key TEXT NOT NULL, blob BLOB NOT NULL, UNIQUE (rule, key)
) STRICT;
CREATE TABLE kafka_position (
  source TEXT NOT NULL, cluster TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL,
  next_offset INTEGER NOT NULL, incarnation INTEGER NOT NULL DEFAULT 0, delivered TEXT NOT NULL DEFAULT '', PRIMARY KEY (source, cluster, topic, partition)
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
, key BLOB, record_at INTEGER, refused TEXT, tombstone INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE source_absence (
  source TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (source, since)
) STRICT, WITHOUT ROWID;
CREATE TABLE source_carrier (
  source TEXT NOT NULL, carrier TEXT NOT NULL, PRIMARY KEY (source, carrier)
) STRICT, WITHOUT ROWID;
PRAGMA writable_schema=ON;
INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','document_text','document_text',0,'CREATE VIRTUAL TABLE document_text USING fts5 (title, body, content = '''', tokenize = ''ascii'')');
CREATE TABLE IF NOT EXISTS 'document_text_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO document_text_data VALUES(1,X'091900');
INSERT INTO document_text_data VALUES(10,X'00000000010c0c000c0101010201010301010401010501010601010701010801010901010a01010b01010c0101');
INSERT INTO document_text_data VALUES(137438953473,X'00000022053061636d65010202010566616c6c73010204010670726f66697401020304090a');
INSERT INTO document_text_data VALUES(274877906945,X'0000001d0530626f6c74020202010463616c6d02020401026973020203040909');
INSERT INTO document_text_data VALUES(412316860417,X'00000022053061636d65030202010566616c6c73030204010670726f66697403020304090a');
INSERT INTO document_text_data VALUES(549755813889,X'0000001502306104020201066d65726765720402030406');
INSERT INTO document_text_data VALUES(687194767361,X'0000001b0530736f6f6e050203010977697468647261776e0502020409');
INSERT INTO document_text_data VALUES(824633720833,X'000000270230610602040203636d6506020201066272616e6368060205010573656c6c730602030406080b');
INSERT INTO document_text_data VALUES(962072674305,X'0000001b0530736f6f6e070203010977697468647261776e0702020409');
INSERT INTO document_text_data VALUES(1099511627777,X'0000002d0530626f6c74020302010463616c6d0203040102697302030301046d6f726502020601026e6f0202050409090709');
INSERT INTO document_text_data VALUES(1236950581249,X'0000000f0730756d7361747a09020204');
INSERT INTO document_text_data VALUES(1374389534721,X'0000001d0530626f6c740a0202010463616c6d0a0204010269730a0203040909');
INSERT INTO document_text_data VALUES(1511828488193,X'000000150230610b020201066d65726765720b02030406');
INSERT INTO document_text_data VALUES(1649267441665,X'000000190530736f6f6e0501010977697468647261776e05010408');
CREATE TABLE IF NOT EXISTS 'document_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO document_text_idx VALUES(1,X'',2);
INSERT INTO document_text_idx VALUES(2,X'',2);
INSERT INTO document_text_idx VALUES(3,X'',2);
INSERT INTO document_text_idx VALUES(4,X'',2);
INSERT INTO document_text_idx VALUES(5,X'',2);
INSERT INTO document_text_idx VALUES(6,X'',2);
INSERT INTO document_text_idx VALUES(7,X'',2);
INSERT INTO document_text_idx VALUES(8,X'',2);
INSERT INTO document_text_idx VALUES(9,X'',2);
INSERT INTO document_text_idx VALUES(10,X'',2);
INSERT INTO document_text_idx VALUES(11,X'',2);
INSERT INTO document_text_idx VALUES(12,X'',2);
CREATE TABLE IF NOT EXISTS 'document_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
INSERT INTO document_text_docsize VALUES(1,X'0300');
INSERT INTO document_text_docsize VALUES(2,X'0500');
INSERT INTO document_text_docsize VALUES(3,X'0300');
INSERT INTO document_text_docsize VALUES(4,X'0200');
INSERT INTO document_text_docsize VALUES(6,X'0400');
INSERT INTO document_text_docsize VALUES(7,X'0200');
INSERT INTO document_text_docsize VALUES(9,X'0100');
INSERT INTO document_text_docsize VALUES(10,X'0300');
INSERT INTO document_text_docsize VALUES(11,X'0200');
CREATE TABLE IF NOT EXISTS 'document_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO document_text_config VALUES('version',4);
CREATE TABLE reanchoring (
  seq INTEGER PRIMARY KEY, from_time INTEGER NOT NULL, to_time INTEGER NOT NULL, since INTEGER NOT NULL
) STRICT;
CREATE TABLE restamped (
  document INTEGER PRIMARY KEY REFERENCES document (id), seq INTEGER NOT NULL, at INTEGER NOT NULL,
  published_at INTEGER NOT NULL, received_at INTEGER NOT NULL
) STRICT;
CREATE TABLE detector_mark (
  seq INTEGER PRIMARY KEY, event_time INTEGER, leapt_to INTEGER NOT NULL, definition TEXT NOT NULL
) STRICT;
CREATE TABLE detector_before (
  mark INTEGER NOT NULL REFERENCES detector_mark (seq), rule TEXT NOT NULL, key TEXT NOT NULL, blob BLOB,
  PRIMARY KEY (mark, rule, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE removal (
  seq INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source (key), external_id TEXT NOT NULL,
  source_revision INTEGER, document INTEGER, counted INTEGER NOT NULL, at INTEGER NOT NULL, removed_at INTEGER NOT NULL
) STRICT;
INSERT INTO removal VALUES(12,1,'5',NULL,5,0,1772454060000,1772532060000);
CREATE TABLE held (
  id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, external_id TEXT NOT NULL, intake TEXT NOT NULL,
  source_revision INTEGER, embargo_until INTEGER, held_at INTEGER NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document)), UNIQUE (source, external_id)
) STRICT;
CREATE TABLE dead_letter_header (
  letter INTEGER NOT NULL REFERENCES dead_letter (id), place INTEGER NOT NULL, name BLOB NOT NULL, value BLOB,
  PRIMARY KEY (letter, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE silence (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, configured INTEGER NOT NULL, matches TEXT NOT NULL,
  begins INTEGER NOT NULL, ends INTEGER NOT NULL, author TEXT NOT NULL, comment TEXT NOT NULL, token TEXT NOT NULL,
  created_at INTEGER NOT NULL, ended_at INTEGER, ended_by TEXT
) STRICT;
CREATE TABLE acknowledgement (
  number INTEGER PRIMARY KEY AUTOINCREMENT, alert INTEGER NOT NULL REFERENCES alert (number), at INTEGER NOT NULL,
  author TEXT NOT NULL, comment TEXT NOT NULL, verdict TEXT, token TEXT NOT NULL
) STRICT;
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL,
  action TEXT NOT NULL, target TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE TABLE notice (
  alert TEXT PRIMARY KEY, rule TEXT NOT NULL, open INTEGER NOT NULL, update_held INTEGER NOT NULL,
  told TEXT NOT NULL CHECK (json_valid(told)), announced_at INTEGER, announced_time INTEGER, told_at INTEGER,
  repeats INTEGER NOT NULL, raised_to TEXT NOT NULL, digest INTEGER REFERENCES digest (number)
) STRICT;
CREATE TABLE digest (
  number INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  sent_at INTEGER
) STRICT;
CREATE TABLE document_metadata (
  document INTEGER NOT NULL REFERENCES document (id), name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (document, name, value)
) STRICT, WITHOUT ROWID;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('event',12);
CREATE INDEX story_by_key ON story (key, first_at);
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
CREATE INDEX outbox_order ON outbox (alert_id, webhook, number);
CREATE VIEW sentiment_minute AS SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1 * 1 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1 * 1 * 60000) % 1000) AS t, (r.minute / 1 * 1 * 60000) AS t_ms, nullif(t.id, '') AS topic, s.id AS source, sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all FROM rollup_topic r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source GROUP BY r.minute / 1, r.topic, r.source;
CREATE VIEW sentiment_hour AS SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 60 * 60 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 60 * 60 * 60000) % 1000) AS t, (r.minute / 60 * 60 * 60000) AS t_ms, nullif(t.id, '') AS topic, s.id AS source, sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all FROM rollup_topic r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source GROUP BY r.minute / 60, r.topic, r.source;
CREATE VIEW sentiment_day AS SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1440 * 1440 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1440 * 1440 * 60000) % 1000) AS t, (r.minute / 1440 * 1440 * 60000) AS t_ms, nullif(t.id, '') AS topic, s.id AS source, sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all FROM rollup_topic r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source GROUP BY r.minute / 1440, r.topic, r.source;
CREATE VIEW sentiment_entity_minute AS SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1 * 1 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1 * 1 * 60000) % 1000) AS t, (r.minute / 1 * 1 * 60000) AS t_ms, e.id AS entity, nullif(t.id, '') AS topic, s.id AS source, sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral, sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored, sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares, sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean, sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories, sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic, sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source, sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all FROM rollup_entity r JOIN topic t ON t.key = r.topic JOIN source s ON s.key = r.source JOIN entity e ON e.key = r.entity GROUP BY r.minute / 1, r.entity, r.topic, r.source;
CREATE VIEW sentiment_entity_hour AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 60 * 60 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 60 * 60 * 60000) % 1000) AS t,
  (r.minute / 60 * 60 * 60000) AS t_ms, e.id AS entity, nullif(t.id, '') AS topic, s.id AS source,
  sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral,
  sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored,
  sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean,
  sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories,
  sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic,
  sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source,
  sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all
FROM rollup_entity r
  JOIN topic t ON t.key = r.topic
  JOIN source s ON s.key = r.source
  JOIN entity e ON e.key = r.entity
GROUP BY r.minute / 60, r.entity, r.topic, r.source;
CREATE VIEW sentiment_entity_day AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', (r.minute / 1440 * 1440 * 60000) / 1000, 'unixepoch') || printf('.%03dZ', (r.minute / 1440 * 1440 * 60000) % 1000) AS t,
  (r.minute / 1440 * 1440 * 60000) AS t_ms, e.id AS entity, nullif(t.id, '') AS topic, s.id AS source,
  sum(r.documents) AS documents, sum(r.positive) AS positive, sum(r.neutral) AS neutral,
  sum(r.negative) AS negative, sum(r.abstained) AS abstained, sum(r.unscored) AS unscored,
  sum(r.sum) / 1e6 AS sum, sum(r.sum_squares) / 1e9 AS sum_squares,
  sum(r.sum) / 1e6 / nullif(sum(r.positive + r.neutral + r.negative), 0) AS mean,
  sum(r.stories_topic_source) AS stories, sum(r.negative_stories_topic_source) AS negative_stories,
  sum(r.stories_topic) AS stories_topic, sum(r.negative_stories_topic) AS negative_stories_topic,
  sum(r.stories_source) AS stories_source, sum(r.negative_stories_source) AS negative_stories_source,
  sum(r.stories_all) AS stories_all, sum(r.negative_stories_all) AS negative_stories_all
FROM rollup_entity r
  JOIN topic t ON t.key = r.topic
  JOIN source s ON s.key = r.source
  JOIN entity e ON e.key = r.entity
GROUP BY r.minute / 1440, r.entity, r.topic, r.source;
CREATE INDEX story_by_time ON story (first_at) WHERE signature IS NOT NULL;
CREATE INDEX document_held ON document (at) WHERE held IS NOT NULL;
CREATE INDEX removal_by_identity ON removal (source, external_id, seq);
CREATE UNIQUE INDEX document_identity ON document (source, external_id, coalesce(removed, 0));
CREATE INDEX document_removed ON document (removed) WHERE removed IS NOT NULL;
CREATE INDEX event_by_document ON event (document) WHERE document IS NOT NULL;
CREATE VIEW document_view AS SELECT d.id, s.id AS source, d.external_id, d.title, d.body, d.url, d.language, strftime('%Y-%m-%dT%H:%M:%S', d.published_at / 1000, 'unixepoch') || printf('.%03dZ', d.published_at % 1000) AS published_at, strftime('%Y-%m-%dT%H:%M:%S', d.received_at / 1000, 'unixepoch') || printf('.%03dZ', d.received_at % 1000) AS received_at, strftime('%Y-%m-%dT%H:%M:%S', d.scored_at / 1000, 'unixepoch') || printf('.%03dZ', d.scored_at % 1000) AS scored_at, strftime('%Y-%m-%dT%H:%M:%S', d.stored_at / 1000, 'unixepoch') || printf('.%03dZ', d.stored_at % 1000) AS stored_at, strftime('%Y-%m-%dT%H:%M:%S', d.revised_at / 1000, 'unixepoch') || printf('.%03dZ', d.revised_at % 1000) AS revised_at, d.at AS at_ms, nullif(t.id, '') AS topic, CASE d.label WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' WHEN 3 THEN 'abstained' ELSE 'unscored' END AS label, d.sentiment / 1e6 AS sentiment, d.positive, d.neutral, d.negative, d.story, d.revision, m.id AS model_version, d.unscored_reason, d.truncated, d.late, d.seq FROM document d JOIN source s ON s.key = d.source JOIN topic t ON t.key = d.topic JOIN model m ON m.key = d.model WHERE d.removed IS NULL;
CREATE VIEW document_entity_view AS SELECT d.document, e.id AS entity, e.name, CASE d.label WHEN 0 THEN 'positive' WHEN 1 THEN 'neutral' WHEN 2 THEN 'negative' WHEN 3 THEN 'abstained' ELSE 'unscored' END AS label, d.sentiment / 1e6 AS sentiment, d.method, d.start, d.end FROM document_entity d JOIN entity e ON e.key = d.entity WHERE d.label IS NOT NULL AND NOT EXISTS (SELECT 1 FROM document r WHERE r.id = d.document AND r.removed IS NOT NULL);
CREATE INDEX held_due ON held (embargo_until) WHERE embargo_until IS NOT NULL;
CREATE INDEX dead_letter_pending ON dead_letter (source, id) WHERE forwarded_at IS NULL AND refused IS NULL;
CREATE INDEX silence_open ON silence (ends) WHERE ended_at IS NULL;
CREATE INDEX acknowledgement_alert ON acknowledgement (alert, number);
CREATE INDEX audit_target ON audit (target, seq);
CREATE INDEX notice_open ON notice (alert) WHERE open = 1;
CREATE INDEX notice_announced ON notice (rule, announced_time);
CREATE INDEX notice_digest ON notice (digest) WHERE digest IS NOT NULL;
CREATE UNIQUE INDEX digest_open ON digest (rule) WHERE sent_at IS NULL;
CREATE INDEX document_metadata_by_value ON document_metadata (name, value, document);
CREATE VIEW document_metadata_view AS SELECT document, name, value FROM document_metadata;
CREATE VIEW alert_view AS SELECT id, rule, severity, state, key, measure, strftime('%Y-%m-%dT%H:%M:%S', started_at / 1000, 'unixepoch') || printf('.%03dZ', started_at % 1000) AS started_at, strftime('%Y-%m-%dT%H:%M:%S', updated_at / 1000, 'unixepoch') || printf('.%03dZ', updated_at % 1000) AS updated_at, strftime('%Y-%m-%dT%H:%M:%S', ended_at / 1000, 'unixepoch') || printf('.%03dZ', ended_at % 1000) AS ended_at, sequence, late, reason, json_extract(evidence, '$.observed') AS observed, json_extract(evidence, '$.expected') AS expected, json_extract(evidence, '$.p_value') AS p_value, evidence, labels, model_version, config_version, seq, (SELECT strftime('%Y-%m-%dT%H:%M:%S', k.at / 1000, 'unixepoch') || printf('.%03dZ', k.at % 1000) FROM acknowledgement k WHERE k.alert = alert.number ORDER BY k.number DESC LIMIT 1) AS acknowledged_at, (SELECT k.author FROM acknowledgement k WHERE k.alert = alert.number ORDER BY k.number DESC LIMIT 1) AS acknowledged_by, (SELECT k.comment FROM acknowledgement k WHERE k.alert = alert.number ORDER BY k.number DESC LIMIT 1) AS acknowledgement_comment, (SELECT k.verdict FROM acknowledgement k WHERE k.alert = alert.number AND k.verdict IS NOT NULL ORDER BY k.number DESC LIMIT 1) AS verdict FROM alert;
CREATE INDEX outbox_due ON outbox (webhook, next_attempt_at, number) WHERE state = 'pending' AND blocked = 0;
CREATE INDEX outbox_pending ON outbox (webhook, created_at) WHERE state = 'pending';
CREATE TRIGGER outbox_inserted AFTER INSERT ON outbox WHEN NEW.state = 'pending' AND NEW.alert_id <> '' AND EXISTS (
  SELECT 1 FROM outbox p WHERE p.alert_id = NEW.alert_id AND p.webhook = NEW.webhook AND p.number < NEW.number AND
  p.state = 'pending')
BEGIN
  UPDATE outbox SET blocked = 1 WHERE number = NEW.number;
END;
CREATE TRIGGER outbox_moved AFTER UPDATE OF state ON outbox WHEN NEW.alert_id <> '' AND NEW.state <> OLD.state AND (
  NEW.state = 'pending' OR OLD.state = 'pending')
BEGIN
  UPDATE outbox SET blocked = NOT blocked WHERE alert_id = NEW.alert_id AND webhook = NEW.webhook AND state = 'pending'
    AND blocked = (number = (SELECT min(p.number) FROM outbox p WHERE p.alert_id = NEW.alert_id AND p.webhook =
    NEW.webhook AND p.state = 'pending'));
END;
CREATE INDEX document_entity_by_later_vote ON document_entity (vote_seq) WHERE vote_late IS NOT NULL;
CREATE INDEX document_turned ON document (turned_seq) WHERE turned_seq IS NOT NULL;
PRAGMA writable_schema=OFF;
COMMIT;
PRAGMA application_id=1413566533;
PRAGMA user_version=19;
