#pragma once
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <vector>

#include "config/notation/time_zone.hpp"
#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"

namespace tapewatch::ingest {

/// What was found at one place for a field, in the record's order. The values must outlive the reading.
struct FieldValue {
  std::string place;  ///< as configured, for warnings and rejections
  std::vector<const boost::json::value*> values;
};

/// One field: its places, the best first.
using FieldValues = std::vector<FieldValue>;

/// The values of a document's fields as a record has them; a field without values is absent.
struct DocumentValues {
  FieldValues id, source, title, body, url, published_at, language, entities, revision, action, embargo_until, meta;
};

/// How a source's values are read.
struct DocumentReading {
  DocumentLimits limits;
  std::string language;                    ///< of records that state none; decides 03/04/2026
  ActionWords actions;                     ///< the source's words beside the vocabulary
  std::optional<notation::TimeZone> zone;  ///< of times that state none; nothing: UTC, with a warning
};

/// A document out of the values of its fields. What cannot be read of an optional field costs that field only, with a
/// warning; the next place is tried first. Rejected are a document without a text that is not to be removed, a removal
/// without an id, and a title or body over its limit, each by its place. id and source stay empty if absent; without a
/// time published_from stays `received`. An embargo whose time cannot be read holds the document until somebody lifts
/// it. `now`: for dates without a year. Text becomes valid UTF-8 and is not changed otherwise.
Result<Document> read_document(const DocumentValues& values, const DocumentReading& reading, TimePoint now);

}  // namespace tapewatch::ingest
