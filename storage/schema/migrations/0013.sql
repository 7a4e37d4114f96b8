-- Step 13: what people were told of an alert, and who keeps it from being told (suppressed_by: silence:<id>, alert:<id>,
-- mute, max_alerts). told: webhooks that a message "it fires" was written for. announced_at: from when on people were to
-- know of it, announced_time: the event time of that moment. digest: of the alerts beyond max_alerts; since and until are
-- event time.
ALTER TABLE alert ADD COLUMN suppressed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE alert_transition ADD COLUMN suppressed_by TEXT NOT NULL DEFAULT '';
CREATE TABLE notice (
  alert TEXT PRIMARY KEY, rule TEXT NOT NULL, open INTEGER NOT NULL, update_held INTEGER NOT NULL,
  told TEXT NOT NULL CHECK (json_valid(told)), announced_at INTEGER, announced_time INTEGER, told_at INTEGER,
  repeats INTEGER NOT NULL, raised_to TEXT NOT NULL, digest INTEGER REFERENCES digest (number)
) STRICT;
CREATE INDEX notice_open ON notice (alert) WHERE open = 1;
CREATE INDEX notice_announced ON notice (rule, announced_time);
CREATE INDEX notice_digest ON notice (digest) WHERE digest IS NOT NULL;
CREATE TABLE digest (
  number INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,
  sent_at INTEGER
) STRICT;
CREATE UNIQUE INDEX digest_open ON digest (rule) WHERE sent_at IS NULL;
-- Alerts that fire go on: those who were told of them are known from their messages.
INSERT INTO notice (alert, rule, open, update_held, told, announced_at, announced_time, told_at, repeats, raised_to)
SELECT a.id, a.rule, 1, 0, json_group_array(DISTINCT o.webhook), min(o.created_at), a.started_at, min(o.created_at), 0, ''
FROM alert a JOIN outbox o ON o.alert_id = a.id AND o.type = 'alert.firing' WHERE a.state = 'firing' GROUP BY a.id;
