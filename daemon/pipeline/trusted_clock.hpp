#pragma once

#include <spdlog/logger.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "config/notation/mutex.hpp"
#include "daemon/pipeline/event_clock.hpp"

namespace tapewatch {

/// The system's clocks, read together.
struct ClockReading {
  TimePoint wall{};                   ///< CLOCK_REALTIME: what somebody may set
  std::chrono::milliseconds boot{0};  ///< CLOCK_BOOTTIME: passes in sleep too, and nobody sets it
  bool synchronised = false;          ///< adjtimex(2): the kernel's clock follows a reference; false after every set
};
ClockReading read_clocks();

struct TrustedClockOptions {
  std::chrono::milliseconds max_departure = std::chrono::minutes{5};  ///< a wall clock further off is a jump
  std::chrono::milliseconds agree_for = std::chrono::minutes{10};     ///< so long it must keep its new course
  std::chrono::milliseconds agree_within = std::chrono::seconds{30};  ///< to be on the same course
};

/// The wall clock, unless it jumps. Time passes as CLOCK_BOOTTIME says; a wall clock that departs from that by at most
/// `max_departure` is followed (NTP corrects it all the time), one that departs further is not, until it has kept its
/// new course for `agree_for` or the system says that it is synchronised. So a clock that is wrong for a minute never
/// reaches a receipt time or event time. Any thread.
class TrustedClock final : public EventClock {
 public:
  /// `read`: of the tests. Logs a jump, its end and its adoption, once each.
  explicit TrustedClock(std::shared_ptr<spdlog::logger> log, TrustedClockOptions options = {},
                        std::function<ClockReading()> read = read_clocks);

  TimePoint now() const override;
  std::chrono::milliseconds elapsed() const override;

  /// now(), where event time may be put back by it: while the wall clock is not in doubt.
  std::optional<TimePoint> settled() const;

  /// The stored event time at a start. Ahead of the wall clock by more than `max_departure` it is a jump as well: one
  /// of the two is wrong, and until the wall clock has kept its course nobody knows which.
  void start_from(TimePoint event_time);

  /// After start_from(): from the event time.
  std::optional<std::chrono::milliseconds> departure() const override;

 private:
  void look(const ClockReading& reading) const REQUIRES(mutex_);
  void depart(const ClockReading& reading, std::chrono::milliseconds departure, const char* what) const
      REQUIRES(mutex_);
  bool believed(const ClockReading& reading) const REQUIRES(mutex_);
  TimePoint trusted(const ClockReading& reading) const REQUIRES(mutex_);

  struct Course {                      // a wall clock that is not believed yet
    std::chrono::milliseconds offset;  // wall less boot
    std::chrono::milliseconds since;   // boot
  };

  const std::shared_ptr<spdlog::logger> log_;
  const TrustedClockOptions options_;
  const std::function<ClockReading()> read_;
  mutable Mutex mutex_;
  /// Reading a clock moves it: what is kept is what the last reading said.
  mutable std::chrono::milliseconds offset_ GUARDED_BY(mutex_);  // trusted time less boot
  mutable std::optional<Course> course_ GUARDED_BY(mutex_);
  mutable std::optional<TimePoint> ahead_ GUARDED_BY(mutex_);  // an event time of the start that the wall is behind
};

}  // namespace tapewatch
