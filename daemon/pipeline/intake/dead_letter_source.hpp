#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch {

/// A dead letter in the database that has not been forwarded.
struct PendingDeadLetter {
  std::int64_t id = 0;
  std::string pointer, reason, payload, position;
};

/// Where the forwarder reads dead letters and marks them as sent. Called on the poll thread of the source.
class DeadLetterSource {
 public:
  virtual ~DeadLetterSource() = default;
  /// Oldest first, of this source, at most `limit`. May throw: it is called again later.
  virtual std::vector<PendingDeadLetter> pending(std::string_view source, std::size_t limit) = 0;
  /// Must not block. Marking may fail or be late: an unmarked letter is sent again (at least once).
  virtual void mark_forwarded(std::vector<std::int64_t> ids) = 0;
};

}  // namespace tapewatch
