#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/alert/outbox.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// Numbers for /metrics and /readyz.
struct StorageCounts {
  std::int64_t documents = 0, dead_letters = 0, seq = 0;
  std::optional<TimePoint> event_time;
  std::vector<OutboxCount> outbox;
  std::int64_t database_bytes = 0, wal_bytes = 0;
};
StorageCounts read_counts(Connection& connection);

/// Size of the write-ahead log of the database at `path`, 0 where there is none.
std::int64_t wal_bytes(const std::string& path);
/// Bytes free for this user on the file system of `path` (the file or, before it exists, its folder). Throws
/// StorageError::io.
std::uint64_t free_bytes(const std::string& path);

}  // namespace tapewatch::storage
