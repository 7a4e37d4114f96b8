// Tested by tests/ingest/feed/parse/feed_parser_test.cpp
#include "ingest/feed/parse/feed_text.hpp"

#include <algorithm>
#include <array>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {

bool names_securities(std::string_view scheme) {
  const std::string lower = notation::ascii_lower(scheme);
  constexpr std::array<std::string_view, 4> kWords = {"ticker", "symbol", "isin", "stock"};
  return std::ranges::any_of(kWords, [&](auto word) { return lower.find(word) != std::string_view::npos; });
}

}  // namespace tapewatch::ingest
