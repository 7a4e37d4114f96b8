#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"
#include "storage/connection/statement.hpp"

namespace tapewatch::storage {

struct DeadLetterHeader {
  std::string name;
  std::optional<std::string> value;  ///< any bytes, or null

  friend bool operator==(const DeadLetterHeader&, const DeadLetterHeader&) = default;
};

struct DeadLetterContent {
  std::string source, pointer, reason;
  std::string payload;                    ///< the record's bytes
  std::string position;                   ///< e.g. "news.raw/3@1042"
  std::optional<std::string> key;         ///< the record's key, its headers and its own time, where it has them
  std::vector<DeadLetterHeader> headers;  ///< in the record's order
  std::optional<TimePoint> record_at;
  bool tombstone = false;  ///< the record has no value at all; `payload` is empty
};

struct DeadLetterRow {
  std::int64_t id = 0;
  DeadLetterContent content;       ///< its payload cut to max_dead_letter_bytes
  std::int64_t payload_bytes = 0;  ///< before the cut
  TimePoint at{};
  bool forwarded = false;
  std::string refused;  ///< why the dead-letter topic will never take it; then it is not forwarded
};

/// Records that could not become documents, with the reason. Kept to a bound, oldest dropped first.
class DeadLetters {
 public:
  DeadLetters(Connection& connection, const StorageOptions& options) : connection_(connection), options_(options) {}
  /// Inside the caller's Transaction; returns the row's id.
  std::int64_t record(const DeadLetterContent& letter, TimePoint now);
  /// Oldest first, those marked neither as forwarded nor as refused. At least once: a crash between sending and marking
  /// sends again.
  std::vector<DeadLetterRow> pending_forward(std::string_view source, std::size_t limit) const;
  void mark_forwarded(std::span<const std::int64_t> ids, TimePoint now);
  void mark_refused(std::int64_t id, std::string_view why);
  /// Newest first.
  std::vector<DeadLetterRow> list(std::string_view source, std::size_t limit) const;
  std::int64_t count() const;

 private:
  std::vector<DeadLetterRow> read(Statement& query) const;

  Connection& connection_;
  StorageOptions options_;
};

}  // namespace tapewatch::storage
