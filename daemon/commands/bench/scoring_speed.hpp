#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/commands/bench/quantiles.hpp"
#include "model/package/model_package.hpp"

namespace tapewatch {

/// Texts of one length, `batch` at a time on each core.
struct ShapeSpeed {
  std::size_t batch = 0, tokens = 0;
  double texts_per_second = 0;  // of all cores
};

/// How fast texts are scored without a cache. Medians of rounds in which every figure is measured once.
struct ScoringSpeed {
  std::vector<ShapeSpeed> shapes;
  double headlines_per_second = 0;
  double tokens_per_headline = 0;
  Waits alone;              // of one headline while nothing else is scored
  Waits request_meanwhile;  // of a request of one headline while news comes without end
  Waits news_meanwhile;     // of a headline of the news while requests of 32 come without end
  Waits beside_history;     // of a headline of the news while stored history is scored without end
  double peak_gops = 0;     // 8-bit operations per second that all cores reach at most; 0: the processor has none
  /// Of that, in the encoder's products of 32 texts of 32 tokens; none in fp32, nor without a peak.
  std::optional<double> share_of_peak;
};

struct ScoringSpeedOptions {
  unsigned threads = 0;  // 0: one per core
  unsigned rounds = 5;
  bool whole_last_layer = false;  // ReadingOptions
};

/// `progress` is told what is measured next.
ScoringSpeed measure_scoring(const std::shared_ptr<const model::ModelPackage>& model,
                             const std::vector<std::string>& headlines, const ScoringSpeedOptions& options,
                             const std::function<void(const std::string&)>& progress);

}  // namespace tapewatch
