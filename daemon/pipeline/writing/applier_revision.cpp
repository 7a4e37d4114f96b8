// Tested by tests/daemon/pipeline/writing/revision_test.cpp
// How an Applier tells the detector of a revision that says the opposite of what its document said.
#include "daemon/pipeline/writing/applier.hpp"
#include "ingest/story/story_likeness.hpp"
#include "storage/document/sequence_reader.hpp"
#include "storage/document/turned_documents.hpp"

namespace tapewatch {

/// By the words of the titles alone, so that it does not depend on the model; against the title that was counted.
void Applier::note_turn(const Scored& record, Applied& applied, TimePoint now) {
  const std::int64_t document = applied.inserted.row_id;
  storage::TurnedDocuments turned(connection_);
  const auto counted = ingest::story_signature(turned.first_title(document));
  if (!ingest::says_opposite(counted, record.story_signature)) return;
  if (!turned.mark(document, applied.inserted.seq)) return;
  const storage::ScoreView seen = scores();
  const auto row = storage::SequenceReader(connection_, seen).turn(document, applied.inserted.seq);
  if (!row || !seen.has(row->model_version)) return;
  applied.turned = to_observation(*row, tags_);
  auto told = detector_->revise(*applied.turned);
  teller_.record(told, now);
  applied.transitions.insert(applied.transitions.end(), told.begin(), told.end());  // after what it added
}

}  // namespace tapewatch
