#pragma once
#include <string_view>
#include <vector>

#include "ingest/document/document_limits.hpp"
#include "ingest/record/decode_step.hpp"

namespace tapewatch::ingest {

/// Whether bytes begin as a MessagePack map, or a list of maps, whose first key is a text. No JSON does.
bool is_message_pack(std::string_view bytes);

/// One MessagePack value as JSON text, so that the same places lead into it. Binary data becomes base64, a timestamp
/// RFC 3339, other extension types their data in base64, NaN and infinities null. Deeper than `max_json_depth` or
/// longer than `max_decoded_bytes` it is rejected, like damaged data and keys that are not texts. A text that is not
/// UTF-8 is repaired with a warning.
Result<Bytes> json_of_message_pack(std::string_view bytes, const DocumentLimits& limits,
                                   std::vector<FieldWarning>& warnings);

}  // namespace tapewatch::ingest
