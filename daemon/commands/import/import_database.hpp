#pragma once

#include <future>
#include <string>
#include <vector>

#include "daemon/commands/import/import_target.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/scoring/scorer.hpp"
#include "daemon/pipeline/writing/applier.hpp"
#include "ingest/document/document_limits.hpp"

namespace tapewatch {

/// A database that no daemon holds, written by the daemon's own pipeline: scored on all cores, while a thread writes
/// the batch before: documents, roll-ups, stories, detector state, dead letters and the file's position in one
/// transaction a batch, so that a run that is killed goes on exactly behind its last batch. Documents are rows of the
/// sequence in the order of the files.
class ImportDatabase final : public ImportTarget {
 public:
  /// `batch_documents`: enough for all threads that the scorer has; `source`: the dead letters'.
  ImportDatabase(storage::Connection& connection, Applier& applier, Scorer scorer, std::size_t batch_documents,
                 ingest::DocumentLimits limits, std::string source);

  std::size_t batch_documents() const override { return batch_documents_; }
  std::optional<ImportPosition> position(const std::string& key) override;
  void store(ImportBatch batch, ImportCounts& counts, const TellBadLine& tell) override;
  void finish(ImportCounts& counts) override;

 private:
  std::vector<Incoming> incoming_of(ImportBatch& batch, const TellBadLine& tell) const;
  ImportCounts write(const std::vector<Scored>& records);

  storage::Connection& connection_;
  Applier& applier_;
  Scorer scorer_;
  const std::size_t batch_documents_;
  const ingest::DocumentLimits limits_;
  const std::string source_;
  EventClock clock_;
  std::future<ImportCounts> writing_;  ///< of the batch before; its end is waited for with the rest still there
};

}  // namespace tapewatch
