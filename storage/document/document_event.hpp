#pragma once
#include <cstdint>
#include <string>

#include "storage/document/document_row.hpp"

namespace tapewatch::notation {
class JsonWriter;
}

namespace tapewatch::storage {

struct DocumentEventFacts {
  std::int64_t row_id = 0, seq = 0, revision = 1, story_id = 0;
  TimePoint published_at{};
  bool late = false;
};

/// The members `event` and `gravity`: null where no risk event is told.
void append_risk(notation::JsonWriter& json, const std::optional<Risk>& risk);

/// The `data` of a `document` event on /v1/stream: id, seq, revision, source, title, url, language, published_at,
/// sentiment, label, event, gravity, probabilities, topic, entities, story, late, model. Null, not zero, where there is
/// no score, and where no risk event is told.
std::string document_event(const DocumentRow& row, const DocumentEventFacts& facts);

}  // namespace tapewatch::storage
