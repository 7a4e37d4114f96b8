#pragma once
#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"

namespace tapewatch::ingest {

/// The markup of a source's texts. Feeds contain HTML. Canonical documents and Kafka records contain plain text: a
/// title is taken literally ("if a<b and c>d"), a body loses unmistakable tags.
enum class Markup { plain, html };

/// Prepares a decoded document for scoring and storing: valid UTF-8 (U+FFFD for what is not), markup to plain text, one
/// line of title, trimmed; a published_at after received_at, or before 1970, becomes received_at and is flagged. A
/// blank title takes the body's first line. Rejects documents without text or over the limits, by the member names of
/// the canonical document.
Result<Document> normalise(Document document, const DocumentLimits& limits, Markup markup = Markup::plain);

}  // namespace tapewatch::ingest
