#include "daemon/shutdown_deadline.hpp"

#include <future>

#include "daemon/observe/log.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

TEST_CASE("shutdown deadline: a shutdown that hangs ends the process") {
  std::promise<void> ended;
  ShutdownDeadline deadline(1ms, silent_logger(), [&] { ended.set_value(); });
  deadline.begin();
  CHECK(ended.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("shutdown deadline: a shutdown in time does not, and waits for nothing") {
  bool ended = false;
  const auto began = std::chrono::steady_clock::now();
  {
    ShutdownDeadline deadline(1h, silent_logger(), [&] { ended = true; });
    deadline.begin();
  }
  CHECK_FALSE(ended);
  CHECK(std::chrono::steady_clock::now() - began < 10s);
}

TEST_CASE("shutdown deadline: it does not run before the shutdown begins") {
  bool ended = false;
  {
    const ShutdownDeadline deadline(0ms, silent_logger(), [&] { ended = true; });
  }
  CHECK_FALSE(ended);
}
