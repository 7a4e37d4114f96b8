#pragma once

#include <spdlog/logger.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "daemon/api/probes.hpp"
#include "daemon/observe/service_manager.hpp"
#include "daemon/pipeline/periodic_task.hpp"

namespace tapewatch {

/// Whether to answer systemd's watchdog: as long as no fatal liveness check fails.
bool is_alive(const std::vector<ProbeCheck>& liveness);
/// One line for `systemctl status`: "ok", or the problem: "degraded: disk: below storage.min_free: …".
std::string status_line(const std::vector<ProbeCheck>& liveness, const std::vector<ProbeCheck>& readiness);

/// Reports the daemon's status and liveness to systemd, as /healthz and /readyz do to a load balancer. Io thread, so
/// that a hanging io thread is noticed too.
class ServiceWatch {
 public:
  /// `manager` and `probes` must outlive it.
  ServiceWatch(boost::asio::io_context& io, ServiceManager& manager, const Probes& probes,
               std::shared_ptr<spdlog::logger> log);

  void start() { task_.start(); }
  /// `done` is called on the io thread once the current report has ended.
  void stop(std::function<void()> done) { task_.stop(std::move(done)); }

 private:
  boost::asio::awaitable<std::chrono::milliseconds> report();

  ServiceManager& manager_;
  const Probes& probes_;
  const std::chrono::milliseconds every_;
  PeriodicTask task_;
};

}  // namespace tapewatch
