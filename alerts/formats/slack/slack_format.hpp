#pragma once
#include "alerts/formats/message_format.hpp"

namespace tapewatch::alerts {

/// Slack's incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. One message
/// with an attachment for each alert, coloured by its severity.
class SlackFormat final : public MessageFormat {
 public:
  /// Slack shows at most 20 attachments well (its documentation).
  std::size_t most_at_once() const override { return 20; }
  bool takes(std::string_view event) const override { return event != "updated"; }
  std::string render(std::span<const std::string> bodies, const RenderContext&) const override;
  /// 400 invalid_payload, 403 action_prohibited, 404 no_service: a later attempt gets the same answer.
  bool refuses_for_good(unsigned status) const override { return status == 400 || status == 403 || status == 404; }
};

}  // namespace tapewatch::alerts
