// Tested by tests/ingest/text/text_test.cpp
#include "ingest/text/white_space.hpp"

#include <unicode/uchar.h>

#include "config/notation/utf8.hpp"
#include "ingest/text/format_characters.hpp"

namespace tapewatch::ingest {
namespace {

/// Spaces and controls both separate words; a lone control character has no other meaning in a text.
bool parts_words(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  return u_isUWhiteSpace(point) || u_charType(point) == U_CONTROL_CHAR;
}

}  // namespace

std::string single_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool gap = false;
  FormatFilter format;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = notation::decode_utf8(text, at);
    if (parts_words(point.value)) {
      gap = !line.empty();
    } else if (!format.drops(point.value)) {
      if (gap) {
        line += ' ';
        gap = false;
      }
      line.append(text, at, point.length);
    }
    at += point.length;
  }
  return line;
}

std::string tidy_lines(std::string_view text) {
  std::string tidy;
  tidy.reserve(text.size());
  bool gap = false;
  int breaks = 0;
  FormatFilter format;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = notation::decode_utf8(text, at);
    // A carriage return is half of a line break or none at all: it separates words, the line feed breaks the line.
    if (point.value == U'\n' || point.value == 0x2028 || point.value == 0x2029) {
      ++breaks;
    } else if (parts_words(point.value)) {
      gap = true;
    } else if (!format.drops(point.value)) {
      if (!tidy.empty()) tidy.append(breaks > 1 ? "\n\n" : breaks == 1 ? "\n" : gap ? " " : "");
      gap = false;
      breaks = 0;
      tidy.append(text, at, point.length);
    }
    at += point.length;
  }
  return tidy;
}

}  // namespace tapewatch::ingest
