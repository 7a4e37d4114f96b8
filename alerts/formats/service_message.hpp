#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/formats/webhook_message.hpp"

namespace tapewatch::alerts {

/// Messages about tapewatch itself rather than about news. All under kMaxWebhookBytes; their links are null where
/// `external_url` is unknown.

/// The message to the other webhooks when one is switched off: `webhook-disabled` with its name and the reason.
std::string webhook_disabled_body(std::string_view webhook, std::string_view reason, const MessageContext&,
                                  TimePoint timestamp);

/// The message `test` to a webhook. `over`: the end of the incident that an incident system makes of it.
std::string test_body(std::string_view webhook, bool over, const MessageContext&, TimePoint timestamp);

/// What a heartbeat says.
struct Heartbeat {
  std::string webhook;
  std::chrono::milliseconds interval{};
  std::vector<std::string> troubles;  ///< "disk: below storage.min_free"; empty: all is well
  std::int64_t firing = 0;            ///< alerts
  std::optional<TimePoint> event_time;
};

/// The message `heartbeat`.
std::string heartbeat_body(const Heartbeat&, const MessageContext&, TimePoint timestamp);

}  // namespace tapewatch::alerts
