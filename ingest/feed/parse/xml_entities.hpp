#pragma once

#include <string>

#include "ingest/feed/parse/feed_warning.hpp"

namespace tapewatch::ingest {

/// Replaces the general entities that a document's own DTD declares (`<!ENTITY co "Kesmar Bancorp">`), which the XML
/// parser leaves as they are; they may use each other and markup. External entities and parameter entities are never
/// read. Bounded: 16 levels deep, 1,024 declarations of at most 64 KiB, 1 MiB more text; a reference beyond that stays,
/// with a warning. `text` is a document in UTF-8.
void expand_internal_entities(std::string& text, FeedWarnings& warnings);

}  // namespace tapewatch::ingest
