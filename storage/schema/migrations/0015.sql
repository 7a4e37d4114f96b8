-- Step 15: who gets the messages of a webhook that is switched off ('': nobody), and in whose place a message was sent.
ALTER TABLE webhook_off ADD COLUMN fallback TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN instead_of TEXT NOT NULL DEFAULT '';
