#include "daemon/service_watch.hpp"

#include <algorithm>

namespace tapewatch {
namespace {

constexpr std::chrono::milliseconds kStatusEvery{10'000};  // the largest age of what `systemctl status` shows

}  // namespace

bool is_alive(const std::vector<ProbeCheck>& liveness) {
  return std::none_of(liveness.begin(), liveness.end(),
                      [](const ProbeCheck& check) { return check.fatal && !check.ok; });
}

std::string status_line(const std::vector<ProbeCheck>& liveness, const std::vector<ProbeCheck>& readiness) {
  std::string wrong;
  for (const auto* checks : {&liveness, &readiness}) {
    for (const ProbeCheck& check : *checks) {
      if (!check.ok) wrong += (wrong.empty() ? "" : "; ") + check.name + ": " + check.detail;
    }
  }
  return wrong.empty() ? "ok" : "degraded: " + wrong;
}

ServiceWatch::ServiceWatch(boost::asio::io_context& io, ServiceManager& manager, const Probes& probes,
                           std::shared_ptr<spdlog::logger> log)
    : manager_(manager),
      probes_(probes),
      every_(std::min(kStatusEvery, manager.report_every().value_or(kStatusEvery))),
      task_(
          io, "systemd", [this] { return report(); }, every_, std::move(log)) {}

boost::asio::awaitable<std::chrono::milliseconds> ServiceWatch::report() {
  const auto liveness = probes_.liveness();
  const std::string line = status_line(liveness, probes_.readiness());
  manager_.report(is_alive(liveness), line);
  co_return every_;
}

}  // namespace tapewatch
