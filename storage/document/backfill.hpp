#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// Up to this id it has not been kept which documents came as history (schema 26).
inline constexpr std::string_view kBackfillUnknown = "backfill_unknown";

/// The document `id`, the newest of all, came as history, by an import or a replay: its time of receipt does not say
/// when the world knew it. Inside the caller's Transaction. Throws StorageError.
void note_backfilled(Connection& connection, std::int64_t id);

/// SQL of whether document `d` did: 1, 0, or NULL where that has not been kept.
inline constexpr const char* kBackfilledSql =
    "CASE WHEN d.id > coalesce((SELECT value FROM mark WHERE name = 'backfill_unknown'), 0) THEN coalesce((SELECT "
    "b.last_id >= d.id FROM backfill b WHERE b.first_id <= d.id ORDER BY b.first_id DESC LIMIT 1), 0) END";

/// The same for one document after the other: neighbours cost no query. For the length of one read transaction.
class Backfills {
 public:
  explicit Backfills(Connection& connection) : connection_(connection) {}
  /// Whether it came as history; nothing where that has not been kept. Throws StorageError.
  std::optional<bool> includes(std::int64_t document);

 private:
  /// Finds the ids around `document` of which all did, or none.
  void find(std::int64_t document);

  Connection& connection_;
  std::optional<std::int64_t> unknown_to_;  ///< kBackfillUnknown, once it has been read
  std::int64_t first_ = 0, last_ = -1;      ///< the ids of which `included_` is told
  bool included_ = false;
};

}  // namespace tapewatch::storage
