#pragma once
#include "ingest/document.hpp"
#include "ingest/document_limits.hpp"

namespace tapewatch::ingest {

// Makes a decoded document fit to be scored and stored: valid UTF-8 (U+FFFD for what is not), HTML to plain text, one
// line of title, trimmed; a published_at after received_at is clamped to it and flagged. A blank title takes the body's
// first line. Rejects what has no text and what exceeds the limits, by the names of the canonical document.
Result<Document> normalise(Document document, const DocumentLimits& limits);

}  // namespace tapewatch::ingest
