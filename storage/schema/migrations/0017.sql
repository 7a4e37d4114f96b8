-- Step 17: which messages wait behind an earlier one of their alert to the same webhook (blocked). Triggers keep it right,
-- whoever changes a state: what is due is read from an index, however many wait.
ALTER TABLE outbox ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
UPDATE outbox SET blocked = 1 WHERE state = 'pending' AND alert_id <> '' AND EXISTS (SELECT 1 FROM outbox p WHERE
  p.alert_id = outbox.alert_id AND p.webhook = outbox.webhook AND p.number < outbox.number AND p.state = 'pending');
DROP INDEX outbox_due;
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
