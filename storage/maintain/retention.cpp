#include "storage/maintain/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "storage/document/label.hpp"
#include "storage/sentiment/rollup.hpp"
#include "storage/text/text_index.hpp"

namespace tapewatch::storage {

namespace {

std::optional<std::int64_t> mark(Connection& connection, const char* name) {
  auto read = connection.prepare("SELECT value FROM mark WHERE name = ?");
  return read.bind(1, name).step() ? std::optional(read.integer(0)) : std::nullopt;
}

void set_mark(Connection& connection, const char* name, std::int64_t value) {
  connection.prepare("INSERT INTO mark (name, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = max(value, ?2)")
      .bind_all(name, value)
      .run();
}

std::int64_t changed_by(Connection& connection, const std::string& sql, std::int64_t a, std::int64_t b) {
  connection.prepare(sql).bind_all(a, b).run();
  return connection.changes();
}

struct OldDocument {
  std::int64_t id, story;
  std::string title, body;
};

void delete_document(Connection& connection, const OldDocument& old) {
  remove_from_index(connection, old.id, old.title, old.body);
  connection
      .prepare(
          "INSERT INTO remembered (source, external_id, document, at) "
          "SELECT source, external_id, id, at FROM document WHERE id = ?")
      .bind(1, old.id)
      .run();
  connection.prepare("DELETE FROM document_entity WHERE document = ?").bind(1, old.id).run();
  connection.prepare("DELETE FROM document_revision WHERE document = ?").bind(1, old.id).run();
  connection.prepare("DELETE FROM document WHERE id = ?").bind(1, old.id).run();
}

std::int64_t sweep_documents(Connection& connection, std::int64_t before, std::int64_t budget) {
  std::vector<OldDocument> old;
  {
    auto read = connection.prepare("SELECT id, story, title, body FROM document WHERE at < ? ORDER BY at, id LIMIT ?");
    read.bind_all(before, budget);
    while (read.step()) old.push_back({read.integer(0), read.integer(1), read.text(2), read.text(3)});
  }
  std::set<std::int64_t> stories;
  for (const auto& document : old) {
    delete_document(connection, document);
    stories.insert(document.story);
  }
  for (const std::int64_t story : stories) {
    // Who voted in it is no longer known: what is left of the story, or joins it late, votes no more.
    connection.prepare("UPDATE story SET pruned = 1 WHERE id = ?").bind(1, story).run();
    connection.prepare("DELETE FROM story WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM document WHERE story = ?1)")
        .bind(1, story)
        .run();
  }
  if (!old.empty()) set_mark(connection, "swept_before", before);
  return static_cast<std::int64_t>(old.size());
}

std::string fold_sql(const std::string& table, const std::string& keys) {
  std::string columns, sums, changes;
  for (const char* column : rollup_columns) {
    columns += fmt::format(", {}", column);
    sums += fmt::format(", sum({})", column);
    changes += fmt::format("{}{} = {} + excluded.{}", changes.empty() ? "" : ", ", column, column, column);
  }
  return fmt::format(
      "INSERT INTO {0} (minute, {1}{2}) SELECT ?1, {1}{3} FROM {0} WHERE minute > ?1 AND minute < ?2 GROUP BY {1} "
      "ON CONFLICT DO UPDATE SET {4}",
      table, keys, columns, sums, changes);
}

/// The quarter hour's minutes become one row a key, at its first minute. Returns the rows that went.
std::int64_t fold_quarter(Connection& connection, std::int64_t quarter) {
  static const std::string topics = fold_sql("rollup_topic", "topic, source");
  static const std::string entities = fold_sql("rollup_entity", "entity, topic, source");
  const std::int64_t end = quarter + quarter_minutes;
  changed_by(connection, topics, quarter, end);
  changed_by(connection, entities, quarter, end);
  return changed_by(connection, "DELETE FROM rollup_topic WHERE minute > ? AND minute < ?", quarter, end) +
         changed_by(connection, "DELETE FROM rollup_entity WHERE minute > ? AND minute < ?", quarter, end);
}

std::optional<std::int64_t> first_minute(Connection& connection, std::int64_t from) {
  auto read = connection.prepare(
      "SELECT min(m) FROM (SELECT min(minute) AS m FROM rollup_topic WHERE minute >= ?1 "
      "UNION ALL SELECT min(minute) FROM rollup_entity WHERE minute >= ?1)");
  return read.bind(1, from).step() ? read.optional_integer(0) : std::nullopt;
}

std::int64_t fold_minutes(Connection& connection, std::int64_t before_minute, std::int64_t budget, bool& more) {
  const std::int64_t end = floor_divide(before_minute, quarter_minutes) * quarter_minutes;
  std::int64_t folded = 0;
  std::int64_t done = mark(connection, "folded_before").value_or(INT64_MIN);
  while (done < end) {
    const auto minute = first_minute(connection, done);
    if (!minute || *minute >= end) {
      set_mark(connection, "folded_before", end);
      return folded;
    }
    if (folded >= budget) {
      more = true;
      return folded;
    }
    const std::int64_t quarter = floor_divide(*minute, quarter_minutes) * quarter_minutes;
    folded += fold_quarter(connection, quarter) + 1;
    done = quarter + quarter_minutes;
    set_mark(connection, "folded_before", done);
  }
  return folded;
}

std::int64_t drop_old(Connection& connection, std::int64_t before, std::int64_t logs_before, std::int64_t budget) {
  const std::int64_t minute = floor_divide(before, minute_ms);
  const std::int64_t rollups =
      changed_by(connection,
                 "DELETE FROM rollup_topic WHERE (minute, topic, source) IN "
                 "(SELECT minute, topic, source FROM rollup_topic WHERE minute < ? LIMIT ?)",
                 minute, budget) +
      changed_by(connection,
                 "DELETE FROM rollup_entity WHERE (entity, minute, topic, source) IN "
                 "(SELECT entity, minute, topic, source FROM rollup_entity WHERE minute < ? LIMIT ?)",
                 minute, budget);
  if (rollups > 0) set_mark(connection, "swept_before", before);
  std::int64_t dropped = rollups;
  dropped += changed_by(connection,
                        "DELETE FROM remembered WHERE (source, external_id) IN "
                        "(SELECT source, external_id FROM remembered WHERE at < ? LIMIT ?)",
                        before, budget);
  dropped +=
      changed_by(connection,
                 "DELETE FROM tick WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM tick ORDER BY seq LIMIT ?2) "
                 "WHERE at < ?1)",
                 logs_before, budget);
  connection
      .prepare(
          "DELETE FROM delivery_attempt WHERE outbox IN (SELECT number FROM outbox WHERE created_at < ? AND state <> "
          "'pending' ORDER BY number LIMIT ?)")
      .bind_all(logs_before, budget)
      .run();
  dropped +=
      changed_by(connection,
                 "DELETE FROM outbox WHERE number IN (SELECT number FROM outbox WHERE created_at < ? AND state <> "
                 "'pending' ORDER BY number LIMIT ?)",
                 logs_before, budget);
  dropped += changed_by(connection,
                        "DELETE FROM source_span WHERE (source, since) IN "
                        "(SELECT source, since FROM source_span WHERE until < ? LIMIT ?)",
                        before, budget);
  dropped += changed_by(connection,
                        "DELETE FROM source_absence WHERE (source, since) IN "
                        "(SELECT source, since FROM source_absence WHERE until < ? LIMIT ?)",
                        before, budget);
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
  swept.folded = fold_minutes(connection_, floor_divide(to_ms(now - keep.minutes), minute_ms), budget, swept.more);
  swept.dropped = drop_old(connection_, to_ms(now - keep.quarters), documents_before, budget);
  swept.more = swept.more || swept.dropped >= budget;
  return swept;
}

}  // namespace tapewatch::storage
