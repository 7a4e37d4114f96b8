#include "storage/alert/events.hpp"

namespace tapewatch::storage {

std::int64_t EventWriter::append(std::string_view type, std::string_view json, TimePoint at, std::int64_t document) {
  connection_.prepare("INSERT INTO event (type, json, at, document) VALUES (?, ?, ?, nullif(?, 0))")
      .bind_all(type, json, at, document)
      .run();
  const std::int64_t id = connection_.last_insert_id();
  constexpr std::int64_t kTrimEvery = 256;  // deleting once per event would cost as much as the event
  const auto keep = static_cast<std::int64_t>(options_.event_rows);
  if (id > keep && (id % kTrimEvery == 0 || keep < kTrimEvery)) trim(id, id - keep);
  return id;
}

/// An output keeps the event that it stands at, by which it knows the database again, and those behind it.
void EventWriter::trim(std::int64_t newest, std::int64_t line) {
  constexpr std::int64_t kMostAtOnce = 4'096;  // after a long outage of an output's brokers
  connection_
      .prepare(
          "DELETE FROM event WHERE id <= min(?1, coalesce((SELECT min(max(event - 1, ?2 - max_backlog)) FROM output), "
          "?1)) AND id < (SELECT min(id) FROM event) + ?3")
      .bind_all(line, newest, kMostAtOnce)
      .run();
}

std::vector<EventRow> EventReader::after(std::int64_t event_id, std::size_t limit) const {
  auto read = connection_.prepare("SELECT id, type, json, at FROM event WHERE id > ? ORDER BY id LIMIT ?");
  read.bind(1, event_id).bind(2, limit);
  std::vector<EventRow> rows;
  while (read.step()) rows.push_back({read.integer(0), read.text(1), read.text(2), read.time(3)});
  return rows;
}

std::int64_t EventReader::oldest() const {
  auto read = connection_.prepare("SELECT min(id) FROM event");
  return read.step() ? read.integer(0) : 0;
}

std::int64_t EventReader::newest() const {
  auto read = connection_.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'event'");
  return read.step() ? read.integer(0) : 0;
}

}  // namespace tapewatch::storage
