#include "daemon/pipeline/delivery/heartbeat_loop.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "daemon/pipeline/await_call.hpp"
#include "daemon/pipeline/delivery/service_messages.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "storage/alert/alert_reader.hpp"
#include "storage/clock.hpp"

namespace tapewatch {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kLongestRest = 30s;
constexpr std::chrono::milliseconds kAfterFailure = 5s;

std::int64_t firing_alerts(storage::Connection& connection) {
  std::int64_t firing = 0;
  for (const auto& count : storage::AlertReader(connection).counts()) {
    if (count.state == "firing") firing += count.count;
  }
  return firing;
}

/// Writes those that are due; how long until the next one is.
std::chrono::milliseconds beat(storage::Connection& connection, const HeartbeatLoop::Settings& settings,
                               const std::vector<std::string>& troubles, TimePoint now) {
  alerts::MessageContext context;
  context.config_version = settings.config_version;
  std::chrono::milliseconds rest = kLongestRest;
  storage::Outbox outbox(connection);
  for (const auto& options : settings.heartbeats) {
    const auto last = outbox.last_heartbeat(options.webhook);
    // A wall clock that was set back must not silence them.
    const bool due = !last || now - *last >= options.interval || *last > now;
    if (due) {
      alerts::Heartbeat heartbeat{options.webhook, options.interval, troubles, firing_alerts(connection),
                                  storage::Clock(connection).event_time()};
      outbox.enqueue_heartbeat(to_heartbeat_message(heartbeat, context, now), now);
    }
    const std::chrono::milliseconds left = due ? options.interval : *last + options.interval - now;
    rest = std::min(rest, left);
  }
  return std::max<std::chrono::milliseconds>(rest, 10ms);
}

}  // namespace

HeartbeatLoop::HeartbeatLoop(boost::asio::io_context& io, InForce in_force, WriterQueue& writer, Troubles troubles,
                             std::shared_ptr<spdlog::logger> log)
    : in_force_(std::move(in_force)),
      writer_(writer),
      troubles_(std::move(troubles)),
      task_(
          io, "heartbeats", [this] { return round(); }, kAfterFailure, std::move(log)) {}

boost::asio::awaitable<std::chrono::milliseconds> HeartbeatLoop::round() {
  const Settings settings = in_force_();
  if (settings.heartbeats.empty()) co_return kLongestRest;
  auto rest = std::make_shared<std::chrono::milliseconds>(kAfterFailure);
  auto write = [rest, settings, troubles = troubles_()](storage::Connection& connection, TimePoint now) {
    *rest = beat(connection, settings, troubles, now);
  };
  const bool committed = co_await await_command(writer_, write);
  co_return committed ? *rest : kAfterFailure;
}

}  // namespace tapewatch
