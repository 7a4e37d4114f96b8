#pragma once
#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"
#include "ingest/text/markup.hpp"

namespace tapewatch::ingest {

/// Prepares a decoded document for scoring and storing: valid UTF-8 (U+FFFD for what is not), markup to plain text, one
/// line of title, trimmed; a published_at after received_at, or before 1970, becomes received_at and is flagged. A
/// blank title takes the body's first line. Rejects documents without text or over the limits, by the member names of
/// the canonical document.
Result<Document> normalise(Document document, const DocumentLimits& limits, TextMarkup markup = {});

}  // namespace tapewatch::ingest
