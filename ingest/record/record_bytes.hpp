#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"
#include "ingest/record/decode_step.hpp"
#include "ingest/record/record_options.hpp"

namespace tapewatch::ingest {

/// A record's bytes as UTF-8 text without a byte order mark: gzip inflated, the five bytes of a schema registry before
/// JSON skipped, UTF-16 and charsets other than UTF-8 decoded with a warning, MessagePack as JSON: where the bytes look
/// like it, or always where `format` says so. Rejects Avro and Protobuf by name, and damaged gzip. `charset`: what an
/// envelope declares, or empty.
Result<Bytes> record_text(std::string_view bytes, std::string_view charset, const DocumentLimits& limits,
                          std::vector<FieldWarning>& warnings, RecordFormat format = RecordFormat::json);

}  // namespace tapewatch::ingest
