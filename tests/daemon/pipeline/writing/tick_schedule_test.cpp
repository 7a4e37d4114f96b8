#include "daemon/pipeline/writing/tick_schedule.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

struct SetClock final : EventClock {
  TimePoint now() const override { return wall; }
  std::chrono::milliseconds elapsed() const override { return passed; }
  TimePoint wall = kStart;
  std::chrono::milliseconds passed{0};
};

struct Bench {
  SetClock clock;
  TickSchedule::Steady steady{};
  TickSchedule ticks{15s, 5s, clock, steady};

  void pass(std::chrono::milliseconds time) {
    clock.wall += time;
    clock.passed += time;
    steady += time;
  }
};

}  // namespace

TEST_CASE("ticks: none before the first row, none while records come") {
  Bench bench;
  bench.ticks.saw_event_time(TimePoint{});
  bench.pass(1h);
  CHECK_FALSE(bench.ticks.due(TimePoint{}, bench.steady));
  bench.ticks.saw_record(bench.steady);
  bench.ticks.saw_event_time(kStart + 1h);
  bench.pass(16s);
  bench.ticks.saw_record(bench.steady);
  CHECK_FALSE(bench.ticks.due(kStart + 1h, bench.steady));
  bench.pass(5s);
  CHECK(bench.ticks.due(kStart + 1h, bench.steady) == kStart + 1h + 21s);
}

TEST_CASE("ticks: the first of a run takes the clock's reading, the others add what has passed") {
  Bench bench;
  bench.ticks.saw_event_time(kStart - 48h);  // stored before the stop
  bench.pass(10s);
  REQUIRE(bench.ticks.due(kStart - 48h, bench.steady) == kStart + 10s);
  bench.ticks.saw_event_time(kStart + 10s);
  const auto set = GENERATE(as<std::chrono::milliseconds>{}, 0s, 5h, 24h * 30);
  bench.clock.wall += set;  // nobody lived through it
  bench.pass(20s);
  CHECK(bench.ticks.due(kStart + 10s, bench.steady) == kStart + 30s);
}

TEST_CASE("ticks: the first of a run waits while sources bring what came before it, the others do not") {
  Bench bench;
  bench.ticks.saw_event_time(kStart - 3h);
  bench.pass(10s);
  CHECK_FALSE(bench.ticks.due(kStart - 3h, bench.steady, true));
  CHECK(bench.ticks.is_first());
  CHECK(bench.ticks.due(kStart - 3h, bench.steady, false) == kStart + 10s);
  bench.ticks.saw_record(bench.steady);
  bench.ticks.saw_event_time(kStart - 2h);  // of the backlog
  CHECK_FALSE(bench.ticks.is_first());
  bench.pass(20s);
  CHECK(bench.ticks.due(kStart - 2h, bench.steady, true) == kStart - 2h + 20s);
}

TEST_CASE("ticks: an event time that lags keeps its lag, and none passes the clock") {
  Bench bench;
  bench.ticks.saw_event_time(TimePoint{});
  bench.ticks.saw_event_time(kStart - 20min);  // a source that publishes late
  bench.pass(1min);
  CHECK(bench.ticks.due(kStart - 20min, bench.steady) == kStart - 19min);
  bench.clock.wall = kStart - 2h;
  CHECK_FALSE(bench.ticks.due(kStart - 20min, bench.steady));
}
