#include "daemon/commands/replay_pace.hpp"

#include <signal.h>

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

TEST_CASE("the pace of a replay is max or a factor") {
  CHECK_FALSE(ReplayPace::parse("max").value().is_paced());
  for (const char* text : {"1x", "60x", "0.5x", "0.001x", "1000000x", "1e3x"}) {
    CAPTURE(text);
    CHECK(ReplayPace::parse(text).value().is_paced());
  }
  for (const char* text :
       {"", "x", "0x", "-1x", "1", "1X", "fast", "nanx", "infx", "0.0001x", "1000001x", "1 x", "1xx"}) {
    CAPTURE(text);
    CHECK_FALSE(ReplayPace::parse(text));
  }
}

TEST_CASE("events are due after the first by their distance over the factor") {
  auto pace = ReplayPace::parse("60x").value();
  const ReplayPace::EventTime first{1'772'366'400'000ms};
  const ReplayPace::Clock::time_point now{1h};
  CHECK(pace.due(first, now) == now);
  CHECK(pace.due(first + 1min, now + 5s) == now + 1s);
  CHECK(pace.due(first + 1h, now + 5s) == now + 1min);
  CHECK(ReplayPace::parse("max").value().due(first + 1h, now) == now);
}

TEST_CASE("a wait ends when it is due, and at a signal") {
  const InterruptibleWait wait;
  CHECK(InterruptibleWait::until(ReplayPace::Clock::now() - 1s));
  CHECK(InterruptibleWait::until(ReplayPace::Clock::now() + 1ms));
  pthread_kill(pthread_self(), SIGTERM);
  CHECK_FALSE(InterruptibleWait::until(ReplayPace::Clock::now() + 1h));
}
