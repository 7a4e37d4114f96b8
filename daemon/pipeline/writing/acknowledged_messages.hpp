#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "alerts/formats/acknowledged_message.hpp"
#include "storage/alert/acknowledgements.hpp"
#include "storage/alert/alert_writer.hpp"

namespace tapewatch {

/// One message for each webhook that hears of an acknowledgement; `told`: those that were told that the alert fires.
/// The id derives from alert, acknowledgement and endpoint.
std::vector<storage::OutboxMessage> to_acknowledged_messages(const storage::AlertRow& alert,
                                                             const storage::Acknowledgement& said,
                                                             std::span<const alerts::WebhookOptions> webhooks,
                                                             const std::set<std::string>& told,
                                                             const alerts::MessageContext& context);

}  // namespace tapewatch
