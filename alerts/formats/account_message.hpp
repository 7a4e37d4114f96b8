#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "alerts/formats/webhook_message.hpp"

namespace tapewatch::alerts {

/// What a rule promised for a span of time, and what its alerts were worth.
struct RuleAccount {
  std::string rule;
  std::optional<double> promised;  ///< false alarms in the span, by the budget; nothing: the measure has none
  std::int64_t spent = 0;          ///< alerts that fired
  std::int64_t useful = 0, noise = 0, duplicate = 0, unjudged = 0;  ///< of them
};

/// "negative-burst: 3 alerts, 1 promised; 2 useful, 1 noise".
std::string account_line(const RuleAccount&);

/// A message of the type `account`: `from`, `to`, a summary and a line and the numbers of each rule, always under
/// kMaxWebhookBytes: names are cut first, then rules at the end are left out and counted (`left_out`). `timestamp`:
/// wall time.
std::string account_body(std::span<const RuleAccount>, TimePoint from, TimePoint to, const MessageContext&,
                         TimePoint timestamp);

}  // namespace tapewatch::alerts
