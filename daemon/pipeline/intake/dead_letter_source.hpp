#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/kafka/record.hpp"

namespace tapewatch {

/// A dead letter in the database that has been neither forwarded nor refused.
struct PendingDeadLetter {
  std::int64_t id = 0;
  std::string pointer, reason, payload, position;
  std::optional<std::string> key;
  std::vector<ingest::RecordHeader> headers;
  std::optional<ingest::TimePoint> record_at;
  bool tombstone = false;  ///< the record had no value
};

/// Where the forwarder reads dead letters and marks them as sent. Called on the poll thread of the source.
class DeadLetterSource {
 public:
  virtual ~DeadLetterSource() = default;
  /// Oldest first, of this source, at most `limit`. May throw: it is called again later.
  virtual std::vector<PendingDeadLetter> pending(std::string_view source, std::size_t limit) = 0;
  /// Must not block. Marking may fail or be late: an unmarked letter is sent again (at least once).
  virtual void mark_forwarded(std::vector<std::int64_t> ids) = 0;
  /// The same for a letter that the topic will never take.
  virtual void mark_refused(std::int64_t id, std::string why) = 0;
};

}  // namespace tapewatch
