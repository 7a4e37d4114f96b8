#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "config/notation/utf8.hpp"

namespace tapewatch::notation {

/// Whether a code point moves the cursor, breaks the line or changes the text direction instead of being displayed: C0
/// and C1 controls, DEL, line and paragraph separators, bidirectional marks, embeddings and isolates.
constexpr bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/// `text` made safe for a terminal or a log line: input from other programs or strangers cannot clear the screen, forge
/// a line or hide a part of it. Controls are shown as \n, \r, \t, \x1b, \u202e; bytes that are not UTF-8 as \x9b (a
/// terminal in 8-bit mode takes it for a control). Everything else stays, including a backslash.
inline std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto point = decode_utf8(text, at);
    const std::string_view bytes = text.substr(at, point.length);
    at += point.length;
    if (!point.well_formed) {
      for (const char byte : bytes) shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    } else if (!is_control(point.value)) {
      shown += bytes;
    } else if (point.value == '\n') {
      shown += "\\n";
    } else if (point.value == '\r') {
      shown += "\\r";
    } else if (point.value == '\t') {
      shown += "\\t";
    } else if (point.value < 0x80) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
    } else {
      shown += fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
    }
  }
  return shown;
}

}  // namespace tapewatch::notation
