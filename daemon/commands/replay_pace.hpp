#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace tapewatch {

/// How fast event time passes in a replay: as fast as it goes, or a multiple of the speed of the clock. One thread.
class ReplayPace {
 public:
  using Clock = std::chrono::steady_clock;
  using EventTime = std::chrono::sys_time<std::chrono::milliseconds>;

  /// "max", or a factor from 0.001 to 1,000,000 before an x: "1x", "60x", "0.5x". Nothing for anything else.
  static std::optional<ReplayPace> parse(std::string_view text);

  bool is_paced() const { return speed_ > 0; }
  /// When an event at `at` is due. The first one that is asked for is due at once, at `now`.
  Clock::time_point due(EventTime at, Clock::time_point now);

 private:
  explicit ReplayPace(double speed) : speed_(speed) {}
  double speed_;  // 0: as fast as it goes
  std::optional<std::pair<EventTime, Clock::time_point>> start_;
};

/// SIGINT and SIGTERM while an object lives: they end a wait, not the process, so that temporary files are removed.
class InterruptibleWait {
 public:
  InterruptibleWait();
  ~InterruptibleWait();
  InterruptibleWait(const InterruptibleWait&) = delete;
  InterruptibleWait& operator=(const InterruptibleWait&) = delete;
  /// False: a signal came first.
  static bool until(ReplayPace::Clock::time_point due);
};

}  // namespace tapewatch
