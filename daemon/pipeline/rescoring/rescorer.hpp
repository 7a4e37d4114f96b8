#pragma once

#include <span>
#include <utility>
#include <vector>

#include "daemon/pipeline/scoring/scorer.hpp"
#include "storage/rescored/rescored_writer.hpp"
#include "storage/rescored/rescoring_reader.hpp"

namespace tapewatch {

/// Scores stored documents with the present model, as it would have scored them when they came.
class Rescorer {
 public:
  /// A scorer of the lane `history`.
  explicit Rescorer(Scorer scorer) : scorer_(std::move(scorer)) {}

  /// One row per document, in the same order. `mentions`: the documents were read with their companies. A text that
  /// cannot be scored for a fault of its own is unscored. Throws std::bad_alloc.
  std::vector<storage::RescoredRow> score(std::span<const storage::DocumentToScore> documents, bool mentions);

 private:
  Scorer scorer_;
};

}  // namespace tapewatch
