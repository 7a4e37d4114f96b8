#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

struct DeadLetterRow {
  std::int64_t id = 0;
  std::string source, pointer, reason;
  std::string payload;             ///< the record's bytes, cut to max_dead_letter_bytes
  std::int64_t payload_bytes = 0;  ///< before the cut
  std::string position;            ///< e.g. "news.raw/3@1042"
  TimePoint at{};
  bool forwarded = false;
};

/// Records that could not become documents, with the reason. Kept to a bound, oldest dropped first.
class DeadLetters {
 public:
  DeadLetters(Connection& connection, const StorageOptions& options) : connection_(connection), options_(options) {}
  /// Inside the caller's Transaction; returns the row's id.
  std::int64_t record(std::string_view source, std::string_view pointer, std::string_view reason,
                      std::string_view payload, std::string_view position, TimePoint now);
  /// Oldest first, those not yet marked. At least once: a crash between sending and marking sends again.
  std::vector<DeadLetterRow> pending_forward(std::string_view source, std::size_t limit) const;
  void mark_forwarded(std::span<const std::int64_t> ids, TimePoint now);
  /// Newest first.
  std::vector<DeadLetterRow> list(std::string_view source, std::size_t limit) const;
  std::int64_t count() const;

 private:
  Connection& connection_;
  StorageOptions options_;
};

}  // namespace tapewatch::storage
