#pragma once
#include <chrono>
#include <cstddef>
#include <string>

#include "alerts/detector/surge_model.hpp"

namespace tapewatch::alerts {

/// Limits and constants of the detector that no rule sets. The defaults are what the daemon runs with.
struct DetectorOptions {
  SurgeModel surge_model;  ///< others are for measuring what a part of it earns
  /// A longer jump of event time was not watched; its hours teach nothing. Time that passes without news is told by
  /// ticks.
  std::chrono::hours max_gap{6};
  /// Nor is a jump longer than this a silence: a live daemon ticks every few seconds, a replay every minute.
  std::chrono::minutes max_silent_jump{10};
  std::chrono::hours max_catch_up{1344};  ///< hours learned at most after a jump (8 weeks)
  /// What a rule without a fitting state is built from: six half-lives of its slowest memory (see surge_model.hpp).
  std::chrono::hours history{24 * 7 * 40};
  /// The version of the model whose scores the series are learned from; those of another one fit no more.
  std::string model_version;
  std::chrono::hours story_memory{72};  ///< a story is remembered so long after its first document in the series

  std::size_t max_series = 100'000;  ///< per rule; observations of further series are counted and dropped
  std::chrono::hours forget_series_after{24 * 56};  ///< a series without any document for so long is removed
  std::size_t max_stories_per_series = 200'000;     ///< beyond it the oldest hours are forgotten first
  std::size_t max_recent_stories = 40;              ///< counted stories kept with title and link, per series
  std::size_t max_title_bytes = 300;
  std::size_t max_url_bytes = 1000;  ///< a longer link is left out: half a link leads nowhere

  double update_growth = 2.0;           ///< an open alert is updated when its stories grew by this factor
  double update_document_growth = 4.0;  ///< or its documents (reprints) by this one
  double update_window_growth = 1.5;    ///< or the count of its strongest window, the first number of the summary
  /// The first update follows the firing after so much event time at the earliest, each later one its predecessor after
  /// three times as much: what was told at the start of an avalanche is corrected within a minute, and a surge of weeks
  /// does not tell its receivers every minute.
  std::chrono::seconds first_update{30};
  std::chrono::hours longest_between_updates{6};
};

}  // namespace tapewatch::alerts
