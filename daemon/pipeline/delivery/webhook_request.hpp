#pragma once

#include <span>
#include <string>

#include "alerts/delivery/delivery_policy.hpp"
#include "alerts/delivery/webhook_options.hpp"
#include "alerts/formats/message_format.hpp"
#include "alerts/formats/webhook_message.hpp"
#include "daemon/client/client.hpp"

namespace tapewatch {

/// The request of one attempt: rendered in the webhook's format and, where it has secrets, signed by Standard Webhooks
/// 1.0 for this attempt. `id`: of the message, the same across its attempts. `bodies`: messages of the outbox, oldest
/// first. Throws alerts::ToldMessageError.
ClientRequest webhook_request(const alerts::WebhookOptions& webhook, const std::string& id,
                              std::span<const std::string> bodies, const alerts::MessageContext& context,
                              alerts::TimePoint now);

/// The result of an attempt, in the policy's terms.
alerts::AttemptResult attempt_result(const ClientResult& result, const alerts::MessageFormat& format);

}  // namespace tapewatch
