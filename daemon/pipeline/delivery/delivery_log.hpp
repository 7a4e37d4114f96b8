#pragma once

#include <spdlog/logger.h>

#include "alerts/delivery/delivery_policy.hpp"
#include "daemon/pipeline/delivery/webhook_endpoint.hpp"
#include "storage/alert/outbox.hpp"

namespace tapewatch {

/// One line of the log for a delivery, for what is given up, and for the beginning of an outage; a continuing one is
/// told as Outage says, deliveries as LineBudget does. In format "json" with the fields event (delivery.delivered,
/// delivery.exhausted, webhook.failing, webhook.recovered, webhook.disabled), webhook, delivery, message_id, type,
/// alert, attempt, status, duration_ms. Never the address beyond its host: it may be the secret.
void log_attempt(spdlog::logger& log, WebhookEndpoint& endpoint, const storage::OutboxRow& row,
                 const alerts::Decision& decision, const storage::Attempt& receipt);

}  // namespace tapewatch
