#include "storage/document/backfill.hpp"

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

}  // namespace tapewatch::storage
