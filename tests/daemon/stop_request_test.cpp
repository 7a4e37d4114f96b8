#include "daemon/stop_request.hpp"

#include <thread>

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

TEST_CASE("stop request: a request before the wait is not missed, and a failure stays a failure") {
  StopRequest request;
  request.ask(true);
  request.ask(false);
  request.wait(std::nullopt);
  CHECK(request.failed());
}

TEST_CASE("stop request: another thread ends the wait; the limit does too") {
  StopRequest request;
  std::thread other([&] { request.ask(false); });
  request.wait(10s);
  other.join();
  CHECK_FALSE(request.failed());
  StopRequest nobody;
  nobody.wait(1ms);
  CHECK_FALSE(nobody.failed());
}
