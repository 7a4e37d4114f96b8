#include "daemon/pipeline/writing/reanchor_schedule.hpp"

#include <spdlog/sinks/null_sink.h>

#include "daemon/pipeline/trusted_clock.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

/// The clocks of a machine, the trusted clock over them, and the schedule over that.
struct Bench {
  std::optional<TimePoint> due(TimePoint event_time) const { return schedule.due(event_time); }
  void pass(std::chrono::milliseconds time) {
    reading.wall += time;
    reading.boot += time;
  }

  ClockReading reading{kNow, 1h, false};
  TrustedClock clock{std::make_shared<spdlog::logger>("t", std::make_shared<spdlog::sinks::null_sink_mt>()),
                     {},
                     [this] { return reading; }};
  bool holds = false;
  ReanchorSchedule schedule{[this] { return clock.settled(); }, [this](TimePoint, TimePoint) { return holds; }, 5min};
};

}  // namespace

TEST_CASE("re-anchoring is due where event time is more than five minutes ahead of a clock that is not in doubt") {
  const Bench bench;
  CHECK_FALSE(bench.due(TimePoint{}));
  CHECK_FALSE(bench.due(kNow + 5min));
  CHECK(bench.due(kNow + 6min) == kNow);
  CHECK(bench.due(kNow + 24h * 30) == kNow);
  CHECK_FALSE(ReanchorSchedule({}, {}, 5min).due(kNow + 24h));
}

TEST_CASE("re-anchoring at a start waits until the clock has kept its course, or the system is synchronised") {
  Bench bench;
  bench.clock.start_from(kNow + 5h);
  CHECK_FALSE(bench.due(kNow + 5h));
  SECTION("it keeps its course") {
    bench.pass(9min);
    CHECK_FALSE(bench.due(kNow + 5h));
    bench.pass(1min);
    CHECK(bench.due(kNow + 5h) == kNow + 10min);
  }
  SECTION("the system says so") {
    bench.reading.synchronised = true;
    CHECK(bench.due(kNow + 5h) == kNow);
  }
}

TEST_CASE("re-anchoring while the daemon runs waits for a reading that is adopted") {
  Bench bench;
  bench.reading.wall -= 25h;
  CHECK_FALSE(bench.due(kNow));
  SECTION("adopted") {
    bench.pass(10min);
    CHECK(bench.due(kNow + 10min) == kNow - 25h + 10min);
  }
  SECTION("it was wrong for a while") {
    bench.pass(5min);
    bench.reading.wall += 25h;
    CHECK_FALSE(bench.due(kNow + 5min));
  }
}

TEST_CASE("re-anchoring leads forth only where documents are held in between") {
  Bench bench;
  CHECK_FALSE(bench.due(kNow - 25h));
  bench.holds = true;
  CHECK(bench.due(kNow - 25h) == kNow);
  CHECK_FALSE(bench.due(kNow - 5min));
}
