#pragma once

#include <array>
#include <boost/algorithm/hex.hpp>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tapewatch::notation {

/// Two lower-case digits a byte.
inline std::string to_hex(std::span<const unsigned char> bytes) {
  std::string digits;
  digits.reserve(2 * bytes.size());
  boost::algorithm::hex_lower(bytes.begin(), bytes.end(), std::back_inserter(digits));
  return digits;
}

/// Exactly `Size` bytes from digits of either case; nullopt for anything else.
template <std::size_t Size>
std::optional<std::array<unsigned char, Size>> from_hex(std::string_view digits) {
  if (digits.size() != 2 * Size) return std::nullopt;
  std::array<unsigned char, Size> bytes{};
  try {
    boost::algorithm::unhex(digits.begin(), digits.end(), bytes.begin());
  } catch (const boost::algorithm::hex_decode_error&) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace tapewatch::notation
