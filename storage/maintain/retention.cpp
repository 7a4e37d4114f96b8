#include "storage/maintain/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "storage/clock.hpp"
#include "storage/document/label.hpp"
#include "storage/mark.hpp"
#include "storage/sentiment/rollup.hpp"
#include "storage/text/text_index.hpp"

namespace tapewatch::storage {

namespace {

constexpr std::int64_t kMostIncidents = 20'000;  // of a kind

std::int64_t changed_by(Connection& connection, const std::string& sql, std::int64_t a, std::int64_t b) {
  connection.prepare(sql).bind_all(a, b).run();
  return connection.changes();
}

struct OldDocument {
  std::int64_t id, story;
  std::string title, body;
  bool removed;  // its text is gone, and its removal keeps the identity away
};

void delete_document(Connection& connection, const OldDocument& old) {
  if (!old.removed) {
    remove_from_index(connection, old.id, old.title, old.body);
    connection
        .prepare(
            "INSERT INTO remembered (source, external_id, document, at) "
            "SELECT source, external_id, id, at FROM document WHERE id = ?")
        .bind(1, old.id)
        .run();
  }
  connection.prepare("DELETE FROM rescored_mention WHERE document = ?").bind(1, old.id).run();
  connection.prepare("DELETE FROM rescored WHERE document = ?").bind(1, old.id).run();
  connection.prepare("DELETE FROM document_entity WHERE document = ?").bind(1, old.id).run();
  connection.prepare("DELETE FROM document_metadata WHERE document = ?").bind(1, old.id).run();
  connection.prepare("DELETE FROM document_entity_revision WHERE document = ?").bind(1, old.id).run();
  connection.prepare("DELETE FROM document_revision WHERE document = ?").bind(1, old.id).run();
  connection.prepare("DELETE FROM restamped WHERE document = ?").bind(1, old.id).run();
  connection.prepare("DELETE FROM document WHERE id = ?").bind(1, old.id).run();
}

std::int64_t sweep_documents(Connection& connection, std::int64_t before, std::int64_t budget) {
  std::vector<OldDocument> old;
  {
    auto read = connection.prepare(
        "SELECT id, story, title, body, removed IS NOT NULL FROM document WHERE at < ? ORDER BY at, id LIMIT ?");
    read.bind_all(before, budget);
    while (read.step()) old.push_back({read.integer(0), read.integer(1), read.text(2), read.text(3), read.flag(4)});
  }
  std::set<std::int64_t> stories;
  for (const auto& document : old) {
    delete_document(connection, document);
    stories.insert(document.story);
  }
  for (const std::int64_t story : stories) {
    // Who voted in it is no longer known: the story's remaining and later documents do not vote.
    connection.prepare("UPDATE story SET pruned = 1 WHERE id = ?").bind(1, story).run();
    static constexpr std::string_view kEmpty = "= ?1 AND NOT EXISTS (SELECT 1 FROM document WHERE story = ?1)";
    connection.prepare(fmt::format("DELETE FROM story_signature WHERE story {}", kEmpty)).bind(1, story).run();
    connection.prepare(fmt::format("DELETE FROM story WHERE id {}", kEmpty)).bind(1, story).run();
  }
  if (!old.empty()) raise_mark(connection, kSweptBefore, before);
  return static_cast<std::int64_t>(old.size());
}

std::string fold_sql(const RollupTable& table) {
  std::string sums;
  for (const auto& column : table.stored_columns()) sums += fmt::format(", sum({})", column);
  return fmt::format(
      "INSERT INTO {0} (minute, {1}, {2}) SELECT ?1, {1}{3} FROM {0} WHERE minute > ?1 AND minute < ?2 "
      "GROUP BY {1}{4}",
      table.stored, table.series_list(), fmt::join(table.stored_columns(), ", "), sums, add_on_conflict(table));
}

/// Merges the quarter hour's minutes into one row per key, at its first minute. Returns the number of rows removed.
std::int64_t fold_quarter(Connection& connection, std::int64_t quarter) {
  const std::int64_t end = quarter + kQuarterMinutes;
  std::int64_t gone = 0;
  for (const auto& table : kTablesOfSums) {
    changed_by(connection, fold_sql(table), quarter, end);
    gone += changed_by(connection, fmt::format("DELETE FROM {} WHERE minute > ? AND minute < ?", table.stored), quarter,
                       end);
  }
  return gone;
}

std::optional<std::int64_t> first_minute(Connection& connection, std::int64_t from) {
  std::optional<std::int64_t> first;
  for (const auto& table : kTablesOfSums) {
    auto read = connection.prepare(fmt::format("SELECT min(minute) FROM {} WHERE minute >= ?", table.stored));
    if (!read.bind(1, from).step() || read.is_null(0)) continue;
    first = std::min(first.value_or(INT64_MAX), read.integer(0));
  }
  return first;
}

std::int64_t fold_minutes(Connection& connection, std::int64_t before_minute, std::int64_t budget, bool& more) {
  const std::int64_t end = floor_divide(before_minute, kQuarterMinutes) * kQuarterMinutes;
  std::int64_t folded = 0;
  std::int64_t done = read_mark(connection, kFoldedBefore).value_or(INT64_MIN);
  while (done < end) {
    const auto minute = first_minute(connection, done);
    if (!minute || *minute >= end) {
      raise_mark(connection, kFoldedBefore, end);
      return folded;
    }
    if (folded >= budget) {
      more = true;
      return folded;
    }
    const std::int64_t quarter = floor_divide(*minute, kQuarterMinutes) * kQuarterMinutes;
    folded += fold_quarter(connection, quarter) + 1;
    done = quarter + kQuarterMinutes;
    raise_mark(connection, kFoldedBefore, done);
  }
  return folded;
}

/// Of a story that began before the window of any document to come only its title tells that one belongs to it: its
/// signature is for stories that are still told. A window more is kept for clocks that are put back. The oldest
/// `budget` stories that have one are looked at.
std::int64_t forget_signatures(Connection& connection, TimePoint now, std::chrono::milliseconds window,
                               std::int64_t budget) {
  const auto event_time = Clock(connection).event_time().value_or(now);
  return changed_by(connection,
                    "DELETE FROM story_signature WHERE story IN (SELECT story FROM (SELECT g.story, s.first_at FROM "
                    "story_signature g JOIN story s ON s.id = g.story ORDER BY g.story LIMIT ?2) WHERE first_at < ?1)",
                    to_ms(std::min(now, event_time) - 2 * window), budget);
}

/// Deletes at most `budget` rows of a table that match a condition (?1), by their key.
std::int64_t drop_some(Connection& connection, std::string_view table, const std::string& key,
                       std::string_view condition, std::int64_t before, std::int64_t budget) {
  return changed_by(
      connection,
      fmt::format("DELETE FROM {0} WHERE ({1}) IN (SELECT {1} FROM {0} WHERE {2} LIMIT ?)", table, key, condition),
      before, budget);
}

std::int64_t drop_rollups(Connection& connection, std::int64_t before, std::int64_t budget) {
  std::int64_t dropped = 0;
  for (const auto& table : kTablesOfSums) {
    dropped +=
        drop_some(connection, table.stored, table.key_list(), "minute < ?", floor_divide(before, kMinuteMs), budget);
  }
  if (dropped > 0) raise_mark(connection, kSweptBefore, before);
  return dropped;
}

std::int64_t drop_old(Connection& connection, std::int64_t before, std::int64_t logs_before, std::int64_t budget) {
  std::int64_t dropped = drop_rollups(connection, before, budget);
  dropped += drop_some(connection, "remembered", "source, external_id", "at < ?", before, budget);
  dropped += drop_some(connection, "removal", "seq", "at < ?", before, budget);
  dropped +=
      changed_by(connection,
                 "DELETE FROM tick WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM tick ORDER BY seq LIMIT ?2) "
                 "WHERE at < ?1)",
                 logs_before, budget);
  // A mark whose rows are gone is of no use; a re-anchoring goes with the ticks around it.
  static constexpr std::string_view kOldMark = "coalesce(event_time, leapt_to) < ?";
  connection
      .prepare(
          fmt::format("DELETE FROM detector_before WHERE mark IN (SELECT seq FROM detector_mark WHERE {})", kOldMark))
      .bind(1, logs_before)
      .run();
  connection.prepare(fmt::format("DELETE FROM detector_mark WHERE {}", kOldMark)).bind(1, logs_before).run();
  dropped += drop_some(connection, "reanchoring", "seq", "max(from_time, to_time) < ?", logs_before, budget);
  // What an alert that fires was told with is sent again to receivers that forget it.
  static constexpr std::string_view kEnded =
      "created_at < ? AND state <> 'pending' AND NOT EXISTS (SELECT 1 FROM alert WHERE id = outbox.alert_id AND "
      "alert.state = 'firing') ORDER BY number";
  connection
      .prepare(fmt::format("DELETE FROM delivery_attempt WHERE outbox IN (SELECT number FROM outbox WHERE {} LIMIT ?)",
                           kEnded))
      .bind_all(logs_before, budget)
      .run();
  dropped += drop_some(connection, "outbox", "number", kEnded, logs_before, budget);
  for (const char* table : {"source_span", "source_absence"}) {
    dropped += drop_some(connection, table, "source, since", "until < ?", before, budget);
  }
  connection.execute("DELETE FROM backfill WHERE last_id < (SELECT min(id) FROM document)");
  dropped += drop_some(connection, "incident", "number", "to_ms < ?", before, budget);
  dropped += changed_by(connection,
                        "DELETE FROM incident WHERE number IN (SELECT number FROM (SELECT number, row_number() OVER "
                        "(PARTITION BY kind ORDER BY number DESC) AS place FROM incident) WHERE place > ? LIMIT ?)",
                        kMostIncidents, budget);
  // The last run is the present one, or tells the next when it ended.
  dropped +=
      drop_some(connection, "run", "number", "alive_at < ? AND number < (SELECT max(number) FROM run)", before, budget);
  return dropped;
}

}  // namespace

Swept Retention::sweep(TimePoint now, std::int64_t budget_rows) {
  const auto& keep = options_.retention;
  const std::int64_t budget = std::max<std::int64_t>(1, budget_rows);
  Swept swept;
  const std::int64_t documents_before = to_ms(now - keep.documents);
  swept.documents = sweep_documents(connection_, documents_before, budget);
  swept.more = swept.documents >= budget;
  swept.folded = fold_minutes(connection_, floor_divide(to_ms(now - keep.minutes), kMinuteMs), budget, swept.more);
  swept.dropped = drop_old(connection_, to_ms(now - keep.quarters), documents_before, budget);
  const auto forgotten = forget_signatures(connection_, now, options_.story_window, budget);
  swept.more = swept.more || swept.dropped >= budget || forgotten >= budget;
  return swept;
}

}  // namespace tapewatch::storage
