// Tested by tests/daemon/pipeline/delivery/webhook_replacement_test.cpp
// Which endpoints a WebhookLoop has, at the start and after a reload.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "daemon/observe/shortage.hpp"
#include "daemon/pipeline/delivery/webhook_loop.hpp"

namespace tapewatch {

WebhookEndpoint& WebhookLoop::add(alerts::WebhookOptions webhook) {
  endpoints_.push_back(std::make_unique<WebhookEndpoint>(std::move(webhook), options_.limits, io_));
  endpoints_.back()->set_client(client_of(endpoints_.back()->options));
  for (const auto* outcome : {"delivered", "retried", "exhausted", "disabled"}) {
    metrics_.count_delivery(endpoints_.back()->options.name, outcome, 0);  // shown from the first moment on
  }
  return *endpoints_.back();
}

std::shared_ptr<HttpClient> WebhookLoop::client_of(const alerts::WebhookOptions& webhook) {
  if (webhook.ca_file.empty()) return client_;
  ClientOptions own;
  own.ca_file = webhook.ca_file;
  return std::make_shared<HttpClient>(io_.get_executor(), std::move(own));
}

/// Of those that are off, as the configuration names them now.
void WebhookLoop::note_fallbacks() {
  if (off_.empty()) return;
  auto write = [off = off_](storage::Connection& connection, TimePoint) {
    for (const auto& [name, fallback] : off) storage::Outbox(connection).set_fallback(name, fallback);
  };
  Command command{write, [](bool) {}};
  static_cast<void>(writer_.push_command(command));
}

void WebhookLoop::begin(WebhookEndpoint& endpoint) {
  ++running_;
  boost::asio::co_spawn(io_, run(endpoint), [this](std::exception_ptr error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const std::exception& failure) {
      log_->critical("a webhook's delivery stopped unexpectedly: {}", explained(failure));
    }
    ended();
  });
}

void WebhookLoop::replace(std::vector<alerts::WebhookOptions> webhooks, const std::vector<std::string>& changed,
                          const std::string& config_version) {
  if (stopping_) return;
  options_.context.config_version = config_version;
  std::vector<WebhookEndpoint*> gone;
  for (auto& endpoint : endpoints_) gone.push_back(endpoint.get());
  for (auto& webhook : webhooks) {
    const std::string name = webhook.name;
    const auto known = std::find_if(gone.begin(), gone.end(), [&](const auto* e) { return e->options.name == name; });
    if (known == gone.end()) {
      begin(add(std::move(webhook)));
      continue;
    }
    WebhookEndpoint& endpoint = **known;
    gone.erase(known);
    const bool begins_anew = endpoint.removed || std::find(changed.begin(), changed.end(), name) != changed.end();
    if (!begins_anew) continue;
    endpoint.replace(std::move(webhook), options_.limits);
    endpoint.set_client(client_of(endpoint.options));
    endpoint.wake();
  }
  for (WebhookEndpoint* endpoint : gone) endpoint->removed = true;
}

}  // namespace tapewatch
