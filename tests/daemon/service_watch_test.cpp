// systemd gets the same status as a load balancer from /healthz and /readyz.
#include "daemon/service_watch.hpp"

#include "daemon/observe/log.hpp"
#include "tests/daemon/observe/notify_socket.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using tests::NotifySocket;

namespace {

struct FakeProbes final : Probes {
  std::vector<ProbeCheck> liveness() const override { return {{"writer", live, true, "no progress for 31 s"}}; }
  std::vector<ProbeCheck> readiness() const override { return {{"disk", room, false, "ingestion pauses"}}; }
  bool live = true, room = true;
};

}  // namespace

TEST_CASE("service watch: reports twice per watchdog interval while the checks pass") {
  NotifySocket systemd("20000");
  ServiceManager manager;
  FakeProbes checks;
  boost::asio::io_context io;
  ServiceWatch watch(io, manager, checks, silent_logger());
  watch.start();
  std::string heard;
  const auto next_report = [&] {
    for (heard.clear(); heard.empty(); heard = systemd.heard()) REQUIRE(io.run_one_for(10s) > 0);
  };
  next_report();
  CHECK(heard == "STATUS=ok\nWATCHDOG=1\n");
  next_report();
  CHECK(heard == "WATCHDOG=1\n");
  checks.room = false;
  next_report();
  CHECK(heard == "STATUS=degraded: disk: ingestion pauses\nWATCHDOG=1\n");  // degraded counts as alive
  checks.live = false;
  next_report();
  CHECK(heard == "STATUS=degraded: writer: no progress for 31 s; disk: ingestion pauses\n");
  bool stopped = false;
  watch.stop([&] { stopped = true; });
  while (!stopped) REQUIRE(io.run_one_for(10s) > 0);
  CHECK(systemd.heard().empty());
}
