#pragma once
#include <array>
#include <boost/json/value.hpp>
#include <string_view>

#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"

namespace tapewatch::ingest {

/// The members of a canonical document; others are ignored.
inline constexpr std::array<std::string_view, 13> kCanonicalMembers = {
    "id",       "source",   "title",    "text",   "body",          "url", "published_at",
    "language", "entities", "revision", "action", "embargo_until", "meta"};

/// The canonical document of POST, replay and files:
///   {id?, source?, title, body?, url?, published_at?, language?, entities?, revision?, action?,
///    embargo_until?, meta?}
/// `text` is an alias of `title`. `null` counts as absent; keys that are not listed are ignored, and an
/// optional field that cannot be read is left out with a warning (read_document). A missing id becomes a hash of the
/// content, so that a repeated post is the same document. The text is not changed: call normalise() next.
Result<Document> decode_document(const boost::json::value& value, std::string_view default_source,
                                 TimePoint received_at, const DocumentLimits& limits);

}  // namespace tapewatch::ingest
