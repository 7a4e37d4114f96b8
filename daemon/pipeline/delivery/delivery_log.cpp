// Tested by tests/daemon/pipeline/delivery/webhook_loop_test.cpp
#include "daemon/pipeline/delivery/delivery_log.hpp"

#include <fmt/format.h>

#include "config/notation/url.hpp"

namespace tapewatch {

void log_attempt(spdlog::logger& log, WebhookEndpoint& endpoint, const storage::OutboxRow& row,
                 const alerts::Decision& decision, const storage::Attempt& receipt) {
  const std::string& name = endpoint.options.name;
  switch (decision.outcome) {
    case alerts::DeliveryOutcome::delivered:
      endpoint.said_off = false;
      if (endpoint.outage.recovered()) log.info("webhook {}: delivers again", name);
      log.info("webhook {}: {} of {} delivered (attempt {}, {} ms)", name, row.message.type,
               row.message.type.starts_with("alert.") ? "alert " + row.message.alert_id : row.message.id,
               row.attempts + 1, receipt.duration_ms);
      return;
    case alerts::DeliveryOutcome::disabled:
      endpoint.outage.recovered();
      if (std::exchange(endpoint.said_off, true)) return;
      log.error("webhook {}: {} answered {}: it is switched off and receives nothing until POST /v1/webhooks/{}/enable",
                name, notation::url_origin(endpoint.options.url), decision.reason, name);
      return;
    case alerts::DeliveryOutcome::exhausted:
      log.error("webhook {}: {} {} is given up ({}); POST /v1/deliveries/{}/retry sends it again", name,
                row.message.type, row.message.id, decision.reason, row.number);
      return;
    case alerts::DeliveryOutcome::retry:
      break;
  }
  const auto now = receipt.at + std::chrono::milliseconds(receipt.duration_ms);
  if (!endpoint.outage.failed(now)) return;
  const auto failures = endpoint.outage.failures();
  log.warn("webhook {}: {} {} failed ({}); it will be tried again{}", name, notation::url_origin(endpoint.options.url),
           row.message.type, decision.reason,
           failures == 1 ? std::string()
                         : fmt::format(" ({} failures in {} minutes)", failures, endpoint.outage.lasts(now).count()));
}

}  // namespace tapewatch
