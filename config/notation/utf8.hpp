#pragma once

#include <unicode/utf8.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/notation/plain_ascii.hpp"

namespace tapewatch::notation {

inline constexpr char32_t kReplacement = 0xFFFD;

/// A code point and the number of bytes it was read from.
struct CodePoint {
  char32_t value = kReplacement;
  std::uint32_t length = 1;
  bool well_formed = false;  ///< false: `value` is U+FFFD and `length` the maximal ill-formed subpart
};

/// The code point at `text[at]`, at < text.size(). Ill-formed bytes (overlong, surrogate, beyond U+10FFFF, cut short)
/// give U+FFFD for their maximal subpart, as the WHATWG decoder counts them, so that reading always continues.
inline CodePoint decode_utf8(std::string_view text, std::size_t at) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  std::size_t next = at;
  UChar32 c = 0;
  U8_NEXT(bytes, next, text.size(), c);
  const auto length = static_cast<std::uint32_t>(next - at);
  return c < 0 ? CodePoint{kReplacement, length, false} : CodePoint{static_cast<char32_t>(c), length, true};
}

/// Whether every byte belongs to a well-formed sequence.
inline bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t ascii = ascii_prefix(text.substr(at)); ascii > 0) {
      at += ascii;
      continue;
    }
    const auto point = decode_utf8(text, at);
    if (!point.well_formed) return false;
    at += point.length;
  }
  return true;
}

/// Writes 1–4 bytes at `out`, returns how many. A surrogate or a value past U+10FFFF is written as U+FFFD.
inline std::size_t encode_utf8(char32_t c, char* out) {
  const auto point = static_cast<UChar32>(c > 0x10FFFF || U_IS_SURROGATE(c) ? kReplacement : c);
  auto* bytes = reinterpret_cast<std::uint8_t*>(out);
  std::size_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, point);
  return length;
}

/// The same, appended to `text`.
inline void append_utf8(std::string& text, char32_t c) {
  char bytes[U8_MAX_LENGTH];
  text.append(bytes, encode_utf8(c, bytes));
}

/// The bytes with every maximal ill-formed subpart replaced by one U+FFFD.
inline std::string repaired_utf8(std::string_view text) {
  std::string repaired;
  std::size_t kept = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = decode_utf8(text, at);
    if (!point.well_formed) {
      append_utf8(repaired.append(text.substr(kept, at - kept)), kReplacement);
      kept = at + point.length;
    }
    at += point.length;
  }
  return repaired.append(text.substr(kept));
}

/// The longest prefix of at most `most_bytes` that ends between two code points. Expects valid UTF-8.
inline std::string_view utf8_prefix(std::string_view text, std::size_t most_bytes) {
  if (text.size() <= most_bytes) return text;
  while (most_bytes > 0 && U8_IS_TRAIL(text[most_bytes])) --most_bytes;
  return text.substr(0, most_bytes);
}

}  // namespace tapewatch::notation
