// Tested by tests/ingest/feed/parse/feed_parser_test.cpp
#include "ingest/feed/parse/feed_text.hpp"

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {

bool names_securities(std::string_view scheme) {
  const std::string lower = notation::ascii_lower(scheme);
  for (const std::string_view word : {"ticker", "symbol", "isin", "stock"}) {
    if (lower.find(word) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace tapewatch::ingest
