// Tested by tests/daemon/pipeline/delivery/webhook_loop_test.cpp
// How a WebhookLoop tells receivers that forget alerts, such as Alertmanager, of those that still fire.
#include <algorithm>
#include <limits>

#include "daemon/observe/shortage.hpp"
#include "daemon/pipeline/await_call.hpp"
#include "daemon/pipeline/delivery/webhook_loop.hpp"

namespace asio = boost::asio;

namespace tapewatch {

bool WebhookLoop::is_time_to_repeat(const WebhookEndpoint& endpoint) {
  const auto now = std::chrono::steady_clock::now();
  return endpoint.format->repeats() && now >= endpoint.repeat_at && !endpoint.pace.is_held(now);
}

/// Alone on its endpoint: an alert that ends meanwhile is told afterwards.
asio::awaitable<void> WebhookLoop::repeat(WebhookEndpoint& endpoint) {
  endpoint.repeating = true;
  try {
    auto below = std::numeric_limits<std::int64_t>::max();
    while (!stopping_) {
      auto read = [this, name = endpoint.options.name, below] {
        return storage::Outbox(reader_).active(name, options_.repeat_page, below);
      };
      std::vector<storage::ActiveMessage> page = co_await await_call(reader_thread_, read);
      if (page.empty()) break;
      below = page.back().number;
      co_await send_again(endpoint, std::move(page));
    }
  } catch (const std::exception& error) {
    log_->error("webhook {}: the alerts that fire are not sent again now: {}", endpoint.options.name, explained(error));
  }
  endpoint.repeating = false;
  endpoint.repeat_at = std::chrono::steady_clock::now() + options_.repeat_every;
}

/// As many at once as the format takes.
asio::awaitable<void> WebhookLoop::send_again(WebhookEndpoint& endpoint, std::vector<storage::ActiveMessage> messages) {
  const std::size_t most = endpoint.format->most_at_once();
  for (std::size_t first = 0; first < messages.size() && !stopping_; first += most) {
    std::vector<std::string> bodies;
    for (std::size_t i = first; i < std::min(first + most, messages.size()); ++i) {
      bodies.push_back(std::move(messages[i].body));
    }
    const auto answer = co_await send(endpoint, "repeat", std::move(bodies));
    if (stopping_) break;
    tell_repeated(endpoint, alerts::decide(answer, 1, wall_now(), wall_now(), 0.0, options_.limits));
  }
}

void WebhookLoop::tell_repeated(WebhookEndpoint& endpoint, const alerts::Decision& decision) {
  const std::string& name = endpoint.options.name;
  if (decision.outcome == alerts::DeliveryOutcome::delivered) {
    if (endpoint.repeat_outage.recovered()) log_->info("webhook {}: the alerts that fire are sent again", name);
  } else if (endpoint.repeat_outage.failed(wall_now())) {
    log_->warn("webhook {}: the alerts that fire could not be sent again ({}): the receiver may take them for over",
               name, decision.reason);
  }
}

}  // namespace tapewatch
