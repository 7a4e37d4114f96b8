#include "daemon/pipeline/trusted_clock.hpp"

#include <sys/timex.h>

#include <ctime>

#include "config/notation/rfc3339.hpp"

namespace tapewatch {
namespace {

using std::chrono::milliseconds;

milliseconds read_clock(clockid_t id) {
  timespec time{};
  clock_gettime(id, &time);
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds(time.tv_sec) +
                                                  std::chrono::nanoseconds(time.tv_nsec));
}

double seconds(milliseconds duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

ClockReading read_clocks() {
  timex state{};  // modes 0: only read, which needs no privilege
  const int code = adjtimex(&state);
  return {TimePoint(read_clock(CLOCK_REALTIME)), read_clock(CLOCK_BOOTTIME),
          code >= 0 && code != TIME_ERROR && (state.status & STA_UNSYNC) == 0};
}

TrustedClock::TrustedClock(std::shared_ptr<spdlog::logger> log, TrustedClockOptions options,
                           std::function<ClockReading()> read)
    : log_(std::move(log)), options_(options), read_(std::move(read)) {
  const ClockReading first = read_();
  offset_ = first.wall.time_since_epoch() - first.boot;
}

TimePoint TrustedClock::trusted(const ClockReading& reading) const { return TimePoint(reading.boot + offset_); }

void TrustedClock::start_from(TimePoint event_time) {
  const MutexLock lock(mutex_);
  const ClockReading reading = read_();
  if (event_time - reading.wall <= options_.max_departure) return;
  ahead_ = event_time;
  depart(reading, reading.wall - event_time, "the stored event time");
}

bool TrustedClock::believed(const ClockReading& reading) const {
  return reading.synchronised || reading.boot - course_->since >= options_.agree_for;
}

void TrustedClock::depart(const ClockReading& reading, milliseconds departure, const char* what) const {
  course_ = Course{reading.wall.time_since_epoch() - reading.boot, reading.boot};
  log_->warn(
      "the wall clock ({}) is {:.0f} s {} {}; it is not followed until it has kept its course for {:.0f} s or the "
      "system is synchronised (timedatectl)",
      notation::format_rfc3339(reading.wall), seconds(departure < milliseconds(0) ? -departure : departure),
      departure < milliseconds(0) ? "behind" : "ahead of", what, seconds(options_.agree_for));
}

void TrustedClock::look(const ClockReading& reading) const {
  const milliseconds offset = reading.wall.time_since_epoch() - reading.boot;
  if (!course_) {
    if (std::chrono::abs(offset - offset_) <= options_.max_departure) {
      offset_ = offset;
      return;
    }
    depart(reading, offset - offset_, "the time that has passed");
  }
  if (!ahead_ && std::chrono::abs(offset - offset_) <= options_.max_departure) {
    log_->info("the wall clock is right again");
    course_.reset();
    offset_ = offset;
    return;
  }
  if (std::chrono::abs(offset - course_->offset) > options_.agree_within) {  // it jumped once more
    course_ = Course{offset, reading.boot};
  }
  if (!believed(reading)) return;
  log_->warn("the wall clock ({}) is believed: {}", notation::format_rfc3339(reading.wall),
             reading.synchronised ? "the system is synchronised" : "it has kept its course");
  offset_ = offset;
  course_.reset();
  ahead_.reset();
}

TimePoint TrustedClock::now() const {
  const MutexLock lock(mutex_);
  const ClockReading reading = read_();
  look(reading);
  return trusted(reading);
}

std::optional<TimePoint> TrustedClock::settled() const {
  const MutexLock lock(mutex_);
  const ClockReading reading = read_();
  look(reading);
  return course_ ? std::nullopt : std::optional(trusted(reading));
}

milliseconds TrustedClock::elapsed() const { return read_().boot; }

std::optional<milliseconds> TrustedClock::departure() const {
  const MutexLock lock(mutex_);
  const ClockReading reading = read_();
  look(reading);
  if (!course_) return std::nullopt;
  if (ahead_) return reading.wall - *ahead_;
  return reading.wall - trusted(reading);
}

}  // namespace tapewatch
