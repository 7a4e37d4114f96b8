#pragma once
#include "alerts/formats/message_format.hpp"

namespace tapewatch::alerts {

/// Prometheus's Alertmanager as a receiver: POST /api/v2/alerts
/// (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml). It forgets an alert that is not sent
/// again in time: what fires ends four minutes after each attempt, and is sent each minute.
class AlertmanagerFormat final : public MessageFormat {
 public:
  std::size_t most_at_once() const override { return 64; }
  /// The webhook's url names the server; the path of its API is added where it is missing.
  std::string address(const std::string& url) const override;
  bool takes(std::string_view event) const override {
    return event != "digest" && event != "account";  // no state of an alert
  }
  std::string render(std::span<const std::string> bodies, const RenderContext&) const override;
  bool repeats() const override { return true; }
  /// 400: a label or a time is refused; it takes the other alerts of the request.
  bool refuses_for_good(unsigned status) const override { return status == 400; }
};

}  // namespace tapewatch::alerts
