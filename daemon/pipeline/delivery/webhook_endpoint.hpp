#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "alerts/delivery/delivery_policy.hpp"
#include "alerts/delivery/endpoint_pace.hpp"
#include "alerts/delivery/webhook_options.hpp"
#include "alerts/formats/message_format.hpp"
#include "daemon/client/client.hpp"
#include "daemon/observe/line_budget.hpp"
#include "daemon/observe/outage.hpp"

namespace tapewatch {

/// One webhook, as WebhookLoop knows it between two requests. Io thread.
struct WebhookEndpoint {
  WebhookEndpoint(alerts::WebhookOptions webhook_options, const alerts::DeliveryLimits& limits,
                  boost::asio::io_context& io)
      : options(std::move(webhook_options)),
        format(&alerts::message_format(options.format)),
        timer(io),
        pace(pace_limits(options, limits)) {}

  static alerts::PaceLimits pace_limits(const alerts::WebhookOptions& webhook, const alerts::DeliveryLimits& limits) {
    alerts::PaceLimits pace;
    pace.max_in_flight = webhook.max_in_flight;
    pace.max_hold = limits.max_retry_after;
    return pace;
  }
  /// Requests in flight end under the old options, and stay in flight: their alerts' next messages wait for them. What
  /// the old address has taught is forgotten.
  void replace(alerts::WebhookOptions next, const alerts::DeliveryLimits& limits) {
    options = std::move(next);
    format = &alerts::message_format(options.format);
    pace = alerts::EndpointPace(pace_limits(options, limits));
    outage = repeat_outage = {};
    said_off = removed = false;
    ++generation;
    repeat_at = std::chrono::steady_clock::now();
  }
  /// A former one that has been used stays until the requests in flight have ended.
  void set_client(std::shared_ptr<HttpClient> next) {
    if (requests > 0 && client_used) former_clients.push_back(std::move(client));
    client = std::move(next);
    client_used = false;
  }
  HttpClient& use_client() {
    client_used = true;
    return *client;
  }
  void request_ended() {
    if (--requests == 0) former_clients.clear();
  }
  /// Ends its requests.
  void stop() {
    if (client) client->stop();
    for (const auto& former : former_clients) former->stop();
    timer.cancel();
  }
  /// While it is removed it has nothing to do, and no client once its last request has ended.
  void go_idle() {
    work_waiting = false;
    if (requests == 0) client.reset();
  }
  /// Ends the wait of the endpoint's coroutine: there may be something to do.
  void wake() {
    work_waiting = true;
    timer.cancel();
  }

  alerts::WebhookOptions options;
  const alerts::MessageFormat* format;
  std::shared_ptr<HttpClient> client;  ///< by its authorities; null: it is removed, and nothing is in flight
  bool client_used = false;
  std::vector<std::shared_ptr<HttpClient>> former_clients;
  boost::asio::steady_timer timer;
  bool work_waiting = true;    ///< something happened since the outbox was last read
  bool unrecorded = false;     ///< a receipt was not committed: its message is due still
  std::size_t generation = 0;  ///< of its options
  bool removed = false;        ///< by a reload: nothing is sent unless it returns
  bool said_off = false;       ///< the log has it that the endpoint is switched off
  bool repeating = false;      ///< what fires is being sent again: nothing else is sent meanwhile
  std::chrono::steady_clock::time_point repeat_at = std::chrono::steady_clock::now();
  std::size_t requests = 0;          ///< in flight
  std::set<std::int64_t> in_flight;  ///< the messages in them
  std::set<std::int64_t> ended;      ///< those whose attempts ended since the outbox was last asked
  alerts::EndpointPace pace;
  Outage outage, repeat_outage;
  LineBudget lines;  ///< of what is delivered and what is given up
};

}  // namespace tapewatch
