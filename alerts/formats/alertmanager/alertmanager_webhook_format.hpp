#pragma once
#include "alerts/formats/message_format.hpp"

namespace tapewatch::alerts {

/// What Alertmanager sends to its own webhook receivers (version 4:
/// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), for receivers that were written for it.
/// One alert a message.
class AlertmanagerWebhookFormat final : public MessageFormat {
 public:
  bool takes(std::string_view event) const override {
    return event != "digest" && event != "account";  // no state of an alert
  }
  std::string render(std::span<const std::string> bodies, const RenderContext&) const override;
};

}  // namespace tapewatch::alerts
