#pragma once
#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"

namespace tapewatch::ingest {

/// What a source's texts are written in. Feeds carry HTML. Canonical documents and Kafka records carry plain text: a
/// title is taken letter by letter ("if a<b and c>d"), a body loses what are real tags beyond doubt.
enum class Markup { plain, html };

/// Makes a decoded document fit to be scored and stored: valid UTF-8 (U+FFFD for what is not), markup to plain text,
/// one line of title, trimmed; a published_at after received_at, or before 1970, becomes received_at and is flagged. A
/// blank title takes the body's first line. Rejects what has no text and what exceeds the limits, by the names of the
/// canonical document.
Result<Document> normalise(Document document, const DocumentLimits& limits, Markup markup = Markup::plain);

}  // namespace tapewatch::ingest
