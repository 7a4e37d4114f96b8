#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "daemon/pipeline/scoring/scorer.hpp"
#include "storage/rescored/company_fill.hpp"

namespace tapewatch {

/// Reads stored documents for companies that were added to the watch list after they came, and scores them towards
/// these, as the present watch list and model would have.
class CompanyFiller {
 public:
  /// Runs its argument in a transaction of the writer, and returns once that is committed.
  using Write = std::function<void(std::function<void(storage::Connection&)>)>;
  /// Told of the documents that have been read since the last time, and of how many of them name such a company.
  using Note = std::function<void(std::size_t read, std::size_t filled)>;

  /// A scorer of the lane `history`, with the present watch list.
  explicit CompanyFiller(Scorer scorer) : scorer_(std::move(scorer)) {}

  /// All that lies in the time of the query, `batch` documents at a time; then the companies count as watched there. A
  /// run that is ended begins again, and leaves what is filled as it is. Returns how many companies there were. Throws
  /// what `write` throws, StorageError, std::bad_alloc.
  std::size_t fill(storage::Connection& reader, const storage::RescoringQuery& query, std::size_t batch,
                   const Write& write, const Note& note);

 private:
  std::vector<storage::FilledDocument> read(const storage::CompanyFillReader& history,
                                            std::span<const storage::DocumentToRead> documents);

  Scorer scorer_;
};

}  // namespace tapewatch
