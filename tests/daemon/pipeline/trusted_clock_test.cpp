#include "daemon/pipeline/trusted_clock.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2}};

/// A machine whose clocks the test moves.
struct Machine {
  ClockReading clocks{kStart, 1h, false};
  std::ostringstream lines;
  std::shared_ptr<spdlog::logger> log =
      std::make_shared<spdlog::logger>("clock", std::make_shared<spdlog::sinks::ostream_sink_st>(lines));
  TrustedClock clock{log, {}, [this] { return clocks; }};

  void pass(std::chrono::milliseconds time) {
    clocks.boot += time;
    clocks.wall += time;
  }
  /// As the daemon does: somebody looks every few seconds.
  void live(std::chrono::milliseconds time) {
    for (auto left = time; left > 0ms; left -= 15s) {
      pass(std::min<std::chrono::milliseconds>(left, 15s));
      clock.now();
    }
  }
  std::size_t said(std::string_view part) const {
    std::size_t found = 0;
    const std::string text = lines.str();
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  }
};

}  // namespace

TEST_CASE("trusted clock: the wall clock is followed while it is corrected by less than the bound") {
  Machine machine;
  machine.live(1h);
  CHECK(machine.clock.now() == kStart + 1h);
  for (const std::chrono::seconds correction : {299s, -240s, 120s}) {
    machine.clocks.wall += correction;
    CHECK(machine.clock.now() == machine.clocks.wall);
    CHECK_FALSE(machine.clock.departure());
  }
  CHECK(machine.lines.str().empty());
}

TEST_CASE("trusted clock: a clock that is wrong for 80 seconds moves nothing") {
  const auto wrong = GENERATE(as<std::chrono::milliseconds>{}, 5h, -5h, 25h, -25h, 24h * 30, -24h * 30, 6min);
  Machine machine;
  machine.live(10min);
  machine.clocks.wall += wrong;
  machine.live(80s);
  CHECK(machine.clock.now() == kStart + 10min + 80s);
  REQUIRE(machine.clock.departure());
  CHECK(*machine.clock.departure() == wrong);
  machine.clocks.wall -= wrong;
  machine.live(15s);
  CHECK(machine.clock.now() == kStart + 10min + 95s);
  CHECK_FALSE(machine.clock.departure());
  CHECK(machine.said("it is not followed") == 1);
  CHECK(machine.said("is right again") == 1);
}

TEST_CASE("trusted clock: a new reading is adopted after ten minutes of agreement") {
  Machine machine;
  machine.clocks.wall -= 3h;
  machine.live(9min + 45s);
  CHECK(machine.clock.now() == kStart + 9min + 45s);
  machine.live(45s);
  CHECK(machine.clock.now() == kStart - 3h + 10min + 30s);
  CHECK_FALSE(machine.clock.departure());
  CHECK(machine.said("it has kept its course") == 2);  // promised once, told once
}

TEST_CASE("trusted clock: a clock that goes on jumping is not adopted") {
  Machine machine;
  machine.clocks.wall += 2h;
  for (int i = 0; i < 6; ++i) {
    machine.live(9min);
    machine.clocks.wall += 10min;
  }
  CHECK(machine.clock.now() == kStart + 54min);
  CHECK(machine.clock.departure());
}

TEST_CASE("trusted clock: a synchronised system is believed at once") {
  Machine machine;
  machine.live(1min);
  machine.clocks.wall += 5h;  // as after a host's pause: the guest's clocks stood still
  machine.clocks.synchronised = true;
  CHECK(machine.clock.now() == kStart + 5h + 1min);
  CHECK_FALSE(machine.clock.departure());
}

TEST_CASE("trusted clock: a stored event time ahead of the wall clock is a jump at the start") {
  Machine machine;
  machine.clock.start_from(kStart + 5h);
  REQUIRE(machine.clock.departure());
  CHECK(*machine.clock.departure() == -5h);
  machine.live(9min);
  CHECK(machine.clock.departure());
  machine.live(2min);
  CHECK_FALSE(machine.clock.departure());
  CHECK(machine.clock.now() == kStart + 11min);
  Machine usual;
  usual.clock.start_from(kStart + 4min);
  CHECK_FALSE(usual.clock.departure());
}

TEST_CASE("trusted clock: the system's clocks are read") {
  const ClockReading first = read_clocks();
  CHECK(std::chrono::abs(first.wall - wall_now()) < 1min);
  CHECK(first.boot > 0ms);
  CHECK(read_clocks().boot >= first.boot);
}
