-- Step 25: when the numbers are not what they seem. `incident` keeps what no other table does, or not as long as the
-- roll-ups: dead letters are kept to a bound, re-anchorings as long as documents. When tapewatch was stopped follows from
-- `run`, when a source was not heard from `source_span`: incident_view derives both. Times are on the axis that documents
-- count on (document.at). to_ms NULL: it lasts. seq: of the clock when it was noted. documents NULL: not kept here.
CREATE TABLE incident (
  number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, source TEXT, from_ms INTEGER NOT NULL, to_ms INTEGER,
  noted_at INTEGER NOT NULL, seq INTEGER NOT NULL, documents INTEGER, detail TEXT NOT NULL
) STRICT;
CREATE INDEX incident_by_kind ON incident (kind, source, from_ms);
-- One row for each time that the daemon ran. down_since: the end of the run before. alive_at: when it last wrote. rules: an
-- object of names and fingerprints.
CREATE TABLE run (
  number INTEGER PRIMARY KEY AUTOINCREMENT, down_since INTEGER, started_at INTEGER NOT NULL, alive_at INTEGER NOT NULL,
  model TEXT NOT NULL, rules TEXT NOT NULL CHECK (json_valid(rules))
) STRICT;
CREATE INDEX run_by_start ON run (started_at);
CREATE INDEX run_by_down ON run (down_since);
-- The last success within the span, which lasts until the next one was due.
ALTER TABLE source_span ADD COLUMN heard INTEGER;

CREATE VIEW incident_view AS
WITH
-- Between two spans of a source, and after the last one.
gap (source, heard, until, next) AS (
  SELECT source, heard, until, next FROM (
    SELECT s.source, coalesce(s.heard, s.until) AS heard, s.until, coalesce(
      (SELECT min(n.since) FROM source_span n WHERE n.source = s.source AND n.since > s.since), 9223372036854775807
    ) AS next FROM source_span s
  ) WHERE next > until
    AND (next < 9223372036854775807 OR until < (SELECT alive_at FROM run ORDER BY number DESC LIMIT 1))
),
-- When sources were not asked beside the times between runs: tapewatch was paused, the clock leapt over it or was wrong, or
-- the source was not configured. After a clock was put back, what it had passed over is lived through.
unasked (source, since, until) AS (
  SELECT NULL, from_ms, coalesce(to_ms, 9223372036854775807) FROM incident WHERE kind = 'ingestion_paused'
  UNION ALL SELECT NULL, from_ms, min(to_ms, noted_at) FROM incident WHERE kind = 'clock_jump' AND noted_at > from_ms
  UNION ALL SELECT source, since, until FROM source_absence
),
-- The parts of a gap. due: a source that answers by then has not been down: after a pause it has the patience that was
-- had with it before, and at least two minutes.
part (source, start, due, next) AS (
  SELECT source, heard, until, next FROM gap
  UNION ALL
  SELECT g.source, r.started_at, r.started_at + max(120000, g.until - g.heard), g.next FROM gap g
  CROSS JOIN run r ON r.started_at > g.heard AND r.started_at < g.next AND r.down_since < r.started_at
  UNION ALL
  SELECT g.source, u.until, u.until + max(120000, g.until - g.heard), g.next FROM unasked u
  JOIN gap g ON u.until > g.heard AND u.until < g.next AND coalesce(u.source, g.source) = g.source
),
down (source, start, due, finish) AS (
  SELECT source, start, due, finish FROM (
    SELECT source, start, due, min(next, coalesce(
      (SELECT r.down_since FROM run r WHERE r.down_since >= p.start AND r.down_since < p.next
         AND r.down_since < r.started_at ORDER BY r.down_since LIMIT 1), 9223372036854775807
    ), coalesce(
      (SELECT min(u.since) FROM unasked u
       WHERE u.since >= p.start AND u.since < p.next AND coalesce(u.source, p.source) = p.source), 9223372036854775807
    )) AS finish FROM part p
    WHERE p.start >= coalesce(
      (SELECT r.started_at FROM run r WHERE r.down_since < p.start ORDER BY r.down_since DESC LIMIT 1), p.start
    ) AND NOT EXISTS (
      SELECT 1 FROM unasked u WHERE u.since < p.start AND u.until > p.start AND coalesce(u.source, p.source) = p.source
    )
  )
  WHERE finish > due
    AND (finish < 9223372036854775807 OR due < (SELECT alive_at FROM run ORDER BY number DESC LIMIT 1))
),
span (id, kind, source, from_ms, to_ms, noted_at, documents, detail) AS (
  SELECT kind || '-' || number, kind, source, from_ms, max(to_ms, from_ms + 1), noted_at, documents, detail FROM incident
  UNION ALL
  SELECT 'daemon_down-' || number, 'daemon_down', NULL, down_since, started_at, started_at, NULL, '' FROM run
  WHERE down_since < started_at
  UNION ALL
  SELECT 'source_down-' || source || '-' || start, 'source_down', source, start, nullif(finish, 9223372036854775807),
    due, NULL, '' FROM down
)
SELECT id, kind, source,
  strftime('%Y-%m-%dT%H:%M:%S', from_ms / 1000, 'unixepoch') || printf('.%03dZ', from_ms % 1000) AS from_t, from_ms,
  strftime('%Y-%m-%dT%H:%M:%S', to_ms / 1000, 'unixepoch') || printf('.%03dZ', to_ms % 1000) AS to_t, to_ms,
  CASE
    WHEN documents IS NOT NULL OR kind = 'rules_changed' THEN documents
    WHEN from_ms < (SELECT value FROM mark WHERE name = 'swept_before') THEN NULL
    WHEN source IS NULL THEN (
      SELECT count(*) FROM document d WHERE d.at >= from_ms AND d.at < coalesce(to_ms, 9223372036854775807)
        AND d.removed IS NULL)
    ELSE (
      SELECT count(*) FROM document d WHERE d.at >= from_ms AND d.at < coalesce(to_ms, 9223372036854775807)
        AND d.removed IS NULL AND d.source IN (
          SELECT key FROM source s WHERE s.id = span.source
            OR s.id IN (SELECT c.source FROM source_carrier c WHERE c.carrier = span.source)))
  END AS documents, detail,
  strftime('%Y-%m-%dT%H:%M:%S', noted_at / 1000, 'unixepoch') || printf('.%03dZ', noted_at % 1000) AS noted_at
FROM span;
