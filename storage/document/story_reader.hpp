#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// A story as whoever chooses one for a document sees it.
struct StoryRow {
  std::int64_t id = 0;
  TimePoint first_at{};              ///< `at` of its first document
  std::vector<std::byte> signature;  ///< of its first document; empty where it was stored without one
};

/// The stored stories that a new document may join.
class StoryReader {
 public:
  StoryReader(Connection& connection, const StorageOptions& options) : connection_(connection), options_(options) {}

  /// At most `limit` stories with this key whose first document lies within `story_window` of `at`, the nearest first,
  /// then the oldest. None for an empty key.
  std::vector<StoryRow> with_key(std::string_view key, TimePoint at, std::size_t limit) const;
  /// The `limit` latest stories with a signature that began at `floor` or later, in the order of their ids.
  std::vector<StoryRow> since(TimePoint floor, std::size_t limit) const;
  /// Of stories that began before it retention has deleted the first document; the epoch where it has deleted none.
  TimePoint first_kept() const;

 private:
  Connection& connection_;
  StorageOptions options_;
};

}  // namespace tapewatch::storage
