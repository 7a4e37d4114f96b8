#pragma once
#include <cstdint>
#include <string>

#include "storage/document/document_row.hpp"

namespace tapewatch::storage {

struct DocumentEventFacts {
  std::int64_t row_id = 0, seq = 0, revision = 1, story_id = 0;
  TimePoint published_at{};
  bool late = false;
};

/// The `data` of a `document` event on /v1/stream: id, seq, revision, source, title, url, language, published_at,
/// sentiment, label, probabilities, topic, entities, story, late, model. Null, not zero, where there is no score.
std::string document_event(const DocumentRow& row, const DocumentEventFacts& facts);

}  // namespace tapewatch::storage
