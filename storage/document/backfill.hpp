#pragma once
#include <cstdint>
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

}  // namespace tapewatch::storage
