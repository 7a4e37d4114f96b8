#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "alerts/detector/detector_options.hpp"
#include "daemon/pipeline/backtest/settings_trial.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

struct AdviceQuery {
  const alerts::RuleOptions& rule;
  TimePoint from{}, to{};                   ///< event time, half-open: of the alerts whose verdicts count
  const alerts::DetectorOptions& detector;  ///< with the model whose rows count
  const EntityTags& tags;                   ///< of the current watch list
  std::size_t page = 1'000;                 ///< rows of history in memory at a time
  std::size_t memory = 256 * 1024 * 1024;   ///< bytes for detectors at a time, about
};

struct Advice {
  TimePoint from{}, to{};  ///< event time: from the first judged alert to the end of what is stored
  std::size_t useful = 0, noise = 0, duplicate = 0, unjudged = 0;  ///< alerts in it, by their last verdict
  std::size_t vanished = 0;            ///< useful ones that the rule does not raise again over what is stored: left out
  std::size_t documents = 0;           ///< that the rule was shown
  std::size_t skipped = 0;             ///< that another model scored
  std::vector<TriedResult> tried;      ///< the present setting first
  std::optional<std::size_t> advised;  ///< place in `tried`; nothing: no verdict to go by
  std::vector<std::string> warnings;   ///< for people
  std::string summary;                 ///< for people, one sentence
};

/// Which setting to choose, where those of `advice.tried` have been judged: of the settings that are not looser than
/// the present one and keep every useful alert that can come again, one with the fewest noise alerts; of several the
/// one nearest to the present. Fills in `advised`, `vanished`, `warnings` and `summary`.
void choose_setting(Advice& advice, std::vector<storage::JudgedAlert> judged);

/// Replays the rule over stored history with each of tried_settings(), after it has learned from the history before the
/// first judged alert. Changes nothing. `is_over` is asked before each row, with the share of the work that is done;
/// once it is true the result is nullopt. Any thread, with its own connection. Throws StorageError.
std::optional<Advice> advise(storage::Connection& connection, const AdviceQuery& query,
                             const std::function<bool(double done)>& is_over);

}  // namespace tapewatch
