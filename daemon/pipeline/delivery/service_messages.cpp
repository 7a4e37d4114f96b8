// Tested by tests/daemon/pipeline/delivery/heartbeat_loop_test.cpp
#include "daemon/pipeline/delivery/service_messages.hpp"

#include <fmt/format.h>

#include "daemon/pipeline/writing/outbox_message.hpp"

namespace tapewatch {
namespace {

/// A message of its type alone: the type is part of its identity.
storage::OutboxMessage notice(std::string_view type, std::string_view webhook, const std::string& identity,
                              std::string body, alerts::TimePoint now) {
  return outbox_message(type, webhook, fmt::format("{}\n{}", type, identity), std::move(body), now);
}

}  // namespace

std::vector<storage::OutboxMessage> to_disabled_messages(std::string_view off, std::string_view reason,
                                                         std::span<const std::string> webhooks,
                                                         const alerts::MessageContext& context, alerts::TimePoint now) {
  std::vector<storage::OutboxMessage> messages;
  for (const std::string& webhook : webhooks) {
    if (webhook == off) continue;
    messages.push_back(notice("webhook-disabled", webhook,
                              fmt::format("{}\n{}\n{}", off, webhook, now.time_since_epoch().count()),
                              alerts::webhook_disabled_body(off, reason, context, now), now));
  }
  return messages;
}

std::vector<storage::OutboxMessage> to_test_messages(const alerts::WebhookOptions& webhook, std::string_view request,
                                                     const alerts::MessageContext& context, alerts::TimePoint now) {
  std::vector<storage::OutboxMessage> messages;
  for (const bool over : {false, true}) {
    if (over && webhook.format != "pagerduty") break;
    messages.push_back(notice("test", webhook.name, fmt::format("{}\n{}\n{}", webhook.name, request, over),
                              alerts::test_body(webhook.name, over, context, now), now));
    // Its end comes after its beginning: messages of one alert are ordered.
    messages.back().alert_id = message_id(fmt::format("test\n{}\n{}", webhook.name, request));
  }
  return messages;
}

storage::OutboxMessage to_heartbeat_message(const alerts::Heartbeat& heartbeat, const alerts::MessageContext& context,
                                            alerts::TimePoint now) {
  return notice("heartbeat", heartbeat.webhook,
                fmt::format("{}\n{}", heartbeat.webhook, now.time_since_epoch().count()),
                alerts::heartbeat_body(heartbeat, context, now), now);
}

}  // namespace tapewatch
