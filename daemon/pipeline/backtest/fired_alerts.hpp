#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alerts/alert.hpp"

namespace tapewatch {

/// An alert as a backtest reports it: what it fired on, and how long it lasted.
struct FiredAlert {
  alerts::Transition firing;                  ///< the step that fired, with its evidence
  std::optional<alerts::TimePoint> ended_at;  ///< nothing: still open where the input ends
  std::string reason;                         ///< why it ended; empty while open
};

/// The alerts that a detector's transitions tell of, in the order in which they fired. Alerts that were never confirmed
/// and late ones, which notify nobody, are left out. One thread.
class FiredAlerts {
 public:
  void add(const std::vector<alerts::Transition>& transitions);
  const std::vector<FiredAlert>& all() const { return alerts_; }

 private:
  std::vector<FiredAlert> alerts_;
  std::map<std::string, std::size_t> open_;  // place in alerts_ by the alert's id
};

/// The alert as members of an object: id, rule, key, its span, and the evidence at the moment when it fired.
void append_fired_alert(notation::JsonWriter& json, const FiredAlert& alert);

/// How many of something there were in a week; nothing for a span without length.
std::optional<double> per_week(std::size_t count, std::chrono::milliseconds span);

}  // namespace tapewatch
