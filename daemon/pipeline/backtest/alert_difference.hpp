#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/pipeline/backtest/fired_alerts.hpp"

namespace tapewatch {

/// How the alerts of two rule sets over the same rows differ.
///
/// Two alerts are the same when their rules have the same name, their series the same key, and their spans share a
/// moment of event time: both ends of [started_at, ended_at] belong to a span, and an alert that is still open lasts to
/// the end of the input. An alert of the new rules without such a counterpart is gained, one of the old rules lost.
struct AlertDifference {
  struct Change {
    bool gained = false;  ///< else lost
    const FiredAlert* alert = nullptr;
  };
  std::vector<Change> changes;  ///< by start, rule, key, then lost before gained; points into the compared lists
  std::size_t gained = 0, lost = 0;
  std::size_t same = 0;  ///< alerts of the new rules that have a counterpart: gained + same are all of them
};

AlertDifference difference(const std::vector<FiredAlert>& now, const std::vector<FiredAlert>& before);

/// One line of JSON: `change` and the members of append_fired_alert().
std::string change_json(const AlertDifference::Change& change);

}  // namespace tapewatch
