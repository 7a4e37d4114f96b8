// Tested by tests/daemon/pipeline/delivery/webhook_loop_test.cpp
#include "daemon/pipeline/delivery/webhook_request.hpp"

#include "alerts/delivery/signature.hpp"

namespace tapewatch {

ClientRequest webhook_request(const alerts::WebhookOptions& webhook, const std::string& id,
                              std::span<const std::string> bodies, const alerts::MessageContext& context,
                              alerts::TimePoint now) {
  const auto& format = alerts::message_format(webhook.format);
  const auto unix_seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  alerts::RenderContext rendering;
  rendering.webhook = webhook.name;
  rendering.routing_key = webhook.routing_key;
  rendering.external_url = context.external_url;
  rendering.now = now;
  ClientRequest request("POST", format.address(webhook.url));
  request.body = format.render(bodies, rendering);
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("webhook-id", id);
  request.headers.emplace_back("webhook-timestamp", std::to_string(unix_seconds));
  if (!webhook.secrets.empty()) {
    request.headers.emplace_back("webhook-signature", alerts::sign(webhook.secrets, id, unix_seconds, request.body));
  }
  request.reach = reach_of(webhook.reach);
  request.deadline = webhook.timeout;
  request.max_response_bytes = webhook.max_response_bytes;
  request.status_only = true;
  return request;
}

alerts::AttemptResult attempt_result(const ClientResult& result, const alerts::MessageFormat& format) {
  alerts::AttemptResult attempt;
  if (result.has_value()) {
    attempt.status = result->status;
    attempt.retry_after = std::string(find_header(result->headers, "Retry-After"));
    attempt.refused_for_good = format.refuses_for_good(result->status);
  } else {
    attempt.transport_error = std::string(to_string(result.error().kind)) + ": " + result.error().message;
  }
  return attempt;
}

}  // namespace tapewatch
