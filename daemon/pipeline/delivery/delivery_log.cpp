// Tested by tests/daemon/pipeline/delivery/webhook_loop_test.cpp
#include "daemon/pipeline/delivery/delivery_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "config/notation/duration.hpp"
#include "config/notation/url.hpp"
#include "daemon/observe/log_fields.hpp"

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

/// `event`: "delivery.delivered", "webhook.recovered".
LogFields delivery_fields(const WebhookEndpoint& endpoint, std::string_view event, const storage::OutboxRow& row,
                          const storage::Attempt& receipt) {
  LogFields fields = {{"event", std::string(event)},
                      {"webhook", endpoint.options.name},
                      {"delivery", row.number},
                      {"message_id", row.message.id},
                      {"type", row.message.type}};
  if (!row.message.alert_id.empty()) fields.emplace_back("alert", row.message.alert_id);
  fields.emplace_back("attempt", static_cast<std::int64_t>(row.attempts) + 1);
  if (receipt.status != 0) fields.emplace_back("status", static_cast<std::int64_t>(receipt.status));
  fields.emplace_back("duration_ms", receipt.duration_ms);
  return fields;
}

void log_delivered(spdlog::logger& log, WebhookEndpoint& endpoint, const storage::OutboxRow& row,
                   const storage::Attempt& receipt, storage::TimePoint now) {
  const std::string& name = endpoint.options.name;
  const std::string failures = failures_so_far(endpoint, now);
  if (endpoint.outage.recovered()) {
    log_with(log, spdlog::level::info, delivery_fields(endpoint, "webhook.recovered", row, receipt),
             fmt::format("webhook {}: delivers again{}", name, failures));
  }
  const auto left_out = endpoint.lines.allow("delivered", now);
  if (!left_out) return;
  log_with(log, spdlog::level::info, delivery_fields(endpoint, "delivery.delivered", row, receipt),
           fmt::format("webhook {}: {} delivered (attempt {}, {} ms){}", name, message_of(row), row.attempts + 1,
                       receipt.duration_ms, LineBudget::words(*left_out)));
}

void log_switched_off(spdlog::logger& log, WebhookEndpoint& endpoint, const storage::OutboxRow& row,
                      const alerts::Decision& decision, const storage::Attempt& receipt) {
  endpoint.outage.recovered();
  if (std::exchange(endpoint.said_off, true)) return;
  const std::string& name = endpoint.options.name;
  log_with(log, spdlog::level::err, delivery_fields(endpoint, "webhook.disabled", row, receipt),
           fmt::format("webhook {}: {} answered {} to {}: it is switched off and receives nothing until POST "
                       "/v1/webhooks/{}/enable{}",
                       name, notation::url_origin(endpoint.options.url), decision.reason, message_of(row), name,
                       fallback_of(endpoint)));
}

void log_given_up(spdlog::logger& log, WebhookEndpoint& endpoint, const storage::OutboxRow& row,
                  const alerts::Decision& decision, const storage::Attempt& receipt, storage::TimePoint now) {
  const auto left_out = endpoint.lines.allow("given up", now);
  if (!left_out) return;
  log_with(log, spdlog::level::err, delivery_fields(endpoint, "delivery.exhausted", row, receipt),
           fmt::format("webhook {}: {} is given up ({}); POST /v1/deliveries/{}/retry sends it again{}{}",
                       endpoint.options.name, message_of(row), decision.reason, row.number, fallback_of(endpoint),
                       LineBudget::words(*left_out)));
}

}  // namespace

void log_attempt(spdlog::logger& log, WebhookEndpoint& endpoint, const storage::OutboxRow& row,
                 const alerts::Decision& decision, const storage::Attempt& receipt) {
  const auto now = receipt.at + std::chrono::milliseconds(receipt.duration_ms);
  switch (decision.outcome) {
    case alerts::DeliveryOutcome::delivered:
      log_delivered(log, endpoint, row, receipt, now);
      return;
    case alerts::DeliveryOutcome::disabled:
      log_switched_off(log, endpoint, row, decision, receipt);
      return;
    case alerts::DeliveryOutcome::exhausted:
      log_given_up(log, endpoint, row, decision, receipt, now);
      return;
    case alerts::DeliveryOutcome::retry:
      break;
  }
  if (!endpoint.outage.failed(now)) return;
  log_with(log, spdlog::level::warn, delivery_fields(endpoint, "webhook.failing", row, receipt),
           fmt::format("webhook {}: {} failed at {} ({}); it will be tried again{}{}", endpoint.options.name,
                       message_of(row), notation::url_origin(endpoint.options.url), decision.reason,
                       next_attempt(receipt, now),
                       endpoint.outage.failures() == 1 ? std::string() : failures_so_far(endpoint, now)));
}

}  // namespace tapewatch
