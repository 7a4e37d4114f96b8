#include "storage/source/dead_letters.hpp"

namespace tapewatch::storage {

namespace {

constexpr const char* kColumns =
    "SELECT id, source, pointer, reason, payload, payload_bytes, position, at, forwarded_at ";

std::vector<DeadLetterRow> letters_of(Statement& read) {
  std::vector<DeadLetterRow> rows;
  while (read.step()) {
    const auto payload = read.blob(4);
    rows.push_back({read.integer(0), read.text(1), read.text(2), read.text(3),
                    std::string(reinterpret_cast<const char*>(payload.data()), payload.size()), read.integer(5),
                    read.text(6), read.time(7), !read.is_null(8)});
  }
  return rows;
}

}  // namespace

std::int64_t DeadLetters::record(std::string_view source, std::string_view pointer, std::string_view reason,
                                 std::string_view payload, std::string_view position, TimePoint now) {
  const std::string_view kept = payload.substr(0, options_.max_dead_letter_bytes);
  auto add = connection_.prepare(
      "INSERT INTO dead_letter (source, pointer, reason, position, payload_bytes, at, payload) "
      "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id");
  add.bind_all(source, pointer, reason.substr(0, options_.max_error_bytes), position, payload.size(), now);
  add.bind_blob(7, std::as_bytes(std::span(kept.data(), kept.size()))).step();
  const std::int64_t id = add.integer(0);
  add.run();
  connection_.prepare("DELETE FROM dead_letter WHERE id <= ?")
      .bind(1, id - static_cast<std::int64_t>(options_.max_dead_letters))
      .run();
  return id;
}

std::vector<DeadLetterRow> DeadLetters::pending_forward(std::string_view source, std::size_t limit) const {
  auto read = connection_.prepare(std::string(kColumns) +
                                  "FROM dead_letter WHERE source = ? AND forwarded_at IS NULL ORDER BY id LIMIT ?");
  read.bind(1, source).bind(2, limit);
  return letters_of(read);
}

void DeadLetters::mark_forwarded(std::span<const std::int64_t> ids, TimePoint now) {
  auto mark = connection_.prepare("UPDATE dead_letter SET forwarded_at = ?2 WHERE id = ?1 AND forwarded_at IS NULL");
  for (const auto id : ids) mark.bind(1, id).bind(2, now).run();
}

std::vector<DeadLetterRow> DeadLetters::list(std::string_view source, std::size_t limit) const {
  auto read = connection_.prepare(std::string(kColumns) +
                                  "FROM dead_letter WHERE ?1 = '' OR source = ?1 ORDER BY id DESC LIMIT ?2");
  read.bind(1, source).bind(2, limit);
  return letters_of(read);
}

std::int64_t DeadLetters::count() const {
  auto read = connection_.prepare("SELECT count(*) FROM dead_letter");
  return read.step() ? read.integer(0) : 0;
}

}  // namespace tapewatch::storage
