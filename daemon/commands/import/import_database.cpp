#include "daemon/commands/import/import_database.hpp"

#include <utility>

#include "daemon/pipeline/history_intake.hpp"
#include "ingest/text/normalise.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/source/source_positions.hpp"

namespace tapewatch {
namespace {

/// Positions of files beside those of configured sources, whose names have no colon.
std::string state_name(const std::string& key) { return "import:" + key; }

}  // namespace

ImportDatabase::ImportDatabase(storage::Connection& connection, Applier& applier, Scorer scorer,
                               std::size_t batch_documents, ingest::DocumentLimits limits, std::string source)
    : connection_(connection),
      applier_(applier),
      scorer_(std::move(scorer)),
      batch_documents_(batch_documents),
      limits_(limits),
      source_(std::move(source)) {}

std::optional<ImportPosition> ImportDatabase::position(const std::string& key) {
  if (writing_.valid()) writing_.wait();
  const auto kept = storage::SourcePositions(connection_).feed_state(state_name(key));
  return kept ? read_position(*kept) : std::nullopt;
}

void ImportDatabase::store(ImportBatch batch, ImportCounts& counts, const TellBadLine& tell) {
  auto records = scorer_.score(incoming_of(batch, tell), clock_);
  finish(counts);
  writing_ = std::async(std::launch::async, [this, records = std::move(records)] { return write(records); });
}

void ImportDatabase::finish(ImportCounts& counts) {
  if (writing_.valid()) counts.add(writing_.get());
}

ImportCounts ImportDatabase::write(const std::vector<Scored>& records) {
  ImportCounts added;
  storage::Transaction transaction(connection_);
  for (const Scored& record : records) {
    const Applied applied = applier_.apply(record, clock_.now());
    if (std::holds_alternative<Nothing>(record.incoming.content)) continue;
    added.count(applied.commit.stored ? storage::to_string(applied.commit.outcome) : "rejected");
  }
  applier_.finish();
  transaction.commit();
  return added;
}

std::vector<Incoming> ImportDatabase::incoming_of(ImportBatch& batch, const TellBadLine& tell) const {
  std::vector<Incoming> all;
  all.reserve(batch.entries.size() + 1);
  for (ImportEntry& entry : batch.entries) {
    auto document = std::move(entry.document);
    if (document) document = ingest::normalise(std::move(*document), limits_);
    Incoming& incoming = all.emplace_back();
    incoming.source = source_;
    if (document) {
      incoming.content = content_of(std::move(*document));
      if (!std::holds_alternative<Removal>(incoming.content)) incoming.source = kHistoryIntake;
      continue;
    }
    tell(batch.place_of(entry), reason_of(document.error()));
    DeadLetter letter;
    letter.pointer = document.error().pointer;
    letter.reason = document.error().reason;
    letter.payload = std::move(entry.text);
    letter.position = batch.place_of(entry);
    incoming.content = std::move(letter);
  }
  if (batch.after && !batch.key.empty()) {
    Incoming& position = all.emplace_back();
    position.source = state_name(batch.key);
    position.feed_state = position_json(*batch.after);
  }
  return all;
}

}  // namespace tapewatch
