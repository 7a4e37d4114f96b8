#include "daemon/stop_signals.hpp"

#include <csignal>
#include <string>

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

TEST_CASE("signals: each SIGHUP requests a reload, SIGTERM the end") {
  boost::asio::io_context io;
  int reloads = 0;
  std::string stopped_by;
  StopSignals signals(io, {[&](const char* signal) { stopped_by = signal; }, [&] { ++reloads; }});
  signals.watch();
  for (int times = 1; times <= 2; ++times) {
    std::raise(SIGHUP);
    while (reloads < times) REQUIRE(io.run_one_for(10s) > 0);
  }
  CHECK(stopped_by.empty());
  std::raise(SIGTERM);
  while (stopped_by.empty()) REQUIRE(io.run_one_for(10s) > 0);
  CHECK(stopped_by == "SIGTERM");
  CHECK(reloads == 2);
}
