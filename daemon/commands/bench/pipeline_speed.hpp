#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/commands/bench/bench.hpp"
#include "daemon/commands/bench/quantiles.hpp"

namespace tapewatch {

/// At a share of the greatest rate: how long documents take from their arrival until they are committed, and those
/// that raise an alert until their webhook is received, in milliseconds.
struct RateWaits {
  double share = 0, documents_per_second = 0;
  Waits stored, told;
  std::size_t webhooks = 0;
};

struct PipelineSpeed {
  std::string source;                // "kafka" or "queue"
  double documents_per_second = 0;   // from the source to committed rows, as fast as it goes
  double scored_alone = 0;           // texts of the same news per second, when nothing else is done with them
  double share_of_scored_alone = 0;  // medians of rounds in which both are measured in turn
  std::vector<RateWaits> rates;      // at 25, 50 and 75 % of documents_per_second
};

/// Runs a daemon of this process with its database in `folder` and news made of `headlines`. With `options.kafka` the
/// news goes through a topic made for it and deleted afterwards, else into the daemon's queue of documents. Throws
/// std::runtime_error.
PipelineSpeed measure_pipeline(const BenchOptions& options, const std::string& folder,
                               const std::vector<std::string>& headlines,
                               const std::function<void(const std::string&)>& progress);

}  // namespace tapewatch
