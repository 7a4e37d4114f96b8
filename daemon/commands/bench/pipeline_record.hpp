#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/commands/bench/quantiles.hpp"

namespace tapewatch {

/// When documents arrived, were committed and were told of, of one phase of a measurement. Any thread.
class PipelineRecord {
 public:
  using Clock = std::chrono::steady_clock;

  /// A new phase: what is counted from now on.
  void begin();

  void committed(const std::string& title, bool grave, Clock::time_point arrived);
  void fired();
  /// The body of a webhook of the format `tapewatch`.
  void received(std::string_view body);

  /// False if `holds` of the numbers of commits, alerts and webhooks is false for all of `patience`.
  bool wait(std::chrono::milliseconds patience,
            const std::function<bool(std::size_t commits, std::size_t alerts, std::size_t webhooks)>& holds);
  std::size_t commits();
  Waits stored();
  Waits told();
  std::size_t webhooks();

 private:
  Mutex mutex_;
  Condition changed_;
  std::size_t commits_ GUARDED_BY(mutex_) = 0, alerts_ GUARDED_BY(mutex_) = 0;
  std::vector<double> stored_ GUARDED_BY(mutex_), told_ GUARDED_BY(mutex_);      // milliseconds
  std::unordered_map<std::string, Clock::time_point> grave_ GUARDED_BY(mutex_);  // arrivals by title
};

}  // namespace tapewatch
