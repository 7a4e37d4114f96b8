#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tapewatch::notation {

namespace detail {

inline constexpr std::uint64_t kOnes = 0x0101010101010101, kHighBits = 0x8080808080808080;

inline std::uint64_t eight_bytes(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// Not 0 where one of the bytes is below `least`, from 1 to 128.
constexpr std::uint64_t below(std::uint64_t word, std::uint64_t least) {
  return (word - kOnes * least) & ~word & kHighBits;
}

}  // namespace detail

/// How many bytes at the beginning are ASCII, as far as eight bytes at a time show it.
inline std::size_t ascii_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at + 8 <= text.size() && (detail::eight_bytes(text.data() + at) & detail::kHighBits) == 0) at += 8;
  return at;
}

/// Whether JSON holds the text as it is: ASCII without a control character, a quotation mark or a backslash.
inline bool is_plain_ascii(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    const std::uint64_t word = detail::eight_bytes(text.data() + at);
    const std::uint64_t special = detail::below(word, ' ') | detail::below(word ^ detail::kOnes * '"', 1) |
                                  detail::below(word ^ detail::kOnes * '\\', 1) | (word & detail::kHighBits);
    if (special != 0) return false;
  }
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < ' ' || byte > 0x7F || byte == '"' || byte == '\\') return false;
  }
  return true;
}

}  // namespace tapewatch::notation
