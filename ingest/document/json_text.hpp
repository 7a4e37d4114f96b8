#pragma once
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

/// Reads JSON as senders write it, one way for Kafka, POST and files. A byte order mark and zero bytes at the end are
/// skipped. Without losing the rest, these are put right and told in `warnings`: an escape of half a surrogate pair
/// becomes U+FFFD, a raw control character in a string stays as if escaped, NaN and Infinity become null, a whole
/// number beyond 64 bits becomes the text of its digits, and what is nested deeper than `max_depth` becomes null. Of
/// equal keys the last counts. The text should be UTF-8.
Result<boost::json::value> parse_json_text(std::string_view text, std::size_t max_depth,
                                           std::vector<FieldWarning>& warnings);

}  // namespace tapewatch::ingest
