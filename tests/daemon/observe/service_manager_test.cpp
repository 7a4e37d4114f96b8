// The messages to systemd, on a real datagram socket.
#include "daemon/observe/service_manager.hpp"

#include "tests/daemon/observe/notify_socket.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using tests::NotifySocket;

TEST_CASE("service manager: the start, its steps, and the stop are reported") {
  NotifySocket systemd;
  ServiceManager manager;
  CHECK_FALSE(manager.report_every());
  manager.starting("learning from the stored history");
  CHECK(systemd.heard() == "STATUS=learning from the stored history\n");
  manager.ready();
  CHECK(systemd.heard() == "READY=1\n");
  manager.report(true, "ok");
  CHECK(systemd.heard() == "STATUS=ok\n");  // nobody asked for a watchdog
  manager.report(true, "ok");
  CHECK(systemd.heard().empty());  // nothing new
  manager.reloading();
  const std::string reloading = systemd.heard();
  CHECK(reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="));
  CHECK(std::stoll(reloading.substr(27)) > 0);
  manager.ready();
  CHECK(systemd.heard() == "READY=1\n");
  manager.stopping();
  CHECK(systemd.heard() == "STOPPING=1\nSTATUS=stopping\n");
}

TEST_CASE("service manager: only a live process answers the watchdog") {
  NotifySocket systemd("60000000");
  ServiceManager manager;
  CHECK(manager.report_every() == 30'000ms);
  manager.report(true, "ok");
  CHECK(systemd.heard() == "STATUS=ok\nWATCHDOG=1\n");
  manager.report(true, "ok");
  CHECK(systemd.heard() == "WATCHDOG=1\n");
  manager.report(false, "degraded: writer: no progress");
  CHECK(systemd.heard() == "STATUS=degraded: writer: no progress\n");
  manager.report(false, "degraded: writer: no progress");
  CHECK(systemd.heard().empty());
}

TEST_CASE("service manager: a status is one line, whatever it contains") {
  NotifySocket systemd;
  ServiceManager manager;
  manager.report(true, "webhook a\nREADY=1\r\x1b[2J");
  CHECK(systemd.heard() == "STATUS=webhook a READY=1  [2J\n");
  manager.report(true, std::string(10'000, 'x'));
  CHECK(systemd.heard().size() == 508);
  manager.report(true, std::string(499, 'x') + "é");
  CHECK(systemd.heard() == "STATUS=" + std::string(499, 'x') + "\n");
}

TEST_CASE("service manager: without systemd nothing is sent and nothing fails") {
  ::unsetenv("NOTIFY_SOCKET");
  ServiceManager manager;
  manager.starting("x");
  manager.ready();
  manager.report(true, "ok");
  manager.stopping();
  CHECK_FALSE(manager.report_every());
}
