#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/delivery/webhook_options.hpp"
#include "alerts/formats/service_message.hpp"
#include "storage/alert/outbox.hpp"

namespace tapewatch {

/// Messages about tapewatch itself, as they stand in the outbox. Pure.

/// One message for each of the other webhooks: `off` receives nothing more.
std::vector<storage::OutboxMessage> to_disabled_messages(std::string_view off, std::string_view reason,
                                                         std::span<const std::string> webhooks,
                                                         const alerts::MessageContext& context, alerts::TimePoint now);

/// What a test sends to a webhook; to an incident system the end of the incident too. `request`: makes it another test
/// than the last one.
std::vector<storage::OutboxMessage> to_test_messages(const alerts::WebhookOptions& webhook, std::string_view request,
                                                     const alerts::MessageContext& context, alerts::TimePoint now);

storage::OutboxMessage to_heartbeat_message(const alerts::Heartbeat& heartbeat, const alerts::MessageContext& context,
                                            alerts::TimePoint now);

}  // namespace tapewatch
