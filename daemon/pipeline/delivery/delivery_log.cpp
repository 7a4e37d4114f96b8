// Tested by tests/daemon/pipeline/delivery/webhook_loop_test.cpp
#include "daemon/pipeline/delivery/delivery_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "config/notation/duration.hpp"
#include "config/notation/url.hpp"

namespace tapewatch {
namespace {

/// "alert.firing of alert 4f…", "heartbeat msg_1".
std::string message_of(const storage::OutboxRow& row) {
  const auto& message = row.message;
  if (message.type.starts_with("alert.")) return fmt::format("{} of alert {}", message.type, message.alert_id);
  return fmt::format("{} {}", message.type, message.id);
}

std::string failures_so_far(const WebhookEndpoint& endpoint, storage::TimePoint now) {
  const auto failures = endpoint.outage.failures();
  const auto minutes = endpoint.outage.lasts(now).count();
  return fmt::format(" ({} {} in {} {})", failures, failures == 1 ? "failure" : "failures", std::max<long>(minutes, 1),
                     minutes <= 1 ? "minute" : "minutes");
}

/// It may be off too.
std::string fallback_of(const WebhookEndpoint& endpoint) {
  const std::string& other = endpoint.options.fallback;
  return other.empty() ? "" : fmt::format("; its fallback is {}", other);
}

std::string next_attempt(const storage::Attempt& receipt, storage::TimePoint now) {
  if (!receipt.next_attempt_at) return "";
  const auto wait = std::max<std::chrono::milliseconds>(*receipt.next_attempt_at - now, std::chrono::seconds(1));
  return " in " + notation::duration_in_words(std::chrono::ceil<std::chrono::seconds>(wait));
}

void log_delivered(spdlog::logger& log, WebhookEndpoint& endpoint, const storage::OutboxRow& row,
                   const storage::Attempt& receipt, storage::TimePoint now) {
  const std::string& name = endpoint.options.name;
  const std::string failures = failures_so_far(endpoint, now);
  if (endpoint.outage.recovered()) log.info("webhook {}: delivers again{}", name, failures);
  log.info("webhook {}: {} delivered (attempt {}, {} ms)", name, message_of(row), row.attempts + 1,
           receipt.duration_ms);
}

}  // namespace

void log_attempt(spdlog::logger& log, WebhookEndpoint& endpoint, const storage::OutboxRow& row,
                 const alerts::Decision& decision, const storage::Attempt& receipt) {
  const std::string& name = endpoint.options.name;
  const auto now = receipt.at + std::chrono::milliseconds(receipt.duration_ms);
  switch (decision.outcome) {
    case alerts::DeliveryOutcome::delivered:
      log_delivered(log, endpoint, row, receipt, now);
      return;
    case alerts::DeliveryOutcome::disabled:
      endpoint.outage.recovered();
      if (std::exchange(endpoint.said_off, true)) return;
      log.error(
          "webhook {}: {} answered {} to {}: it is switched off and receives nothing until POST "
          "/v1/webhooks/{}/enable{}",
          name, notation::url_origin(endpoint.options.url), decision.reason, message_of(row), name,
          fallback_of(endpoint));
      return;
    case alerts::DeliveryOutcome::exhausted:
      log.error("webhook {}: {} is given up ({}); POST /v1/deliveries/{}/retry sends it again{}", name, message_of(row),
                decision.reason, row.number, fallback_of(endpoint));
      return;
    case alerts::DeliveryOutcome::retry:
      break;
  }
  if (!endpoint.outage.failed(now)) return;
  log.warn("webhook {}: {} failed at {} ({}); it will be tried again{}{}", name, message_of(row),
           notation::url_origin(endpoint.options.url), decision.reason, next_attempt(receipt, now),
           endpoint.outage.failures() == 1 ? std::string() : failures_so_far(endpoint, now));
}

}  // namespace tapewatch
