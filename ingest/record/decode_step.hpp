#pragma once
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"

namespace tapewatch::ingest {

/// Bytes of any kind, or text.
struct Bytes {
  std::string content;
};

/// The steps of a decoding as it is configured: "base64, gzip, json". Throws std::invalid_argument naming an unknown
/// one.
std::vector<std::string> decode_steps(std::string_view text);

/// Bytes after the steps base64 and gzip. The error names the step and what is wrong.
Result<Bytes> decoded_bytes(std::string_view bytes, const std::vector<std::string>& steps,
                            const DocumentLimits& limits);

/// A text after all its steps: what json and xml read, else a text.
Result<boost::json::value> decoded_value(std::string_view text, const std::vector<std::string>& steps,
                                         const DocumentLimits& limits);

/// The content of gzip or zlib data, all its members; at most `max_bytes`.
Result<Bytes> inflated(std::string_view bytes, std::size_t max_bytes);

bool is_gzip(std::string_view bytes);

}  // namespace tapewatch::ingest
