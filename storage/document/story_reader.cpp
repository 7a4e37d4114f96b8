// Tested by tests/storage/document/story_ledger_test.cpp
#include "storage/document/story_reader.hpp"

#include <algorithm>

#include "storage/document/title_hash.hpp"
#include "storage/mark.hpp"

namespace tapewatch::storage {

namespace {

std::vector<StoryRow> rows_of(Statement& read) {
  std::vector<StoryRow> rows;
  while (read.step()) {
    const auto bytes = read.blob(2);
    rows.push_back({read.integer(0), read.time(1), {bytes.begin(), bytes.end()}});
  }
  return rows;
}

}  // namespace

std::vector<StoryRow> StoryReader::with_key(std::string_view key, TimePoint at, std::size_t limit) const {
  if (key.empty()) return {};
  auto read = connection_.prepare(
      "SELECT s.id, s.first_at, g.signature FROM story s LEFT JOIN story_signature g ON g.story = s.id WHERE "
      "s.title_hash = ?1 AND s.first_at BETWEEN ?2 - ?3 AND ?2 + ?3 ORDER BY abs(s.first_at - ?2), s.id LIMIT ?4");
  read.bind_all(title_hash(key), at, static_cast<std::int64_t>(options_.story_window.count()), limit);
  return rows_of(read);
}

std::vector<StoryRow> StoryReader::since(TimePoint floor, std::size_t limit) const {
  auto read = connection_.prepare(
      "SELECT s.id, s.first_at, g.signature FROM story_signature g JOIN story s ON s.id = g.story WHERE s.first_at >= "
      "? "
      "ORDER BY s.first_at DESC, s.id DESC LIMIT ?");
  read.bind_all(floor, limit);
  auto rows = rows_of(read);
  std::sort(rows.begin(), rows.end(), [](const StoryRow& left, const StoryRow& right) { return left.id < right.id; });
  return rows;
}

TimePoint StoryReader::first_kept() const { return from_ms(read_mark(connection_, kSweptBefore).value_or(0)); }

}  // namespace tapewatch::storage
