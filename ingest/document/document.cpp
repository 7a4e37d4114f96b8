// Tested by tests/ingest/document/canonical_document_test.cpp
#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

void place_in_day(Document& document, TimePoint arrival) {
  constexpr std::chrono::hours kDay(24 + 12);  // the westernmost zones are twelve hours behind
  const TimePoint day = document.published_at;
  if (document.published_day && arrival >= day && arrival < day + kDay) document.published_at = arrival;
}

Rejection without_own_time(const Document& document) {
  const FieldWarning why = document.without_time.value_or(FieldWarning{"/published_at", "missing"});
  return {why.pointer.empty() ? "/published_at" : why.pointer,
          why.detail + "; state when the document was published, as in 2026-01-05T08:00:00Z"};
}

std::string scoring_text(const Document& document) {
  if (document.body.empty()) return document.title;
  std::string text;
  text.reserve(document.title.size() + 1 + document.body.size());
  text += document.title;
  text += '\n';
  text += document.body;
  return text;
}

}  // namespace tapewatch::ingest
