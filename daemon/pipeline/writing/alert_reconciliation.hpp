#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "alerts/alert.hpp"
#include "alerts/detector/trend_detector.hpp"

namespace tapewatch {

/// An alert as people know it.
struct ToldAlert {
  std::string id, rule, key_json;
  alerts::AlertState state = alerts::AlertState::resolved;
  std::int64_t sequence = 0;  ///< of its last transition
  bool late = false;
  std::int64_t opened_seq = 0;
  alerts::TimePoint started_at{};
};

/// What a detector found in rows that were gone through again.
struct FoundAgain {
  std::int64_t since = 0;  ///< the rows after it
  std::span<const alerts::Transition> transitions;
  std::span<const alerts::Transition> open;  ///< open at the end, as they stand
};

struct Reconciled {
  std::vector<alerts::Transition> tell;  ///< in order
  std::vector<alerts::OpenAlert> go_on;  ///< under which names the detector's open alerts go on
  std::vector<std::string> unfounded;    ///< ids of told ones that the rows do not give: open, or late and voided
};

/// Alerts that were told while event time was wrong, against those that the same rows give at their right times. An
/// alert that was told goes on under its id, whatever its start was thought to be: the same id, or the same rule and
/// key where it was opened by those rows or is still open. Nothing that was told is told again: only that it fires
/// after all, or is over. What nobody was told of is told whole. Pure.
Reconciled reconcile(std::span<const ToldAlert> told, const FoundAgain& found);

}  // namespace tapewatch
