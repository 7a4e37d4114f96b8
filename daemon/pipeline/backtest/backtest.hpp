#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "alerts/detector/detector_options.hpp"
#include "daemon/pipeline/backtest/fired_alerts.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

struct Backtest {
  alerts::RuleOptions rule;
  TimePoint from{}, to{};            ///< event time, half-open
  alerts::DetectorOptions detector;  ///< with the model whose rows count
  const EntityTags& tags;            ///< of the current watch list
  std::size_t page = 1'000;          ///< rows of history in memory at a time
};

struct BacktestResult {
  TimePoint from{}, to{};          ///< the part of the range that is stored under the model; equal where there is none
  std::size_t documents = 0;       ///< that the detector saw in it
  std::size_t skipped = 0;         ///< documents in it that another model scored: their scores are never mixed in
  std::uint64_t series = 0;        ///< known to the rule at the end
  std::vector<FiredAlert> alerts;  ///< that fired within the range, in order
};

/// Runs one rule over the stored sequence with a detector of its own, which first learns from the history before `from`
/// as the daemon would have: as far back as DetectorOptions::history. Writes nothing. `is_over` is asked before each
/// row; once it is true the result is nullopt. Any thread, with its own connection. Throws StorageError.
std::optional<BacktestResult> run_backtest(storage::Connection& connection, const Backtest& backtest,
                                           const std::function<bool()>& is_over);

}  // namespace tapewatch
