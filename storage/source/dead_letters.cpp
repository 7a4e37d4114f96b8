#include "storage/source/dead_letters.hpp"

#include <algorithm>
#include <utility>

namespace tapewatch::storage {

namespace {

constexpr const char* kColumns =
    "SELECT id, source, pointer, reason, payload, position, key, record_at, payload_bytes, at, forwarded_at, refused, "
    "tombstone ";

std::string bytes_of(const Statement& row, int column) {
  const auto bytes = row.blob(column);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> as_blob(std::string_view bytes) {
  return std::as_bytes(std::span(bytes.data(), bytes.size()));
}

}  // namespace

std::int64_t DeadLetters::record(const DeadLetterContent& letter, TimePoint now) {
  const std::string_view kept = std::string_view(letter.payload).substr(0, options_.max_dead_letter_bytes);
  auto add = connection_.prepare(
      "INSERT INTO dead_letter (source, pointer, reason, position, payload_bytes, at, record_at, payload, key, "
      "tombstone) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
  add.bind_all(letter.source, letter.pointer, std::string_view(letter.reason).substr(0, options_.max_error_bytes),
               letter.position, letter.payload.size(), now, letter.record_at);
  add.bind_blob(8, as_blob(kept));
  if (letter.key) add.bind_blob(9, as_blob(*letter.key));
  add.bind(10, letter.tombstone);
  add.step();
  const std::int64_t id = add.integer(0);
  add.run();
  std::int64_t place = 0;
  for (const DeadLetterHeader& header : letter.headers) {
    auto row = connection_.prepare("INSERT INTO dead_letter_header (letter, place, name, value) VALUES (?, ?, ?, ?)");
    row.bind(1, id).bind(2, place++).bind_blob(3, as_blob(header.name));
    if (header.value) row.bind_blob(4, as_blob(*header.value));
    row.run();
  }
  const std::int64_t oldest = id - static_cast<std::int64_t>(options_.max_dead_letters);
  connection_.prepare("DELETE FROM dead_letter_header WHERE letter <= ?").bind(1, oldest).run();
  connection_.prepare("DELETE FROM dead_letter WHERE id <= ?").bind(1, oldest).run();
  return id;
}

std::vector<DeadLetterRow> DeadLetters::pending_forward(std::string_view source, std::size_t limit) const {
  auto query = connection_.prepare(
      std::string(kColumns) +
      "FROM dead_letter WHERE source = ? AND forwarded_at IS NULL AND refused IS NULL ORDER BY id LIMIT ?");
  query.bind(1, source).bind(2, limit);
  return read(query);
}

void DeadLetters::mark_forwarded(std::span<const std::int64_t> ids, TimePoint now) {
  auto mark = connection_.prepare("UPDATE dead_letter SET forwarded_at = ?2 WHERE id = ?1 AND forwarded_at IS NULL");
  for (const auto id : ids) mark.bind(1, id).bind(2, now).run();
}

void DeadLetters::mark_refused(std::int64_t id, std::string_view why) {
  connection_.prepare("UPDATE dead_letter SET refused = ?2 WHERE id = ?1 AND forwarded_at IS NULL")
      .bind(1, id)
      .bind(2, why.substr(0, options_.max_error_bytes))
      .run();
}

std::vector<DeadLetterRow> DeadLetters::list(std::string_view source, std::size_t limit) const {
  auto query = connection_.prepare(std::string(kColumns) +
                                   "FROM dead_letter WHERE ?1 = '' OR source = ?1 ORDER BY id DESC LIMIT ?2");
  query.bind(1, source).bind(2, limit);
  return read(query);
}

std::vector<DeadLetterRow> DeadLetters::read(Statement& query) const {
  std::vector<DeadLetterRow> rows;
  while (query.step()) {
    DeadLetterRow row;
    row.id = query.integer(0);
    row.content = {query.text(1), query.text(2), query.text(3), bytes_of(query, 4), query.text(5), {}, {}, {}, false};
    if (!query.is_null(6)) row.content.key = bytes_of(query, 6);
    row.content.record_at = query.optional_time(7);
    row.payload_bytes = query.integer(8);
    row.at = query.time(9);
    row.forwarded = !query.is_null(10);
    row.refused = query.text(11);
    row.content.tombstone = query.flag(12);
    rows.push_back(std::move(row));
  }
  for (DeadLetterRow& row : rows) {
    auto headers = connection_.prepare("SELECT name, value FROM dead_letter_header WHERE letter = ? ORDER BY place");
    headers.bind(1, row.id);
    while (headers.step()) {
      row.content.headers.push_back(
          {bytes_of(headers, 0), headers.is_null(1) ? std::nullopt : std::optional(bytes_of(headers, 1))});
    }
  }
  return rows;
}

std::int64_t DeadLetters::count() const {
  auto query = connection_.prepare("SELECT count(*) FROM dead_letter");
  return query.step() ? query.integer(0) : 0;
}

}  // namespace tapewatch::storage
