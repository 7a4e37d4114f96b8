#pragma once
#include "alerts/formats/message_format.hpp"

namespace tapewatch::alerts {

/// PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/send-alert-event): `trigger` while an alert fires
/// and as it grows, `resolve` when it ends; the alert's id is the `dedup_key`, so that they are one incident.
class PagerDutyFormat final : public MessageFormat {
 public:
  bool takes(std::string_view event) const override {
    return event != "digest" && event != "account";  // no state of an alert
  }
  std::string render(std::span<const std::string> bodies, const RenderContext&) const override;
  /// 400: the event is not valid.
  bool refuses_for_good(unsigned status) const override { return status == 400; }
};

}  // namespace tapewatch::alerts
