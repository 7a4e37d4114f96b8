#include "storage/document/backfill.hpp"

#include "storage/mark.hpp"

namespace tapewatch::storage {

void note_backfilled(Connection& connection, std::int64_t id) {
  connection
      .prepare(
          "UPDATE backfill SET last_id = ?1 WHERE first_id = (SELECT max(first_id) FROM backfill) AND NOT EXISTS "
          "(SELECT 1 FROM document d WHERE d.id > backfill.last_id AND d.id < ?1)")
      .bind(1, id)
      .run();
  if (connection.changes() > 0) return;
  connection.prepare("INSERT INTO backfill (first_id, last_id) VALUES (?1, ?1)").bind(1, id).run();
}

std::optional<bool> Backfills::includes(std::int64_t document) {
  if (!unknown_to_) unknown_to_ = read_mark(connection_, kBackfillUnknown).value_or(0);
  if (document <= *unknown_to_) return std::nullopt;
  if (document < first_ || document > last_) find(document);
  return included_;
}

void Backfills::find(std::int64_t document) {
  first_ = std::numeric_limits<std::int64_t>::min();
  last_ = std::numeric_limits<std::int64_t>::max();
  included_ = false;
  auto before =
      connection_.prepare("SELECT first_id, last_id FROM backfill WHERE first_id <= ? ORDER BY first_id DESC LIMIT 1");
  if (before.bind(1, document).step()) {
    included_ = before.integer(1) >= document;
    first_ = included_ ? before.integer(0) : before.integer(1) + 1;
    if (included_) last_ = before.integer(1);
  }
  if (included_) return;
  auto after = connection_.prepare("SELECT first_id FROM backfill WHERE first_id > ? ORDER BY first_id LIMIT 1");
  if (after.bind(1, document).step()) last_ = after.integer(0) - 1;
}

}  // namespace tapewatch::storage
