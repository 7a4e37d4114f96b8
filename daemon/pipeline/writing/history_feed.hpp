#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "alerts/detector/trend_detector.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "storage/document/sequence_reader.hpp"

namespace tapewatch {

/// Shows stored rows, as a SequenceReader of the same view reads them, to a detector as it would have seen them live.
/// Documents that another model scored are left out, and so are the ticks among them: time under another model does not
/// count as observed. Detector and tags outlive it.
class HistoryFeed {
 public:
  HistoryFeed(alerts::TrendDetector& detector, storage::ScoreView scores, const EntityTags& tags)
      : detector_(detector), scores_(std::move(scores)), tags_(tags) {}

  /// The rows go on from a state that the same model has written.
  void go_on() { ours_ = true; }

  /// Rows come in the order of `seq`. Nothing: the row was left out.
  std::optional<std::vector<alerts::Transition>> take(const storage::SequenceRow& row);

 private:
  alerts::TrendDetector& detector_;
  const storage::ScoreView scores_;
  const EntityTags& tags_;
  bool ours_ = false;  // whether the latest document was our model's
};

}  // namespace tapewatch
