#pragma once

#include <functional>
#include <vector>

#include "alerts/detector/detector_options.hpp"
#include "alerts/rules/calendar_options.hpp"
#include "config/toml/load.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/pipeline/scoring/scorer_factory.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

struct BacktestApiOptions {
  alerts::DetectorOptions detector;                               ///< with the present model
  std::function<std::vector<alerts::CalendarEntry>()> calendars;  ///< that the rule may name: the present ones
  std::size_t max_alerts = 1'000;  ///< listed in one answer; `alert_count` counts them all
  std::size_t max_body_bytes = 64 * 1024;
  std::size_t max_json_depth = 32;
};

/// POST /v1/backtest: {"rule","from","to"} → the alerts that the rule would have fired over stored history. Runs on a
/// query thread, one at a time, so that it leaves the others to the readers. `known`: ids that rules may name;
/// `finder`: the current watch list. `readers` must outlive the router.
void add_backtest_routes(Router& router, ReaderPool& readers, std::function<config::KnownIds()> known,
                         ScorerFactory::PresentFinder finder, BacktestApiOptions options);

}  // namespace tapewatch
