#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/pipeline/event_clock.hpp"

namespace tapewatch {

/// The state of one configured source at one moment: what /v1/sources shows besides the counts in the database.
struct SourceReport {
  std::string name;
  std::string kind;   ///< kafka | feed | post
  std::string state;  ///< running | backing_off | silent (a feed without items) | paused | stopped
  std::optional<TimePoint> last_success;
  std::optional<TimePoint> last_attempt;
  std::optional<TimePoint> next_poll;       ///< feeds
  std::optional<std::int64_t> lag_records;  ///< Kafka
  std::uint64_t documents = 0;              ///< since the start
  std::uint64_t errors = 0;                 ///< since the start
  std::uint64_t dead_letters = 0;
  std::string last_error;  ///< no secret: no query strings, no passwords
  std::optional<TimePoint> last_error_at;
  std::string item_identity;          ///< feeds: what tells items apart; empty before the first was read
  std::vector<std::string> warnings;  ///< of the parser: overridden charset, clamped dates, …
};

/// The health of one configured source: written by the source's own loop, read by query threads. Any thread.
class SourceHealth {
 public:
  SourceHealth(std::string name, std::string kind, std::string state) {
    report_.name = std::move(name);
    report_.kind = std::move(kind);
    report_.state = std::move(state);
  }

  /// `change` is called with the report, under the lock.
  template <class Change>
  void update(const Change& change) {
    const MutexLock lock(mutex_);
    change(report_);
  }

  void set_state(std::string state) {
    update([&](SourceReport& report) { report.state = std::move(state); });
  }

  SourceReport report() const {
    const MutexLock lock(mutex_);
    return report_;
  }

 private:
  mutable Mutex mutex_;
  SourceReport report_ GUARDED_BY(mutex_);
};

/// The reports of all configured sources at this moment. Any thread.
using ReportSources = std::function<std::vector<SourceReport>()>;

}  // namespace tapewatch
