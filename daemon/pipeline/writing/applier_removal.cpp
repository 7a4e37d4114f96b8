// Tested by tests/daemon/pipeline/writing/removal_test.cpp
// How an Applier takes documents back, and holds those that must not be seen yet.
#include "config/notation/json_writer.hpp"
#include "daemon/pipeline/held_document.hpp"
#include "daemon/pipeline/writing/applier.hpp"
#include "storage/alert/audit.hpp"
#include "storage/document/document_reader.hpp"

namespace tapewatch {

/// A tombstone, or the little that a change feed says of what is gone, does not name the publisher: where the source
/// carries one document with the id, that is the one.
Applied Applier::apply_removal(const Removal& removal, const std::string& intake, TimePoint now) {
  storage::RemovalRow row{removal.source, removal.id, removal.revision};
  if (row.source == intake) {
    const auto publishers = removals_.publishers_of(intake, row.id);
    if (publishers.size() == 1) row.source = publishers.front();  // with several it is the source's own, if any
  }
  if (removal.document > 0) {
    const auto stored = removals_.identity_of(removal.document);
    if (!stored) return {};
    row = *stored;
  }
  if (any_held_) {
    if (const auto held = held_.find(row.source, row.id)) held_.take(held->id);
  }
  Applied applied = take_back(row, now);
  if (!removal.role.empty() && applied.commit.outcome == storage::Outcome::removed) {
    notation::JsonWriter detail;
    detail.begin_object().field("source", row.source).field("source_id", row.id).end_object();
    storage::Audit(connection_)
        .append(
            {0, now, removal.token, removal.role, "document.delete", std::to_string(removal.document), detail.take()});
  }
  return applied;
}

Applied Applier::take_back(const storage::RemovalRow& row, TimePoint now) {
  Applied applied;
  const storage::ScoreView seen = scores();
  const storage::Removed removed = removals_.apply(row, now, seen);
  applied.commit.stored = true;
  applied.commit.outcome = removed.outcome;
  applied.commit.seq = removed.seq;
  applied.commit.document = removed.row_id;
  if (removed.outcome != storage::Outcome::removed) return applied;
  if (removed.document && seen.has(removed.document->model_version)) {
    applied.retraction = to_retraction(removed.seq, *removed.document, removed.others, seen, tags_);
    applied.transitions = detector_->remove(*applied.retraction);
    teller_.record(applied.transitions, now);
  }
  save(*detector_);  // what a series was until now is kept for the marks, and may show the title
  states_.forget_marks_with(removed.title);
  return applied;
}

std::optional<ingest::Document> Applier::still_held(const ingest::Document& document) {
  const auto held = held_.find(document.source, document.id);
  if (!held) return std::nullopt;
  if (document.action == ingest::Action::insert) {  // it may be seen after all
    held_.take(held->id);
    return std::nullopt;
  }
  ingest::Document content = document;
  content.embargo_until = held->embargo_until;
  return content;
}

/// A document that its source withholds after all leaves what it was in. Nothing is held of what its source has taken
/// back, nor an older revision than the one that is held.
Applied Applier::apply_hold(const ingest::Document& document, const Scored& record, TimePoint now) {
  Applied applied;
  applied.commit.stored = true;
  applied.commit.outcome = storage::Outcome::repeated;
  const auto known = any_held_ ? held_.find(document.source, document.id) : std::nullopt;
  if (known && known->revision && document.revision && *document.revision < *known->revision) return applied;
  if (document.action == ingest::Action::hold) {
    const storage::DocumentReader reader(connection_);
    if (reader.find(document.source, document.id)) applied = take_back({document.source, document.id, {}}, now);
  } else if (documents_.is_blocked(document.source, document.id, document.revision)) {
    applied.commit.outcome = storage::Outcome::blocked;
    return applied;
  }
  held_.put(to_held_row(document, record.incoming.source));
  any_held_ = true;
  applied.commit.outcome = storage::Outcome::held;
  return applied;
}

}  // namespace tapewatch
