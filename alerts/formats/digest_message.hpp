#pragma once
#include <optional>
#include <string>
#include <vector>

#include "alerts/formats/webhook_message.hpp"

namespace tapewatch::alerts {

/// An alert that is told in a digest.
struct DigestedAlert {
  std::string id, severity, summary;
  std::map<std::string, std::string> key;
  TimePoint started_at{};
  std::optional<TimePoint> ended_at;
};

/// The alerts of a rule beyond its max_alerts. By event time.
struct Digest {
  std::string rule;
  TimePoint since{}, until{};
  std::vector<DigestedAlert> alerts;  ///< in the order in which they began
};

/// The message `digest`: the rule, the period and its alerts, each with a link. Always under kMaxWebhookBytes: what
/// does not fit is counted in `omitted`.
std::string digest_body(const Digest&, const MessageContext&, TimePoint timestamp);

}  // namespace tapewatch::alerts
