// Tested by tests/ingest/feed/parse/feed_parser_test.cpp
#include "ingest/feed/parse/feed_text.hpp"

namespace tapewatch::ingest {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool names_securities(std::string_view scheme) {
  const std::string lower = ascii_lower(scheme);
  for (const std::string_view word : {"ticker", "symbol", "isin", "stock"}) {
    if (lower.find(word) != lower.npos) return true;
  }
  return false;
}

}  // namespace tapewatch::ingest
