#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <variant>
#include <vector>

#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/incoming.hpp"
#include "ingest/document/canonical_document.hpp"

namespace tapewatch {

struct ExportedDocument {
  ingest::Document document;
  bool backfilled = false;  ///< it came as history
};
struct ExportedTick {
  TimePoint at{};
};
struct ExportedAnchor {
  TimePoint to{};
};
/// A line of `tapewatch db export` (storage/document/sequence_export.hpp).
using ExportedRow = std::variant<ExportedDocument, ExportedTick, ExportedAnchor, Removal>;

/// Whether the line comes from an export: it has a `seq`.
bool is_exported(const boost::json::value& line);

/// Reads one. A document keeps the times that it arrived with.
ingest::Result<ExportedRow> decode_exported(const boost::json::value& line, const ingest::DocumentLimits& limits);

}  // namespace tapewatch
