#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::ingest {

/// A run of letters and digits of a headline, and how it was written.
struct HeadlineToken {
  enum class Kind : std::uint8_t { word, number, glued, symbol };  ///< glued: letters and digits; symbol: "%", "$", "€"
  Kind kind = Kind::word;
  std::string text;       ///< folded; numbers without thousands commas; a rating with its sign ("bbb-")
  bool capital = false;   ///< begins with a capital
  bool all_caps = false;  ///< two letters or more, none of them small
  bool hyphen = false;    ///< joined to the token before it by a hyphen ("10-year")
  std::int8_t sign = 0;   ///< a number with "+" or "-" in front
};

/// Scripts without spaces (Chinese, Japanese, Thai) come as overlapping pairs of characters.
std::vector<HeadlineToken> headline_tokens(std::string_view headline);

}  // namespace tapewatch::ingest
