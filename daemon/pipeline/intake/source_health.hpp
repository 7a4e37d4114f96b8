#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/pipeline/event_clock.hpp"

namespace tapewatch {

/// One configured source as /v1/sources shows it, beside the counts in the database.
struct SourceHealth {
  std::string name;
  std::string kind;   // kafka | feed | push | replay
  std::string state;  // running | backing_off | paused | stopped
  std::optional<TimePoint> last_success;
  std::optional<TimePoint> last_attempt;
  std::optional<TimePoint> next_poll;       // feeds
  std::optional<std::int64_t> lag_records;  // Kafka
  std::uint64_t documents = 0;              // since the start
  std::uint64_t errors = 0;                 // since the start
  std::uint64_t dead_letters = 0;
  std::string last_error;  // no secret: no query strings, no passwords
  std::optional<TimePoint> last_error_at;
  std::vector<std::string> warnings;  // of the parser: overridden charset, clamped dates, …
};

/// Wired by the daemon; thread-safe.
class SourceHealthProvider {
 public:
  virtual ~SourceHealthProvider() = default;
  virtual std::vector<SourceHealth> sources() const = 0;
};

}  // namespace tapewatch
