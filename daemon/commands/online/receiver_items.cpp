// Tested by tests/daemon/commands/online/online_check_test.cpp
#include "daemon/commands/online/receiver_items.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "alerts/delivery/delivery_policy.hpp"
#include "config/notation/url.hpp"
#include "daemon/client/connection_probe.hpp"
#include "daemon/commands/daemon_request.hpp"
#include "daemon/pipeline/delivery/service_messages.hpp"
#include "daemon/pipeline/delivery/webhook_request.hpp"
#include "daemon/pipeline/event_clock.hpp"

namespace tapewatch {
namespace {

/// Where the webhook's requests go, as its sender goes there.
ProbeRequest receiver_place(const alerts::WebhookOptions& webhook, const ProxyOptions& proxy,
                            const OnlineOptions& options) {
  ProbeRequest place;
  place.url = alerts::message_format(webhook.format).address(webhook.url);
  place.ca_file = webhook.ca_file;
  place.proxy = proxy;
  if (webhook.proxy) place.proxy.url = *webhook.proxy;
  place.reach = reach_of(webhook.reach);
  place.timeout = options.timeout;
  return place;
}

/// Why the receiver does not take the test; empty when it does.
std::string send_test(const alerts::WebhookOptions& webhook, const ProbeRequest& place,
                      const alerts::MessageContext& context, unsigned& status) {
  const TimePoint now = wall_now();
  const std::string number = fmt::format("check {}", now.time_since_epoch().count());
  ClientOptions client;
  client.ca_file = place.ca_file;
  for (const auto& message : to_test_messages(webhook, number, context, now)) {
    ClientRequest request = webhook_request(webhook, message.id, std::vector{message.body}, context, now);
    request.deadline = std::min(request.deadline, place.timeout);
    request.proxy = place.proxy;
    const ClientResult result = send_and_wait(std::move(request), client);
    if (!result) return failure_words(result.error());
    status = result->status;
    const auto decision =
        alerts::decide(attempt_result(result, alerts::message_format(webhook.format)), 1, now, now, 0);
    if (decision.outcome != alerts::DeliveryOutcome::delivered) {
      return decision.reason + ": it does not take the test; see its address, its secret and its own log";
    }
  }
  return "";
}

}  // namespace

OnlineItem webhook_item(const alerts::WebhookOptions& webhook, const ProxyOptions& proxy,
                        const alerts::MessageContext& context, const OnlineOptions& options) {
  OnlineItem item{"webhook " + webhook.name, false, ""};
  const ProbeRequest place = receiver_place(webhook, proxy, options);
  const ProbeAnswer reached = probe_connection(place);
  if (reached.error) {
    item.detail = failure_words(*reached.error);
    return item;
  }
  const std::string host = notation::url_origin(place.url);
  const std::string certificate = certificate_words(reached.certificate_expires);
  item.ok = true;
  item.detail =
      fmt::format("{} can be reached{}; nothing was sent: --test-webhooks sends the test event", host, certificate);
  if (options.test_webhooks) {
    unsigned status = 0;
    const std::string why = send_test(webhook, place, context, status);
    item.ok = why.empty();
    item.detail = item.ok ? fmt::format("{} answered {} to the test event{}", host, status, certificate)
                          : fmt::format("{}: {}", host, why);
  }
  judge_certificate(item, reached.certificate_expires, options, std::chrono::floor<std::chrono::seconds>(wall_now()));
  return item;
}

OnlineItem proxy_item(const std::string& url, const OnlineOptions& options) {
  ProbeRequest place;
  const auto scheme = url.find("://");
  const std::string rest = scheme == std::string::npos ? url : url.substr(scheme + 3);
  const bool socks = url.starts_with("socks");
  const bool with_port = rest.substr(rest.rfind('@') + 1).find(':') != std::string::npos;
  place.url = "http://" + rest + (with_port ? "" : url.starts_with("https:") ? ":443" : ":1080");
  place.timeout = options.timeout;
  OnlineItem item{"proxy", false, ""};
  const ProbeAnswer reached = probe_connection(place);
  item.ok = !reached.error;
  const std::string shown = fmt::format("{}{}", socks ? "SOCKS " : "", notation::url_origin(place.url).substr(7));
  item.detail = item.ok ? shown + " accepts connections" : failure_words(*reached.error) + "; see daemon.proxy";
  return item;
}

}  // namespace tapewatch
