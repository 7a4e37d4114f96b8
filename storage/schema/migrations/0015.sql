-- Step 15: who gets the messages of a webhook that is switched off; '': nobody.
ALTER TABLE webhook_off ADD COLUMN fallback TEXT NOT NULL DEFAULT '';
