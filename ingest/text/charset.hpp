#pragma once

#include <string>
#include <string_view>

#include "ingest/feed/parse/feed_warning.hpp"

namespace tapewatch::ingest {

/// Text as UTF-8, whatever it claimed to be.
struct DecodedText {
  std::string text;     ///< valid UTF-8 without a byte order mark; undecodable bytes are U+FFFD
  std::string charset;  ///< what the bytes were read as, lower case
};

/// Decodes a response whose charset claims may be wrong. The bytes decide first: a byte order mark, zero bytes
/// (UTF-16/32), or valid UTF-8 with at least one multi-byte character win over every claim. Then the XML declaration,
/// then the HTTP header, each only if the bytes decode without error in it; then ICU's detector, at last windows-1252.
/// A claim that was overridden is a warning. `http_charset`: of the Content-Type header, may be empty. The XML
/// declaration is read from `bytes`.
DecodedText decode_text(std::string_view bytes, std::string_view http_charset, FeedWarnings& warnings);

/// The charset parameter of a Content-Type value; empty when there is none.
std::string content_type_charset(std::string_view content_type);

}  // namespace tapewatch::ingest
