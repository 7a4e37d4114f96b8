#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "daemon/pipeline/scoring/scorer.hpp"
#include "storage/rescored/rescored_writer.hpp"
#include "storage/rescored/rescoring_reader.hpp"

namespace tapewatch {

/// Scores stored documents with the model of its workers, as it would have scored them when they came. No threads of
/// its own: one is started for each worker but the first while it scores.
class Rescorer {
 public:
  /// At least one worker; all of the same model.
  explicit Rescorer(std::vector<std::unique_ptr<Scorer>> workers) : workers_(std::move(workers)) {}

  /// One row per document, in the same order. `mentions`: the documents were read with their companies. A text that
  /// cannot be scored for a fault of its own is unscored. Throws std::bad_alloc.
  std::vector<storage::RescoredRow> score(std::span<const storage::DocumentToScore> documents, bool mentions);
  /// The documents that keep all workers busy.
  std::size_t batch_documents() const { return workers_.size() * kDocumentsOfWorker; }

 private:
  static constexpr std::size_t kDocumentsOfWorker = 64;

  std::vector<std::unique_ptr<Scorer>> workers_;
};

}  // namespace tapewatch
