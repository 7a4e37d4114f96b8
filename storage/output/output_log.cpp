#include "storage/output/output_log.hpp"

#include "storage/alert/events.hpp"

namespace tapewatch::storage {

std::vector<OutputEvent> OutputLog::after(std::int64_t event, std::size_t limit) const {
  auto read =
      connection_.prepare("SELECT id, type, json ->> 'id', json, at FROM event WHERE id > ? ORDER BY id LIMIT ?");
  read.bind(1, event).bind(2, limit);
  std::vector<OutputEvent> events;
  while (read.step()) events.push_back({read.integer(0), read.text(1), read.text(2), read.text(3), read.time(4)});
  return events;
}

std::optional<TimePoint> OutputLog::written_at(std::int64_t event) const {
  auto read = connection_.prepare("SELECT at FROM event WHERE id = ?");
  return read.bind(1, event).step() ? std::optional(read.time(0)) : std::nullopt;
}

std::optional<std::int64_t> OutputLog::position(std::string_view output) const {
  auto read = connection_.prepare("SELECT event FROM output WHERE name = ?");
  return read.bind(1, output).step() ? std::optional(read.integer(0)) : std::nullopt;
}

void OutputLog::configure(std::span<const ConfiguredOutput> outputs) {
  std::vector<std::string> gone;
  {
    auto read = connection_.prepare("SELECT name FROM output");
    while (read.step()) gone.push_back(read.text(0));
  }
  const EventReader events(connection_);
  const std::int64_t newest = events.newest(), oldest = events.oldest();
  for (const ConfiguredOutput& output : outputs) {
    std::erase(gone, output.name);
    const std::int64_t begin = output.from_beginning && oldest > 0 ? oldest - 1 : newest;
    connection_
        .prepare(
            "INSERT INTO output (name, event, max_backlog) VALUES (?1, ?2, ?3) "
            "ON CONFLICT (name) DO UPDATE SET max_backlog = ?3")
        .bind_all(output.name, begin, output.max_backlog)
        .run();
  }
  for (const std::string& name : gone) connection_.prepare("DELETE FROM output WHERE name = ?").bind(1, name).run();
}

void OutputLog::advance(std::string_view output, std::int64_t event) {
  connection_.prepare("UPDATE output SET event = max(event, ?2) WHERE name = ?1").bind_all(output, event).run();
}

}  // namespace tapewatch::storage
