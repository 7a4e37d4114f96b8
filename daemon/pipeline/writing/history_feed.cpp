// Tested by tests/daemon/pipeline/writing/detector_rebuild_test.cpp
#include "daemon/pipeline/writing/history_feed.hpp"

namespace tapewatch {

std::optional<std::vector<alerts::Transition>> HistoryFeed::take(const storage::SequenceRow& row) {
  if (row.addition) {
    if (!scores_.has(row.model_version)) return std::nullopt;
    return detector_.add(to_addition(row, tags_));
  }
  if (row.revised) {
    if (!scores_.has(row.model_version)) return std::nullopt;
    return detector_.revise(to_observation(row, tags_));
  }
  if (!row.tick) ours_ = scores_.has(row.model_version);
  if (!ours_) return std::nullopt;
  return row.tick ? detector_.tick(row.seq, row.at) : detector_.observe(to_observation(row, tags_));
}

}  // namespace tapewatch
