#include "daemon/commands/import/import_database.hpp"

#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

#include "ingest/text/normalise.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/source/source_positions.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kDocumentsOfWorker = 64;  // of one batch

/// Positions of files beside those of configured sources, whose names have no colon.
std::string state_name(const std::string& key) { return "import:" + key; }

}  // namespace

ImportDatabase::ImportDatabase(storage::Connection& connection, Applier& applier,
                               std::vector<std::unique_ptr<Scorer>> workers, ingest::DocumentLimits limits,
                               std::string source)
    : connection_(connection),
      applier_(applier),
      workers_(std::move(workers)),
      limits_(limits),
      source_(std::move(source)) {}

std::size_t ImportDatabase::batch_documents() const { return workers_.size() * kDocumentsOfWorker; }

std::optional<ImportPosition> ImportDatabase::position(const std::string& key) {
  const auto kept = storage::SourcePositions(connection_).feed_state(state_name(key));
  return kept ? read_position(*kept) : std::nullopt;
}

void ImportDatabase::store(ImportBatch batch, ImportCounts& counts, const TellBadLine& tell) {
  const std::vector<Scored> records = score(incoming_of(batch, tell));
  ImportCounts added;
  storage::Transaction transaction(connection_);
  for (const Scored& record : records) {
    const Applied applied = applier_.apply(record, clock_.now());
    if (std::holds_alternative<Nothing>(record.incoming.content)) continue;
    added.count(applied.commit.stored ? storage::to_string(applied.commit.outcome) : "rejected");
  }
  applier_.finish();
  transaction.commit();
  counts.add(added);
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

/// In the order of the batch.
std::vector<Scored> ImportDatabase::score(std::vector<Incoming> incoming) {
  const std::size_t share = (incoming.size() + workers_.size() - 1) / workers_.size();
  std::vector<std::future<std::vector<Scored>>> parts;
  for (std::size_t worker = 0, at = 0; at < incoming.size(); ++worker, at += share) {
    const auto from = incoming.begin() + static_cast<std::ptrdiff_t>(at);
    const auto to = incoming.begin() + static_cast<std::ptrdiff_t>(std::min(at + share, incoming.size()));
    std::vector<Incoming> part(std::make_move_iterator(from), std::make_move_iterator(to));
    parts.push_back(std::async(std::launch::async, [this, worker, part = std::move(part)]() mutable {
      return workers_[worker]->score(std::move(part), clock_);
    }));
  }
  std::vector<Scored> all;
  all.reserve(incoming.size());
  for (auto& part : parts) {
    auto scored = part.get();
    std::move(scored.begin(), scored.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace tapewatch
