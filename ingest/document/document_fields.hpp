#pragma once
#include <boost/json/value.hpp>
#include <string_view>

#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"
#include "ingest/kafka/kafka_options.hpp"

namespace tapewatch::ingest {

/// Reads a document's fields out of a JSON object by their pointers; `null` counts as absent. Text becomes valid UTF-8
/// and is not changed otherwise. id and source stay empty if absent; without a time published_from stays `received`.
/// Rejects what is not an object, a missing title of what is not to be removed, a removal without an id, wrong types
/// and texts over the limits, each by its pointer. `own`: the source's words for actions beside the vocabulary. An
/// embargo whose time cannot be read holds the document until somebody lifts it.
Result<Document> read_document_fields(const boost::json::value& value, const KafkaFields& fields,
                                      const DocumentLimits& limits, const ActionWords& own = {});

/// The BCP-47 primary tag in lower case of what sources write ("en-US", "EN_gb", "eng"); "" for "und" and blanks.
std::string primary_language(std::string_view text);

}  // namespace tapewatch::ingest
