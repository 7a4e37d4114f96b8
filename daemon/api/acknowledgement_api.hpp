#pragma once
#include <functional>
#include <vector>

#include "alerts/delivery/webhook_options.hpp"
#include "alerts/formats/webhook_message.hpp"
#include "daemon/api/operator_change.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

inline constexpr std::size_t kMaxAcknowledgementBytes = 16 * 1024;

/// What the messages about an acknowledgement depend on, asked at each request.
struct AcknowledgementParts {
  OperatorDesk desk;
  std::function<std::vector<alerts::WebhookOptions>()> webhooks;
  std::function<alerts::MessageContext()> context;
};

/// POST /v1/alerts/{id}/ack: stored with its event, its messages and its audit entry in one transaction. The desk's
/// queue must outlive the router.
void add_acknowledgement_routes(Router& router, AcknowledgementParts parts);

}  // namespace tapewatch
